"""Puts one option together and says why it does not keep a wish."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.assess.routing.finish import Finish
from hwstudio.core.base.money import money
from hwstudio.core.base.units import percent
from hwstudio.core.cloud.routing.job import Rules
from hwstudio.core.cloud.routing.option import NOTHING, CostPart, RouteOption


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Who the option is and what stands behind it."""

    kind: str
    name: str
    evidence: str = ""
    note: str = ""
    price_as_of: str = ""
    source: str = ""
    carbon_kg: float | None = None


def refused(about: About, why: str) -> RouteOption:
    """Return an option that cannot run the job at all."""
    return RouteOption(kind=about.kind, name=about.name, why_not=why, note=about.note)


def reckoned(
    about: About,
    rules: Rules,
    finish: Finish,
    parts: tuple[CostPart, ...],
    waits: tuple[tuple[str, float], ...],
) -> RouteOption:
    """Return an option with times and costs, judged by deadline and budget."""
    total = sum((part.cost for part in parts), NOTHING)
    sure_hours = finish.hours(rules.confidence)
    sure_cost = _between(total.median, total.high, rules.confidence)
    return RouteOption(
        kind=about.kind,
        name=about.name,
        why_not=_why_not(rules, finish, sure_hours, sure_cost),
        finish=finish.band,
        sure_hours=sure_hours,
        chance=finish.chance(rules.deadline_hours),
        cost=total,
        sure_cost=sure_cost,
        carbon_kg=about.carbon_kg,
        parts=parts,
        waits=tuple(wait for wait in waits if wait[1] > 0),
        evidence=about.evidence,
        note=about.note,
        price_as_of=about.price_as_of,
        source=about.source,
    )


def _between(median: Decimal, high: Decimal, share: float) -> Decimal:
    """Return the cost that is enough in ``share`` of cases, between the 50 and 95 % points."""
    if share >= 0.95:
        return high + (high - median) * Decimal(str(share - 0.95)) / Decimal("0.45")
    return median + (high - median) * Decimal(str(share - 0.5)) / Decimal("0.45")


def _why_not(rules: Rules, finish: Finish, sure_hours: float, sure_cost: Decimal) -> str:
    if sure_hours > rules.deadline_hours:
        chance = finish.chance(rules.deadline_hours)
        odds = "practically never" if chance < 0.005 else f"in time in {percent(chance)}"
        return f"too late: {odds}"
    if rules.budget is not None and sure_cost > rules.budget:
        return f"too dear: it may cost {money(sure_cost)}, the budget is {money(rules.budget)}"
    return ""
