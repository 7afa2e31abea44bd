"""One refresh from beginning to end: ask, judge, compare, keep; and say what it did."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hwstudio.core.base.clock import iso_now, today
from hwstudio.core.base.file_lock import file_lock
from hwstudio.core.cloud.age import age_days, age_words, first_day
from hwstudio.core.cloud.refresh.days import Days
from hwstudio.core.cloud.refresh.diff import Diff, diff, in_use_by_key
from hwstudio.core.cloud.refresh.judge import Judge
from hwstudio.core.cloud.refresh.names import Names
from hwstudio.core.cloud.refresh.overlay import FILE_SOURCE
from hwstudio.core.cloud.refresh.row import (
    Band,
    Failure,
    FreshOffer,
    Haul,
    Key,
    Rejected,
    key_of,
)
from hwstudio.core.cloud.refresh.sources.file import read_file
from hwstudio.core.cloud.refresh.store import PriceStore, RefreshNote
from hwstudio.core.model.offer import Offer

_LOCK_WAIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Report:
    """What a refresh did. ``read`` are the sources that gave something."""

    read: tuple[str, ...]
    failures: tuple[Failure, ...]
    diff: Diff
    rejected: tuple[Rejected, ...]
    bands: int
    bands_changed: int
    is_clock_behind: bool

    @property
    def is_empty(self) -> bool:
        """Say whether nothing at all was brought."""
        return not self.diff.taken and not self.bands


@dataclass(frozen=True, slots=True)
class Age:
    """How old the prices in use are: of the newest, and of the middle one."""

    newest_as_of: str
    newest_days: int | None
    median_days: int | None
    words: str


def age_of(offers: Iterable[Offer], day: date | None = None) -> Age:
    """Return the age of the prices in use."""
    now = day or today()
    dated = sorted(offer.as_of for offer in offers if first_day(offer.as_of) is not None)
    if not dated:
        return Age("", None, None, "no date")
    newest, middle = dated[-1], dated[len(dated) // 2]
    days = age_days(newest, now)
    first = f"newest price {age_words(newest, now)} old" if days else "newest price of today"
    words = f"{first}, half are over {age_words(middle, now)} old"
    return Age(newest, days, age_days(middle, now), words)


def haul_of_file(file: Path) -> dict[str, Haul]:
    """Return what a file brings.

    Raises:
        HwstudioError: it cannot be read, or is no table of prices.
    """
    haul = Haul()
    read_file(file, haul)
    return {f"{FILE_SOURCE}{file.name}": haul}


def take(
    hauls: Mapping[str, Haul],
    store_file: Path,
    offers: Callable[[], tuple[Offer, ...]],
    catalog_as_of: str,
) -> Report:
    """Judge what was brought and keep it in one step.

    Args:
        hauls: what each source brought.
        store_file: the user's store.
        offers: the offers in use, asked once no other process can change them.
        catalog_as_of: the day of the catalogue: today cannot be before it.

    Raises:
        HostError: it cannot be kept; the prices in use stay.
        UserError: the store is of a newer hwstudio.
    """
    store_file.parent.mkdir(parents=True, exist_ok=True)
    with file_lock(store_file.with_suffix(".lock"), wait_s=_LOCK_WAIT_S):
        store, in_use = PriceStore(store_file), in_use_by_key(offers())
        days = Days(today(), first_day(catalog_as_of))
        fresh, rejected, rows = _judged(hauls, in_use, days)
        stored = [each.offer for each in store.offers()]
        whole = {name: frozenset(haul.whole) for name, haul in hauls.items()}
        found = diff(fresh, in_use, stored, whole, rows, _named(hauls))
        bands = [band for haul in hauls.values() for band in haul.bands]
        before = {(band.instance, band.region): band for band in store.bands()}
        every = (*rejected, *found.rejected)
        if found.taken or found.gone or bands:
            _keep(store, found, bands, in_use, hauls, len(every))
    return Report(
        read=tuple(name for name, haul in hauls.items() if haul.offers or haul.bands),
        failures=tuple(failure for haul in hauls.values() for failure in haul.failures),
        diff=found,
        rejected=every,
        bands=len(bands),
        bands_changed=sum(_is_other(band, before) for band in bands),
        is_clock_behind=days.is_clock_behind,
    )


def _judged(
    hauls: Mapping[str, Haul], in_use: Mapping[Key, Offer], days: Days
) -> tuple[list[FreshOffer], list[Rejected], dict[Key, str]]:
    """Judge each source on its own; of two that name one offer the newer counts."""
    names = Names(offer.accelerator for offer in in_use.values())
    known = {key: o.price_per_hour for key, o in in_use.items() if o.price_per_hour is not None}
    kept: dict[Key, FreshOffer] = {}
    rejected: list[Rejected] = []
    rows: dict[Key, str] = {}
    now = iso_now()
    for source, haul in hauls.items():
        judge = Judge(source, now, days, names, known)
        for raw in haul.offers:
            judge.take(raw)
        for offer in judge.offers():
            before = kept.get(offer.key)
            if before is None or before.as_of < offer.as_of:
                kept[offer.key] = offer
        rejected += [*haul.rejected, *judge.rejected]
        rows |= judge.rows
    return list(kept.values()), rejected, rows


def _named(hauls: Mapping[str, Haul]) -> frozenset[Key]:
    """Return every offer that was named: one with a wrong price is not gone."""
    return frozenset(
        key_of(*(" ".join(text.split()) for text in (raw.provider, raw.instance, raw.region)))
        for haul in hauls.values()
        for raw in haul.offers
    )


def _keep(
    store: PriceStore,
    found: Diff,
    bands: list[Band],
    in_use: Mapping[Key, Offer],
    hauls: Mapping[str, Haul],
    rejected: int,
) -> None:
    names = ", ".join(name for name, haul in hauls.items() if haul.offers or haul.bands)
    with store.change() as change:
        for offer in found.taken:
            known = in_use.get(offer.key)
            if known is not None and not change.has_history(offer.key):
                # the price the catalogue brought is the first of its history
                change.add_history(offer.key, _catalog_price(known))
            change.put(offer)
        for key in found.gone:
            change.remove(key)
        change.put_bands(bands)
        counts = (len(found.added), found.changed, len(found.gone), rejected)
        change.note(RefreshNote(iso_now(), names, *counts))


def _catalog_price(offer: Offer) -> tuple[object, ...]:
    prices = (
        offer.price_per_hour,
        offer.spot_per_hour,
        offer.price_1y_per_hour,
        offer.price_3y_per_hour,
    )
    return (*prices, offer.as_of, offer.as_of, offer.source, "")


def _is_other(band: Band, before: Mapping[tuple[str, str], Band]) -> bool:
    old = before.get((band.instance, band.region))
    return old is not None and (old.label, old.saving_pct) != (band.label, band.saving_pct)
