"""A range by the name of the metric it is for: low, high and where it comes from."""

from __future__ import annotations

import math

NINE_OF_TEN = 1.645  # standard deviations on each side

Span = tuple[float | None, float | None, str]
Spans = dict[str, Span]


def around(middle: float, spread: float, source: str) -> tuple[float, float, str]:
    """Return the range of nine of ten around a middle; ``spread`` is a standard deviation (log)."""
    width = math.exp(NINE_OF_TEN * spread)
    return middle / width, middle * width, source
