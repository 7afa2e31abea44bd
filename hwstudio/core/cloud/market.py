"""What a crowd of small hosts asks: the median, because the cheapest is seldom to be had."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from hwstudio.core.cloud.filter import per_accelerator
from hwstudio.core.model.offer import Offer

CROWD = frozenset({"marketplace", "community"})
_CROWD_WORD = "marketplace"  # some sources only say so in a note
MIN_HOSTS = 3
MIN_RELIABILITY = 0.9
_RELIABILITY = re.compile(r"host reliability (0\.\d+|1(?:\.0+)?)")


@dataclass(frozen=True, slots=True)
class MarketPrice:
    """One accelerator hour over several hosts. ``is_thin`` = too few hosts to trust."""

    accelerator: str
    median: Decimal
    low: Decimal
    high: Decimal
    hosts: int
    middle: Offer  # the offer nearest the median

    @property
    def is_thin(self) -> bool:
        return self.hosts < MIN_HOSTS


def is_crowd(offer: Offer) -> bool:
    """Say whether an offer comes from a marketplace of third-party hosts."""
    return offer.offer_type in CROWD or _CROWD_WORD in offer.notes.casefold()


def reliability(offer: Offer) -> float | None:
    """Return the share of time the host was up, where the source states it."""
    found = _RELIABILITY.search(offer.notes)
    return float(found[1]) if found else None


def market_prices(offers: Iterable[Offer]) -> tuple[MarketPrice, ...]:
    """Return the median per accelerator over reliable crowd hosts, by name."""
    names: dict[str, str] = {}
    groups: defaultdict[str, list[tuple[Decimal, Offer]]] = defaultdict(list)
    for offer in offers:
        price = per_accelerator(offer)
        known = reliability(offer)
        if is_crowd(offer) and price is not None and (known is None or known >= MIN_RELIABILITY):
            name = f"{offer.accelerator} {offer.variant}".strip()
            key = offer.gpu_id or f"{name} {offer.accelerator_memory_bytes or 0}"
            names.setdefault(key, name)
            groups[key].append((price, offer))
    return tuple(_summary(names[key], found) for key, found in sorted(groups.items()))


def _summary(name: str, found: list[tuple[Decimal, Offer]]) -> MarketPrice:
    prices = [price for price, _ in found]
    middle = median(prices)
    nearest = min(found, key=lambda item: (abs(item[0] - middle), item[1].id))[1]
    return MarketPrice(name, middle, min(prices), max(prices), len(found), nearest)
