"""The upgrade plan as a JSON document and as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hwstudio.cli.assess import change_document
from hwstudio.core.assess.upgrade.thresholds import EACH
from hwstudio.core.base.money import money
from hwstudio.core.base.units import gib

if TYPE_CHECKING:
    from hwstudio.cli.output import Output
    from hwstudio.core.assess.change import Cost
    from hwstudio.core.assess.upgrade.lifecycle import Lifecycle
    from hwstudio.core.assess.upgrade.situation import Situation
    from hwstudio.core.assess.upgrade.thresholds import Thresholds
    from hwstudio.core.model.workload import Workload
    from hwstudio.core.monitor.recorded_pressure import Pressure
    from hwstudio.core.plan.upgrade_steps import Step, UpgradePlan

_HELD = "Held back, because it would lower GPU memory; give --allow-less-vram to confirm:"


def plan_document(made: UpgradePlan, situation: Situation, goal: Workload) -> dict[str, Any]:
    """Return the JSON document."""
    limits = situation.book.limits
    return {
        "as_of": situation.today.isoformat(),
        "goal": {"id": goal.id, "title": goal.title},
        "score_now": made.score_now,
        "phases": [
            {
                "at_months": phase.at_months,
                "day": phase.day.isoformat(),
                "score": phase.score,
                "cost": phase.cost,
                "steps": [_step_document(step) for step in phase.steps],
            }
            for phase in made.phases
        ],
        "total": made.cost,
        "held": [_step_document(step) for step in made.held],
        "rent": made.rent,
        "inventory": [lifecycle_document(each) for each in situation.lifecycles],
        "recorded": [_pressure_document(each) for each in situation.pressures],
        "thresholds": threshold_documents(limits),
    }


def threshold_documents(limits: Thresholds) -> list[dict[str, Any]]:
    """Return every threshold with its value, its range and its reason."""
    return [
        {
            "key": each.key,
            "title": each.title,
            "value": getattr(limits, each.key),
            "unit": each.unit,
            "low": each.low,
            "high": each.high,
            "why": each.why,
        }
        for each in EACH
    ]


def _step_document(step: Step) -> dict[str, Any]:
    return {
        "action": step.action,
        "machine": step.machine,
        "component": step.component,
        "title": step.title,
        "reasons": step.reasons,
        "cost": step.cost,
        "less_vram_bytes": step.less_vram_bytes,
        "needs_confirmation": step.less_vram_bytes > 0,
        "change": None if step.change is None else change_document(step.change),
        "suggestions": [change_document(each) for each in step.suggestions],
        "planned_by_you": step.is_wish,
    }


def lifecycle_document(each: Lifecycle) -> dict[str, Any]:
    """Return one line of the inventory with its age and ends."""
    item = each.item
    return {
        "id": item.id,
        "machine": item.machine,
        "kind": item.kind,
        "name": item.name,
        "part_id": item.part_id,
        "quantity": item.quantity,
        "bought": item.bought or None,
        "price": item.price,
        "currency": item.currency,
        "warranty_until": item.warranty_until or None,
        "age_years": None if each.age_years is None else round(each.age_years, 2),
        "look_again_after_years": each.look_after_years,
        "overdue": each.is_overdue,
        "support": each.support_words,
        "support_until": each.support_until or None,
        "supports": each.supports,
        "note": item.note,
    }


def _pressure_document(each: Pressure) -> dict[str, Any]:
    return {
        "device": each.device,
        "peak_bytes": each.peak_bytes,
        "p95_bytes": each.p95_bytes,
        "total_bytes": each.total_bytes,
        "recorded_hours": each.recorded_hours,
        "busy_hours": each.busy_hours,
    }


def say_plan(made: UpgradePlan, situation: Situation, goal: Workload, out: Output) -> None:
    """Print the plan as text."""
    out.line(f"Upgrade plan for: {goal.title}. Readiness now: {made.score_now} of 100.")
    out.line()
    for phase in made.phases:
        cost = "nothing to pay" if phase.cost is None else cost_words(phase.cost)
        out.line(f"{phase.title} ({phase.day}): {cost}; readiness then {phase.score} of 100")
        for step in phase.steps:
            _say_step(step, out)
        out.line()
    for step in made.held:
        out.line(_HELD)
        _say_step(step, out)
        out.line()
    if made.rent is not None:
        out.line(made.rent.words)
    if not situation.pressures:
        out.line("Use of memory: not recorded. Start the recorder in Monitor to have it judged.")
    for each in situation.pressures:
        out.line(pressure_words(each))
    if not situation.lifecycles:
        out.line("The inventory is empty: hwstudio plan inventory --add KIND --name NAME.")
    if made.cost is not None:
        out.line(f"Together: {cost_words(made.cost)}.")


def _say_step(step: Step, out: Output) -> None:
    where = "" if step.machine == "This PC" else f" ({step.machine})"
    out.line(f"  {step.title}{where}")
    for reason in step.reasons:
        out.line(f"    {reason}")
    if step.change is not None:
        out.line(f"    {cost_words(step.change.cost)}. {step.change.check}.")
        if step.less_vram_bytes:
            out.line(f"    GPU memory shrinks by {gib(step.less_vram_bytes, 2)}.")
    others = step.suggestions[1:] if step.change is not None else step.suggestions
    for other in others:
        out.line(f"    or: {other.change}, +{other.gain_points}, {cost_words(other.cost)}")


def cost_words(cost: Cost) -> str:
    """Return "estimated $351 to $736, typically $502 (2026-09)"."""
    word = "estimated " if cost.kind == "estimate" else ""
    low, typical, high = (
        money(amount, cost.currency, decimals=0) for amount in (cost.low, cost.typical, cost.high)
    )
    band = typical if low == high else f"{low} to {high}, typically {typical}"
    return f"{word}{band} ({cost.as_of})"


def pressure_words(each: Pressure) -> str:
    """Return one recorded memory in a sentence."""
    name = "Memory" if each.device == "memory" else f"Memory of {each.device}"
    whole = "" if each.total_bytes is None else f" of {gib(round(each.total_bytes))}"
    busy = "" if each.busy_hours is None else f", {each.busy_hours:.1f} h busy"
    return (
        f"{name}: at most {gib(round(each.peak_bytes))}{whole}, 95 % of the time at most "
        f"{gib(round(each.p95_bytes))} ({each.recorded_hours:.1f} h recorded{busy})."
    )
