"""What the Configure tab's view model works with; tests hand in their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import SignalInstance

from hwstudio.core.catalog.overlay.overlay import Overlay
from hwstudio.core.model.part import PartKind
from hwstudio.core.optimize.robust import Robust
from hwstudio.core.project.answer import Alternatives, Answer, Frontier
from hwstudio.core.project.places import Place
from hwstudio.core.project.state import ProjectState
from hwstudio.core.project.versions import VersionStore


class Planner(Protocol):
    """Answers a project; called from a background thread, one call at a time per runner."""

    def answer(self, state: ProjectState, *, keeps_parts: bool) -> Answer:
        """Solve the wishes; keep the project's own parts, or take the best build's."""
        ...

    def alternatives(
        self, state: ProjectState, kind: PartKind, place: Place | None = None
    ) -> Alternatives:
        """Return what else could stand in one row."""
        ...

    def why_not(self, state: ProjectState, part_id: str) -> str:
        """Return in a sentence why a part is not in the best build."""
        ...

    def frontier(
        self,
        state: ProjectState,
        is_stale: Callable[[], bool],
        tell: Callable[[Frontier], None],
    ) -> Frontier:
        """Work out what each budget buys; ``tell`` what is known meanwhile."""
        ...

    def at_once(self, state: ProjectState, *, keeps_parts: bool) -> Answer | None:
        """Return the answer from the remembered frontier, from any thread; None = ask for it."""
        ...

    def robust(self, state: ProjectState) -> Robust | None:
        """Return how firm the best build is, from the remembered frontier."""
        ...


class Runner(Protocol):
    """Runs one job at a time and drops an older one's answer (see kit.task.Task)."""

    done: SignalInstance
    failed: SignalInstance

    def start(self, work: Callable[[], Any]) -> None:
        """Run a job."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """The planner, the user's prices, and one background runner for each kind of question."""

    planner: Planner
    overlay: Overlay
    solve: Runner
    look: Runner
    why: Runner
    curve: Runner
    autosave_file: Path | None = None
    versions: VersionStore | None = None
