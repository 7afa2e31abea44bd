"""The list of offers without its window: filters, ticks and the selection in, one state out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.cloud.age import age_words, is_stale
from hwstudio.core.cloud.filter import OfferFilter, filter_offers, listed_price
from hwstudio.core.cloud.market import MarketPrice, is_crowd, market_prices
from hwstudio.core.cloud.price_history import history_of
from hwstudio.core.cloud.retired import retirement
from hwstudio.core.model.cloud_row import PastPrice
from hwstudio.core.model.offer import Offer
from hwstudio.gui.cloud.offers.state import MOST_COMPARED, OfferLine, OffersState

_FULL = f"Up to {MOST_COMPARED} offers can be compared; untick one first."


@dataclass(frozen=True, slots=True)
class _Facts:
    """What an offer's line says whatever the filter."""

    age: str
    is_stale: bool
    retired: str
    market: MarketPrice | None


class OffersViewModel(QObject):
    """``changed`` carries the new OffersState, ``refused`` a sentence."""

    changed = Signal(object)
    refused = Signal(str)

    def __init__(
        self,
        offers: Callable[[], tuple[Offer, ...]],
        past: Iterable[PastPrice],
        today: date,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._ask, self._past, self._today = offers, tuple(past), today
        self._offers = offers()
        self._facts = self._facts_of(self._offers)
        self._found: tuple[OfferFilter, tuple[Offer, ...]] | None = None
        self._compared: tuple[int, ...] = ()
        self._selected: int | None = None
        self._filter = OfferFilter()
        self.state = self._made()

    @property
    def offers(self) -> tuple[Offer, ...]:
        """Return all offers known, unfiltered."""
        return self._offers

    @Slot()
    def refresh(self) -> None:
        """Take up offers that were added, changed or removed."""
        fresh = self._ask()
        if fresh == self._offers:
            return
        self._offers, self._found = fresh, None
        self._facts = self._facts_of(fresh)
        known = {offer.id for offer in fresh}
        self._compared = tuple(one for one in self._compared if one in known)
        self._tell()

    @Slot(object)
    def set_filter(self, wish: object) -> None:
        """Narrow the list."""
        if isinstance(wish, OfferFilter) and wish != self._filter:
            self._filter = wish
            self._tell()

    @Slot(object, bool)
    def compare(self, row: object, is_on: bool) -> None:
        """Put an offer beside the others or take it away; a sixth is refused."""
        if not isinstance(row, OfferLine):
            return
        kept = tuple(one for one in self._compared if one != row.offer.id)
        if is_on and len(kept) >= MOST_COMPARED:
            self.refused.emit(_FULL)
        else:
            self._compared = (*kept, row.offer.id) if is_on else kept
        self._tell()

    @Slot()
    def compare_none(self) -> None:
        """Take all ticks away."""
        self._compared = ()
        self._tell()

    @Slot(object)
    def select(self, row: object) -> None:
        """Show the earlier prices of one offer."""
        chosen = row.offer.id if isinstance(row, OfferLine) else None
        if chosen != self._selected:
            self._selected = chosen
            self._tell()

    def _tell(self) -> None:
        self.state = self._made()
        self.changed.emit(self.state)

    def _made(self) -> OffersState:
        if self._found is None or self._found[0] != self._filter:
            self._found = self._filter, filter_offers(self._offers, self._filter, self._today)
        found = self._found[1]
        markets = tuple(sorted(market_prices(found), key=_by_hosts))
        by_id = {offer.id: offer for offer in self._offers}
        selected = by_id.get(self._selected) if self._selected is not None else None
        return OffersState(
            filter=self._filter,
            lines=tuple(map(self._line, found)),
            known=len(self._offers),
            markets=markets,
            compared=tuple(self._line(by_id[one]) for one in self._compared),
            selected=self._line(selected) if selected else None,
            history=history_of(selected, self._past) if selected else (),
        )

    def _facts_of(self, offers: tuple[Offer, ...]) -> dict[int, _Facts]:
        """Return what no filter changes: asked once, not at every key that is pressed."""
        markets = {_card(market.middle): market for market in market_prices(offers)}
        return {
            offer.id: _Facts(
                age=age_words(offer.as_of, self._today),
                is_stale=is_stale(offer.as_of, self._today),
                retired=retirement(offer),
                market=markets.get(_card(offer)) if is_crowd(offer) else None,
            )
            for offer in offers
        }

    def _line(self, offer: Offer) -> OfferLine:
        facts = self._facts[offer.id]
        price = listed_price(offer, is_spot=self._filter.is_spot)
        paid = _paid(offer, price, is_spot=self._filter.is_spot)
        if price is None and offer.spot_per_hour is not None:
            price, paid = offer.spot_per_hour, "spot"
        count = Decimal(str(offer.accelerator_count))
        return OfferLine(
            offer=offer,
            price=price,
            paid=paid,
            per_gpu=price / count if price is not None and count > 0 else None,
            age=facts.age,
            is_stale=facts.is_stale,
            retired=facts.retired,
            market=facts.market,
            is_compared=offer.id in self._compared,
        )


def _by_hosts(market: MarketPrice) -> tuple[int, str]:
    return -market.hosts, market.accelerator


def _card(offer: Offer) -> tuple[str, ...]:
    if offer.gpu_id:
        return (offer.gpu_id,)
    return (offer.accelerator, offer.variant, str(offer.accelerator_memory_bytes or 0))


def _paid(offer: Offer, price: Decimal | None, *, is_spot: bool) -> str:
    if price is None:
        return ""
    if is_spot:
        return "spot"
    named = (
        (offer.price_per_hour, "on demand"),
        (offer.price_1m_per_hour, "by the month, every hour billed"),
        (offer.price_1y_per_hour, "for a year, every hour billed"),
    )
    return next(
        (word for value, word in named if value is not None), "for three years, every hour billed"
    )
