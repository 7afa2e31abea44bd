"""Six figures of return, each with its definition, source, owner and a target the user edits.

Two of them are often quoted as facts about hardware and are not: what a training hour costs and
how long a result takes depend on the work. They are defined here by what is really counted, and
a figure without data says what would measure it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from hwstudio.core.base.errors import UserError
from hwstudio.core.report.bill import Bill, exact
from hwstudio.core.report.blocks import Status
from hwstudio.core.report.gpu_use import IDLE_SHARE, GpuUse
from hwstudio.core.report.period import HOUR_S, Period, Prices, RunEnd

_WATCH = Decimal("0.10")  # this close to the target is "watch", beyond it is off target
_HOURS_PER_MONTH = Decimal(730)
_MONTHS_PER_YEAR = Decimal(12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What the user wants of a figure; ``is_least`` = at least, else at most."""

    value: Decimal
    is_least: bool
    owner: str = ""


# Where a user begins; none of them is a norm.
DEFAULT_TARGETS: dict[str, Target] = {
    "utilisation": Target(value=Decimal("0.80"), is_least=True),
    "cost_per_training_hour": Target(value=Decimal(15), is_least=False),
    "time_to_result": Target(value=Decimal(48), is_least=False),
    "success_rate": Target(value=Decimal("0.90"), is_least=True),
    "cloud_per_month": Target(value=Decimal(500), is_least=False),
    "depreciation_per_month": Target(value=Decimal(200), is_least=False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoiFigure:
    """One of the six. ``value`` is None where nothing was measured; ``needs`` says what would."""

    id: str
    name: str
    definition: str
    source: str
    unit: str  # share, money, hours
    value: Decimal | None
    target: Target
    needs: str

    @property
    def status(self) -> Status:
        """Return good, watch (within 10 % of the target), off target, or not measured."""
        if self.value is None:
            return Status.UNKNOWN
        goal = self.target.value
        if self.target.is_least:
            if self.value >= goal:
                return Status.GOOD
            return Status.WATCH if self.value >= goal * (1 - _WATCH) else Status.BAD
        if self.value <= goal:
            return Status.GOOD
        return Status.WATCH if self.value <= goal * (1 + _WATCH) else Status.BAD


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the figures are computed from."""

    period: Period
    uses: Sequence[GpuUse]
    prices: Prices
    bill: Bill


def roi_figures(
    period: Period,
    uses: Sequence[GpuUse],
    prices: Prices,
    bill: Bill,
    targets: dict[str, Target] | None = None,
) -> tuple[RoiFigure, ...]:
    """Return the six figures in their order.

    Raises:
        UserError: a target has an unknown name or is negative.
    """
    wanted = {**DEFAULT_TARGETS, **(targets or {})}
    for name, target in wanted.items():
        if name not in DEFAULT_TARGETS or not target.value.is_finite() or target.value < 0:
            raise UserError(
                f"The target '{name}' cannot be used",
                "it has no such figure, or is no number of at least 0",
                f"The figures are {', '.join(DEFAULT_TARGETS)}",
            )
    facts = _Facts(period, uses, prices, bill)
    return tuple(make(facts, wanted) for make in _FIGURES)


def _utilisation(facts: _Facts, targets: dict[str, Target]) -> RoiFigure:
    recorded_h = sum(use.recorded_h for use in facts.uses if use.busy_mean is not None)
    busy_h = sum(use.busy_h for use in facts.uses)
    return RoiFigure(
        id="utilisation",
        name="GPU utilisation",
        definition="GPU load averaged over the recorded time of all GPUs (a kernel was running).",
        source="recorded GPU load",
        unit="share",
        value=exact(busy_h / recorded_h) if recorded_h > 0 else None,
        target=targets["utilisation"],
        needs="let the recorder run on a computer with a GPU",
    )


def _training_hour(facts: _Facts, targets: dict[str, Target]) -> RoiFigure:
    hours, how = _training_hours(facts)
    total = facts.bill.total
    needs = "set an electricity price or the machine's price per hour"
    return RoiFigure(
        id="cost_per_training_hour",
        name="Cost of a training hour",
        definition=f"What the period cost ({facts.bill.covers}) by its hours of training ({how}).",
        source="energy and prices; marked runs, else GPU load",
        unit="money",
        value=total / hours if total is not None and hours > 0 else None,
        target=targets["cost_per_training_hour"],
        needs=needs if total is None else "mark training runs, or record while a GPU works",
    )


def _training_hours(facts: _Facts) -> tuple[Decimal, str]:
    period = facts.period
    spans = [
        (max(run.start_s, period.from_s), min(run.end_s or period.to_s, period.to_s))
        for run in period.runs
    ]
    spans = sorted(span for span in spans if span[1] > span[0])
    if spans:
        return exact(_union_s(spans) / HOUR_S), "hours with a marked run"
    working = max((use.recorded_h - use.idle_h for use in facts.uses), default=0.0)
    return exact(max(working, 0.0)), f"hours with a GPU above {IDLE_SHARE:.0%}".replace("%", " %")


def _union_s(spans: Sequence[tuple[float, float]]) -> float:
    total, reached = 0.0, float("-inf")
    for start, end in spans:
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total


def _time_to_result(facts: _Facts, targets: dict[str, Target]) -> RoiFigure:
    lengths = [
        (run.end_s - run.start_s) / HOUR_S
        for run in facts.period.runs
        if run.end is RunEnd.FINISHED and run.end_s is not None
    ]
    return RoiFigure(
        id="time_to_result",
        name="Time to a result",
        definition="Median time from start to end of the marked runs that finished. Planning, "
        "data work and reviews are not in it.",
        source="marked runs",
        unit="hours",
        value=exact(median(lengths)) if lengths else None,
        target=targets["time_to_result"],
        needs="mark training runs in the monitor",
    )


def _success(facts: _Facts, targets: dict[str, Target]) -> RoiFigure:
    ended = [r for r in facts.period.runs if r.end in (RunEnd.FINISHED, RunEnd.FAILED)]
    done = sum(run.end is RunEnd.FINISHED for run in ended)
    return RoiFigure(
        id="success_rate",
        name="Runs that finished",
        definition="Marked runs that finished, of those that finished or failed. Whether the "
        "model was any good is not in it.",
        source="marked runs",
        unit="share",
        value=Decimal(done) / Decimal(len(ended)) if ended else None,
        target=targets["success_rate"],
        needs="mark training runs and how they ended",
    )


def _cloud(facts: _Facts, targets: dict[str, Target]) -> RoiFigure:
    spent = facts.prices.cloud_bill
    hours = exact(facts.period.length_s / HOUR_S)
    return RoiFigure(
        id="cloud_per_month",
        name="Cloud cost per month",
        definition="The cloud bill entered for the period, by its months of 730 h.",
        source="entered by hand",
        unit="money",
        value=spent * _HOURS_PER_MONTH / hours if spent is not None and hours > 0 else None,
        target=targets["cloud_per_month"],
        needs="enter the cloud bill of the period",
    )


def _depreciation(facts: _Facts, targets: dict[str, Target]) -> RoiFigure:
    prices = facts.prices
    value = None
    if prices.purchase is not None and prices.life_years > 0:
        lost = prices.purchase - prices.resale
        value = lost / prices.life_years / _MONTHS_PER_YEAR
    return RoiFigure(
        id="depreciation_per_month",
        name="Hardware depreciation per month",
        definition="Purchase price less resale value, evenly over the years of use.",
        source="entered by hand",
        unit="money",
        value=value,
        target=targets["depreciation_per_month"],
        needs="enter the purchase price of the hardware",
    )


_FIGURES = (_utilisation, _training_hour, _time_to_result, _success, _cloud, _depreciation)
