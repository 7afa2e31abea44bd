"""What every reader of a log file can do, so that one follower serves all formats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a file. ``size`` is the file's length when it was last looked at.

    ``settled``: the file has not grown for a while, so an unfinished last line is whole.
    ``now_s`` is Unix time, for lines without a time of their own; None while what was there
    before hwstudio looked is being read.
    """

    data: bytes
    at: int
    size: int
    settled: bool = False
    now_s: float | None = None

    @property
    def is_end(self) -> bool:
        """Say whether the piece reaches the end of the file."""
        return self.at + len(self.data) >= self.size


@dataclass(frozen=True, slots=True)
class Taken:
    """What a reader made of a piece.

    ``used`` bytes are done with (more than the piece had: the rest is to be skipped); with
    ``wants`` bytes it could go on. ``again``: the file has to be read from its start once more.
    """

    used: int
    wants: int = CHUNK_BYTES
    again: bool = False


class Reader(Protocol):
    """Turns pieces of one file into points of one run. It keeps no file open and no thread."""

    def take(self, piece: Piece) -> Taken:
        """Read what is whole in ``piece`` and say how far it came."""
        ...

    def restart(self) -> None:
        """Forget where it is: the file will be read from its start."""
        ...
