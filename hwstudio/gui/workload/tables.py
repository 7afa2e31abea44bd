"""The tables of the Workload tab: where the job would run, and how far off estimates were."""

from __future__ import annotations

from hwstudio.core.base.money import money
from hwstudio.core.base.units import gib, significant
from hwstudio.core.model.provider_names import provider_name
from hwstudio.core.predict.memory import Fit
from hwstudio.gui.kit.table import Column
from hwstudio.gui.kit.tip import prediction_tip, price_tip, rows_tip
from hwstudio.gui.workload.reckon import name_of, time_words
from hwstudio.gui.workload.state import ErrorRow, HardwareRow, RentRow

FIT_WORDS = {Fit.FITS: "fits", Fit.TIGHT: "tight", Fit.NO: "no", Fit.UNKNOWN: "not known"}
_FIT_ORDER = {Fit.FITS: 0, Fit.TIGHT: 1, Fit.NO: 2, Fit.UNKNOWN: 3}
_FIT_COLOUR = {Fit.FITS: "ok", Fit.TIGHT: "warn", Fit.NO: "error", Fit.UNKNOWN: "muted"}
_CENT = 0.01
BADGE_TIP = {
    "measured here": "You measured this very job",
    "calibrated": "Moved and narrowed by what you measured",
    "near measured": "This model and this GPU were both measured, though perhaps not together",
    "scaled": "This model or this GPU was measured, the other is taken by its figures",
    "estimated": "Neither this model nor this GPU was measured",
    "no estimate": "Nothing published is near enough",
}
CASE_WORDS = {
    "seen": "the pair",
    "model": "the model",
    "device": "the GPU",
    "both": "model and GPU",
    "software": "the software",
}


def _time(row: HardwareRow) -> float | None:
    return row.time.median if row.memory.verdict is not Fit.NO else None


def _time_text(row: HardwareRow) -> str:
    if row.memory.verdict is Fit.NO:
        return "–"
    if row.time.low is None or row.time.high is None:
        return "no estimate"
    return time_words(row.time)


def _speed(row: HardwareRow) -> float | None:
    return row.speed.median if row.memory.verdict is not Fit.NO else None


def _speed_text(row: HardwareRow) -> str:
    value = _speed(row)
    return "–" if value is None else significant(value, 2)


def _memory_tip(row: HardwareRow) -> str:
    items = [(item.label, gib(item.bytes)) for item in row.memory.items]
    return rows_tip(items, row.memory.refused or f"Needed on each GPU, {row.memory.layout}:")


def _price(row: HardwareRow) -> float | None:
    return None if row.price is None else float(row.price.amount) * row.count


def _name_tip(row: HardwareRow) -> str:
    gpu = row.gpu
    return rows_tip([("Memory", gib(gpu.vram_bytes)), ("Power limit", f"{gpu.tdp_w:,.0f} W")],
                    name_of(row))  # fmt: skip


# The first to give way first: what a job costs in electricity, then the need, which the answer
# above has, then the basis, which the tip of the speed has.
HARDWARE_GIVES_WAY = (5, 2, 7)
RENT_GIVES_WAY = (6, 0)
HARDWARE_COLUMNS = (
    Column(
        "Hardware",
        lambda row: row.gpu.name,
        lambda row: f"{name_of(row)} (this PC)" if row.is_own else name_of(row),
        tip=_name_tip,
        stretch=True,
    ),
    Column(
        "Fits",
        lambda row: _FIT_ORDER[row.memory.verdict],
        lambda row: FIT_WORDS[row.memory.verdict],
        colour=lambda row: _FIT_COLOUR[row.memory.verdict],
        tip=_memory_tip,
        width=76,
    ),
    Column(
        "Needs",
        lambda row: row.memory.need_bytes,
        lambda row: "–" if row.memory.need_bytes is None else gib(row.memory.need_bytes),
        right=True,
        tip=_memory_tip,
        width=80,
    ),
    Column(
        "Speed, /s",
        _speed,
        _speed_text,
        right=True,
        tip=lambda row: prediction_tip(row.speed) if row.speed.median else row.speed.refused,
        width=84,
    ),
    Column(
        "Whole job takes",
        _time,
        _time_text,
        right=True,
        tip=lambda row: prediction_tip(row.time) if row.time.median else row.speed.refused,
        width=148,
    ),
    Column(
        "Electricity",
        lambda row: row.cost.median if row.memory.verdict is not Fit.NO else None,
        lambda row: "–" if row.memory.verdict is Fit.NO else _electricity(row),
        right=True,
        tip=lambda row: prediction_tip(row.cost) if row.cost.median else "",
        width=92,
    ),
    Column(
        "Card",
        _price,
        lambda row: "–" if row.price is None else money(_price(row) or 0, row.price.currency),
        right=True,
        tip=lambda row: price_tip(row.price),
        width=80,
    ),
    Column(
        "Basis",
        lambda row: row.badge,
        colour=lambda _row: "muted",
        tip=lambda row: BADGE_TIP[row.badge],
        width=126,
    ),
)


