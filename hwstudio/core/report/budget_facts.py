"""What the recorded history says about budgets: runs' costs, GPU demand, the six figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from hwstudio.core.base.money import cents
from hwstudio.core.cost.budget.book import Book
from hwstudio.core.cost.budget.demand import Demand, from_buckets
from hwstudio.core.cost.budget.forecast import Spending
from hwstudio.core.cost.budget.gates import GateData
from hwstudio.core.history.readings.query import ReadingHistory
from hwstudio.core.model.run import Run
from hwstudio.core.monitor.runs.facts import facts_of
from hwstudio.core.monitor.runs.money import Tariff
from hwstudio.core.report.bill import bill
from hwstudio.core.report.gather import ReportPeriod, gather
from hwstudio.core.report.gpu_use import GpuUse, gpu_use
from hwstudio.core.report.period import DAY_S, Period, Prices, RunEnd, RunNote
from hwstudio.core.report.roi import DEFAULT_TARGETS, RoiFigure, Target, roi_figures

_MONTH_HOURS = 730
_SAY_END = "say at Monitor > Runs, Name and end, whether a run finished or failed"
_OPEN_END = ("time_to_result", "success_rate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The recorded past up to ``to_s``; ``offset_s`` = local time less UTC."""

    readings: ReadingHistory
    runs: Sequence[Run]
    to_s: float
    offset_s: float
    tariff: Tariff


def run_spendings(past: Past, since: date) -> tuple[Spending, ...]:
    """Return what marked runs' electricity cost, on the day each ended, since a day."""
    out = []
    for run in past.runs:
        day = _local_day(past, run.ended_s if run.ended_s is not None else past.to_s)
        if day < since:
            continue
        cost = facts_of(run, past.readings, past.to_s, past.tariff).summary.cost
        if cost.value is not None and cents(cost.value.amount) > 0:
            out.append(
                Spending(day=day, amount=cents(cost.value.amount), note=run.title, source="run")
            )
    return tuple(out)


def recorded_demand(past: Past, days: float = 28) -> Demand:
    """Return the GPUs' recorded load by the hour: one fully busy GPU = one machine.

    Raises:
        UserError: no GPU load was recorded.
    """
    names = [
        name
        for name in past.readings.series()
        if name.startswith("gpu.") and name.endswith(".busy_share")
    ]
    local_s = past.to_s + past.offset_s
    from_s = (local_s // DAY_S - days) * DAY_S - past.offset_s
    buckets: list[tuple[float, float, float]] = []
    if names:
        period = gather(past.readings, _wanted(past, from_s))
        for name in names:
            course = period.course(name)
            buckets += [
                (start - from_s, seconds, mean)
                for start, seconds, mean in zip(
                    course.starts, course.seconds, course.means, strict=True
                )
                if start >= from_s
            ]
    start = datetime.fromtimestamp(from_s + past.offset_s, UTC).replace(tzinfo=None)
    return from_buckets(buckets, start, f"Recorded GPU load of the last {days:.0f} days")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """The six figures of the last 30 days, and what the purchase gates need."""

    figures: tuple[RoiFigure, ...]
    gate_data: GateData
    recorded_days: float


def dashboard(past: Past, book: Book, currency: str, days: float = 30) -> Dashboard:
    """Return the figures from the recorded history and the user's own prices and targets.

    Raises:
        UserError: a target cannot be used.
    """
    from_s = past.to_s - days * DAY_S
    period = gather(past.readings, _wanted(past, from_s))
    uses = tuple(gpu_use(period, device) for device in period.gpus)
    own = book.prices
    hours = Decimal(str(days)) * 24
    monthly = own.cloud_per_month
    prices = Prices(
        currency=currency,
        per_kwh=past.tariff.per_kwh,
        cloud_bill=None if monthly is None else monthly * hours / _MONTH_HOURS,
        purchase=own.purchase,
        resale=own.resale,
        life_years=own.life_years,
    )
    figures = roi_figures(period, uses, prices, bill(period, uses, prices), _targets(book))
    figures = tuple(_said(figure, period) for figure in figures)
    sustained = gather(past.readings, _wanted(past, past.to_s - 120 * DAY_S))
    longer = tuple(gpu_use(sustained, device) for device in sustained.gpus)
    return Dashboard(
        figures=figures,
        gate_data=_gate_data(longer, sustained, own.purchase, own.gained, currency),
        recorded_days=period.recorded_s / DAY_S,
    )


def _targets(book: Book) -> dict[str, Target]:
    return {
        name: Target(
            value=book.targets.get(name, usual.value),
            is_least=usual.is_least,
            owner=book.owners.get(name, ""),
        )
        for name, usual in DEFAULT_TARGETS.items()
    }


def _said(figure: RoiFigure, period: Period) -> RoiFigure:
    """Where runs are marked but nobody says how they ended, ask for just that."""
    if figure.id in _OPEN_END and figure.value is None and period.runs:
        return replace(figure, needs=_SAY_END)
    if figure.id == "cost_per_training_hour" and figure.value is None:  # a tariff is always set
        return replace(figure, needs="let the recorder run while a GPU works")
    return figure


def _gate_data(
    uses: Sequence[GpuUse],
    period: Period,
    spent: Decimal | None,
    gained: Decimal | None,
    currency: str,
) -> GateData:
    recorded_h = sum(use.recorded_h for use in uses if use.busy_mean is not None)
    memories = [use.vram_p95_share for use in uses if use.vram_p95_share is not None]
    return GateData(
        spent=spent,
        gained=gained,
        recorded_days=period.recorded_s / DAY_S if recorded_h > 0 else None,
        busy_share=sum(use.busy_h for use in uses) / recorded_h if recorded_h > 0 else None,
        vram_share=max(memories, default=None),
        currency=currency,
    )


def _wanted(past: Past, from_s: float) -> ReportPeriod:
    notes = tuple(
        RunNote(
            title=run.title,
            start_s=run.started_s,
            end_s=run.ended_s,
            end=RunEnd.RUNNING if run.is_open else RunEnd(run.ending or RunEnd.UNKNOWN),
        )
        for run in past.runs
        if (run.ended_s or past.to_s) > from_s and run.started_s < past.to_s
    )
    return ReportPeriod(
        host="", from_s=from_s, to_s=past.to_s, made_at="", utc_offset_s=past.offset_s, runs=notes
    )


def _local_day(past: Past, at_s: float) -> date:
    return datetime.fromtimestamp(at_s + past.offset_s, UTC).date()
