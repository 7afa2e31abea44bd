"""A series to be drawn: buckets with lowest, mean and highest, and a break where data is missing.

Buckets are as wide as a step of a fixed ladder and begin at whole multiples of it, so that a chart
that moves on shows the same buckets again, and a new piece can be joined to an older one.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from hwstudio.core.history.readings.codec import Column
from hwstudio.core.history.readings.fold import EIGHTHS, Buckets, CounterBuckets, buckets_for
from hwstudio.core.history.readings.schema import HOUR_S, MINUTE_S
from hwstudio.core.history.readings.sources import HOUR, MINUTE, SECOND, TENS, Piece, Series

# Seconds. All that is longer than 10 minutes is made of whole tens, or hours, so that tiers fit in.
_LADDER = (
    *(1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30),
    *(MINUTE_S * n for n in (1, 2, 3, 4, 5, 6, 10, 20, 30)),
    *(HOUR_S * n for n in (1, 2, 3, 4, 6, 8, 12, 24, 48, 96, 168, 336, 672)),
)
BREAK_INTERVALS = 2.5
# A slow sensor's own pace counts where so many distances show it, up to this pace.
_DISTANCES, _SLOWEST_S = 8, 60


@dataclass(frozen=True, slots=True)
class Trace:
    """Buckets of one series, ascending; a row of NaN is a break: no line may cross it.

    ``times_s`` are the middles of the buckets, Unix time. ``low <= mean <= high``, in the unit of
    the sensor; of a counter ``mean`` is the last value and the others the first and the last. A
    bucket wider than ``width_s`` is all that is left of its time.
    """

    width_s: int
    times_s: array[float]
    low: array[float]
    mean: array[float]
    high: array[float]


def width_for(span_s: float, points: int) -> int:
    """Return the width of about ``points`` buckets: the ladder's step nearest by ratio, so that
    there are between 0.7 and 1.4 times as many as asked (fewer where a second is not enough).
    """
    ideal = min(max(span_s / max(points, 1), 1e-9), float(_LADDER[-1]))
    return min(_LADDER, key=lambda width: abs(math.log(width / ideal)))


def source_for(width_s: int) -> int:
    """Return the coarsest source whose entries fit in whole buckets."""
    return next((each for each in (HOUR, TENS, MINUTE) if width_s % each == 0), SECOND)


def trace_of(series: Series, pieces: Sequence[Piece], width_s: int, interval_s: float) -> Trace:
    """Return the trace of a series from its pieces; ``interval_s`` is the recorder's own pace."""
    buckets = buckets_for(width_s, is_counter=series.is_counter)
    for piece in pieces:
        if isinstance(piece, Column):
            buckets.add_samples(piece)
        else:
            buckets.add_entries(piece)
    trace = Trace(width_s, _middles(buckets), *_values(buckets, series.step))
    _put_breaks(trace, buckets, interval_s)
    return trace


def _middles(buckets: Buckets) -> array[float]:
    times = array("d")
    for start, span, many in buckets.segments:
        middles = range(start + span // 2, start + many * span, span)
        times.extend(array("d", [middle + span % 2 / 2 for middle in middles]))
    return times


def _values(buckets: Buckets, step: float) -> tuple[array[float], array[float], array[float]]:
    low = array("d", [n * step for n in buckets.low])
    if all(segment.span == 1 for segment in buckets.segments):
        return low, low[:], low[:]  # each bucket is one sample
    high = array("d", [n * step for n in buckets.high])
    if isinstance(buckets, CounterBuckets):
        return array("d", list(map(min, low, high))), high, array("d", list(map(max, low, high)))
    sums = zip(buckets.sum, buckets.counts, strict=True)
    means = [total / (EIGHTHS * count) * step for total, count in sums]
    if isinstance(sum(buckets.sum), float):
        # Whole numbers divide without leaving their bucket, sums of fractions may not.
        means = list(map(min, high, map(max, low, means)))
    return low, array("d", means), high


def _put_breaks(trace: Trace, buckets: Buckets, interval_s: float) -> None:
    """Put a row of NaN into every stretch without samples that is longer than 2.5 intervals.

    Where a tier is drawn, what is shorter than one of its entries cannot be seen.
    """
    source = source_for(buckets.width_s)
    longest = max(BREAK_INTERVALS * _pace(buckets, interval_s), source if source > 1 else 0)
    for at, last, first in reversed(buckets.joints):
        if first - last > longest:
            trace.times_s.insert(at, (last + 1 + first) / 2)
            for numbers in (trace.low, trace.mean, trace.high):
                numbers.insert(at, math.nan)


def _pace(buckets: Buckets, interval_s: float) -> float:
    """Return how far apart samples usually are: a slow sensor is not a broken one."""
    count = len(buckets.counts) - 1
    neighbours = count - len(buckets.joints)  # distances of one second
    if count < _DISTANCES or neighbours > count // 2:
        return interval_s
    usual = sorted(first - last for _, last, first in buckets.joints)[count // 2 - neighbours]
    return max(interval_s, usual) if usual <= _SLOWEST_S else interval_s
