"""Undo and redo as values: two tuples of named steps over immutable states.

Qt's own undo stack would tie the rule "undo returns the exact former state" to a window.
"""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.project.state import ProjectState


@dataclass(frozen=True, slots=True)
class Step:
    """One edit: what it is called in the menu, and the states on both sides."""

    name: str
    before: ProjectState
    after: ProjectState


@dataclass(frozen=True, slots=True)
class Timeline:
    """What was done and what was undone, newest last."""

    past: tuple[Step, ...] = ()
    future: tuple[Step, ...] = ()

    @property
    def undo_name(self) -> str:
        """Return the name of the step that undo takes back ("" = nothing to undo)."""
        return self.past[-1].name if self.past else ""

    @property
    def redo_name(self) -> str:
        """Return the name of the step that redo does again ("" = nothing to redo)."""
        return self.future[-1].name if self.future else ""

    def did(self, step: Step, *, joins_last: bool = False) -> Timeline:
        """Return the timeline with one more step; what had been undone is gone.

        ``joins_last``: the step continues the last one (a slider still being dragged), so both
        are undone together. A step that changes nothing is not kept.
        """
        past = self.past
        if joins_last and past and past[-1].name == step.name:
            step = Step(step.name, past[-1].before, step.after)
            past = past[:-1]
        if step.before == step.after:
            return Timeline(past, () if past != self.past else self.future)
        return Timeline((*past, step))

    def undone(self) -> tuple[Timeline, Step]:
        """Return the timeline one step back, and the step that was taken back.

        Raises:
            IndexError: nothing to undo.
        """
        step = self.past[-1]
        return Timeline(self.past[:-1], (*self.future, step)), step

    def redone(self) -> tuple[Timeline, Step]:
        """Return the timeline one step forward, and the step that was done again.

        Raises:
            IndexError: nothing to redo.
        """
        step = self.future[-1]
        return Timeline((*self.past, step), self.future[:-1]), step
