"""A view model's surroundings for tests: background jobs that run at once, and what was asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QObject, Signal

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.project.answer import Frontier
from hwstudio.core.project.planner import ProjectPlanner
from hwstudio.core.project.state import ProjectState

START = ProjectState(budget=Decimal(3000))


class InlineRunner(QObject):
    """Runs a job at once, or when told, in the same thread."""

    done = Signal(object)
    failed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.is_held = False
        self._waiting: Any = None

    def start(self, work: Any) -> None:
        self._waiting = work
        if not self.is_held:
            self.finish()

    def finish(self) -> None:
        work, self._waiting = self._waiting, None
        try:
            answer = work()
        except HwstudioError as error:
            self.failed.emit(error.sentence)
        else:
            self.done.emit(answer)


@dataclass
class Asked:
    """A planner that remembers what it was asked."""

    planner: ProjectPlanner
    answers: list[tuple[ProjectState, bool]] = field(default_factory=list)

    def answer(self, state, *, keeps_parts):
        self.answers.append((state, keeps_parts))
        return self.planner.answer(state, keeps_parts=keeps_parts)

    def alternatives(self, state, kind, place=None):
        return self.planner.alternatives(state, kind, place)

    def why_not(self, state, part_id):
        return self.planner.why_not(state, part_id)

    def frontier(self, state, is_stale, tell):
        return Frontier(state, (), is_ready=True)

    def at_once(self, state, *, keeps_parts):
        return None

    def robust(self, state):
        return None
