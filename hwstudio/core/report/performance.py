"""The performance report of a period: use, energy and cost, efficiency, incidents, advice.

Nothing here reads a clock, a file or a store: the same input gives the same report.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from hwstudio.core.base.errors import UserError
from hwstudio.core.report import findings, measured
from hwstudio.core.report.bill import bill
from hwstudio.core.report.blocks import Block, Document
from hwstudio.core.report.efficiency import efficiency
from hwstudio.core.report.gpu_use import gpu_use
from hwstudio.core.report.period import Period, Prices
from hwstudio.core.report.right_size import SizeThresholds
from hwstudio.core.report.roi import Target, roi_figures

KIND = "hwstudio.performance-report"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWishes:
    """What the user sets: prices, targets of the six figures, thresholds of the advice."""

    prices: Prices = field(default_factory=Prices)
    targets: dict[str, Target] = field(default_factory=dict)
    sizes: SizeThresholds = field(default_factory=SizeThresholds)


def performance_report(period: Period, wishes: ReportWishes) -> Document:
    """Return the report as neutral blocks.

    Raises:
        UserError: the period is empty or ends before it begins, or a target cannot be used.
    """
    if not period.length_s > 0:
        raise UserError("The report has no period", "its end is not after its beginning")
    uses = tuple(gpu_use(period, device) for device in period.gpus)
    costs = bill(period, uses, wishes.prices)
    trend = efficiency(period, uses)
    figures = roi_figures(period, uses, wishes.prices, costs, wishes.targets)
    blocks: list[Block] = [
        *measured.summary(period, uses, costs, wishes.prices),
        *measured.use_of_devices(period, uses),
        *measured.cost(uses, costs, wishes.prices),
        *measured.trend(trend),
        *findings.trouble(period),
        *findings.size_advice(uses, wishes.sizes),
        *findings.opportunities(period, uses, wishes.prices),
        *findings.returns(figures, wishes.prices),
        *findings.maintenance(period),
    ]
    facts = (
        ("Computer", period.host),
        ("From", time_words(period.from_s)),
        ("To", time_words(period.to_s)),
        ("Made", period.made_at),
    )
    return Document(KIND, "Performance report", facts, tuple(blocks), period.made_at)


def time_words(at_s: float) -> str:
    """Return a Unix time as ``2026-11-20 10:00 UTC``."""
    return f"{datetime.fromtimestamp(at_s, UTC):%Y-%m-%d %H:%M} UTC"
