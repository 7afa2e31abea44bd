"""One curve: steps, times and values side by side in flat arrays, growing while it is read."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from enum import StrEnum

from hwstudio.core.monitor.curves.outline import Drawn, Line, Outline, draw
from hwstudio.core.monitor.curves.role import Role, guess_role

NO_TIME = float("nan")
_THIN_AT_ONCE = 8192


class Axis(StrEnum):
    """What a curve is drawn over."""

    STEP = "step"
    TIME = "time"


class Clock(StrEnum):
    """What the times of a curve are."""

    UNIX = "unix"  # Unix time, written by the training
    ELAPSED = "elapsed"  # seconds since its start, written by the training
    ARRIVAL = "arrival"  # Unix time at which hwstudio saw the line; unknown before it looked
    NONE = "none"


class Series:
    """One curve of one run.

    A value may be NaN or infinite: that is what the training wrote. A step that goes back is a
    restart: both lines are kept and drawn as two. Times are seconds; NaN stands before the first
    known one. ``version`` changes whenever the numbers do.
    """

    __slots__ = (
        "clock",
        "first_bad",
        "name",
        "outline",
        "restarts",
        "role",
        "steps",
        "thinned",
        "time_breaks",
        "times",
        "values",
        "version",
    )

    def __init__(self, name: str, clock: Clock = Clock.NONE, run: str = "") -> None:
        self.name = name
        self.role: Role = guess_role(name, run)
        self.clock = clock
        self.steps = array("d")
        self.times = array("d")
        self.values = array("d")
        self.restarts: list[int] = []  # places where the step goes back
        self.time_breaks: list[int] = []  # places where the time goes back
        self.first_bad = -1  # place of the first value that is not finite; -1 = none
        self.thinned = 1  # of this many recorded points one is kept
        self.version = 0
        self.outline = Outline()

    def __len__(self) -> int:
        return len(self.values)

    def append(self, step: float, time_s: float, value: float) -> None:
        """Add one point."""
        place = len(self.values)
        if place:
            if step < self.steps[-1]:
                self.restarts.append(place)
            if time_s < self.times[-1]:
                self.time_breaks.append(place)
        if self.first_bad < 0 and not math.isfinite(value):
            self.first_bad = place
        self.steps.append(step)
        self.times.append(time_s)
        self.values.append(value)
        self.version += 1

    def extend(
        self, steps: Sequence[float], times: Sequence[float], values: Sequence[float]
    ) -> None:
        """Add many points; quick where steps and times rise and all values are finite."""
        if not values:
            return
        plain = (
            _rises(steps, self.steps) and _rises(times, self.times) and math.isfinite(sum(values))
        )
        if not plain:
            for point in zip(steps, times, values, strict=True):
                self.append(*point)
            return
        self.steps.extend(steps)
        self.times.extend(times)
        self.values.extend(values)
        self.version += 1

    def clear(self) -> None:
        """Forget all points: the file is being read from its start again."""
        self._replace(array("d"), array("d"), array("d"))
        self.thinned = 1

    def cut_from(self, step: float) -> None:
        """Drop the points at ``step`` and later: the training says it started again there."""
        if not self.restarts:
            place = bisect_left(self.steps, step)
            if place < len(self.steps):
                self._replace(self.steps[:place], self.times[:place], self.values[:place])
            return
        keep = [place for place, each in enumerate(self.steps) if each < step]
        if len(keep) < len(self.steps):
            self._replace(*(_picked(each, keep) for each in self._arrays()))

    def thinning(self) -> Iterator[None]:
        """Halve the points in small steps: of every four the lowest and the highest stay.

        A NaN counts as lowest. Points may be added meanwhile; when the series is read again
        meanwhile, nothing happens.
        """
        steps, times, values = of = self._arrays()
        kept = (array("d"), array("d"), array("d"))
        start = 0
        while start + 4 <= len(values):
            stop = min(start + _THIN_AT_ONCE, len(values) & ~3)
            places = _extremes_of_fours(values[start:stop])
            for whole, part in zip((steps, times, values), kept, strict=True):
                part.extend(_picked(whole[start:stop], places))
            start = stop
            yield
            if self.values is not of[2]:
                return
        for whole, part in zip(of, kept, strict=True):
            part.extend(whole[start:])
        self._replace(*kept)
        self.thinned *= 2

    @property
    def has_times(self) -> bool:
        """Say whether at least the newest point has a time."""
        return bool(self.times) and not math.isnan(self.times[-1])

    def line(self, axis: Axis = Axis.STEP) -> Line:
        """Return what ``draw`` takes."""
        if axis is Axis.STEP:
            return Line(self.steps, self.values, self.restarts, self.outline)
        return Line(self.times, self.values, self.time_breaks, self.outline, self.first_timed())

    def first_timed(self) -> int:
        """Return the place of the first point with a time; the length when there is none."""
        if not self.has_times:
            return len(self.times)
        low, high = 0, len(self.times) - 1
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if math.isnan(self.times[middle]) else (low, middle)
        return low

    def drawn(self, axis: Axis, low: float, high: float, pixels: int) -> Drawn:
        """Return the part between two steps or times, small enough for ``pixels`` columns."""
        return draw(self.line(axis), low, high, max(1, pixels))

    def _arrays(self) -> tuple[array[float], array[float], array[float]]:
        return self.steps, self.times, self.values

    def _replace(self, steps: array[float], times: array[float], values: array[float]) -> None:
        self.steps, self.times, self.values = array("d"), array("d"), array("d")
        self.restarts, self.time_breaks, self.first_bad = [], [], -1
        self.outline = Outline()
        self.extend(steps, times, values)
        self.version += 1


def _picked(whole: array[float], places: list[int]) -> array[float]:
    return array("d", [whole[place] for place in places])


def _extremes_of_fours(values: array[float]) -> list[int]:
    """Return the places of the lowest and highest of every four; NaN is lower than all."""
    places: list[int] = []
    fours = zip(values[0::4], values[1::4], values[2::4], values[3::4], strict=True)
    for base, four in enumerate(fours):
        low, high = four.index(min(four)), four.index(max(four))
        if not math.isfinite(sum(four)):
            odd = [place for place, value in enumerate(four) if math.isnan(value)]
            low = odd[0] if odd else low
        high = high if high != low else (low + 2) % 4
        base *= 4
        places += (base + low, base + high) if low < high else (base + high, base + low)
    return places


def _rises(new: Sequence[float], old: array[float]) -> bool:
    """Say whether ``new`` never goes back; times that are all unknown count as rising."""
    first, last = new[0], new[-1]
    if math.isnan(first) or math.isnan(last):
        # All unknown, as in a log without times; a mixture is rare and takes the slow way.
        return all(map(math.isnan, new))
    if old and first < old[-1]:
        return False
    return list(new) == sorted(new)
