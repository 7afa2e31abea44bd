"""The cheapest thing to rent that does what a leaf of the tree asks, out of dated offers."""

from __future__ import annotations

from collections.abc import Iterable

from hwstudio.core.guide.decision_tree import CloudWish
from hwstudio.core.model.offer import Offer

MARKETPLACE = "marketplace"


def cheapest_offer(
    wish: CloudWish, offers: Iterable[Offer], *, since: str = "", allow_market: bool = False
) -> Offer | None:
    """Return the on-demand offer of the lowest price per hour with enough memory on each GPU.

    ``since`` (ISO date) leaves older prices out. Bids on a marketplace change by the hour, so
    they count only when ``allow_market`` says so.
    """
    found = [
        offer
        for offer in offers
        if offer.price_per_hour is not None
        and offer.accelerator_count >= max(1, wish.gpu_count)
        and (offer.accelerator_memory_bytes or 0) >= wish.min_vram_bytes
        and offer.gpu_id is not None
        and offer.as_of >= since
        and (allow_market or offer.offer_type != MARKETPLACE)
    ]
    return min(found, key=lambda o: (o.price_per_hour, o.accelerator_count, o.id), default=None)
