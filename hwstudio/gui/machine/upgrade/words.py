"""The plan in words, as the page shows it."""

from __future__ import annotations

from hwstudio.core.assess.change import Change, Cost
from hwstudio.core.assess.upgrade.lifecycle import Lifecycle
from hwstudio.core.base.clock import today
from hwstudio.core.base.money import money
from hwstudio.core.base.units import gib
from hwstudio.core.model.price import STALE_AFTER_DAYS, age_days
from hwstudio.core.monitor.recorded_pressure import MEMORY, Pressure
from hwstudio.core.plan.upgrade_steps import Phase
from hwstudio.gui.kit.tip import rows_tip

NOT_RECORDED = (
    "Use of memory: not recorded. Switch the recorder on in Monitor, and the plan sees which "
    "memory runs full."
)


def cost_words(cost: Cost) -> str:
    """Return "about $466 (estimated $316 to $669, 2026-09)"."""
    low, typical, high = (
        money(amount, cost.currency, decimals=0) for amount in (cost.low, cost.typical, cost.high)
    )
    stale = ", stale" if age_days(cost.as_of, today()) > STALE_AFTER_DAYS else ""
    word = "estimated " if cost.kind == "estimate" else ""
    band = "" if low == high else f"{word}{low} to {high}, "
    return f"about {typical} ({band}{cost.as_of}{stale})"


def cost_tip(cost: Cost, check: str) -> str:
    """Return where a price comes from."""
    return rows_tip([("Price", cost.source), ("Date", cost.as_of), ("Before buying", check)])


def phase_words(phase: Phase) -> str:
    """Return what a phase costs and reaches."""
    cost = "Nothing to pay" if phase.cost is None else cost_words(phase.cost)
    return f"{cost[:1].upper()}{cost[1:]}. Readiness then: {phase.score} of 100."


def choice_words(change: Change) -> str:
    """Return one part to choose: what, points, price."""
    price = money(change.cost.typical, change.cost.currency, decimals=0)
    less = f", {gib(change.less_vram_bytes, 2)} less" if change.less_vram_bytes else ""
    return f"{change.short} ({change.gain_points:+d} points, {price}{less})"


def pressure_words(each: Pressure) -> str:
    """Return one recorded memory in a sentence."""
    name = "Memory" if each.device == MEMORY else f"Memory of {each.device}"
    whole = "" if each.total_bytes is None else f" of {gib(round(each.total_bytes))}"
    busy = "" if each.busy_hours is None else f", {each.busy_hours:.1f} h busy"
    return (
        f"{name}: at most {gib(round(each.peak_bytes))}{whole}; 95 % of the time at most "
        f"{gib(round(each.p95_bytes))} ({each.recorded_hours:.1f} h recorded{busy})."
    )


def age_words(each: Lifecycle) -> str:
    """Return the age in years, or that it is not known."""
    return "not known" if each.age_years is None else f"{each.age_years:.1f}"
