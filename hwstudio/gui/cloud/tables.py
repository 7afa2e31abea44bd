"""The columns of the offers table, each with its unit and where the figure comes from."""

from __future__ import annotations

from decimal import Decimal

from hwstudio.core.base.units import GIB
from hwstudio.core.cloud.retired import retirement
from hwstudio.core.cost.options import ONE_YEAR, SPOT, THREE_YEARS, price_of
from hwstudio.core.model.offer import Offer
from hwstudio.gui.cloud.state import OfferRow
from hwstudio.gui.kit.table import Column
from hwstudio.gui.kit.tip import prediction_tip, rows_tip


def _price_text(price: Decimal | None) -> str:
    if price is None:
        return "–"
    return f"{price:,.2f}" if price >= Decimal("0.1") else f"{price:.3f}"


def _each(row: OfferRow) -> Decimal | None:
    if row.price is None:
        return None
    return row.price / Decimal(str(row.offer.accelerator_count))


def _memory(offer: Offer) -> float | None:
    memory = offer.accelerator_memory_bytes
    return None if memory is None else memory / GIB


def _gpus(offer: Offer) -> str:
    return f"{offer.accelerator_count:g} x {offer.accelerator} {offer.variant}".strip()


def offer_tip(row: OfferRow) -> str:
    """Return where an offer's prices come from and what to know about it."""
    offer = row.offer
    return rows_tip(
        [
            ("Source", offer.source),
            ("Date", f"{offer.as_of} ({row.age} old)" + (", stale" if row.is_stale else "")),
            ("Kind", offer.offer_type),
            ("Spot price", offer.spot_kind),
            ("Interrupted a month", offer.interruption_band),
            ("Status", retirement(offer)),
            ("Note", offer.notes),
            ("Unit", "USD for the whole machine, before tax"),
        ],
        f"{offer.provider} {offer.instance}",
    )


def _kind_column(title: str, kind: str) -> Column:
    def value(row: OfferRow) -> Decimal | None:
        return price_of(row.offer, kind)

    def text(row: OfferRow) -> str:
        return _price_text(price_of(row.offer, kind))

    def tip(row: OfferRow) -> str:
        return offer_tip(row)

    return Column(title, value, text, right=True, tip=tip, width=82)


def _speed_text(row: OfferRow) -> str:
    return "–" if row.ratio is None else f"{row.ratio.typical:.2f}x"


def _speed_tip(row: OfferRow) -> str:
    if row.ratio is None:
        return rows_tip([], row.speed.refused or "The speed of your own hardware is not known.")
    return prediction_tip(row.speed)


def _date_text(row: OfferRow) -> str:
    return f"{row.offer.as_of}  stale" if row.is_stale else row.offer.as_of


OFFER_COLUMNS = (
    Column(
        "On chart",
        lambda row: not (row.is_chosen or row.is_reference),
        lambda row: "shown" if row.is_reference and not row.is_chosen else "",
        check=lambda row: row.is_chosen,
        tip=lambda _: "Tick up to four offers to put them on the chart.",
        colour=lambda row: "accent" if row.is_reference else "",
        width=88,
    ),
    Column("Provider", lambda row: row.offer.provider, tip=offer_tip, width=120),
    Column("GPUs", lambda row: _gpus(row.offer), tip=offer_tip, width=160),
    Column(
        "VRAM, GiB",
        lambda row: _memory(row.offer),
        lambda row: "–" if _memory(row.offer) is None else f"{_memory(row.offer):.0f}",
        right=True,
        tip=offer_tip,
        colour=lambda row: "" if row.fits else "warn",
        width=94,
    ),
    Column(
        "$/h",
        lambda row: row.price,
        lambda row: _price_text(row.price),
        right=True,
        tip=offer_tip,
        width=60,
    ),
    Column(
        "$/GPU-h",
        _each,
        lambda row: _price_text(_each(row)),
        right=True,
        tip=offer_tip,
        width=76,
    ),
    Column(
        "Speed, est.",
        lambda row: row.ratio.typical if row.ratio else None,
        _speed_text,
        right=True,
        tip=_speed_tip,
        width=90,
    ),
    Column(
        "Price date",
        lambda row: row.offer.as_of,
        _date_text,
        tip=offer_tip,
        colour=lambda row: "warn" if row.is_stale else "",
        width=140,
    ),
    _kind_column("Spot, $/h", SPOT),
    _kind_column("1 y, $/h", ONE_YEAR),
    _kind_column("3 y, $/h", THREE_YEARS),
    Column("Region", lambda row: row.offer.region, tip=offer_tip, width=120),
    Column("Instance", lambda row: row.offer.instance, tip=offer_tip),
)
