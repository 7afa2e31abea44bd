"""Where detection reads: the real file system, or a recorded tree laid over a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Source:
    """A root folder; with another root than "/" nothing outside it is asked."""

    root: Path = Path("/")

    @property
    def is_live(self) -> bool:
        """Say whether this is the running system itself."""
        return self.root == Path("/")

    def path(self, *parts: str) -> Path:
        """Return a place under the root."""
        return self.root.joinpath(*(part.lstrip("/") for part in parts))

    def text(self, *parts: str) -> str | None:
        """Return a file's text without the ends, or None."""
        try:
            return self.path(*parts).read_text("utf-8", errors="replace").strip("\0\n ")
        except OSError:
            return None

    def number(self, *parts: str, base: int = 10) -> int | None:
        """Return a file's number, or None."""
        text = self.text(*parts)
        try:
            return int(text, base) if text is not None else None
        except ValueError:
            return None

    def names(self, *parts: str) -> tuple[str, ...]:
        """Return the names in a folder, sorted; a missing one has none."""
        try:
            return tuple(sorted(place.name for place in self.path(*parts).iterdir()))
        except OSError:
            return ()
