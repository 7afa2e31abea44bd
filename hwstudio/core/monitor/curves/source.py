"""One log file of a run: its place in the file and the reader for its format."""

from __future__ import annotations

from pathlib import Path

from hwstudio.core.monitor.curves.csv_log import CsvReader
from hwstudio.core.monitor.curves.curves import Curves
from hwstudio.core.monitor.curves.event import Kind
from hwstudio.core.monitor.curves.event_log import EventReader
from hwstudio.core.monitor.curves.json_document import DocumentReader
from hwstudio.core.monitor.curves.json_lines import JsonLinesReader
from hwstudio.core.monitor.curves.kind import LogKind
from hwstudio.core.monitor.curves.reader import CHUNK_BYTES, Piece, Reader
from hwstudio.core.monitor.curves.tail import Change, Tail

_LONG_AGO = float("-inf")
_ACTIVE_S = 60.0
_SETTLED_S = 2.0  # a last line without an end counts as whole when the file rests this long


class Source:
    """Follows one file. ``needs_restart``: its run has to be read again from every start."""

    def __init__(self, path: Path, kind: LogKind, curves: Curves, kinds: dict[bytes, Kind]) -> None:
        self.path = path
        self.kind = kind
        self.needs_restart = False
        self.has_more = True
        self._curves = curves
        self._tail = Tail(path)
        self._moved: Tail | None = None  # a rotated file that is not read to its end yet
        self._reader = _reader(path.name, kind, curves, kinds)
        self._wants = CHUNK_BYTES
        self._is_live = False  # what was there at first has been read
        self._changed_s = _LONG_AGO
        self._looked_s = _LONG_AGO

    @property
    def modified_s(self) -> float:
        """Return when the file was last written to (Unix time); 0 = never seen."""
        return self._tail.modified_s

    def look(self, clock_s: float, patience_s: float = 0.0) -> bool:
        """Say whether there is something to read; ``clock_s`` is a monotonic clock.

        A file that has rested for a minute is asked about only every ``patience_s``.
        """
        rests = not self.has_more and clock_s - self._changed_s > _ACTIVE_S
        if rests and clock_s - self._looked_s < patience_s:
            return False
        self._looked_s = clock_s
        change = self._tail.look()
        self._tell(change)
        if change in (Change.GREW, Change.REWRITTEN, Change.ROTATED):
            self._changed_s = clock_s if self._is_live else _LONG_AGO
        if change is Change.ROTATED:
            self._rotate()
        elif change is Change.REWRITTEN or (change is Change.GREW and self._is_document_again()):
            self._begin_again()
        self.has_more = change not in (Change.NOTHING, Change.GONE) or self._moved is not None
        if change is Change.NOTHING and not self.has_more:
            self.has_more = self._has_rested(clock_s)
        self._is_live = self._is_live or (change is Change.NOTHING and not self.has_more)
        return self.has_more

    def pump(self, clock_s: float, now_s: float) -> bool:
        """Read one piece; True when it brought anything. ``now_s`` is Unix time."""
        tail = self._moved or self._tail
        data = tail.read(self._wants)
        rested = self._moved is not None or clock_s - self._changed_s >= _SETTLED_S
        size = max(tail.size, tail.offset + len(data))
        piece = Piece(data, tail.offset, size, rested, now_s if self._is_live else None)
        taken = self._reader.take(piece)
        if taken.again:
            self.needs_restart = True
            return True
        self._wants = max(CHUNK_BYTES, taken.wants)
        if taken.used:
            tail.advance(data, taken.used)
        self._after(tail, piece, taken.used)
        return bool(taken.used)

    def restart(self) -> None:
        """Start over at the beginning of the file."""
        self._tail.rewind()
        self._moved = None
        self._reader.restart()
        self.needs_restart = self._is_live = False
        self.has_more = True
        self._wants = CHUNK_BYTES

    def _after(self, tail: Tail, piece: Piece, used: int) -> None:
        """Work out whether reading on can bring more at once."""
        is_done = piece.is_end or not piece.data
        if tail is self._moved:
            self._moved = None if is_done else tail
            self.has_more = True
            return
        if is_done and not used:
            tail.wait()
        self.has_more = not is_done
        self._is_live = self._is_live or is_done

    def _tell(self, change: Change) -> None:
        key = f"{self.path.name} trouble"
        if change is Change.GONE or self._tail.trouble:
            why = self._tail.trouble
            self._curves.notes[key] = f"{self.path.name} cannot be read now: {why}"
        else:
            self._curves.notes.pop(key, None)

    def _is_document_again(self) -> bool:
        return self.kind is LogKind.JSON and self._tail.offset > 0

    def _begin_again(self) -> None:
        if self.kind is LogKind.JSON:  # its reader replaces the curves once the file is whole
            self._tail.rewind()
        else:
            self.needs_restart = True

    def _rotate(self) -> None:
        """Read what is left in the file that was moved aside, then go on with the new one."""
        moved = self._tail.moved
        if moved is not None:
            self._moved = Tail(moved, self._tail.offset)
            self._moved.look()
        self._tail.rewind()

    def _has_rested(self, clock_s: float) -> bool:
        """Say whether an unfinished last line is now to be taken for whole."""
        is_text = self.kind in (LogKind.CSV, LogKind.JSON_LINES)
        unread = self._tail.size > self._tail.offset
        return is_text and unread and clock_s - self._changed_s >= _SETTLED_S


def _reader(title: str, kind: LogKind, curves: Curves, kinds: dict[bytes, Kind]) -> Reader:
    if kind is LogKind.EVENTS:
        return EventReader(curves, kinds, title)
    if kind is LogKind.CSV:
        return CsvReader(curves, title)
    if kind is LogKind.JSON_LINES:
        return JsonLinesReader(curves, title)
    return DocumentReader(curves, title)
