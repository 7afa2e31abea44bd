"""The columns of the two tables, each with its unit and where the figure comes from."""

from __future__ import annotations

from decimal import Decimal

from hwstudio.core.assess.option import HYBRID, OWN, Option
from hwstudio.core.base.money import money
from hwstudio.core.base.units import GIB, duration
from hwstudio.core.cloud.retired import retirement
from hwstudio.core.cost.cloud_data import DataLine
from hwstudio.core.cost.options import ONE_YEAR, SPOT, THREE_YEARS, price_of
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.provider_names import provider_name
from hwstudio.gui.cloud.state import OfferRow
from hwstudio.gui.cloud.words import LINE_WORDS
from hwstudio.gui.kit.table import Column
from hwstudio.gui.kit.tip import prediction_tip, rows_tip


def _price_text(price: Decimal | None) -> str:
    if price is None:
        return "–"
    return f"{price:,.2f}" if price >= Decimal("0.1") else f"{price:.3f}"


def _hours_text(hours: float | None) -> str:
    return "–" if hours is None else duration(hours * 3600)


def _memory(offer: Offer) -> float | None:
    memory = offer.accelerator_memory_bytes
    return None if memory is None else memory / GIB


def _gpus(offer: Offer) -> str:
    return f"{offer.accelerator_count:g} x {offer.accelerator} {offer.variant}".strip()


_LONGER = (("Spot", SPOT), ("Paid for 1 year", ONE_YEAR), ("Paid for 3 years", THREE_YEARS))


def _priced(offer: Offer, kind: str) -> str:
    price = price_of(offer, kind)
    return "" if price is None else f"{_price_text(price)} $/h"


def offer_tip(row: OfferRow) -> str:
    """Return where an offer's prices come from and what to know about it."""
    offer = row.offer
    return rows_tip(
        [
            ("Does not fit", row.why_not),
            ("Source", offer.source),
            ("Date", f"{offer.as_of} ({row.age} old)" + (", stale" if row.is_stale else "")),
            ("Region", offer.region),
            *((title, _priced(offer, kind)) for title, kind in _LONGER),
            ("CO2e a job", "" if row.carbon_kg is None else f"{row.carbon_kg:.2f} kg"),
            ("Kind", offer.offer_type),
            ("Spot price", offer.spot_kind),
            ("Interrupted a month", offer.interruption_band),
            ("Data, a month", row.data.words),
            ("Status", retirement(offer)),
            ("Note", offer.notes),
            ("Unit", "USD for the whole machine, before tax"),
        ],
        f"{provider_name(offer.provider)} {offer.instance}",
    )


def _grey(row: OfferRow) -> str:
    return "" if row.fits else "muted"


def _column(
    title: str, value: object, text: object = None, *, width: int = 0, right: bool = True
) -> Column:
    """Return a column that is grey where the job does not fit."""
    return Column(
        title, value, text, right=right, tip=offer_tip, colour=_grey, width=width,  # type: ignore[arg-type]
    )  # fmt: skip


def _kind_column(title: str, kind: str) -> Column:
    def value(row: OfferRow) -> Decimal | None:
        return price_of(row.offer, kind)

    def text(row: OfferRow) -> str:
        return _price_text(price_of(row.offer, kind))

    return _column(title, value, text, width=82)


def _speed_text(row: OfferRow) -> str:
    return "–" if row.ratio is None else f"{row.ratio.typical:.2f}x"


def _speed_tip(row: OfferRow) -> str:
    if row.ratio is None:
        return rows_tip([], row.speed.refused or "The speed of your own hardware is not known.")
    return prediction_tip(row.speed)


def _age_text(row: OfferRow) -> str:
    return f"{row.age}, stale" if row.is_stale else row.age


def _job_text(row: OfferRow) -> str:
    if row.why_not:
        return "too small"
    return "–" if row.cost_per_job is None else money(row.cost_per_job)


def _band(row: OfferRow) -> str:
    """Return the published share of such machines taken back in a month."""
    return row.offer.interruption_band or "–"


def _spot_extra(row: OfferRow) -> float | None:
    """Return what interruptions add to the billed time, in the way of paying that is shown."""
    return row.overhead - 1 if row.overhead > 1 else None


