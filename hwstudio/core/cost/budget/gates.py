"""Buying in three phases: the way to the next one opens only when the data meet its condition.

The thresholds are where a user begins, not norms; where data are missing, the gate stays shut and
says what would open it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.base.money import money


@dataclass(frozen=True, slots=True, kw_only=True)
class GateData:
    """What is known. None = not measured or not said. Shares 0..1."""

    spent: Decimal | None = None  # on the hardware so far
    gained: Decimal | None = None  # what it earned or saved so far (rent not paid, for instance)
    recorded_days: float | None = None  # days with recorded readings
    busy_share: float | None = None  # mean GPU load over the recorded time
    vram_share: float | None = None  # 95th percentile of used GPU memory
    currency: str = "USD"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRules:
    """When the gates open."""

    bottleneck_days: float = 7
    bottleneck_busy_share: float = 0.80
    bottleneck_vram_share: float = 0.90
    sustained_days: float = 90
    sustained_busy_share: float = 0.60


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One phase with the gate that leads out of it."""

    number: int
    phase: str
    advice: str
    condition: str
    is_open: bool
    is_measured: bool
    why: str  # the figures, or what would measure them


_PHASES = (
    (
        "Start small",
        "One machine for $2,000 to $3,000. Look at an upgrade about every 18 months.",
    ),
    (
        "Widen what limits",
        "Add the part that limits; rent for peaks; keep the steady work at home.",
    ),
    (
        "Grow with steady demand",
        "A larger machine or a second one, work and tests apart, watched and backed up.",
    ),
)


def gates(data: GateData, rules: GateRules | None = None) -> tuple[Gate, Gate, Gate]:
    """Return the three gates; one opens only if those before it are open."""
    rule = rules or GateRules()
    found: list[Gate] = []
    is_free = True
    for number, judge in enumerate((_return, _bottleneck, _demand)):
        condition, verdict, why = judge(data, rule)
        if verdict and not is_free:
            why += " An earlier gate is still shut."
        phase, advice = _PHASES[number]
        found.append(
            Gate(
                number=number + 1,
                phase=phase,
                advice=advice,
                condition=condition,
                is_open=bool(verdict) and is_free,
                is_measured=verdict is not None,
                why=why,
            )
        )
        is_free = found[-1].is_open
    return found[0], found[1], found[2]


def _return(data: GateData, _rule: GateRules) -> tuple[str, bool | None, str]:
    condition = "What it earned or saved so far is at least what it cost."
    if data.spent is None or data.gained is None:
        return condition, None, "Not measured: enter what was spent and what was gained."
    figures = (
        f"{money(data.gained, data.currency)} gained, {money(data.spent, data.currency)} spent."
    )
    return condition, data.spent > 0 and data.gained >= data.spent, figures


def _bottleneck(data: GateData, rule: GateRules) -> tuple[str, bool | None, str]:
    condition = (
        f"At least {rule.bottleneck_days:.0f} recorded days show what limits: GPU load from "
        f"{rule.bottleneck_busy_share * 100:.0f} % or GPU memory from "
        f"{rule.bottleneck_vram_share * 100:.0f} %."
    )
    if data.recorded_days is None or (data.busy_share is None and data.vram_share is None):
        return condition, None, "Not measured: let the recorder run on the Monitor tab."
    busy, vram = data.busy_share or 0.0, data.vram_share or 0.0
    limit = ""
    if vram >= rule.bottleneck_vram_share:
        limit = "GPU memory limits"
    elif busy >= rule.bottleneck_busy_share:
        limit = "the GPU limits"
    figures = (
        f"{data.recorded_days:.1f} days recorded, GPU load {busy * 100:.0f} %, GPU memory "
        f"{_percent(data.vram_share)}: {limit or 'nothing limits yet'}."
    )
    return condition, bool(limit) and data.recorded_days >= rule.bottleneck_days, figures


def _demand(data: GateData, rule: GateRules) -> tuple[str, bool | None, str]:
    condition = (
        f"The GPUs were busy at least {rule.sustained_busy_share * 100:.0f} % of "
        f"{rule.sustained_days:.0f} recorded days."
    )
    if data.recorded_days is None or data.busy_share is None:
        return condition, None, "Not measured: let the recorder run on the Monitor tab."
    good = data.recorded_days >= rule.sustained_days
    good = good and data.busy_share >= rule.sustained_busy_share
    figures = f"{data.busy_share * 100:.0f} % busy in {data.recorded_days:.1f} recorded days."
    return condition, good, figures


def _percent(value: float | None) -> str:
    return "not measured" if value is None else f"{value * 100:.0f} %"
