"""Walks the wire format of protocol buffers in a file: a field at a time, data passed over unread.

Written from the published description of the encoding (protobuf.dev, "Encoding"). Every length is
held against the end of what contains it, so no file can make it read far, loop or nest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
WINDOW = 1 << 16
MOST_TEXT = 1 << 16
MOST_FIELDS = 5_000_000
_MOST_VARINT = 10  # bytes of a 64-bit number


class Damaged(ValueError):  # noqa: N818  (a word for whoever reads the file)
    """The bytes are no protocol buffer, or end early."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: a number, or where its bytes lie."""

    number: int
    wire: int
    value: int = 0  # of a varint
    start: int = 0
    end: int = 0


class Wire:
    """A file of protocol buffers, read through a window of 64 KiB."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self.size = file, size
        self._from, self._window = 0, b""
        self._left = MOST_FIELDS

    def fields(self, start: int, end: int) -> Iterator[Field]:
        """Yield the fields of the message that lies in ``start`` .. ``end``.

        Raises:
            Damaged: it is none.
        """
        at = start
        while at < end:
            self._left -= 1
            if self._left < 0:
                raise Damaged("it has more fields than any model")
            key, at = self._varint(at, end)
            number, wire = key >> 3, key & 7
            if not 0 < number < 1 << 29:
                raise Damaged("a field has no number")
            if wire == VARINT:
                value, at = self._varint(at, end)
                yield Field(number, wire, value)
                continue
            if wire == BYTES:
                length, at = self._varint(at, end)
            elif wire in (FIXED32, FIXED64):
                length = 4 if wire == FIXED32 else 8
            else:
                raise Damaged("a field is of an unknown kind")
            if length > end - at:
                raise Damaged("a part is longer than what holds it")
            yield Field(number, wire, 0, at, at + length)
            at += length

    def text(self, field: Field) -> str:
        """Return a short text.

        Raises:
            Damaged: it is no text, or longer than any name.
        """
        if field.wire != BYTES or field.end - field.start > MOST_TEXT:
            raise Damaged("a name is longer than any name")
        return self._take(field.start, field.end).decode(errors="replace")

    def numbers(self, field: Field, most: int) -> list[int]:
        """Return a field of whole numbers, packed or single.

        Raises:
            Damaged: there are more than ``most``.
        """
        if field.wire == VARINT:
            return [signed(field.value)]
        if field.wire != BYTES or field.end - field.start > most * _MOST_VARINT:
            raise Damaged("a list is longer than it can be")
        out: list[int] = []
        at = field.start
        while at < field.end:
            value, at = self._varint(at, field.end)
            out.append(signed(value))
        if len(out) > most:
            raise Damaged("a list is longer than it can be")
        return out

    def _varint(self, at: int, end: int) -> tuple[int, int]:
        value = 0
        for place in range(_MOST_VARINT):
            if at + place >= end:
                raise Damaged("it ends early")
            byte = self._byte(at + place)
            value |= (byte & 0x7F) << (7 * place)
            if byte < 0x80:
                return value & 0xFFFFFFFFFFFFFFFF, at + place + 1
        raise Damaged("a number is longer than 64 bits")

    def _byte(self, at: int) -> int:
        inside = at - self._from
        if not 0 <= inside < len(self._window):
            self._file.seek(at)
            self._from, self._window, inside = at, self._file.read(WINDOW), 0
            if not self._window:
                raise Damaged("it ends early")
        return self._window[inside]

    def _take(self, start: int, end: int) -> bytes:
        inside = start - self._from
        if inside >= 0 and end - self._from <= len(self._window):
            return self._window[inside : end - self._from]
        self._file.seek(start)
        found = self._file.read(end - start)
        if len(found) != end - start:
            raise Damaged("it ends early")
        return found


def signed(value: int) -> int:
    """Return a 64-bit number as the int64 it stands for."""
    return value - (1 << 64) if value >> 63 else value
