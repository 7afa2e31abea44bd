"""Finding offers: every wish a user can have, over a tuple of offers, cheapest GPU hour first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hwstudio.core.cloud.age import age_days
from hwstudio.core.cloud.band import band_rank
from hwstudio.core.cloud.retired import retirement
from hwstudio.core.model.offer import Offer

_GRADES = frozenset({"ti", "super", "xt", "xtx", "gre"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFilter:
    """Empty or None = any. Prices are USD per hour for the whole shape."""

    accelerator: str = ""
    count: float | None = None  # exactly
    min_count: float | None = None
    min_vram_bytes: int | None = None  # per accelerator
    provider: str = ""
    region: str = ""
    max_price: Decimal | None = None
    is_spot: bool = False  # only offers with a spot price, and that price counts
    max_age_days: int | None = None
    with_retired: bool = False
    min_vcpus: float | None = None  # of the whole shape
    min_memory_bytes: int | None = None  # of the whole shape
    max_band: str = ""  # one of band.BANDS; offers without a known band then do not count
    has_commitment: bool = False  # only offers with a price by the month, year or three years
    offer_type: str = ""


def hourly_price(offer: Offer, *, is_spot: bool = False) -> Decimal | None:
    """Return the price of the whole shape: spot when asked for, else on demand."""
    return offer.spot_per_hour if is_spot else offer.price_per_hour


def per_accelerator(offer: Offer, *, is_spot: bool = False) -> Decimal | None:
    """Return the price of one accelerator for one hour; None when unknown."""
    price = hourly_price(offer, is_spot=is_spot)
    if price is None or offer.accelerator_count <= 0:
        return None
    return price / Decimal(str(offer.accelerator_count))


def listed_price(offer: Offer, *, is_spot: bool = False) -> Decimal | None:
    """Return the hourly price a limit is held against, of the whole shape; None when unknown.

    That is the spot or the on-demand price; where an offer has only commitments, the shortest's.
    """
    if is_spot:
        return offer.spot_per_hour
    firm = (
        offer.price_per_hour,
        offer.price_1m_per_hour,
        offer.price_1y_per_hour,
        offer.price_3y_per_hour,
    )
    return next((price for price in firm if price is not None), None)


def has_commitment(offer: Offer) -> bool:
    """Say whether it can be rented by the month, the year or for three years."""
    committed = (offer.price_1m_per_hour, offer.price_1y_per_hour, offer.price_3y_per_hour)
    return any(price is not None for price in committed)


def filter_offers(offers: tuple[Offer, ...], wish: OfferFilter, today: date) -> tuple[Offer, ...]:
    """Return the offers that meet every wish, cheapest per accelerator first, unpriced last."""
    words = _words(wish.accelerator)
    kept = [
        offer
        for offer in offers
        if _is_model(offer, wish.accelerator, words)
        and _is_place(offer, wish)
        and _is_big_enough(offer, wish)
        and _is_affordable(offer, wish)
        and _is_on_terms(offer, wish)
        and _is_current(offer, wish, today)
    ]
    return tuple(sorted(kept, key=lambda offer: _order(offer, wish)))


def _order(offer: Offer, wish: OfferFilter) -> tuple[bool, Decimal, str, str, str]:
    price = listed_price(offer, is_spot=wish.is_spot)
    if price is None and not wish.is_spot:
        price = offer.spot_per_hour
    if price is not None and offer.accelerator_count > 0:
        price /= Decimal(str(offer.accelerator_count))
    return (
        price is None,
        price if price is not None else Decimal(0),
        offer.provider,
        offer.instance,
        offer.region,
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.split(r"[\s_\-/]+", text.casefold().strip())) if text.strip() else ()


def _is_model(offer: Offer, text: str, words: tuple[str, ...]) -> bool:
    """Match by whole words, so that A10 finds neither A100 nor A10G."""
    if not words:
        return True
    name = f"{offer.accelerator} {offer.variant}"
    own = _words(name)
    if all(word in own for word in words) and _grades(own) == _grades(words):
        return True
    compact = text.casefold().replace(" ", "").replace("-", "").replace("_", "")
    if compact in {"".join(own), "".join(_words(offer.accelerator))}:
        return True
    return offer.gpu_id is not None and offer.gpu_id.casefold() == text.casefold().strip()


def _grades(words: tuple[str, ...]) -> frozenset[str]:
    """Return the words that make another card of the same number: a 4070 is no 4070 Ti."""
    return _GRADES.intersection(words)


def _is_place(offer: Offer, wish: OfferFilter) -> bool:
    is_provider = not wish.provider or wish.provider.casefold() == offer.provider.casefold()
    return is_provider and wish.region.casefold() in offer.region.casefold()


def _is_big_enough(offer: Offer, wish: OfferFilter) -> bool:
    if wish.count is not None and offer.accelerator_count != wish.count:
        return False
    if wish.min_count is not None and offer.accelerator_count < wish.min_count:
        return False
    return (
        _reaches(offer.accelerator_memory_bytes, wish.min_vram_bytes)
        and _reaches(offer.vcpus, wish.min_vcpus)
        and _reaches(offer.memory_bytes, wish.min_memory_bytes)
    )


def _reaches(value: float | None, least: float | None) -> bool:
    """Say whether a size is enough; one that is not known never is."""
    return least is None or (value is not None and value >= least)


def _is_on_terms(offer: Offer, wish: OfferFilter) -> bool:
    if wish.has_commitment and not has_commitment(offer):
        return False
    if wish.offer_type and offer.offer_type != wish.offer_type:
        return False
    if not wish.max_band:
        return True
    rank, most = band_rank(offer.interruption_band), band_rank(wish.max_band)
    return rank is not None and most is not None and rank <= most


def _is_affordable(offer: Offer, wish: OfferFilter) -> bool:
    price = listed_price(offer, is_spot=wish.is_spot)
    if wish.is_spot and price is None:
        return False
    return wish.max_price is None or (price is not None and price <= wish.max_price)


def _is_current(offer: Offer, wish: OfferFilter, today: date) -> bool:
    if not wish.with_retired and retirement(offer):
        return False
    if wish.max_age_days is None:
        return True
    age = age_days(offer.as_of, today)
    return age is not None and age <= wish.max_age_days


def accelerators(offers: tuple[Offer, ...]) -> tuple[str, ...]:
    """Return every accelerator name, sorted, for choices and for "did you mean"."""
    return tuple(sorted({offer.accelerator for offer in offers}))


def offer_types(offers: tuple[Offer, ...]) -> tuple[str, ...]:
    """Return every tier the offers come in, sorted."""
    return tuple(sorted({offer.offer_type for offer in offers}))
