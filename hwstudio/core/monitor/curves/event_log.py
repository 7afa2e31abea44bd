"""Reads TensorBoard event files: records with a length, its checksum, the event, its checksum.

A damaged event is counted and stepped over. A damaged length loses the way, since records carry no
marker; the reader then looks for the next eight bytes that are followed by their own checksum.
A record or a damaged place at the very end may still be being written: the reader waits there.
"""

from __future__ import annotations

import re
import struct

from hwstudio.core.monitor.curves.crc32c import masked
from hwstudio.core.monitor.curves.curves import Curves
from hwstudio.core.monitor.curves.event import Kind, read_head, read_summary
from hwstudio.core.monitor.curves.reader import CHUNK_BYTES, Piece, Taken
from hwstudio.core.monitor.curves.series import Clock, Series
from hwstudio.core.monitor.curves.wire import varint

HEADER_BYTES, FOOTER_BYTES = 12, 4
CHECKED_BYTES = 16 * 1024  # a longer event holds pictures or graphs; its checksum is not worked out
READ_BYTES = 32 * 2**20  # an even longer one is skipped unread
_WAIT_BYTES = 64 * 1024  # a damaged end no longer than this may still be mended by its writer
_LENGTH = struct.Struct("<Q").unpack_from
_CRC = struct.Struct("<I").unpack_from
_DOUBLE = struct.Struct("<d").unpack_from
_FLOAT = struct.Struct("<f").unpack_from
_SUMMARY = 0x2A  # the key of an event's summary
_NEGATIVE = 1 << 63
_NOT_ZERO = re.compile(rb"[^\0]")
_KNOWN_LENGTHS = 4096


def header_length(header: bytes) -> int | None:
    """Return the record length a header of 12 bytes says; None when its checksum is wrong."""
    (length,) = _LENGTH(header)
    (crc,) = _CRC(header, 8)
    return int(length) if crc == masked(header[:8]) else None


