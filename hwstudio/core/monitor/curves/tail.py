"""A file that grows, read piece by piece without being kept open.

An open handle would keep Windows from rotating or deleting the training's own file, so every look
opens the file anew. The first and the last bytes that were read are remembered: a file that was
written anew is noticed even when it is longer than before.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

_HEAD_BYTES = 256
_FOOT_BYTES = 64
_SIBLINGS = 1000  # at most this many neighbours are asked where a rotated file went


class Change(Enum):
    """What happened to a file since the last look."""

    NOTHING = auto()
    GREW = auto()  # or there is still something unread
    REWRITTEN = auto()  # shortened, or other bytes where old ones were
    ROTATED = auto()  # moved aside, and a new one began in its place
    GONE = auto()


@dataclass(frozen=True, slots=True)
class _Seen:
    """What tells one state of a file from another."""

    inode: int
    size: int
    modified_ns: int


class Tail:
    """Where one reader is in one file."""

    def __init__(self, path: Path, offset: int = 0) -> None:
        self.path = path
        self.offset = offset
        self.size = 0
        self.modified_s = 0.0
        self.trouble = ""  # why the file cannot be read
        self.moved: Path | None = None  # where a rotated file went
        self._seen: _Seen | None = None
        self._head = b""
        self._foot = b""
        self._waiting_for: _Seen | None = None

    def look(self) -> Change:
        """Ask the system what happened to the file; reads at most a few hundred bytes."""
        try:
            stat = self.path.stat()
        except OSError as error:
            self.trouble = error.strerror or str(error)
            return Change.GONE
        now = _Seen(stat.st_ino, stat.st_size, stat.st_mtime_ns)
        before, self._seen = self._seen, now
        self.size, self.modified_s = stat.st_size, stat.st_mtime
        if now == before:
            unread = self.offset < self.size and self._waiting_for != now
            return Change.GREW if unread and not self.trouble else Change.NOTHING
        self.trouble = ""
        if before is not None and self.offset:
            if self.size >= self.offset and self._is_same():
                return Change.GREW if self.offset < self.size else Change.NOTHING
            if self.trouble:
                return Change.GONE
            self.moved = self._moved_to(before.inode) if before.inode != now.inode else None
            return Change.ROTATED if self.moved is not None else Change.REWRITTEN
        return Change.GREW if self.offset < self.size else Change.NOTHING

    def read(self, count: int) -> bytes:
        """Return up to ``count`` bytes from where the reader is; b"" and ``trouble`` on failure."""
        try:
            with self.path.open("rb", buffering=0) as file:
                file.seek(self.offset)
                return _all(file.read, count)
        except OSError as error:
            self.trouble = error.strerror or str(error)
            return b""

    def advance(self, data: bytes, used: int) -> None:
        """Note that ``used`` bytes from here on are done with, the first of them being ``data``."""
        if self.offset < _HEAD_BYTES and self.offset == len(self._head):
            self._head = (self._head + data[:used])[:_HEAD_BYTES]
        self._foot = (self._foot + data[:used])[-_FOOT_BYTES:] if used <= len(data) else b""
        self.offset += used
        self._waiting_for = None

    def wait(self) -> None:
        """Nothing more can be read before the file changes."""
        self._waiting_for = self._seen

    def rewind(self) -> None:
        """Go back to the start."""
        self.offset, self._head, self._foot = 0, b"", b""
        self._waiting_for = None

    def _moved_to(self, inode: int) -> Path | None:
        """Return the neighbour that has the old file's number: where it was rotated to."""
        if not inode:
            return None
        try:
            with os.scandir(self.path.parent) as entries:
                for count, entry in enumerate(entries):
                    if count >= _SIBLINGS:
                        return None
                    if entry.name.startswith(self.path.stem) and entry.inode() == inode:
                        return Path(entry.path)
        except OSError:
            return None
        return None

    def _is_same(self) -> bool:
        """Say whether the bytes that were read still stand there."""
        try:
            with self.path.open("rb", buffering=0) as file:
                if _all(file.read, len(self._head)) != self._head:
                    return False
                file.seek(self.offset - len(self._foot))
                return _all(file.read, len(self._foot)) == self._foot
        except OSError as error:
            self.trouble = error.strerror or str(error)
            return False


def _all(read: Callable[[int], bytes | None], count: int) -> bytes:
    """Read until ``count`` bytes or the end: a raw file may give fewer at a time."""
    parts = []
    while count > 0:
        part = read(count)
        if not part:
            break
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
