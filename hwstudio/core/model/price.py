"""A price with its band, kind, date and source."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class PriceKind(StrEnum):
    """Where a price comes from, best first."""

    OWN = "own"  # typed by the user
    QUOTE = "quote"  # an offer the user imported
    LIST = "list"  # the maker's published list or launch price
    ESTIMATE = "estimate"  # a fitted model, always with a band


@dataclass(frozen=True, slots=True)
class Price:
    """Money for one piece. ``low``/``high`` are a 90 % band; equal to ``amount`` when exact."""

    amount: Decimal
    low: Decimal
    high: Decimal
    currency: str
    kind: PriceKind
    as_of: str  # ISO date, possibly only "2025-07"
    source: str