def _extra_text(row: OfferRow) -> str:
    extra = _spot_extra(row)
    return "–" if extra is None else f"+{extra:.0%}"


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
    _column("Provider", lambda row: provider_name(row.offer.provider), width=100, right=False),
    _column("GPUs", lambda row: _gpus(row.offer), width=146, right=False),
    _column("$/job", lambda row: row.cost_per_job, _job_text, width=84),
    _column(
        "One job", lambda row: row.finish_hours, lambda r: _hours_text(r.finish_hours), width=104
    ),
    _column(
        "$/month",
        lambda row: row.cost_per_month,
        lambda row: "–" if row.cost_per_month is None else money(row.cost_per_month),
        width=74,
    ),
    _column(
        "kg CO2e/job",
        lambda row: row.carbon_kg,
        lambda row: "–" if row.carbon_kg is None else f"{row.carbon_kg:.2f}",
        width=94,
    ),
    Column(
        "Price age",
        lambda row: row.offer.as_of,
        _age_text,
        tip=offer_tip,
        colour=lambda row: "warn" if row.is_stale and row.fits else _grey(row),
        width=124,
    ),
    _column("$/h", lambda row: row.price, lambda row: _price_text(row.price), width=60),
    Column(
        "Speed, est.",
        lambda row: row.ratio.typical if row.ratio else None,
        _speed_text,
        right=True,
        tip=_speed_tip,
        colour=_grey,
        width=90,
    ),
    _column("Interrupted/month", _band, width=146, right=False),
    _column("Extra billed", _spot_extra, _extra_text, width=90),
    _column(
        "VRAM, GiB",
        lambda row: _memory(row.offer),
        lambda row: "–" if _memory(row.offer) is None else f"{_memory(row.offer):.0f}",
        width=94,
    ),
    _column(
        "Does not fit", lambda r: r.why_not, lambda r: r.why_not or "–", width=260, right=False
    ),
    _kind_column("Spot, $/h", SPOT),
    _kind_column("1 y, $/h", ONE_YEAR),
    _kind_column("3 y, $/h", THREE_YEARS),
    _column("Region", lambda row: row.offer.region, width=120, right=False),
    _column("Instance", lambda row: row.offer.instance, right=False),
)


# --- every way side by side -------------------------------------------------------------------


def way_words(option: Option) -> str:
    """Return a way's name for people."""
    if option.kind == OWN:
        return "Own"
    if option.kind == HYBRID:
        return "Hybrid"
    return f"Rent, {LINE_WORDS[option.kind]}"


def _machine(option: Option) -> str:
    if option.kind == OWN or option.rental is None:
        return option.name
    words = f"{provider_name(option.rental.offer.provider)}, {_gpus(option.rental.offer)}"
    return f"own + {words}" if option.kind == HYBRID else words


def _way_tip(option: Option) -> str:
    offer = option.rental.offer if option.rental else None
    return rows_tip(
        [
            ("Price", f"{option.rental.price_per_hour:.3f} USD/h" if option.rental else ""),
            ("How chosen", option.note),
            ("Source", offer.source if offer else ""),
            ("Date", offer.as_of if offer else ""),
        ],
        f"{way_words(option)}: {option.name}",
    )


def _amount(title: str, name: str, width: int) -> Column:
    def value(option: Option) -> Decimal | None:
        found: Decimal | None = getattr(option, name)
        return found

    def text(option: Option) -> str:
        found = value(option)
        return "–" if found is None else money(found)

    return Column(title, value, text, right=True, tip=_way_tip, width=width)


def _data(title: str, name: str) -> Column:
    """Return a column of the part of a month's cost that data make."""

    def line(option: Option) -> DataLine | None:
        found: DataLine | None = getattr(option.data, name)
        return found

    def value(option: Option) -> Decimal | None:
        found = line(option)
        return None if found is None else found.cost

    def text(option: Option) -> str:
        found, cost = line(option), value(option)
        if found is None:
            return "–"
        return "not counted" if cost is None else money(cost)

    def tip(option: Option) -> str:
        found = line(option)
        if found is None:
            return _way_tip(option)
        return rows_tip([("Within $/month", text(option)), ("Price", found.says)], found.name)

    return Column(title, value, text, right=True, tip=tip, width=108)


def _hours(title: str, name: str, width: int) -> Column:
    def value(option: Option) -> float | None:
        found: float | None = getattr(option, name)
        return found

    def text(option: Option) -> str:
        found = value(option)
        return "–" if found is None else f"{found:,.0f}"

    return Column(title, value, text, right=True, tip=_way_tip, width=width)


WAY_COLUMNS = (
    Column("Way", way_words, tip=_way_tip, width=132),
    Column("Machine", _machine, tip=_way_tip, width=190),
    _amount("$/month", "cost_per_month", 74),
    _data("Storage, $", "storage"),
    _data("Data out, $", "egress"),
    _amount("$/job", "cost_per_job", 76),
    Column(
        "One job",
        lambda option: option.finish_hours,
        lambda option: _hours_text(option.finish_hours),
        right=True,
        tip=_way_tip,
        width=104,
    ),
    _hours("Hours at home", "own_hours", 118),
    _hours("Hours rented", "rented_hours", 108),
    Column(
        "kg CO2e/job",
        lambda option: option.carbon_kg,
        lambda option: "–" if option.carbon_kg is None else f"{option.carbon_kg:.2f}",
        right=True,
        tip=_way_tip,
    ),
)