def _rent_time(row: RentRow) -> float | None:
    return row.time.median if row.memory.verdict is not Fit.NO else None


def _electricity(row: HardwareRow) -> str:
    """Return what the electricity costs; less than a cent is not nothing."""
    paid = row.cost.median
    if paid is None:
        return "–"
    return money(paid, row.cost.unit) if paid >= _CENT else f"<{money(_CENT, row.cost.unit)}"


def _rent_cost(row: RentRow) -> float | None:
    return row.job_usd.median if row.memory.verdict is not Fit.NO else None


def _rent_cost_text(row: RentRow) -> str:
    cost = row.job_usd
    if _rent_cost(row) is None or cost.low is None or cost.high is None:
        return "–"
    if cost.high < _CENT:
        return f"under {money(_CENT)}"
    return f"{money(cost.low)} – {money(cost.high)}"


def _offer_tip(row: RentRow) -> str:
    offer = row.offer
    kept = f"{offer.as_of}, stale" if row.is_stale else offer.as_of
    return rows_tip(
        [
            ("Source", offer.source),
            ("Date", kept),
            ("Kind", offer.offer_type),
            ("Note", offer.notes),
        ],
        f"{provider_name(offer.provider)} {offer.instance}",
    )


RENT_COLUMNS = (
    Column("Provider", lambda row: provider_name(row.offer.provider), tip=_offer_tip, width=124),
    Column(
        "Machine",
        lambda row: row.offer.accelerator,
        lambda row: f"{row.count} x {row.offer.accelerator} {row.offer.variant}".strip(),
        tip=_offer_tip,
        stretch=True,
    ),
    Column(
        "Fits",
        lambda row: _FIT_ORDER[row.memory.verdict],
        lambda row: FIT_WORDS[row.memory.verdict],
        colour=lambda row: _FIT_COLOUR[row.memory.verdict],
        width=76,
    ),
    Column(
        "Whole job takes",
        _rent_time,
        lambda row: "–" if _rent_time(row) is None else time_words(row.time),
        right=True,
        tip=lambda row: prediction_tip(row.time) if row.time.median else row.time.refused,
        width=148,
    ),
    Column(
        "$/h",
        lambda row: row.offer.price_per_hour,
        lambda row: f"{row.offer.price_per_hour:,.2f}",
        right=True,
        colour=lambda row: "warn" if row.is_stale else "",  # its date may have given way
        tip=_offer_tip,
        width=68,
    ),
    Column(
        "The job costs",
        _rent_cost,
        _rent_cost_text,
        right=True,
        tip=lambda row: prediction_tip(row.job_usd) if row.job_usd.median else "",
        width=140,
    ),
    Column(
        "Price date",
        lambda row: row.offer.as_of,
        lambda row: f"{row.offer.as_of}  stale" if row.is_stale else row.offer.as_of,
        colour=lambda row: "warn" if row.is_stale else "",
        tip=_offer_tip,
        width=146,
    ),
)

ERRORS_GIVE_WAY = (2,)
ERROR_COLUMNS = (
    Column(
        "Kind of work",
        lambda row: (row.kind, row.devices != "one"),
        lambda row: row.kind.capitalize() + ("" if row.devices == "one" else ", 2+ GPUs"),
        stretch=True,
    ),
    Column("Never seen", lambda row: row.case, lambda row: CASE_WORDS[row.case], width=124),
    Column("Rows", lambda row: row.rows, lambda row: f"{row.rows:,}", right=True, width=72),
    Column(
        "Half within",
        lambda row: row.median,
        lambda row: f"{row.median:.0%}",
        right=True,
        width=92,
    ),
    Column(
        "9 of 10 within",
        lambda row: row.p90,
        lambda row: f"{row.p90:.0%}",
        right=True,
        width=116,
    ),
)


def told_errors(rows: tuple[ErrorRow, ...]) -> tuple[ErrorRow, ...]:
    """Return the errors of what can be asked: refused kinds show none."""
    refused = ("speech training", "other training", "time to target")
    return tuple(row for row in rows if not (row.kind in refused and row.case in ("model", "both")))
