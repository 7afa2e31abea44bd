"""The small statistics behind marks: block means, robust noise, a slope with its standard error."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from hwstudio.core.monitor.curves.series import Series

MAX_POINTS = 4096
_MAD_TO_SIGMA = 1.4826  # of a normal distribution


@dataclass(frozen=True, slots=True)
class Points:
    """The finite points of a curve since its last restart; averaged in groups where it is long."""

    steps: list[float]
    values: list[float]

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, slots=True)
class Slope:
    """A straight line through points at 0, 1, 2 …: its rise a point, and that rise's error."""

    rise: float
    error: float


def points_of(series: Series) -> Points:
    """Return a series' points for judging, at most 4,096."""
    start = series.restarts[-1] if series.restarts else 0
    steps, values = series.steps[start:], series.values[start:]
    if series.first_bad >= 0:
        kept = [place for place, value in enumerate(values) if math.isfinite(value)]
        steps = array("d", [steps[place] for place in kept])
        values = array("d", [values[place] for place in kept])
    group = -(-len(values) // MAX_POINTS)
    if group <= 1:
        return Points(list(steps), list(values))
    stop = len(values) - len(values) % group
    means = [sum(values[at : at + group]) / group for at in range(0, stop, group)]
    return Points(list(steps[group - 1 : stop : group]), means)


def blocks(values: Sequence[float], count: int) -> list[float]:
    """Return the means of ``count`` blocks of nearly equal length."""
    size = len(values) / count
    edges = [round(size * place) for place in range(count + 1)]
    return [mean(values[a:b]) for a, b in pairwise(edges)]


def mean(values: Sequence[float]) -> float:
    """Return the mean."""
    return math.fsum(values) / len(values)


@dataclass(frozen=True, slots=True)
class Scatter:
    """How far single values lie off a smooth curve, and how alike neighbours are (0..0.95)."""

    sigma: float
    likeness: float

    def of_mean(self, count: int) -> float:
        """Return the standard error of the mean of ``count`` neighbours."""
        longer = (1 + self.likeness) / (1 - self.likeness)
        return self.sigma * min(math.sqrt(longer / count), 1.0)


def scatter(values: Sequence[float]) -> Scatter:
    """Return the scatter about a smooth curve.

    From second differences, so that neither a trend nor a bend counts, set against the spread
    inside quarters of the curve: where neighbours are alike the former is the smaller one. For
    neighbours alike by r it is ``sqrt((1-r)(3-r)/3)`` of the spread, which is solved for r.
    """
    if len(values) < 3:
        return Scatter(0.0, 0.0)
    seconds = [abs(a - 2 * b + c) for a, b, c in zip(values, values[1:], values[2:], strict=False)]
    jumps = median(seconds) * _MAD_TO_SIGMA / math.sqrt(6)
    wide = spread_in_blocks(values, 4)
    if wide <= jumps or not wide:
        return Scatter(jumps, 0.0)
    return Scatter(wide, min(2 - math.sqrt(1 + 3 * (jumps / wide) ** 2), 0.95))


def spread_in_blocks(values: Sequence[float], count: int) -> float:
    """Return the usual standard deviation inside ``count`` blocks, a straight trend taken out."""
    size = len(values) // count
    if size < 4:
        return 0.0
    found = []
    for start in range(0, size * count, size):
        part = values[start : start + size]
        line, middle = slope(part), mean(part)
        centre = (size - 1) / 2
        rest = [value - middle - line.rise * (at - centre) for at, value in enumerate(part)]
        found.append(math.sqrt(math.fsum(each * each for each in rest) / (size - 2)))
    return median(found)


def slope(values: Sequence[float]) -> Slope:
    """Return the least-squares line through values at 0, 1, 2 …; needs at least 3."""
    count = len(values)
    centre, middle = (count - 1) / 2, mean(values)
    across = math.fsum((at - centre) ** 2 for at in range(count))
    rise = math.fsum((at - centre) * (value - middle) for at, value in enumerate(values)) / across
    left = math.fsum(
        (value - middle - rise * (at - centre)) ** 2 for at, value in enumerate(values)
    )
    return Slope(rise, math.sqrt(left / (count - 2) / across))
