"""What the list of offers shows, as immutable values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.cloud.filter import OfferFilter
from hwstudio.core.cloud.market import MarketPrice
from hwstudio.core.cloud.price_history import DatedPrice
from hwstudio.core.model.offer import Offer

MOST_COMPARED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLine:
    """One row of the list."""

    offer: Offer
    price: Decimal | None  # USD/h of the whole shape, in the way of paying that counts
    paid: str  # which way that is
    per_gpu: Decimal | None
    age: str
    is_stale: bool
    retired: str  # why it can hardly be rented any more, "" when it can
    market: MarketPrice | None  # of its kind, when third-party hosts offer it
    is_compared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OffersState:
    """Everything on the page."""

    filter: OfferFilter
    lines: tuple[OfferLine, ...]
    known: int  # offers before any filter
    markets: tuple[MarketPrice, ...]  # of the offers shown
    compared: tuple[OfferLine, ...] = ()
    selected: OfferLine | None = None
    history: tuple[DatedPrice, ...] = ()
