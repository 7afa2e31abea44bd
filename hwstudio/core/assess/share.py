"""Where a value lies between two marks on a log scale."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Points grow with the logarithm from ``least`` (0) to ``full`` (all)."""

    least: float
    full: float


def log_share(value: float, span: Span) -> float:
    """Return where ``value`` lies between least (0) and full (1), on a log scale."""
    if value <= span.least or value <= 0:
        return 0.0
    return min(1.0, math.log(value / span.least) / math.log(span.full / span.least))
