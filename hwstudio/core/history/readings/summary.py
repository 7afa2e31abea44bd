"""What a span of one series comes to: statistics, and the increase of a counter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hwstudio.core.history.readings.codec import Column, Number
from hwstudio.core.history.readings.fold import EIGHTHS, CounterBuckets
from hwstudio.core.history.readings.sources import MINUTE, Piece, Series

_ALL_OF_TIME_S = 2**40 // 3600 * 3600  # the width of a single bucket


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of one span, in the sensor's unit. ``basis``: what ``p95`` is made of: "second" (every
    sample), or the means of a "minute" or an "hour" each, which hide what is shorter.
    """

    low: float
    mean: float
    high: float
    count: int
    p95: float
    basis: str


def statistics_of(series: Series, pieces: Sequence[Piece]) -> Statistics | None:
    """Return the statistics of pieces, None without samples.

    Of a counter they are those of its values, as far as entries know them: the first and the last.
    """
    weights: Counter[Number] = Counter()  # eighths of a step -> samples
    ends: list[Number] = []
    coarsest = 1
    for piece in pieces:
        if isinstance(piece, Column):
            numbers = Counter(piece.numbers)
            weights.update({EIGHTHS * number: count for number, count in numbers.items()})
            ends += (min(numbers), max(numbers))
            continue
        coarsest = max(coarsest, piece.step_s)
        means = [EIGHTHS * n for n in piece.high] if series.is_counter else piece.mean
        for number, count in zip(means, piece.counts, strict=True):
            weights[number] += count
        ends += (*map(min, piece.low, piece.high), *map(max, piece.low, piece.high))
    if not weights:
        return None
    count, eighth = weights.total(), series.step / EIGHTHS
    mean = sum(number * weight for number, weight in weights.items()) / count
    low, high = min(ends) * series.step, max(ends) * series.step
    p95 = _percentile(weights, count) * eighth
    basis = {1: "second", MINUTE: "minute"}.get(coarsest, "hour")
    return Statistics(low, min(max(mean * eighth, low), high), high, count, p95, basis)


def _percentile(weights: Mapping[Number, int], count: int) -> Number:
    """Return the smallest number that at least 95 % of the samples do not exceed."""
    needed = -(-count * 95 // 100)
    for number in sorted(weights):
        needed -= weights[number]
        if needed <= 0:
            break
    return number


def increase_of(series: Series, pieces: Sequence[Piece]) -> float | None:
    """Return by how much a counter grew from its first to its last sample; None without any."""
    bucket = CounterBuckets(_ALL_OF_TIME_S)
    for piece in pieces:
        if isinstance(piece, Column):
            bucket.add_samples(piece)
        else:
            bucket.add_entries(piece)
    return bucket.sum[0] * series.step if bucket.sum else None
