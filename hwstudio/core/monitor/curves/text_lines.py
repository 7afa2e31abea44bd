"""Whole lines out of a piece of a text file, whatever its encoding and line ends."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.monitor.curves.reader import CHUNK_BYTES, Piece

LINE_BYTES = 2**20  # a longer line is no line of a training log and is skipped
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Lines:
    """``used`` bytes became ``lines``; ``unended``: the last one has no line end yet."""

    lines: list[str]
    used: int
    wants: int = CHUNK_BYTES
    unended: bool = False
    skipped: bool = False


class LineSplitter:
    """Splits pieces of one file into lines; remembers its encoding and a line being skipped."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forget the encoding: the file will be read from its start."""
        self.encoding = "utf-8"
        self._skipping = False

    def split(self, piece: Piece) -> Lines:
        """Return the whole lines of ``piece``; an unended last one only when it is settled."""
        data, start = piece.data, 0
        if piece.at == 0:
            for mark, encoding in _MARKS:
                if data.startswith(mark):
                    self.encoding, start = encoding, len(mark)
        end = self._last_end(data, start)
        if end < 0:
            return self._no_end(piece, start)
        text = data[start:end].decode(self.encoding, errors="replace")
        lines = text.split("\n")
        lines.pop()
        if self._skipping:
            lines, self._skipping = lines[1:], False
        return Lines([line.removesuffix("\r") for line in lines], end)

    def _no_end(self, piece: Piece, start: int) -> Lines:
        rest = len(piece.data) - start
        if self._skipping or rest > LINE_BYTES:
            told, self._skipping = not self._skipping, True
            return Lines([], len(piece.data) & ~1 if start else len(piece.data), skipped=told)
        if piece.is_end and piece.settled and rest:
            text = piece.data[start:].decode(self.encoding, errors="replace")
            return Lines([text.removesuffix("\r")], len(piece.data), unended=True)
        return Lines([], 0, wants=min(2 * len(piece.data), 2 * LINE_BYTES) + CHUNK_BYTES)

    def _last_end(self, data: bytes, start: int) -> int:
        """Return the place after the last line end, or -1."""
        if self.encoding == "utf-8":
            end = data.rfind(b"\n") + 1
            return end if end > start else -1
        mark = "\n".encode(self.encoding)
        end = data.rfind(mark)
        while end >= 0 and (end - start) % 2:
            end = data.rfind(mark, 0, end + 1)
        return end + 2 if end >= start else -1