class EventReader:
    """Reads one event file into ``curves``; ``kinds`` is shared by the files of one run."""

    def __init__(self, curves: Curves, kinds: dict[bytes, Kind], title: str) -> None:
        self._curves = curves
        self._kinds = kinds
        self._title = title
        self._waiting = f"{title} end"
        self._lengths: dict[bytes, int] = {}
        self._by_tag: dict[bytes, Series | None] = {}
        self._by_summary: dict[bytes, Series] = {}  # a summary without its number -> its curve
        self._tag = b""
        self._time_s = 0.0
        self._step = 0.0
        self.restart()

    def restart(self) -> None:
        """Forget where it is."""
        self._lost_at = -1  # where in the file the way was lost; -1 = not lost
        self._damaged = 0
        self._first_damage = -1
        self._by_tag.clear()
        self._by_summary.clear()

    def take(self, piece: Piece) -> Taken:
        """Read the whole records of ``piece``."""
        data, at = piece.data, 0
        self._curves.notes.pop(self._waiting, None)
        while True:
            if self._lost_at >= 0:
                at = self._look_for_next(piece, at)
                if self._lost_at >= 0:
                    return Taken(at)
            length = self._length(data, at)
            if length is None:
                if len(data) - at < HEADER_BYTES:
                    return Taken(at)
                if _may_be_mended(piece, at):
                    return self._wait(piece, at)
                self._lost_at = piece.at + at
                continue
            end = at + HEADER_BYTES + length + FOOTER_BYTES
            if end > len(data):
                return self._unfinished(piece, at, end)
            if not self._record(data, at, end):
                if piece.at + end >= piece.size:
                    return self._wait(piece, at)
                self._note(piece.at + at)
            at = end

    def _wait(self, piece: Piece, at: int) -> Taken:
        """Stay before a bad end: perhaps not all of it has arrived."""
        self._curves.notes[self._waiting] = (
            f"The end of {self._title} cannot be read (from byte {piece.at + at:,}); "
            "it may still be being written"
        )
        return Taken(at)

    def _unfinished(self, piece: Piece, at: int, end: int) -> Taken:
        """Return what to do about a record that reaches beyond the piece."""
        if end - at > READ_BYTES and piece.at + end <= piece.size:
            return Taken(end)
        return Taken(at, wants=min(end - at, READ_BYTES) + CHUNK_BYTES)

    def _length(self, data: bytes, at: int) -> int | None:
        header = data[at : at + HEADER_BYTES]
        known = self._lengths.get(header)
        if known is not None or len(header) < HEADER_BYTES:
            return known
        length = header_length(header)
        if length is not None and len(self._lengths) < _KNOWN_LENGTHS:
            self._lengths[header] = length
        return length

    def _record(self, data: bytes, at: int, end: int) -> bool:
        """Read one whole record; False when its checksum is wrong."""
        body = data[at + HEADER_BYTES : end - FOOTER_BYTES]
        if len(body) <= CHECKED_BYTES:
            (crc,) = _CRC(data, end - FOOTER_BYTES)
            if crc != masked(body):
                return False
        try:
            self._event(body)
        except (IndexError, ValueError, struct.error):
            return False
        return True

    def _event(self, body: bytes) -> None:
        if self._usual(body):
            return
        head = read_head(body)
        if head.restarts:
            self._curves.cut_from(head.step)
        if head.summary:
            self._time_s, self._step = head.time_s, float(head.step)
            self._tag = b""
            read_summary(head.summary, self._kinds, self._point)
            self._remember(head.summary)

    def _usual(self, body: bytes) -> bool:
        """Read an event of one plain number whose tag was met before: nearly all are such.

        It is time, step and a summary that differs from the tag's last one in the number alone.
        """
        if body[:1] != b"\x09" or body[9:10] != b"\x10":
            return False
        step, at = varint(body, 10)
        if body[at] != _SUMMARY or body[at + 1] != len(body) - at - 2 or step >= _NEGATIVE:
            return False
        series = self._by_summary.get(body[at + 2 : -4])
        if series is None:
            return False
        series.append(float(step), _DOUBLE(body, 1)[0], _FLOAT(body, len(body) - 4)[0])
        return True

    def _remember(self, summary: bytes) -> None:
        """Note how a summary of one plain number starts, for the next one of this tag."""
        tag = self._tag
        series = self._by_tag.get(tag)
        usual = bytes((10, len(tag) + 7, 10, len(tag))) + tag + b"\x15" if len(tag) < 120 else b""
        if series is not None and usual and summary[:-4] == usual:
            self._by_summary[usual] = series

    def _point(self, tag: bytes, value: float) -> None:
        self._tag = tag
        series = self._by_tag.get(tag)
        if series is None:
            if tag in self._by_tag:
                return
            name = tag.decode("utf-8", errors="replace")
            series = self._by_tag[tag] = self._curves.find(name, Clock.UNIX)
            if series is None:
                return
        series.append(self._step, self._time_s, value)

    def _look_for_next(self, piece: Piece, at: int) -> int:
        """Return where the next record starts; still lost = how far the search came."""
        found = _next_header(piece.data, at + 1)
        if found is None:
            return max(at, len(piece.data) - HEADER_BYTES)
        self._note(self._lost_at)
        self._lost_at = -1
        return found

    def _note(self, at: int) -> None:
        """Count a damaged place and say where the first one is."""
        self._damaged += 1
        if self._first_damage < 0:
            self._first_damage = at
        more = self._damaged - 1
        also = f" and in {more} more place{'s' if more > 1 else ''}" if more else ""
        self._curves.notes[self._title] = (
            f"{self._title} is damaged at byte {self._first_damage:,}{also}; "
            "what can be read after it is read"
        )


def _may_be_mended(piece: Piece, at: int) -> bool:
    """Say whether nothing readable follows a bad header near the end of the file.

    A file on a network drive may show zeros where bytes have not arrived yet.
    """
    if not piece.is_end or len(piece.data) - at > _WAIT_BYTES:
        return False
    return _next_header(piece.data, at + 1) is None


def _next_header(data: bytes, at: int) -> int | None:
    """Return where the next eight bytes stand that are followed by their own checksum.

    Only lengths under 4 GiB are found: four zero bytes in the upper half.
    """
    while (zeros := data.find(b"\0\0\0\0", at + 4)) >= 0:
        at = zeros - 4
        header = data[at : at + HEADER_BYTES]
        if len(header) < HEADER_BYTES:
            return None
        if header_length(header) is not None:
            return at
        at += 1
        if header == bytes(HEADER_BYTES):
            filled = _NOT_ZERO.search(data, at)
            if filled is None:
                return None
            at = filled.start() - 3
    return None
