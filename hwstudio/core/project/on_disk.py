"""What this window last read from or wrote to its project files: a save must eat nobody's work."""

from __future__ import annotations

from pathlib import Path

from hwstudio.core.project.file import sum_of
from hwstudio.core.project.state import ProjectState

_MOST_BYTES = 16 * 2**20  # no project is larger


class KnownFiles:
    """Remembers a sum of each file, and the project it stands for."""

    def __init__(self) -> None:
        self._sums: dict[Path, str] = {}
        self._states: dict[Path, ProjectState] = {}

    def note(self, file: Path, content: str, state: ProjectState | None = None) -> None:
        """Take that ``file`` holds this content; ``state`` None: which project that is, is open."""
        self._sums[file] = content
        self._states.pop(file, None)
        if state is not None:
            self._states[file] = state

    def sum_of(self, file: Path | None) -> str:
        """Return what the file held when it was last read or written ("" = never)."""
        return "" if file is None else self._sums.get(file, "")

    def holds(self, file: Path | None, state: ProjectState) -> bool:
        """Say whether the file was last read or written as exactly this project."""
        return file is not None and self._states.get(file) == state

    def is_changed_outside(self, file: Path) -> bool:
        """Say whether the disk holds something else there than was last read or written.

        The content decides, not its date: a copy that was put back is no change. Where there is no
        file, or its folder cannot be looked into, there is nothing to lose that a save would not
        tell of itself. A file that is there and cannot be read counts as changed.
        """
        try:
            size = file.stat().st_size
        except OSError:
            return False
        if size > _MOST_BYTES:
            return True
        try:
            return sum_of(file.read_bytes()) != self._sums.get(file, "")
        except OSError:
            return True
