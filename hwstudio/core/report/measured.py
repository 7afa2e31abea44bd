"""The report's chapters about what was measured: use, energy and cost, efficiency."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from hwstudio.core.base.money import cents, money
from hwstudio.core.base.units import GIB, percent
from hwstudio.core.model.sensor import sensor_of
from hwstudio.core.report.bill import Bill
from hwstudio.core.report.blocks import (
    NOT_MEASURED,
    NOT_PRICED,
    Block,
    Chart,
    Column,
    Heading,
    KeyFigure,
    KeyFigures,
    Line,
    Paragraph,
    Status,
    Table,
)
from hwstudio.core.report.efficiency import Efficiency
from hwstudio.core.report.gpu_use import IDLE_SHARE, GpuUse
from hwstudio.core.report.incidents import unrecorded_h
from hwstudio.core.report.period import HOUR_S, Period, Prices

_MOST_ROWS = 50
_WATCH_RECORDED = 0.99
_NOTHING_H = 1 / 60

# Sensors of the rest of the machine, in words.
_OTHERS = (
    ("cpu.busy_share", "Processor load"),
    ("cpu.max_core_share", "Busiest core"),
    ("memory.used_bytes", "Memory used"),
    ("memory.swap_used_bytes", "Swap used"),
    ("disks.busy_share", "Busiest drive"),
    ("disks.read_bytes_per_s", "Reading from drives"),
    ("disks.write_bytes_per_s", "Writing to drives"),
    ("network_all.receive_bytes_per_s", "Network in"),
    ("network_all.send_bytes_per_s", "Network out"),
    ("temperature_all.hottest_c", "Hottest sensor"),
)
_SHOWN = {"share": ("%", 100.0, 1), "bytes": ("GiB", 1 / GIB, 1), "bytes_per_s": ("MB/s", 1e-6, 1),
          "c": ("°C", 1.0, 0)}  # fmt: skip


def summary(period: Period, uses: Sequence[GpuUse], costs: Bill, prices: Prices) -> list[Block]:
    """Return the key figures on top."""
    share = min(1.0, period.recorded_s / period.length_s)
    missing_h = unrecorded_h(period)
    figures = [
        KeyFigure(
            "Recorded",
            percent(share, 1),
            round(share, 6),
            "share",
            Status.GOOD if share >= _WATCH_RECORDED else Status.WATCH,
            _missing_words(missing_h),
        )
    ]
    if uses:
        figures += [
            _figure("GPU hours at full load", float(costs.busy_h), "h"),
            _figure("GPU energy", None if costs.kwh is None else float(costs.kwh), "kWh"),
            _money_figure("Cost", costs.total, prices, f"Holds {costs.covers}."),
            _money_figure("Cost of a useful GPU-hour", costs.per_useful_hour, prices, ""),
        ]
    blocks: list[Block] = [KeyFigures(tuple(figures))]
    if not uses:
        blocks.append(Paragraph("No GPU was recorded in this period."))
    return blocks


def _missing_words(missing_h: float) -> str:
    if missing_h < _NOTHING_H:
        return "The whole period."
    return f"{missing_h:,.1f} h of the period were not recorded; nothing is assumed for them."


def _figure(name: str, value: float | None, unit: str) -> KeyFigure:
    shown = NOT_MEASURED if value is None else f"{value:,.2f} {unit}"
    status = Status.UNKNOWN if value is None else Status.PLAIN
    return KeyFigure(name, shown, None if value is None else round(value, 6), unit, status)


def _money_figure(name: str, value: Decimal | None, prices: Prices, words: str) -> KeyFigure:
    if value is None:
        return KeyFigure(name, NOT_PRICED, None, prices.currency, Status.UNKNOWN)
    return KeyFigure(
        name, money(value, prices.currency), cents(value), prices.currency, words=words
    )


def use_of_devices(period: Period, uses: Sequence[GpuUse]) -> list[Block]:
    """Return what was used, GPU by GPU and for the rest of the machine."""
    blocks: list[Block] = [Heading("Use")]
    if uses:
        blocks.append(_gpu_table(uses, period.bucket_s))
    if others := _other_rows(period):
        columns = (
            *(Column("What"), Column("Mean", "", 1), Column("95 % of the time below", "", 1)),
            *(Column("Highest", "", 1), Column("Unit"), Column("Recorded", "h", 1)),
        )
        blocks.append(Table("The rest of the machine", columns, tuple(others)))
    if len(blocks) == 1:
        blocks.append(Paragraph("Nothing was recorded in this period."))
    return blocks


def _gpu_table(uses: Sequence[GpuUse], bucket_s: float) -> Table:
    columns = (
        *(Column("GPU"), Column("Recorded", "h", 1), Column("Mean load", "%", 1)),
        *(Column("Load, 95 % of the time below", "%", 1), Column("Hours at full load", "h", 1)),
        *(Column("Idle", "h", 1), Column("Idle with memory held", "h", 1)),
        *(Column("Most memory", "%", 1), Column("Mean power", "W", 0)),
        Column("Highest temperature", "°C", 0),
    )
    rows = tuple(
        (
            *(use.name, use.recorded_h, _hundred(use.busy_mean), _hundred(use.busy_p95)),
            *(use.busy_h, use.idle_h, use.held_idle_h, _hundred(use.vram_most_share)),
            *(use.power_mean_w, use.hottest_c),
        )
        for use in uses
    )
    note = (
        f"From means over {bucket_s:.0f} s. Load means that a kernel was running, not that the GPU "
        f"was used well; idle is a load under {percent(IDLE_SHARE)}."
    )
    return Table("GPUs", columns, rows, note)


def _hundred(share: float | None) -> float | None:
    return None if share is None else share * 100


def _other_rows(period: Period) -> list[tuple[str | float | None, ...]]:
    rows: list[tuple[str | float | None, ...]] = []
    for name, words in _OTHERS:
        course = period.course(name)
        if course.mean is None:
            continue
        unit, factor, digits = _SHOWN[sensor_of(name).unit]
        values = (course.mean, course.quantile(0.95), course.highest)
        shown = [None if v is None else round(v * factor, digits) for v in values]
        rows.append((words, *shown, unit, course.recorded_s / HOUR_S))
    return rows


def cost(uses: Sequence[GpuUse], costs: Bill, prices: Prices) -> list[Block]:
    """Return energy and cost."""
    if not uses:
        return []
    rows = tuple(
        (use.name, use.energy_kwh, _priced(use.energy_kwh, prices), use.energy_how or NOT_MEASURED)
        for use in uses
    )
    columns = (
        *(
            Column("GPU"),
            Column("Energy", "kWh", 2),
            Column("Cost", prices.currency, 2, NOT_PRICED),
        ),
        Column("Measured by"),
    )
    said = [use.energy_doubt for use in uses if use.energy_doubt]
    if prices.per_kwh is None:
        said.append("No electricity price is set, so energy has no cost here.")
    else:
        said.append(
            f"Electricity at {money(prices.per_kwh, prices.currency, decimals=4)} per kWh"
            f"{_source(prices)}. Only the GPUs are in it: what the rest of the machine and its "
            "power supply draw was not measured."
        )
    if costs.machine is not None:
        said.append(
            f"The machine's hours of the whole period cost "
            f"{money(costs.machine, prices.currency, decimals=2)}."
        )
    if costs.per_useful_hour is not None:
        said.append(
            f"A useful GPU-hour (an hour of full load) cost "
            f"{money(costs.per_useful_hour, prices.currency, decimals=4)}, for {costs.covers}."
        )
    return [Heading("Energy and cost"), Table("Energy", columns, rows), Paragraph(" ".join(said))]


def _priced(kwh: float | None, prices: Prices) -> Decimal | None:
    if kwh is None or prices.per_kwh is None:
        return None
    return Decimal(str(round(kwh, 9))) * prices.per_kwh


def _source(prices: Prices) -> str:
    known = [part for part in (prices.per_kwh_source, prices.as_of) if part]
    return f" ({', '.join(known)})" if known else ""


def trend(found: Efficiency) -> list[Block]:
    """Return load and energy per busy hour over days or weeks."""
    if not any(each.busy_share is not None for each in found.stretches):
        return []
    places = tuple(each.label for each in found.stretches)
    unit = "week" if found.is_weekly else "day"
    load = Chart(
        f"GPU load by {unit}",
        "%",
        places,
        (Line("mean load", tuple(_hundred(each.busy_share) for each in found.stretches)),),
        f"A {unit} without readings is a gap.",
    )
    per_h = tuple(each.kwh_per_busy_h for each in found.stretches)
    blocks: list[Block] = [Heading("Efficiency over time"), load]
    if any(value is not None for value in per_h):
        blocks.append(
            Chart(f"Energy per busy hour by {unit}", "kWh", places, (Line("all GPUs", per_h),),
                  "A busy hour is an hour of full load; idle power is in it.", digits=3)
        )  # fmt: skip
    return [*blocks, Paragraph(found.sentence)]
