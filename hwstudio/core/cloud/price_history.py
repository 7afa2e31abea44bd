"""What an offer cost on earlier days, beside what it costs now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.cloud.age import first_day
from hwstudio.core.model.cloud_row import PastPrice
from hwstudio.core.model.offer import Offer

_UNNAMED = frozenset({"", "unspecified", "global-list", "global"})
# What the history calls a price, and which tiers of offers it may stand beside.
_TIERS = {
    "on-demand": frozenset({"on-demand", "secure"}),
    "secure": frozenset({"secure", "on-demand"}),
    "community": frozenset({"community"}),
    "marketplace": frozenset({"marketplace"}),
}


@dataclass(frozen=True, slots=True)
class DatedPrice:
    """The on-demand price of one accelerator for one hour on a day, USD."""

    as_of: str
    per_accelerator_hour: Decimal
    source: str
    is_now: bool = False


def history_of(offer: Offer, rows: Iterable[PastPrice]) -> tuple[DatedPrice, ...]:
    """Return the earlier prices of an offer and its own, oldest first; () without earlier ones."""
    count = Decimal(str(offer.accelerator_count))
    price = offer.price_per_hour
    if price is None or count <= 0:
        return ()
    found: dict[str, DatedPrice] = {}
    for row in rows:
        if row.as_of < offer.as_of and first_day(row.as_of) and _is_same(offer, row):
            each = row.price_per_hour / (count if row.per == "instance" else 1)
            found[row.as_of] = DatedPrice(row.as_of, each, row.source)
    if not found:
        return ()
    now = DatedPrice(offer.as_of, price / count, offer.source, is_now=True)
    return (*(found[day] for day in sorted(found)), now)


def _is_same(offer: Offer, row: PastPrice) -> bool:
    if row.provider != offer.provider or not _is_region(offer.region, row.region):
        return False
    if offer.offer_type not in _TIERS.get(row.price_kind, frozenset()):
        return False
    return row.instance == offer.instance if row.per == "instance" else _is_card(offer, row)


def _is_region(one: str, other: str) -> bool:
    return one == other or (one in _UNNAMED and other in _UNNAMED)


def _is_card(offer: Offer, row: PastPrice) -> bool:
    """Say whether the row speaks of the same card; an offer that names no memory is no match."""
    memory = offer.accelerator_memory_bytes
    sizes = {f"{memory / unit:.0f}gb" for unit in (2**30, 10**9)} if memory else set()
    own = {*offer.accelerator.casefold().split(), *offer.variant.casefold().split()}
    words = set(row.accelerator.casefold().split())
    named = {word for word in words if word.endswith("gb")}
    first, _, _ = row.instance.partition("x ")
    is_count = not first.isdigit() or float(first) == offer.accelerator_count
    return is_count and words - named <= own and (not named or bool(named & sizes))
