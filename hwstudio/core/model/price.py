"""A price with its band, kind, date and source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

# A part's price older than this is shown as stale everywhere.
STALE_AFTER_DAYS = 180


class PriceKind(StrEnum):
    """Where a price comes from, best first."""

    OWN = "own"  # typed by the user
    QUOTE = "quote"  # what a seller asked: told to the user, or published with its date
    LIST = "list"  # the maker's published list or launch price
    USED = "used"  # second hand
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

    def age_days(self, today: date) -> int:
        """Return the age in days; a month or a year without a day counts from its end."""
        return age_days(self.as_of, today)

    def is_stale(self, today: date) -> bool:
        """Say whether the price is too old to trust."""
        return self.age_days(today) > STALE_AFTER_DAYS


def age_days(as_of: str, today: date) -> int:
    """Return the age of a date that may be "2025" or "2025-07", taken at its end; at least 0."""
    pieces = [int(piece) for piece in as_of.split("-")]
    year, month, day = ([*pieces, 12, 28] if len(pieces) == 1 else [*pieces, 28])[:3]
    return max(0, (today - date(year, month, day)).days)
