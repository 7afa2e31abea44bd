"""A column of numbers as few bytes: steps instead of floats, differences, byte planes, deflate.

Numbers are counted in steps of their sensor, so nearly all are small whole ones. A column is
``mode, width, count, size, base`` and ``size`` bytes of deflate (with its checksum). The body holds
the numbers less their smallest (PLAIN) or the zigzag of their differences (DELTA), whichever turns
out smaller, cut into byte planes: all lowest bytes, then all second ones. Numbers that are all the
same have no body; those that do not fit whole steps are kept as float64.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain
from operator import sub
from struct import Struct
from struct import error as struct_error
from typing import NamedTuple, cast

from hwstudio.core.history.readings.schema import HOUR_S

_HEAD = Struct("<BBHHq")
_SAME, _PLAIN, _DELTA, _FLOATS = range(4)
_UNSIGNED = {1: "B", 2: "H", 4: "I", 8: "Q"}
_ZIGZAG = [(n >> 1) ^ -(n & 1) for n in range(256)]
# Above this many steps a float64 no longer tells neighbours apart, and sums leave 64 bits.
_MOST_STEPS = 2**50
_LEVEL = 6

Number = int | float


class Damaged(Exception):  # noqa: N818  (a fact about a file, not a bug of ours)
    """Stored bytes that are no column."""


class Column(NamedTuple):
    """Samples of one series: runs of neighbouring seconds, and their numbers in steps."""

    runs: list[tuple[int, int]]  # (first slot, how many)
    numbers: list[Number]

    def slots(self) -> list[int]:
        """Return the second of each number."""
        return list(chain.from_iterable(range(first, first + n) for first, n in self.runs))


def to_steps(values: Iterable[float], step: float) -> list[Number]:
    """Return finite values as whole steps; one too large for that stays a fraction of steps."""
    values = list(values)
    numbers: list[Number] = [round(value / step) for value in values]
    if numbers and (max(numbers) > _MOST_STEPS or min(numbers) < -_MOST_STEPS):
        pairs = zip(numbers, values, strict=True)
        return [value / step if abs(n) > _MOST_STEPS else n for n, value in pairs]
    return numbers


def runs_of(slots: Sequence[int]) -> list[tuple[int, int]]:
    """Return ascending slots as runs of neighbours."""
    if not slots:
        return []
    if slots[-1] - slots[0] + 1 == len(slots):
        return [(slots[0], len(slots))]
    runs: list[tuple[int, int]] = []
    first = last = slots[0]
    for slot in slots[1:]:
        if slot != last + 1:
            runs.append((first, last - first + 1))
            first = slot
        last = slot
    runs.append((first, last - first + 1))
    return runs


def encode_chunk(column: Column, hour: int) -> bytes:
    """Return the samples of one hour as bytes; an hour without a missing second has no runs."""
    body = encode(column.numbers)
    if column.runs == [(hour * HOUR_S, HOUR_S)]:
        return body
    gaps, last = [], hour * HOUR_S
    for first, length in column.runs:
        gaps.append(first - last)
        last = first + length
    return body + encode(gaps) + encode([length for _, length in column.runs])


def decode_chunk(data: bytes, hour: int) -> Column:
    """Return the samples of one hour.

    Raises:
        Damaged: the bytes are no chunk.
    """
    numbers, end = decode(data)
    if end == len(data):
        runs = [(hour * HOUR_S, HOUR_S)]
    else:
        gaps, end = decode(data, end)
        lengths, _ = decode(data, end)
        runs, last = [], hour * HOUR_S
        for gap, length in zip(gaps, lengths, strict=False):
            first = last + int(gap)
            last = first + int(length)
            runs.append((first, int(length)))
    if sum(length for _, length in runs) != len(numbers):
        raise Damaged("seconds and numbers differ")
    return Column(runs, numbers)


def encode(numbers: Sequence[Number]) -> bytes:
    """Return a column of at most 65535 numbers as bytes."""
    if float in set(map(type, numbers)):
        return _encode_floats(numbers)
    return _encode_whole(cast("Sequence[int]", numbers))


def _encode_whole(numbers: Sequence[int]) -> bytes:
    low, high = min(numbers, default=0), max(numbers, default=0)
    if low == high:
        return _HEAD.pack(_SAME, 0, len(numbers), 0, low)
    width, plain = _planes([n - low for n in numbers], high - low)
    mode, base, body = _PLAIN, low, _deflate(plain, zlib.Z_RLE)
    changes = [(d << 1) ^ (d >> 63) for d in map(sub, numbers[1:], numbers)]
    other_width, delta = _planes(changes, max(changes))
    other = _deflate(delta, zlib.Z_RLE)
    if len(other) < len(body):
        mode, base, body, width, plain = _DELTA, numbers[0], other, other_width, delta
    body = min(body, _deflate(plain, zlib.Z_FILTERED), key=len)
    return _HEAD.pack(mode, width, len(numbers), len(body), base) + body


def _encode_floats(numbers: Sequence[Number]) -> bytes:
    planes = _shuffled(_little(array("d", numbers)).tobytes(), 8)
    body = _deflate(planes, zlib.Z_DEFAULT_STRATEGY)
    return _HEAD.pack(_FLOATS, 8, len(numbers), len(body), 0) + body


def decode(data: bytes, start: int = 0) -> tuple[list[Number], int]:
    """Return the column that begins at ``start``, and where it ends.

    Raises:
        Damaged: there is none.
    """
    try:
        mode, width, count, size, base = _HEAD.unpack_from(data, start)
        end = start + _HEAD.size + size
        if mode == _SAME:
            return [base] * count, end
        planes = zlib.decompress(data[start + _HEAD.size : end])
        if mode == _FLOATS:
            return _floats(planes, count), end
        if mode == _PLAIN:
            words = _words(planes, width, count)
            numbers: list[Number] = [n + base for n in words] if base else list(words)
            return numbers, end
        if mode == _DELTA:
            words = _words(planes, width, count - 1)
            return list(accumulate(_unzigzag(words, width), initial=base)), end
    except (struct_error, zlib.error, ValueError, KeyError, TypeError) as error:
        raise Damaged(str(error)) from error
    raise Damaged(f"unknown mode {mode}")


def _floats(planes: bytes, count: int) -> list[Number]:
    words = array("d")
    words.frombytes(_unshuffled(planes, 8, count))
    return list(_little(words))


def _planes(numbers: list[int], highest: int) -> tuple[int, bytes]:
    """Return the bytes each number takes and the numbers as byte planes."""
    width = next(w for w in _UNSIGNED if highest < 1 << (8 * w))
    return width, _shuffled(_little(array(_UNSIGNED[width], numbers)).tobytes(), width)


def _words(planes: bytes, width: int, count: int) -> array[int]:
    words: array[int] = array(_UNSIGNED[width])
    words.frombytes(_unshuffled(planes, width, count))
    return _little(words)


def _unzigzag(words: array[int], width: int) -> Iterable[int]:
    if width == 1:
        return map(_ZIGZAG.__getitem__, words)
    return [(n >> 1) ^ -(n & 1) for n in words]


def _shuffled(raw: bytes, width: int) -> bytes:
    return raw if width == 1 else b"".join(raw[plane::width] for plane in range(width))


def _unshuffled(planes: bytes, width: int, count: int) -> bytes | bytearray:
    if len(planes) != width * count:
        raise ValueError("numbers are missing")
    if width == 1:
        return planes
    raw = bytearray(len(planes))
    for plane in range(width):
        raw[plane::width] = planes[plane * count : (plane + 1) * count]
    return raw


def _little(words: array) -> array:  # type: ignore[type-arg]  # of int or of float
    if sys.byteorder == "big":  # the file is the same on every machine
        words.byteswap()
    return words


def _deflate(raw: bytes, strategy: int) -> bytes:
    squeeze = zlib.compressobj(_LEVEL, zlib.DEFLATED, 15, 9, strategy)
    return squeeze.compress(raw) + squeeze.flush()
