"""An estimate of a price: the number, its band, its birthday and who says so."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Estimate:
    """A price in USD with its 90 % band, its date and the sentence shown beside it."""

    amount: Decimal
    low: Decimal
    high: Decimal
    as_of: str
    source: str


def months(start: str, end: str) -> int:
    """Return whole months between two ISO dates, at least 0; "2025" is its January."""
    years, moved = (
        int(b) - int(a)
        for a, b in zip((start[:4], start[5:7] or "1"), (end[:4], end[5:7] or "1"), strict=True)
    )
    return max(0, 12 * years + moved)


def estimate_of(middle: float, down: float, up: float, as_of: str, source: str) -> Estimate:
    """Return an estimate from its logarithm and the band's reach below and above it."""
    amount, low, high = (rounded(math.exp(x)) for x in (middle, middle - down, middle + up))
    # Rounded to the dollar a cheap part's band must still hold more than its middle.
    low = min(low, max(amount - 1, Decimal("0.5")))
    return Estimate(amount, low, max(high, amount + 1), as_of, source)


def rounded(amount: float) -> Decimal:
    """Round to what an estimate can claim: three digits, at most a dollar fine."""
    step = 10 ** max(0, math.floor(math.log10(max(amount, 1))) - 2)
    return Decimal(max(1, round(amount / step) * step))
