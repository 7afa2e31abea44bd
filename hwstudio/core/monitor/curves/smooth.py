"""The smoothing TensorBoard draws: an exponential moving average freed of its bias to zero."""

from __future__ import annotations

from array import array
from itertools import pairwise

from hwstudio.core.monitor.curves.outline import Drawn, Line, Outline, draw
from hwstudio.core.monitor.curves.series import Axis, Series

_AT_ONCE = 50_000


class Ema:
    """``m = w*m + (1-w)*x`` from m = 0, shown as ``m / (1 - w**n)``: the first value is x itself.

    A value that is not finite is passed through and does not touch the average.
    """

    def __init__(self, weight: float) -> None:
        if not 0.0 <= weight < 1.0:
            raise ValueError(f"weight {weight} is not in 0..1")
        self.weight = weight
        self._mean = 0.0
        self._left = 1.0  # w**n: what the made-up starting zero still weighs

    def extend(self, values: array[float] | list[float]) -> array[float]:
        """Return the smoothed values of some more."""
        weight, gain = self.weight, 1.0 - self.weight
        average, left = self._mean, self._left
        out = array("d")
        for value in values:
            if value - value == 0.0:  # finite
                average = weight * average + gain * value
                left *= weight
                value = average / (1.0 - left)
            out.append(value)
        self._mean, self._left = average, left
        return out


def smooth(values: array[float] | list[float], weight: float) -> array[float]:
    """Return the smoothed values; ``weight`` 0 = unchanged, towards 1 = ever smoother."""
    return Ema(weight).extend(values)


class Smoothed:
    """A series smoothed as it grows: only new points are worked on, so many at a time.

    A restart of the training (the step goes back) starts the average anew.
    """

    def __init__(self, series: Series, weight: float) -> None:
        self.series = series
        self._weight = weight
        self._average = Ema(weight)
        self._values = array("d")
        self._outline = Outline()
        self._of: array[float] = series.values

    @property
    def is_behind(self) -> bool:
        """Say whether the newest points are not smoothed yet: ask again."""
        return len(self.values) < len(self.series)

    @property
    def values(self) -> array[float]:
        """Return one smoothed value for each point, for at most 50,000 more than the last time."""
        series = self.series
        if self._of is not series.values:  # cut, thinned or read again
            self._of = series.values
            self._values = array("d")
            self._average = Ema(self._weight)
            self._outline = Outline()
        start = len(self._values)
        stop = min(len(series.values), start + _AT_ONCE)
        edges = [start, *(each for each in series.restarts if start <= each < stop), stop]
        for place, (first, last) in enumerate(pairwise(edges)):
            if place:
                self._average = Ema(self._weight)
            self._values.extend(self._average.extend(series.values[first:last]))
        self._outline.grow(self._values, _AT_ONCE // 16)
        return self._values

    def drawn(self, axis: Axis, low: float, high: float, pixels: int) -> Drawn:
        """Return the smoothed curve as ``Series.drawn`` does the raw one."""
        raw = self.series.line(axis)
        line = Line(raw.xs, self.values, raw.breaks, self._outline, raw.first)
        return draw(line, low, high, max(1, pixels))
