"""Refreshed prices laid over the catalogue's offers: what every screen and command then reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from hwstudio.core.cloud.age import first_day
from hwstudio.core.cloud.refresh.registry import SOURCES
from hwstudio.core.cloud.refresh.row import Band, FreshOffer, Key, key_of
from hwstudio.core.cloud.refresh.store import PriceStore
from hwstudio.core.model.offer import Offer

FILE_SOURCE = "file:"
_FIRST_NUMBER = 1_000_000  # offers of the catalogue are numbered from 1
_FOUR_PLACES = Decimal("0.0001")
GpuOf = Callable[[str, int | None], str | None]  # (name, memory in bytes) to a GPU of the catalogue


class FreshPrices:
    """The refreshed prices of one home."""

    def __init__(self, file: Path) -> None:
        self.store = PriceStore(file)

    @property
    def revision(self) -> object:
        """Return what is another value after each refresh, another process's included."""
        return self.store.stamp

    def laid_over(self, offers: tuple[Offer, ...], gpu_of: GpuOf) -> tuple[Offer, ...]:
        """Return the offers with newer prices in place of older ones, then the new offers."""
        if self.store.stamp is None:
            return offers
        fresh = self.store.offers()
        by_key = {stored.offer.key: stored.offer for stored in fresh}
        known = {_key(offer) for offer in offers}
        shown = [_newer(offer, by_key.get(_key(offer))) for offer in offers]
        like = {(o.accelerator, o.accelerator_memory_bytes): o.gpu_id for o in offers if o.gpu_id}
        shown += [
            _new(_FIRST_NUMBER + stored.id, stored.offer, like, gpu_of)
            for stored in fresh
            if stored.offer.key not in known
        ]
        bands = {(band.instance, band.region): band for band in self.store.bands()}
        return tuple(_banded(offer, bands) for offer in shown) if bands else tuple(shown)


def _key(offer: Offer) -> Key:
    return key_of(offer.provider, offer.instance, offer.region)


def is_older(as_of: str, other: str) -> bool:
    """Say whether a price is of an earlier day than another; no day is the earliest."""
    mine, theirs = first_day(as_of), first_day(other)
    return theirs is not None and (mine is None or mine < theirs)


def source_title(source: str) -> str:
    """Return the name of a source for people."""
    if source.startswith(FILE_SOURCE):
        return f"Your file {source.removeprefix(FILE_SOURCE)}"
    return next((each.title for each in SOURCES if each.id == source), source)


def _newer(offer: Offer, fresh: FreshOffer | None) -> Offer:
    """Return the offer with what the fresher row says; what it does not say stays as it fits."""
    if fresh is None or is_older(fresh.as_of, offer.as_of):
        return offer
    if fresh.price is None:
        is_sound = offer.price_per_hour is None or (fresh.spot or 0) <= offer.price_per_hour
        if not is_sound:
            return offer
        return replace(offer, spot_per_hour=fresh.spot, spot_kind=f"listed {fresh.as_of}")
    spot, spot_kind = _spot(offer, fresh, fresh.price)
    is_same = fresh.price == offer.price_per_hour
    # An older commitment beside another on-demand price would be a saving nobody offers.
    year = fresh.price_1y or (offer.price_1y_per_hour if is_same else None)
    years = fresh.price_3y or (offer.price_3y_per_hour if is_same else None)
    return replace(
        offer,
        price_per_hour=fresh.price,
        spot_per_hour=spot,
        spot_kind=spot_kind,
        price_1y_per_hour=year,
        price_3y_per_hour=years,
        vcpus=offer.vcpus or fresh.vcpus,
        memory_bytes=offer.memory_bytes or fresh.host_memory_bytes,
        source=source_title(fresh.source),
        as_of=fresh.as_of,
        notes=_joined(offer.notes, fresh),
    )


def _spot(offer: Offer, fresh: FreshOffer, price: Decimal) -> tuple[Decimal | None, str]:
    if fresh.spot is not None:
        return fresh.spot, fresh.spot_kind
    old = offer.spot_per_hour
    if old is None:
        return None, ""
    if offer.spot_kind == "derived" and offer.price_per_hour:
        return (old * price / offer.price_per_hour).quantize(_FOUR_PLACES), "derived"
    if old > price:
        return None, ""
    return old, f"listed {offer.as_of}" if offer.spot_kind == "listed" else offer.spot_kind


def _joined(notes: str, fresh: FreshOffer) -> str:
    began = ""
    if fresh.valid_from and fresh.valid_from != fresh.as_of:
        began = f"this price since {fresh.valid_from}"
    return "; ".join(part for part in (notes, fresh.note, began) if part)


def _new(
    number: int,
    fresh: FreshOffer,
    like: dict[tuple[str, int | None], str],
    gpu_of: GpuOf,
) -> Offer:
    name = f"{fresh.accelerator} {fresh.variant}".strip()
    same = like.get((fresh.accelerator, fresh.memory_bytes)) if not fresh.variant else None
    return Offer(
        id=number,
        provider=fresh.provider,
        instance=fresh.instance,
        region=fresh.region,
        accelerator=fresh.accelerator,
        variant=fresh.variant,
        accelerator_count=fresh.count,
        accelerator_memory_bytes=fresh.memory_bytes,
        vcpus=fresh.vcpus,
        memory_bytes=fresh.host_memory_bytes,
        price_per_hour=fresh.price,
        spot_per_hour=fresh.spot,
        spot_kind=fresh.spot_kind,
        price_1y_per_hour=fresh.price_1y,
        price_3y_per_hour=fresh.price_3y,
        interruption_band="",
        offer_type=fresh.offer_type,
        gpu_id=gpu_of(name, fresh.memory_bytes) or same,
        currency="USD",
        source=source_title(fresh.source),
        as_of=fresh.as_of,
        notes=_joined("", fresh),
    )


def _banded(offer: Offer, bands: dict[tuple[str, str], Band]) -> Offer:
    """Put AWS's interruption band on an offer; its saving gives a spot price not listed."""
    band = bands.get((offer.instance, offer.region)) if offer.provider == "aws" else None
    if band is None:
        return offer
    price, spot, kind = offer.price_per_hour, offer.spot_per_hour, offer.spot_kind
    if price is not None and (spot is None or kind == "derived"):
        spot = (price * (1 - Decimal(str(band.saving_pct)) / 100)).quantize(_FOUR_PLACES)
        kind = "derived"
    return replace(offer, interruption_band=band.label, spot_per_hour=spot, spot_kind=kind)
