"""Undo and redo as values: two tuples of named steps over immutable states.

Qt's own undo stack would tie the rule "undo returns the exact former state" to a window.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from hwstudio.core.project.state import ProjectState

Files = tuple[Path | None, Path | None]


@dataclass(frozen=True, slots=True)
class Step:
    """One edit: what it is called in the menu, and the states on both sides.

    ``files`` is set where the step took another project: the file each side belongs to (None =
    not saved yet). Undo must give the file back too, or the next save hits the wrong one.
    """

    name: str
    before: ProjectState
    after: ProjectState
    files: Files | None = None

    @property
    def is_nothing(self) -> bool:
        """Say whether both sides are the same."""
        return self.before == self.after and (self.files is None or self.files[0] == self.files[1])

    def file_before(self, now: Path | None) -> Path | None:
        """Return the file the project belongs to without this step."""
        return now if self.files is None else self.files[0]

    def file_after(self, now: Path | None) -> Path | None:
        """Return the file the project belongs to with this step."""
        return now if self.files is None else self.files[1]


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
            step = replace(step, before=past[-1].before, files=_joined(past[-1].files, step.files))
            past = past[:-1]
        if step.is_nothing:
            return Timeline(past, () if past != self.past else self.future)
        return Timeline((*past, step))

    def undone(self, file: Path | None = None) -> tuple[Timeline, Step]:
        """Return the timeline one step back, and the step that was taken back.

        ``file`` is the one the project belongs to now; redo gives it back, so that a project
        that was saved under another name meanwhile keeps that name.

        Raises:
            IndexError: nothing to undo.
        """
        step = self.past[-1]
        if step.files is not None:
            step = replace(step, files=(step.files[0], file))
        return Timeline(self.past[:-1], (*self.future, step)), step

    def redone(self, file: Path | None = None) -> tuple[Timeline, Step]:
        """Return the timeline one step forward, and the step that was done again.

        ``file``: see ``undone``.

        Raises:
            IndexError: nothing to redo.
        """
        step = self.future[-1]
        if step.files is not None:
            step = replace(step, files=(file, step.files[1]))
        return Timeline((*self.past, step), self.future[:-1]), step


def _joined(first: Files | None, second: Files | None) -> Files | None:
    if first is None or second is None:
        return first or second
    return first[0], second[1]
