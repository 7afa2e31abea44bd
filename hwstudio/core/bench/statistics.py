"""What a row of samples says: the median, how sure it is, how far the samples spread."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

TAIL = 0.025  # on either side of a 95 % interval


@dataclass(frozen=True, slots=True)
class Summary:
    """The median with its 95 % interval, and the middle half of the samples around it."""

    median: float
    low: float
    high: float
    spread: float  # half the interquartile range, as a share of the median
    n: int

    @property
    def half_width(self) -> float:
        """Return half the interval as a share of the median: the ± people read."""
        return (self.high - self.low) / 2 / abs(self.median) if self.median else math.inf


def median(values: Sequence[float]) -> float:
    """Return the median of at least one value."""
    return quantile(values, 0.5)


def quantile(values: Sequence[float], share: float) -> float:
    """Return a quantile by linear interpolation between the ordered values."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values")
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    # Written so that equal neighbours give exactly their value.
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def bootstrap_interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % percentile bootstrap interval of the median, without resampling.

    The distribution of a resample's median is known exactly: of ``n`` draws, the number that
    fall on one of the ``k`` smallest values is binomial with probability k/n. For an even count
    the two middle values of the resample are taken as one, the lower for the lower end and the
    upper for the upper end.
    """
    ordered = sorted(values)
    low, high = _ranks(len(ordered))
    return ordered[low], ordered[high]


def quantile_interval(values: Sequence[float], share: float) -> tuple[float, float]:
    """Return a 95 % interval of a quantile from order statistics; its ends are samples.

    The count of samples below the true quantile is binomial. Where too few samples lie beyond it
    for an upper end, that end is the largest sample: the truth may lie higher.
    """
    ordered = sorted(values)
    count = len(ordered)
    if not count:
        raise ValueError("no values")
    ranks = range(count + 1)
    # The chance that at most k samples lie below the true quantile grows with k.
    low = bisect_right(ranks, TAIL, key=lambda k: 1.0 - _at_least(count, k + 1, share)) - 1
    high = bisect_right(ranks, 1 - TAIL, key=lambda k: 1.0 - _at_least(count, k + 1, share))
    return ordered[min(max(low, 0), count - 1)], ordered[min(high, count - 1)]


@lru_cache(maxsize=4096)
def _ranks(count: int) -> tuple[int, int]:
    """Return the zero-based ranks of the interval's ends for ``count`` values."""
    if count < 1:
        raise ValueError("no values")
    lower_middle = (count + 1) // 2  # the middle draw, counted from one
    low = _first_rank(count, lower_middle)
    # By symmetry the upper end lies as far from the other side.
    return low, count - 1 - low


def _first_rank(count: int, middle: int) -> int:
    """Return the last rank whose value a resample's median undercuts in under 2.5 % of cases."""
    ranks = range(1, count + 1)
    return bisect_right(ranks, TAIL, key=lambda rank: _at_least(count, middle, rank / count))


def _at_least(count: int, wanted: int, share: float) -> float:
    """Return the probability of ``wanted`` or more successes in ``count`` trials."""
    if share >= 1:
        return 1.0
    log_p, log_q = math.log(share), math.log1p(-share)
    log_choose = math.lgamma(count + 1)
    terms = (
        math.exp(
            log_choose
            - math.lgamma(k + 1)
            - math.lgamma(count - k + 1)
            + k * log_p
            + (count - k) * log_q
        )
        for k in range(wanted, count + 1)
    )
    return min(1.0, math.fsum(terms))


def summarise(values: Sequence[float]) -> Summary:
    """Return the summary of at least one value."""
    middle = median(values)
    low, high = bootstrap_interval(values)
    quartiles = quantile(values, 0.75) - quantile(values, 0.25)
    spread = quartiles / 2 / abs(middle) if middle else 0.0
    return Summary(middle, min(low, middle), max(high, middle), spread, len(values))


def clean_only(values: Sequence[float], clean: Sequence[object]) -> list[float]:
    """Return the values marked clean; a missing mark counts as clean."""
    marks = list(clean) + [True] * (len(values) - len(clean))
    return [value for value, good in zip(values, marks, strict=False) if good]
