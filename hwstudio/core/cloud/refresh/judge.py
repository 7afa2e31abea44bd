"""Row sanity: which prices can be real. What cannot be is left out with the reason, never guessed.

The rules come from faults seen in published tables: a price of 700.0 that stands for "unknown",
spot prices above the on-demand price, three-year prices above one-year prices, accelerators with
0 GB of memory, empty cells read as 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from hwstudio.core.cloud.refresh.days import Days
from hwstudio.core.cloud.refresh.names import Names
from hwstudio.core.cloud.refresh.row import FreshOffer, Key, RawOffer, Rejected, key_of

SENTINELS = frozenset({Decimal(700), Decimal(9999), Decimal(99999), Decimal(999999)})
# USD for one accelerator and hour; every dated price in the catalogue lies between 0.02 and 55.
LEAST_EACH, MOST_EACH = Decimal("0.005"), Decimal(120)
LARGEST_JUMP = 10  # times the known price, or a tenth of it
MOST_COUNT = 10_000.0
_MOST_LETTERS = 160
_EMPTY = frozenset({"", "none", "null", "n/a", "na", "-", "–"})
GIB = 2**30


class _Unfit(Exception):  # noqa: N818 - carries the reason to the one place that lists it
    pass


@dataclass(slots=True)
class Judge:
    """Judges the rows of one source. ``known`` = the on-demand price in use by key."""

    source: str
    fetched_at: str
    days: Days
    names: Names
    known: Mapping[Key, Decimal]
    rejected: list[Rejected] = field(default_factory=list)
    rows: dict[Key, str] = field(default_factory=dict)  # where each offer stands in the source
    _seen: dict[Key, FreshOffer] = field(default_factory=dict)

    def take(self, raw: RawOffer) -> None:
        """Judge one row and keep it, or note why not."""
        try:
            offer = self._offer(raw)
            before = self._seen.get(offer.key)
            self._seen[offer.key] = offer if before is None else self._merged(raw, before, offer)
            self.rows.setdefault(offer.key, raw.row)
        except _Unfit as reason:
            self.rejected.append(Rejected(raw.row, str(reason)))

    def offers(self) -> tuple[FreshOffer, ...]:
        """Return what was kept; a row with nothing but a commitment price is no offer."""
        return tuple(self._seen.values())

    def _offer(self, raw: RawOffer) -> FreshOffer:
        provider, instance = _word(raw.provider, "provider"), _word(raw.instance, "instance")
        region = _text(raw.region, "region") or "unspecified"
        named = self.names.find(_word(raw.accelerator, "accelerator"), raw.variant)
        count = _count(raw.count)
        price = _price(raw.price, "price")
        spot, year, years = self._side_prices(raw, price)
        if price is None and spot is None:
            raise _Unfit("it has no price")
        for each, what in ((price, "price"), (spot, "spot price")):
            _check_each(each, count, what)
        self._check_jump(key_of(provider, instance, region), price)
        as_of, valid_from, doubt = self.days.judged(raw.as_of, raw.valid_from)
        return FreshOffer(
            provider=provider,
            instance=instance,
            region=region,
            accelerator=named.accelerator,
            variant=named.variant,
            count=count,
            memory_bytes=_bytes(raw.memory_gb),
            vcpus=_positive(raw.vcpus),
            host_memory_bytes=_bytes(raw.host_memory_gb),
            price=price,
            spot=spot,
            spot_kind=raw.spot_kind if spot is not None else "",
            price_1y=year,
            price_3y=years,
            offer_type=raw.offer_type or "on-demand",
            as_of=as_of,
            valid_from=valid_from,
            note="; ".join(part for part in (_text(raw.note, "note"), doubt) if part),
            source=self.source,
            fetched_at=self.fetched_at,
        )

    def _side_prices(
        self, raw: RawOffer, price: Decimal | None
    ) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
        """Return spot, 1-year and 3-year price; one that cannot be is dropped alone."""
        spot = self._optional(raw, raw.spot, "spot price")
        year = self._optional(raw, raw.price_1y, "1-year price")
        years = self._optional(raw, raw.price_3y, "3-year price")
        if spot is not None and price is not None and spot > price:
            self._drop(raw, f"the spot price {spot} is above the on-demand price {price}")
            spot = None
        if year is not None and price is not None and year > price:
            self._drop(raw, f"the 1-year price {year} is above the on-demand price {price}")
            year = None
        if years is not None and price is not None and years > price:
            self._drop(raw, f"the 3-year price {years} is above the on-demand price {price}")
            years = None
        if year is not None and years is not None and years > year:
            self._drop(raw, f"the 3-year price {years} is above the 1-year price {year}")
            year = years = None
        return spot, year, years

    def _optional(self, raw: RawOffer, text: str, what: str) -> Decimal | None:
        try:
            return _price(text, what)
        except _Unfit as reason:
            self._drop(raw, str(reason))
            return None

    def _drop(self, raw: RawOffer, why: str) -> None:
        self.rejected.append(Rejected(raw.row, f"{why}: that price was left out"))

    def _check_jump(self, key: Key, price: Decimal | None) -> None:
        known = self.known.get(key)
        if price is None or not known:
            return
        if price > known * LARGEST_JUMP or price * LARGEST_JUMP < known:
            raise _Unfit(f"the price {price} is more than {LARGEST_JUMP} times off {known}")

    def _merged(self, raw: RawOffer, before: FreshOffer, now: FreshOffer) -> FreshOffer:
        """Join the on-demand row and the spot row of one shape; of zones the dearer counts not."""
        if before.price is not None and now.price is not None and before.price != now.price:
            raise _Unfit(f"it stands twice, as {before.price} and as {now.price}")
        price = before.price if before.price is not None else now.price
        spots = [one for one in (before.spot, now.spot) if one is not None]
        spot = min(spots, default=None)  # zones of a region: the one a user would take
        if spot is not None and price is not None and spot > price:
            self._drop(raw, f"the spot price {spot} is above the on-demand price {price}")
            spot = None
        return replace(
            before if before.price is not None else now,
            price=price,
            spot=spot,
            spot_kind=(before.spot_kind or now.spot_kind) if spot is not None else "",
        )


def _text(text: str, what: str) -> str:
    clean = " ".join(text.split())
    if len(clean) > _MOST_LETTERS or not clean.isprintable():
        raise _Unfit(f"its {what} cannot be read")
    return clean


def _word(text: str, what: str) -> str:
    clean = _text(text, what)
    if clean.casefold() in _EMPTY:
        raise _Unfit(f"it names no {what}")
    return clean


def _number(text: str, what: str) -> Decimal | None:
    clean = text.strip()
    if clean.casefold() in _EMPTY:
        return None
    try:
        value = Decimal(clean)
    except InvalidOperation:
        raise _Unfit(f"its {what} '{clean[:20]}' is no number") from None
    if not value.is_finite():
        raise _Unfit(f"its {what} is '{clean[:20]}'")
    return value


def _price(text: str, what: str) -> Decimal | None:
    value = _number(text, what)
    if value is None:
        return None
    if value < 0:
        raise _Unfit(f"its {what} {value} is negative")
    if value == 0:
        raise _Unfit(f"its {what} is 0, which no machine costs")
    if value in SENTINELS:
        raise _Unfit(f"its {what} {value} stands for unknown in published tables")
    if value.adjusted() > 6 or -value.as_tuple().exponent > 12:  # type: ignore[operator]
        raise _Unfit(f"its {what} has more digits than a price")
    return value.normalize() if value != value.to_integral() else value.quantize(Decimal(1))


def _check_each(price: Decimal | None, count: float, what: str) -> None:
    if price is None:
        return
    each = price / Decimal(str(count))
    if not LEAST_EACH <= each <= MOST_EACH:
        raise _Unfit(
            f"its {what} is {each:.3f} USD for one accelerator and hour, "
            f"outside {LEAST_EACH} to {MOST_EACH}"
        )


def _count(text: str) -> float:
    value = _number(text, "number of accelerators")
    if value is None:
        raise _Unfit("it says no number of accelerators")
    if not 0 < value <= Decimal(MOST_COUNT):
        raise _Unfit(f"its number of accelerators is {value}")
    return float(value)


def _positive(text: str) -> float | None:
    """Return a figure of the machine; what is no figure above 0 (TPU memory 0) is unknown."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 < value < 1e7 else None


def _bytes(text: str) -> int | None:
    value = _positive(text)
    return None if value is None else round(value * GIB)
