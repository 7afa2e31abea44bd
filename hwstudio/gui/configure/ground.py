"""The frontier under the budget slider: grown in the background, once for the same wishes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.project.answer import Frontier
from hwstudio.core.project.state import ProjectState
from hwstudio.gui.configure.state import ConfigureState
from hwstudio.gui.configure.tools import Tools


class Ground(QObject):
    """Asks for the frontier of the newest wishes; ``found`` carries it, also while it grows."""

    found = Signal(object)
    _grew = Signal(object)  # from the thread that works it out

    def __init__(self, tools: Tools, parent: QObject) -> None:
        super().__init__(parent)
        self._tools = tools
        self._of: ProjectState | None = None
        self._is_ready = False
        self._grew.connect(self._on_grew)
        tools.curve.done.connect(self._on_grew)

    def draw(self, project: ProjectState) -> None:
        """Ask for the frontier of a project's wishes, unless it was asked for last."""
        wishes = wishes_of(project)
        if wishes == self._of:
            return
        self._of, self._is_ready = wishes, False
        near = replace(wishes, budget=project.budget)
        is_stale = partial(self._is_outdated, wishes)
        self._tools.curve.start(
            partial(self._tools.planner.frontier, near, is_stale, self._grew.emit)
        )

    def forget(self) -> None:
        """Stop what still grows; the next wishes are asked for afresh."""
        self._of = None

    def _is_outdated(self, wishes: ProjectState) -> bool:
        """Asked from a background thread: reads one attribute, changes nothing."""
        return wishes != self._of

    @Slot(object)
    def _on_grew(self, found: object) -> None:
        if not isinstance(found, Frontier) or self._of is None:
            return
        if wishes_of(found.asked) == self._of and not self._is_ready:
            self._is_ready = found.is_ready
            self.found.emit(found)


def is_growing(state: ConfigureState) -> bool:
    """Say whether the frontier of the newest wishes is still worked out."""
    known = state.frontier
    if known is None or not known.is_ready:
        return True
    return wishes_of(known.asked) != wishes_of(state.project)


def wishes_of(project: ProjectState) -> ProjectState:
    """Return what the curve over budgets depends on; all else is left at its default."""
    fresh = ProjectState()
    return replace(
        project,
        name=fresh.name,
        budget=fresh.budget,
        parts=tuple(c for c in project.parts if c.kind in project.locked),
        notes="",
        said=(),
        step="",
        ticked=(),
        variants=(),
    )
