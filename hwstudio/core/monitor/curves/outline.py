"""A curve made small enough to draw: the lowest and the highest value of every stretch of it.

The extremes of blocks of 16, 32, 64 … points are worked out once and kept while the curve grows,
so that a curve of a million points is drawn in about a millisecond however often it is asked for.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

BLOCK = 16
_GAP = float("nan")
_NONE = (math.inf, -math.inf)  # low and high of a block without a finite value


@dataclass(frozen=True, slots=True)
class Drawn:
    """Points to join with a line; a NaN in ``ys`` is a gap, to be drawn as one."""

    xs: array[float]
    ys: array[float]


class Outline:
    """The lowest and highest finite values of the blocks of a growing array."""

    def __init__(self) -> None:
        self._levels: list[tuple[array[float], array[float]]] = []

    def blocks(self, values: array[float], size: int) -> tuple[array[float], array[float]]:
        """Return the lows and highs of all whole blocks of ``size`` = 16, 32, 64 … values."""
        self.grow(values, 0)
        wanted = (size // BLOCK).bit_length()
        while len(self._levels) < wanted:  # fewer values than two such blocks have
            self._add_level()
        return self._levels[wanted - 1]

    def grow(self, values: array[float], least: int) -> None:
        """Take in new values if there are more than ``least``, so that drawing need not."""
        if not self._levels:
            self._levels.append((array("d"), array("d")))
        low, high = self._levels[0]
        start, stop = len(low) * BLOCK, len(values) - len(values) % BLOCK
        if stop - start <= least:
            return
        new_low, new_high = extremes(values[start:stop], BLOCK)
        low.extend(new_low)
        high.extend(new_high)
        while len(self._levels[-1][0]) > 1:
            self._add_level()
        for narrow, wide in pairwise(self._levels):
            _join(narrow, wide)

    def _add_level(self) -> None:
        self._levels.append((array("d"), array("d")))
        _join(self._levels[-2], self._levels[-1])


def _join(
    narrow: tuple[array[float], array[float]], wide: tuple[array[float], array[float]]
) -> None:
    """Bring the blocks of twice the size up to date."""
    low, high = narrow
    start, stop = 2 * len(wide[0]), len(low) & ~1
    wide[0].extend(map(min, low[start:stop:2], low[start + 1 : stop : 2]))
    wide[1].extend(map(max, high[start:stop:2], high[start + 1 : stop : 2]))


def extremes(values: array[float], size: int) -> tuple[array[float], array[float]]:
    """Return the lowest and highest finite value of each block of ``size`` (the last: fewer)."""
    low, high = array("d"), array("d")
    whole = len(values) - len(values) % size
    if math.isfinite(sum(values)) and size > 1:
        lanes = [values[lane:whole:size] for lane in range(size)]
        low.extend(map(min, *lanes))
        high.extend(map(max, *lanes))
        start = whole
    else:
        start = 0
    for place in range(start, len(values), size):
        finite = [each for each in values[place : place + size] if math.isfinite(each)]
        low.append(min(finite) if finite else _NONE[0])
        high.append(max(finite) if finite else _NONE[1])
    return low, high


@dataclass(frozen=True, slots=True)
class Line:
    """What is to be drawn: ``breaks`` are the places where ``xs`` goes back and a new line starts.

    ``first`` is the first point with a known x.
    """

    xs: array[float]
    ys: array[float]
    breaks: Sequence[int]
    outline: Outline
    first: int = 0


def draw(line: Line, low: float, high: float, pixels: int) -> Drawn:
    """Return ``line`` between x = ``low`` and ``high``, with at most about four points a pixel.

    No extreme is left out. One point beyond either end is kept, so that the line runs into the
    edge of the chart.
    """
    edges = [
        line.first,
        *(each for each in line.breaks if line.first < each < len(line.ys)),
        len(line.ys),
    ]
    out = Drawn(array("d"), array("d"))
    for start, stop in pairwise(edges):
        first, last = _inside(line.xs, (start, stop), low, high)
        if last <= first:
            continue
        if out.xs:
            out.xs.append(line.xs[first])
            out.ys.append(_GAP)
        if last - first <= 2 * pixels:
            out.xs.extend(line.xs[first:last])
            out.ys.extend(_drawable(line.ys[first:last]))
        else:
            _squeeze(line, first, last, pixels, out)
    return out


def _inside(xs: array[float], part: tuple[int, int], low: float, high: float) -> tuple[int, int]:
    start, stop = part
    first = max(start, bisect_left(xs, low, start, stop) - 1)
    last = min(stop, bisect_right(xs, high, start, stop) + 1)
    is_seen = last > first and xs[last - 1] >= low and xs[first] <= high
    return (first, last) if is_seen else (0, 0)


def _squeeze(line: Line, start: int, stop: int, pixels: int, out: Drawn) -> None:
    """Add the lowest and highest value of every block, of which there is one or two a pixel."""
    size = 1 << ((stop - start) // pixels).bit_length() - 1
    if size < BLOCK:
        lows, highs = extremes(line.ys[start:stop], size)
        _pair(line.xs[start:stop:size], (lows, highs), out)
        return
    first, last = -(-start // size), stop // size
    _ends(line, start, first * size, out)
    lows, highs = line.outline.blocks(line.ys, size)
    _pair(line.xs[first * size : last * size : size], (lows[first:last], highs[first:last]), out)
    _ends(line, last * size, stop, out)


def _ends(line: Line, start: int, stop: int, out: Drawn) -> None:
    """Add a stretch shorter than a block."""
    if stop > start:
        both = extremes(line.ys[start:stop], stop - start)
        _pair(line.xs[start : start + 1], both, out)
        out.xs[-1] = line.xs[stop - 1]


def _pair(xs: array[float], both: tuple[array[float], array[float]], out: Drawn) -> None:
    """Add two points at each x: the low and the high."""
    wide = array("d", bytes(16 * len(xs)))
    wide[0::2], wide[1::2] = xs, xs
    tall = array("d", bytes(16 * len(xs)))
    tall[0::2], tall[1::2] = both
    out.xs.extend(wide)
    out.ys.extend(_drawable(tall))


def _drawable(values: array[float]) -> array[float]:
    """Return the values with a gap for each that is not finite."""
    if math.isfinite(sum(values)):
        return values
    return array("d", [each if math.isfinite(each) else _GAP for each in values])
