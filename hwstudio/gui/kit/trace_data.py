"""The data of a chart over time: lines, limits, zones, marks, gaps, and thinning for drawing.

Times are Unix seconds, ascending. NaN is a gap. Nothing here knows Qt.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

NAN = math.nan


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One line. ``low``/``high`` are the envelope of values that were merged into means.

    ``colour`` is an index into the theme's series. A step longer than ``gap_s`` is a gap too.
    """

    name: str
    times: array[float]
    values: array[float]
    colour: int = 0
    low: array[float] | None = None
    high: array[float] | None = None
    gap_s: float = math.inf


@dataclass(frozen=True, slots=True)
class TraceLimit:
    """A level with words: ``TraceLimit(87, "slows down from 87 °C", "warn")``."""

    value: float
    words: str
    kind: str = "muted"  # muted | ok | warn | error


@dataclass(frozen=True, slots=True)
class TraceZone:
    """A faint band of colour from ``low`` to ``high`` (None = up to the top)."""

    low: float
    high: float | None = None
    kind: str = "warn"


@dataclass(frozen=True, slots=True)
class TraceMark:
    """A moment with words: an alert, the start or the end of a run."""

    time_s: float
    words: str
    kind: str = "muted"


@dataclass(frozen=True, slots=True)
class TraceGap:
    """A stretch without numbers and the reason: "not recorded", "GPU lost"."""

    from_s: float
    to_s: float
    reason: str = "not recorded"


class Trace:
    """A line's numbers while they grow: owned copies, trimmed at the old end."""

    def __init__(self, line: TraceLine) -> None:
        self.line = line
        self.times, self.values = line.times, line.values
        self.low, self.high = line.low, line.high
        self._is_own = False
        if math.isfinite(line.gap_s):
            self._mark_gaps()
        self.thin = Thinner()

    def _mark_gaps(self) -> None:
        """Put a NaN behind every point that is followed by too long a step."""
        times, gap_s = self.times, self.line.gap_s
        places = [n for n in range(1, len(times)) if times[n] - times[n - 1] > gap_s]
        if not places:
            return
        self.times = _with_extra(times, places, [times[n - 1] + gap_s / 2 for n in places])
        missing = [NAN] * len(places)
        self.values = _with_extra(self.values, places, missing)
        if self.low is not None and self.high is not None:
            self.low = _with_extra(self.low, places, missing)
            self.high = _with_extra(self.high, places, missing)
        self._is_own = True

    def append(self, time_s: float, value: float) -> None:
        """Add the newest value; NaN is a gap. A time that is not newer is left out."""
        if not self._is_own:
            self._own()
        if self.times:
            last = self.times[-1]
            if time_s <= last:
                return
            if time_s - last > self.line.gap_s:
                self._push(last + self.line.gap_s / 2, NAN)
        self._push(time_s, value)

    def _own(self) -> None:
        self.times, self.values = self.times[:], self.values[:]
        if self.low is not None and self.high is not None:
            self.low, self.high = self.low[:], self.high[:]
        self._is_own = True

    def _push(self, time_s: float, value: float) -> None:
        self.times.append(time_s)
        self.values.append(value)
        if self.low is not None and self.high is not None:
            self.low.append(value)
            self.high.append(value)

    def trim(self, before_s: float) -> None:
        """Forget what is older, once it is worth moving the rest."""
        old = bisect_left(self.times, before_s)
        if self._is_own and old > 256 and old > len(self.times) // 4:
            del self.times[:old]
            del self.values[:old]
            if self.low is not None and self.high is not None:
                del self.low[:old]
                del self.high[:old]
            self.thin.shift(old)

    def last(self) -> float:
        """Return the newest value, NaN when it is missing."""
        return self.values[-1] if self.values else NAN

    def around(self, from_s: float, to_s: float) -> tuple[int, int]:
        """Return the slice from one point before the stretch to one behind it."""
        start = max(0, bisect_left(self.times, from_s) - 1)
        return start, min(len(self.times), bisect_right(self.times, to_s) + 1)

    def nearest(self, time_s: float) -> int | None:
        """Return the place of the point nearest in time, or None without points."""
        count = len(self.times)
        if not count:
            return None
        place = bisect_left(self.times, time_s)
        if place == count:
            return count - 1
        if place and time_s - self.times[place - 1] < self.times[place] - time_s:
            return place - 1
        return place


