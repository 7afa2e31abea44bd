"""The page's sentences and how prices, sizes and dates are written on it."""

from __future__ import annotations

from decimal import Decimal

from hwstudio.core.base.units import GIB
from hwstudio.core.cloud.market import MIN_HOSTS, MIN_RELIABILITY, MarketPrice, reliability
from hwstudio.core.model.offer import Offer
from hwstudio.gui.cloud.offers.state import OffersState

NO_OFFER = "No offer meets these filters. Loosen one of them."
NO_CHOICE = "Choose an offer in the list to see its earlier prices."
NO_HISTORY = "No history: this catalogue holds one price of this offer only."
NO_COMPARED = "Tick up to five offers in the list to set them side by side."
TIERS = {
    "on-demand": "On demand",
    "secure": "Secure (data centre)",
    "community": "Community hosts",
    "marketplace": "Marketplace",
    "production": "Production",
    "prototyping": "Prototyping",
    "spot-only": "Spot only",
    "dedicated": "Dedicated server",
    "quote": "Your quotes",
}


def price_text(price: Decimal | None) -> str:
    """Return a price with the decimals that matter; a dash when it is not known."""
    if price is None:
        return "–"
    return f"{price:,.2f}" if price >= Decimal("0.1") else f"{price:.3f}"


def gpus(offer: Offer) -> str:
    """Return ``8 x H100 SXM``."""
    return f"{offer.accelerator_count:g} x {offer.accelerator} {offer.variant}".strip()


def gib_each(offer: Offer) -> float | None:
    """Return the memory of one accelerator in GiB."""
    memory = offer.accelerator_memory_bytes
    return None if memory is None else memory / GIB


def memory_words(offer: Offer) -> str:
    """Return ``8 x 80 GiB = 640 GiB``; a share of a card has the memory of the whole card."""
    each, count = gib_each(offer), offer.accelerator_count
    if each is None:
        return "not known"
    if count < 1:
        return f"a share of a card with {each:.0f} GiB"
    return f"{count:g} x {each:.0f} GiB = {count * each:,.0f} GiB"


def tier(offer_type: str) -> str:
    """Return the words for a tier."""
    return TIERS.get(offer_type, offer_type)


def count_words(state: OffersState) -> str:
    """Return how many offers are shown, of how many, and how old their prices are."""
    count, stale = len(state.lines), sum(line.is_stale for line in state.lines)
    shown = f"{count:,} of {state.known:,} offers"
    if not stale:
        return shown
    return f"{shown}, {'all' if stale == count else f'{stale:,}'} with a price over 90 days old"


def market_words(market: MarketPrice) -> str:
    """Return the median of a crowd of hosts, and whether it can be trusted."""
    spread = f"{price_text(market.low)} to {price_text(market.high)}"
    hosts = f"{market.hosts} host" if market.hosts == 1 else f"{market.hosts} hosts"
    text = f"median {price_text(market.median)} $/GPU-h of {hosts} ({spread})"
    return f"{text}; under {MIN_HOSTS} hosts, too few to trust" if market.is_thin else text


def floor_words(offers: tuple[Offer, ...]) -> str:
    """Return what the reliability floor did to the hosts among these offers."""
    stated = [known for offer in offers if (known := reliability(offer)) is not None]
    floor = f"Hosts known to be up less than {MIN_RELIABILITY:.0%} of the time are left out"
    if not stated:
        return f"{floor}; none of these says how often it is up."
    low = sum(known < MIN_RELIABILITY for known in stated)
    return f"{floor}: {low} of the {len(stated)} that say it."
