"""The report's chapters about what follows: incidents, size, opportunities, return, maintenance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from hwstudio.core.base.money import money
from hwstudio.core.base.units import GIB, percent
from hwstudio.core.report.blocks import (
    NOT_MEASURED,
    NOT_PRICED,
    Block,
    Column,
    Heading,
    Paragraph,
    Table,
)
from hwstudio.core.report.chances import chances
from hwstudio.core.report.gpu_use import GpuUse
from hwstudio.core.report.incidents import alert_sums, slow_downs, unrecorded_h
from hwstudio.core.report.period import HOUR_S, Period, Prices
from hwstudio.core.report.right_size import SizeThresholds, fewer_cards, right_size
from hwstudio.core.report.roi import RoiFigure

_MOST_ROWS = 50


def trouble(period: Period) -> list[Block]:
    """Return alerts, slow-downs and what was not recorded."""
    blocks: list[Block] = [Heading("Incidents")]
    sums = alert_sums(period.alerts)
    if sums:
        columns = (
            *(Column("Alert"), Column("About"), Column("Severity"), Column("Times", "", 0)),
            *(Column("Held", "h", 2), Column("First, UTC"), Column("Now")),
        )
        rows = tuple(
            (s.title, s.subject, s.severity, s.count, s.hours, _when(s.first_s),
             "still true" if s.is_open else "over")
            for s in sums[:_MOST_ROWS]
        )  # fmt: skip
        blocks.append(Table("Alerts", columns, rows, _left_out(len(sums))))
    else:
        blocks.append(Paragraph("No alert was recorded."))
    slowed = [each for each in slow_downs(period) if each.is_loss]
    if slowed:
        part = Column("Part of the time it was read", "%", 1)
        columns_slow = (Column("GPU"), Column("Slowed by"), Column("Held", "h", 2), part)
        rows_slow = tuple(
            (s.device.replace("gpu.", "GPU "), s.reason, s.hours, s.share * 100) for s in slowed
        )
        note = "Several reasons may hold at once."
        blocks.append(Table("Slowed down", columns_slow, rows_slow, note))
    elif period.slowed_s:
        blocks.append(Paragraph("No GPU was slowed down in the time that was recorded."))
    elif period.gpus:
        blocks.append(Paragraph("Slow-down reasons were not recorded."))
    return [*blocks, *_gaps(period)]


def _gaps(period: Period) -> list[Block]:
    missing_h = unrecorded_h(period)
    if not period.gaps:
        if missing_h * HOUR_S < 60:
            return [Paragraph("The whole period was recorded.")]
        return [Paragraph(f"{missing_h:,.1f} h were not recorded; the reason is not known.")]
    longest = sorted(period.gaps, key=lambda g: (g.from_s - g.to_s, g.from_s))[:_MOST_ROWS]
    rows = tuple(
        (_when(gap.from_s), _when(gap.to_s), (gap.to_s - gap.from_s) / HOUR_S,
         gap.why or "not known")
        for gap in sorted(longest, key=lambda g: g.from_s)
    )  # fmt: skip
    columns = (Column("From, UTC"), Column("To, UTC"), Column("Length", "h", 2), Column("Why"))
    note = f"{missing_h:,.1f} h in all. {_left_out(len(period.gaps))}".strip()
    return [Table("Not recorded", columns, rows, note)]


def _left_out(count: int) -> str:
    return f"The {count - _MOST_ROWS} smallest are left out." if count > _MOST_ROWS else ""


def _when(at_s: float) -> str:
    return f"{datetime.fromtimestamp(at_s, UTC):%Y-%m-%d %H:%M}"


def size_advice(uses: Sequence[GpuUse], limits: SizeThresholds) -> list[Block]:
    """Return the right-size advice with its thresholds."""
    if not uses:
        return []
    found = [right_size(use, limits) for use in uses]
    columns = (
        Column("GPU"),
        Column("Verdict"),
        Column("Why"),
        Column("Memory needed", "GiB", 0, ""),
    )
    rows = tuple(
        (a.name, a.verdict.value, a.sentence, None if a.need_bytes is None else a.need_bytes / GIB)
        for a in found
    )
    note = (
        f"Smaller: most memory and load in 95 % of the time at or under "
        f"{percent(limits.small_memory)} and {percent(limits.small_compute)}, power under "
        f"{percent(limits.small_power)} of its limit. More memory: {percent(limits.full_memory)} "
        f"in all but 5 % of the time. Faster: mean load from {percent(limits.full_compute)}. At "
        f"least {limits.least_recorded_h:.0f} h recorded and {limits.least_busy_h:.0f} h of load. "
        "Memory needed is the most used and a fifth more. The processor's load is not asked: it "
        "says nothing about a training card."
    )
    blocks: list[Block] = [Heading("Right size"), Table("Advice", columns, rows, note)]
    if words := fewer_cards(uses, limits):
        blocks.append(Paragraph(words))
    return blocks


def opportunities(period: Period, uses: Sequence[GpuUse], prices: Prices) -> list[Block]:
    """Return where time or money could be saved."""
    if not uses:
        return []
    found = chances(period, uses, prices)
    if not found:
        return [Heading("Opportunities"), Paragraph("Nothing worth a line was found.")]
    columns = (
        *(Column("What"), Column("Why and how"), Column("GPU-hours", "h", 1)),
        Column("Worth", prices.currency, 2, NOT_PRICED),
    )
    rows = tuple((c.title, c.sentence, c.hours, c.worth) for c in found)
    return [Heading("Opportunities"), Table("Opportunities", columns, rows)]


def returns(figures: Sequence[RoiFigure], prices: Prices) -> list[Block]:
    """Return the six figures of return."""
    columns = (
        *(Column("Figure"), Column("Now"), Column("Target"), Column("Status")),
        *(Column("Definition"), Column("Source"), Column("Owner")),
    )
    rows = tuple(
        (
            figure.name,
            _roi_words(figure, figure.value, prices),
            _target_words(figure, prices),
            figure.status.value,
            figure.definition,
            figure.source,
            figure.target.owner or "nobody named",
        )
        for figure in figures
    )
    note = "Watch: within 10 % of the target. Targets are yours to set; the first ones are no norm."
    return [Heading("Return"), Table("Six figures", columns, rows, note)]


def _target_words(figure: RoiFigure, prices: Prices) -> str:
    side = "at least" if figure.target.is_least else "at most"
    return f"{side} {_roi_words(figure, figure.target.value, prices)}"


def _roi_words(figure: RoiFigure, value: Decimal | None, prices: Prices) -> str:
    if value is None:
        return f"{NOT_MEASURED}: {figure.needs}"
    if figure.unit == "share":
        return percent(float(value), 1)
    if figure.unit == "hours":
        return f"{value:,.1f} h"
    return money(value, prices.currency, decimals=2)


def maintenance(period: Period) -> list[Block]:
    """Return the maintenance notices that were handed in."""
    if not period.notices:
        return []
    columns = (Column("Device"), Column("What was found"), Column("Since, UTC"))
    rows = tuple(
        (n.device, n.sentence, "not known" if n.since_s is None else _when(n.since_s))
        for n in period.notices
    )
    return [Heading("Maintenance"), Table("Notices", columns, rows)]
