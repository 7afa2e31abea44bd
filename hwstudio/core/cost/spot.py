"""What interruptions cost (F6): checkpoint interval, expected time, and when spot still wins."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.amount import Number, above_zero, exact

_HOURS_PER_MONTH = 730.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruptions:
    """All in seconds. ``mtbi_s``: mean time between interruptions of one machine."""

    mtbi_s: Number
    checkpoint_s: Number
    recover_s: Number = 0
    machines: int = 1


@dataclass(frozen=True, slots=True)
class CheckpointPlan:
    """How often to save. ``steps`` is None when the step time is not given."""

    interval_s: float
    cluster_mtbf_s: float
    steps: int | None
    checkpoint_s: float

    @property
    def is_worth_it(self) -> bool:
        """Say whether there is more work than saving between two checkpoints."""
        return self.interval_s > self.checkpoint_s

    @property
    def words(self) -> str:
        """Return the plan as a sentence."""
        if self.is_worth_it:
            steps = "" if self.steps is None else f" (every {_count(self.steps, 'step')})"
            return f"Save about every {_seconds(self.interval_s)}{steps}."
        return (
            f"Saving does not pay here: one checkpoint takes {_seconds(self.checkpoint_s)}, longer "
            f"than the best interval of {_seconds(self.interval_s)}. Use machines that are "
            "interrupted less often, or write smaller checkpoints."
        )


def _seconds(value: float) -> str:
    return f"{value:,.0f} s" if value >= 10 else f"{value:,.2g} s"


def _count(number: int, noun: str) -> str:
    return noun if number == 1 else f"{number:,} {noun}s"


def cluster_mtbf_s(case: Interruptions) -> float:
    """Return the mean time between interruptions of the whole group: ``M / N``."""
    return float(above_zero(case.mtbi_s, "The time between interruptions")) / float(
        above_zero(case.machines, "The machine count")
    )


def checkpoint_plan(case: Interruptions, step_s: Number | None = None) -> CheckpointPlan:
    """Return the best checkpoint interval ``sqrt(2 (M + R) d)`` (F6; Young 1974, Daly 2006)."""
    between = cluster_mtbf_s(case)
    save = float(above_zero(case.checkpoint_s, "The checkpoint time"))
    recover = float(exact(case.recover_s, "The recovery time"))
    interval = math.sqrt(2 * (between + recover) * save)
    if step_s is None:
        return CheckpointPlan(interval, between, None, save)
    steps = max(1, round(interval / float(above_zero(step_s, "The step time"))))
    return CheckpointPlan(interval, between, steps, save)


def expected_time_s(work_s: Number, interval_s: Number, case: Interruptions) -> float:
    """Return the expected wall time of ``work_s`` with a checkpoint every ``interval_s`` (F6).

    ``(W/T) (M + R) (exp((T + d)/M) - 1)``, exact for memoryless interruptions.
    """
    work = float(exact(work_s, "The work"))
    interval = float(above_zero(interval_s, "The checkpoint interval"))
    between = cluster_mtbf_s(case)
    save = float(exact(case.checkpoint_s, "The checkpoint time"))
    recover = float(exact(case.recover_s, "The recovery time"))
    return work / interval * (between + recover) * _grow((interval + save) / between)


def expected_time_without_checkpoint_s(work_s: Number, case: Interruptions) -> float:
    """Return the expected wall time when every interruption starts over: (M+R)(exp(W/M)-1)."""
    between = cluster_mtbf_s(case)
    recover = float(exact(case.recover_s, "The recovery time"))
    return (between + recover) * _grow(float(exact(work_s, "The work")) / between)


def _grow(exponent: float) -> float:
    if exponent > 500:
        raise UserError(
            "This work would practically never finish",
            "it is interrupted far more often than it can save",
            "Save more often or use on-demand machines",
        )
    return math.expm1(exponent)


def spot_overhead(case: Interruptions) -> float:
    """Return billed time per useful time at the best interval; never below 1."""
    interval = checkpoint_plan(case).interval_s
    return max(1.0, expected_time_s(interval, interval, case) / interval)


def mean_time_from_band_s(monthly_share: Number) -> float | None:
    """Return the optimistic mean time between interruptions behind a monthly band.

    ``-730 h / ln(1 - f)``; None for a share of 0 (never seen interrupted).
    """
    lost = float(exact(monthly_share, "The interruption share"))
    if lost >= 1:
        raise UserError("The interruption share must be below 1", f"got {monthly_share}")
    return None if lost == 0 else -_HOURS_PER_MONTH * 3600 / math.log1p(-lost)
