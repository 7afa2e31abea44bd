"""When to stop sampling: once the median is known to one per cent, not after a fixed count."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

FLOOR = 10  # never fewer samples, if time allows
Z_95 = 1.959964  # two-sided 95 % of the normal distribution


@dataclass(frozen=True)
class Budget:
    """How long one point may take and how sure we want to be."""

    cap_s: float
    warmup_s: float
    half_width: float = 0.01  # of the median
    floor: int = FLOOR


def median(values: Sequence[float]) -> float:
    """Return the median of at least one value."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return a 95 % interval of the median from order statistics (the sign test turned round).

    It assumes nothing about the shape of the distribution. Below six values it is the range.
    """
    ordered = sorted(values)
    count = len(ordered)
    below = math.floor((count - Z_95 * math.sqrt(count)) / 2)
    rank = max(0, below - 1 if below > 0 else 0)
    return ordered[rank], ordered[count - 1 - rank]


def is_sure(values: Sequence[float], budget: Budget) -> bool:
    """Say whether the interval of the median is narrow enough."""
    if len(values) < budget.floor:
        return False
    low, high = interval(values)
    return (high - low) / 2 <= budget.half_width * abs(median(values))
