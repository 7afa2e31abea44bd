"""Looking at one row: its alternatives, another part in it, and why a wanted part is not there."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from hwstudio.core.model.part import PartKind
from hwstudio.core.project.answer import Alternatives
from hwstudio.core.project.places import Place, place_of, replaced
from hwstudio.core.project.state import Choice, ProjectState
from hwstudio.gui.configure.state import ConfigureState, Trouble, WhyNot
from hwstudio.gui.configure.tools import Tools


class Looking:
    """The part of the Configure view model about one row of the parts list."""

    if TYPE_CHECKING:
        _state: ConfigureState
        _tools: Tools

        def _edit(
            self,
            name: str,
            after: ProjectState,
            *,
            keeps_parts: bool = False,
            solves: bool = True,
            delay_ms: int = 0,
        ) -> None: ...

        def _show(self, **values: Any) -> None: ...
        def _locked(self, kind: PartKind, *, is_on: bool) -> tuple[str, ...]: ...

    def _listen(self) -> None:
        """Take what the background finds."""
        self._tools.look.done.connect(self._on_alternatives)
        self._tools.look.failed.connect(self._on_look_failed)
        self._tools.why.done.connect(self._on_why)
        self._tools.why.failed.connect(self._on_why_failed)

    def use_part(self, kind: PartKind, choice: Choice, place: Place | None = None) -> None:
        """Put another part into a row and lock its kind; ``place`` None is the row of the kind."""
        project = self._state.project
        parts = replaced(project.parts, place or place_of(project, kind), choice)
        after = replace(project, parts=parts, locked=self._locked(kind, is_on=True))
        self._edit("use another part", after, keeps_parts=True, delay_ms=0)

    def look_at(self, kind: PartKind, place: Place | None = None) -> None:
        """Open the alternatives of a row; ``place`` None is the row of the kind."""
        project = self._state.project
        row = place or place_of(project, kind)
        self._show(looking_at=row, alternatives=None, why=None)
        self._tools.look.start(partial(self._tools.planner.alternatives, project, kind, row))

    def look_away(self) -> None:
        """Close the alternatives."""
        self._show(looking_at=None, alternatives=None, why=None)

    def ask_why_not(self, part_id: str, name: str) -> None:
        """Ask why a part is not in the best build; the answer comes in a moment."""
        self._show(why=WhyNot(part_id, name))
        self._tools.why.start(partial(self._tools.planner.why_not, self._state.project, part_id))

    def _on_alternatives(self, found: object) -> None:
        looking_at = self._state.looking_at
        if isinstance(found, Alternatives) and looking_at and found.kind is looking_at.kind:
            self._show(alternatives=found)

    def _on_look_failed(self, sentence: str) -> None:
        self._show(looking_at=None, trouble=Trouble("error", sentence))

    def _on_why(self, words: object) -> None:
        if self._state.why is not None and isinstance(words, str):
            self._show(why=replace(self._state.why, words=words))

    def _on_why_failed(self, sentence: str) -> None:
        self._on_why(sentence)