class Thinner:
    """Lowest and highest value per pixel column, in the order they came.

    Columns begin at whole multiples of their width, so a picture that moves does not shimmer, and
    only the newest column is worked out again when values are appended.
    """

    def __init__(self) -> None:
        self.times: array[float] = array("d")
        self.values: array[float] = array("d")
        self._width_s = 0.0
        self._start_s = math.inf  # the left end of what was thinned
        self._next = 0  # the first source point of the open column
        self._done = 0  # how much of the output belongs to closed columns

    def shift(self, count: int) -> None:
        """Take note that the source lost its oldest points."""
        self._next -= count
        if self._next < 0:
            self._width_s = 0.0

    def thin(
        self, times: array[float], values: array[float], from_s: float, width_s: float
    ) -> tuple[array[float], array[float]]:
        """Return times and values, at most a few per column from ``from_s`` on."""
        first = math.floor(from_s / width_s) - 1
        if not math.isclose(width_s, self._width_s, rel_tol=1e-9) or first < self._start_s:
            self.times, self.values = array("d"), array("d")
            self._width_s, self._start_s, self._done = width_s, first, 0
            self._next = bisect_left(times, first * width_s)
        del self.times[self._done :]
        del self.values[self._done :]
        self._extend(times, values)
        self._drop_before(first * width_s)
        return self.times, self.values

    def _extend(self, times: array[float], values: array[float]) -> None:
        width, start, count = self._width_s, self._next, len(times)
        while start < count:
            column = math.floor(times[start] / width)
            end = bisect_left(times, (column + 1) * width, start + 1)
            self._next, self._done = start, len(self.times)
            _add_column(self.times, self.values, (column * width, width), values[start:end])
            start = end

    def _drop_before(self, before_s: float) -> None:
        old = bisect_left(self.times, before_s)
        if old > 512 and old <= self._done:
            del self.times[:old]
            del self.values[:old]
            self._done -= old
            self._start_s = max(self._start_s, math.floor(before_s / self._width_s))


def _add_column(
    out_times: array[float],
    out_values: array[float],
    column: tuple[float, float],
    piece: array[float],
) -> None:
    """Add one column: two points, or two for each stretch between its gaps."""
    left, width = column
    count, parts = len(piece), runs(piece)
    if parts == [(0, count)]:
        _add_pair(out_times, out_values, (left + width * 0.25, width * 0.5), piece)
        return
    for start, end in parts:
        share = width * start / count
        if start:
            out_times.append(left + share)
            out_values.append(NAN)
        room = width * (end - start) / count * 0.9
        _add_pair(out_times, out_values, (left + share, room), piece[start:end])
    if not parts or parts[-1][1] < count:
        out_times.append(left + width * 0.99)
        out_values.append(NAN)


def _add_pair(
    out_times: array[float],
    out_values: array[float],
    place: tuple[float, float],
    piece: array[float],
) -> None:
    low, high = min(piece), max(piece)
    if low == high:
        out_times.append(place[0] + place[1] / 2)
        out_values.append(low)
        return
    first, second = (low, high) if piece.index(low) < piece.index(high) else (high, low)
    out_times.extend((place[0], place[0] + place[1]))
    out_values.extend((first, second))


def thinned_band(
    trace: Trace, from_s: float, to_s: float, width_s: float
) -> tuple[array[float], array[float], array[float]]:
    """Return times, lows and highs of the envelope, one per column where there are more points."""
    start, end = trace.around(from_s, to_s)
    if trace.low is None or trace.high is None:
        return array("d"), array("d"), array("d")
    times, low, high = trace.times[start:end], trace.low[start:end], trace.high[start:end]
    if len(times) <= 2 * (to_s - from_s) / width_s:
        return times, low, high
    out: tuple[array[float], array[float], array[float]] = (array("d"), array("d"), array("d"))
    place, count = 0, len(times)
    while place < count:
        column = math.floor(times[place] / width_s)
        after = bisect_left(times, (column + 1) * width_s, place + 1)
        lows = [v for v in low[place:after] if not math.isnan(v)]
        highs = [v for v in high[place:after] if not math.isnan(v)]
        out[0].append((column + 0.5) * width_s)
        out[1].append(min(lows) if lows else NAN)
        out[2].append(max(highs) if highs else NAN)
        place = after
    return out


def clipped(
    times: array[float], values: array[float], window: tuple[float, float], top: float
) -> tuple[array[float], array[float]]:
    """Return the points inside a window, cut off at its edges and at ``top``: for files."""
    from_s, to_s = window
    out_times: array[float] = array("d")
    out_values: array[float] = array("d")
    for place, at in enumerate(times):
        value = min(values[place], top) if values[place] == values[place] else NAN
        if place:
            before, was = times[place - 1], min(values[place - 1], top)
            for edge in (from_s, to_s):
                if before < edge < at:  # NaN at either end gives NaN here too
                    out_times.append(edge)
                    out_values.append(was + (value - was) * (edge - before) / (at - before))
        if from_s <= at <= to_s:
            out_times.append(at)
            out_values.append(value)
    return out_times, out_values


def runs(values: array[float]) -> list[tuple[int, int]]:
    """Return where the stretches without a gap begin and end."""
    count = len(values)
    if not count:
        return []
    if not math.isnan(sum(values)):
        return [(0, count)]
    found, start = [], 0
    for place, value in enumerate(values):
        if value != value:
            if place > start:
                found.append((start, place))
            start = place + 1
    if count > start:
        found.append((start, count))
    return found


def highest(values: array[float]) -> float:
    """Return the largest finite value, or NaN when there is none."""
    if not len(values):
        return NAN
    if not math.isnan(sum(values)):
        return max(values)
    return max((value for value in values if not math.isnan(value)), default=NAN)


def lowest(values: array[float]) -> float:
    """Return the smallest value that is a number, or NaN when there is none."""
    return min((value for value in values if not math.isnan(value)), default=NAN)


def _with_extra(old: array[float], places: list[int], extra: list[float]) -> array[float]:
    """Return a copy with one more number before each of ``places``."""
    made: array[float] = array("d")
    start = 0
    for place, value in zip(places, extra, strict=True):
        made.extend(old[start:place])
        made.append(value)
        start = place
    made.extend(old[start:])
    return made
