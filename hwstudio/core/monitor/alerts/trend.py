"""A robust straight line through noisy points: Theil-Sen slope with Sen's interval.

The slope is the median of the slopes of all pairs, so a third of the points may be wild. The
interval takes the pairs whose rank the Kendall statistic's variance allows (95 %).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

_Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Trend:
    """``y = level + slope * (t - at)``; slope and its ends are per unit of t."""

    slope: float
    low: float  # lower end of the slope's 95 % interval
    high: float
    at: float  # the last t
    level: float  # the line's value there
    n: int

    @property
    def is_sure(self) -> bool:
        """Say whether the interval excludes no change at all."""
        return self.low > 0 or self.high < 0

    def until(self, threshold: float) -> float | None:
        """Return how far from ``at`` the line meets the threshold; None = it moves away."""
        gap = threshold - self.level
        if gap == 0:
            return 0.0
        if self.slope == 0 or (gap > 0) != (self.slope > 0):
            return None
        return gap / self.slope


def theil_sen(times: Sequence[float], values: Sequence[float]) -> Trend | None:
    """Return the trend of at least three points at two or more times; else None."""
    count = len(times)
    if count < 3 or count != len(values):
        return None
    slopes = sorted(
        (values[j] - values[i]) / (times[j] - times[i])
        for i in range(count)
        for j in range(i + 1, count)
        if times[j] != times[i]
    )
    if not slopes:
        return None
    slope = _middle(slopes)
    low, high = _interval(slopes, count)
    last = max(times)
    level = _middle(sorted(v - slope * (t - last) for t, v in zip(times, values, strict=True)))
    return Trend(slope, low, high, last, level, count)


def _middle(ordered: Sequence[float]) -> float:
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _interval(slopes: Sequence[float], count: int) -> tuple[float, float]:
    """Return Sen's interval; too few points give the whole range of slopes."""
    spread = _Z95 * math.sqrt(count * (count - 1) * (2 * count + 5) / 18)
    pairs = len(slopes)
    low = round((pairs - spread) / 2) - 1  # ranks count from one
    high = round((pairs + spread) / 2)
    if low < 0 or high >= pairs:
        return -math.inf, math.inf
    return slopes[low], slopes[high]


class Track:
    """The recent past of one sensor as bucket means, for a forecast.

    Args:
        window_s: how far back it remembers.
    """

    __slots__ = ("_at", "_count", "_sum", "_window_s", "bucket_s", "times", "values")

    MOST = 30  # 435 pairs: 0.1 ms a fit
    LEAST = 10  # fewer points carry no forecast

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self.bucket_s = window_s / self.MOST
        self.times: list[float] = []
        self.values: list[float] = []
        self._at = -1.0
        self._sum = 0.0
        self._count = 0

    def add(self, at_s: float, value: float) -> bool:
        """Take a value; return whether a bucket was filled, so that a new fit makes sense.

        A clock that went back starts the memory anew.
        """
        start = at_s - at_s % self.bucket_s
        if self._at >= 0 and start < self._at:
            self.times.clear()
            self.values.clear()
            self._count, self._sum = 0, 0.0
        is_full = self._count > 0 and start != self._at
        if is_full:
            self._close(at_s)
        self._at = start
        self._sum += value
        self._count += 1
        return is_full

    def fit(self) -> Trend | None:
        """Return the trend over the window, or None while too little of it is known."""
        if len(self.times) < self.LEAST or self.times[-1] - self.times[0] < self._window_s / 3:
            return None
        return theil_sen(self.times, self.values)

    def _close(self, at_s: float) -> None:
        self.times.append(self._at + self.bucket_s / 2)
        self.values.append(self._sum / self._count)
        self._count, self._sum = 0, 0.0
        gone = bisect_left(self.times, at_s - self._window_s)
        del self.times[:gone], self.values[:gone]
