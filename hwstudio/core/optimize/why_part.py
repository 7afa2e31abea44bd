"""Why a wanted part is not in the best build: what it would cost, or what keeps it out."""

from __future__ import annotations

from dataclasses import replace

from hwstudio.core.base.money import money
from hwstudio.core.model.build import Build
from hwstudio.core.model.part import GpuCard, Part, Storage
from hwstudio.core.optimize import limits
from hwstudio.core.optimize.brute import complaints
from hwstudio.core.optimize.check import check_all, errors_of
from hwstudio.core.optimize.explain import cheapest_of, relaxations, whole
from hwstudio.core.optimize.explain_wishes import amount_words, aside, difference_words, value_of
from hwstudio.core.optimize.kept_out import kept_out
from hwstudio.core.optimize.planner import Answer, Planner
from hwstudio.core.optimize.request import Objective, Request

AS_FAST = 0.005  # a difference that would be rounded to nothing


def why_not_part(planner: Planner, part_id: str) -> str:
    """Return one sentence with numbers; ``part_id`` may be a card's chip."""
    named = [p for g in planner.stock.groups() for p in g if limits.is_named(p, (part_id,))]
    if not named:
        return f"No part of the catalogue that a computer is built of has the id {part_id}"
    part = named[0]
    name = part.gpu.name if isinstance(part, GpuCard) and part.id != part_id else part.name
    best = next(planner.ranked(), None)
    if best is not None and any(line.part in named for line in best.choice.build.lines()):
        return f"{name} is in the best build"
    reasons = [kept_out(other, planner.request) for other in named]
    if all(reasons):
        return f"{name} is left out: {reasons[0]}"
    asked = _with(planner.request, planner, part_id)
    found = next(Planner(asked, aside(planner.stock)).ranked(), None)
    if found is not None and best is not None:
        return _compared(planner, best, found, name)
    return _not_possible(planner, best, asked, name)


def _with(request: Request, planner: Planner, part_id: str) -> Request:
    """Return the request with this part locked, in place of what was locked of its kind."""
    group = next(
        group
        for group in planner.stock.groups()
        if any(limits.is_named(part, (part_id,)) for part in group)
    )
    ids = {name for p in group for name in (p.id, p.gpu.id if isinstance(p, GpuCard) else p.id)}
    owned = tuple(name for name in request.owned if name not in ids or name == part_id)
    return replace(request, pinned=(request.pinned - ids) | {part_id}, owned=owned)


def _compared(planner: Planner, best: Answer, found: Answer, name: str) -> str:
    request = planner.request
    price = money(found.price, request.currency)
    change = amount_words(float(found.price - best.price), request.currency)
    mine, theirs = value_of(planner, best), value_of(planner, found)
    text = f"The best build with {name}, {found.title}, costs {price}, {change}"
    if request.objective is Objective.COST:
        return text
    if request.objective is Objective.OWNERSHIP:
        return f"{text}, and to own it is {difference_words(planner, best, found)}"
    speed = found.gpu_class.per_second / best.gpu_class.per_second - 1
    says = f"{abs(speed):.0%} {'faster' if speed > 0 else 'slower'}"
    says = "as fast" if abs(speed) < AS_FAST else says
    if request.objective is Objective.ENERGY and mine:
        says += f", with {theirs / mine - 1:+.0%} energy for the job"
    return f"{text}, and is {says}"


def _not_possible(planner: Planner, best: Answer | None, asked: Request, name: str) -> str:
    """Say what stands against every build with a part: money, a limit, or the parts around it."""
    request = planner.request
    trial = Planner(asked, aside(planner.stock))
    cheapest = cheapest_of(trial)
    if cheapest is not None:
        price = money(cheapest.price, request.currency)
        if cheapest.price <= request.budget:
            return f"The cheapest build with {name} costs {price}, and a week has too few hours"
        more = whole(cheapest.price - request.budget, request.currency)
        return f"The cheapest build with {name} costs {price}, {more} above the budget"
    lax = ("allow parts with unknown facts", replace(asked, allow_unknown=True))
    for words, freed in (*relaxations(asked), lax):
        if freed.pinned == asked.pinned:
            other = cheapest_of(Planner(freed, aside(planner.stock)))
            if other is not None:
                costs = f"{other.title} for {money(other.price, request.currency)} would then do"
                return f"No build with {name} meets your limits; {words}: {costs}"
    reason = _swap_reason(planner, best, asked) if best is not None else ""
    text = f"No complete computer can be built around {name} from the parts in the catalogue"
    return f"{text}; put into the best build: {reason}" if reason else text


def _swap_reason(planner: Planner, best: Answer, asked: Request) -> str:
    """Return what is wrong with the best build once the wanted part stands in it."""
    parts = (p for group in planner.stock.groups() for p in group)
    new = asked.pinned - planner.request.pinned
    part = next((p for p in parts if limits.is_named(p, new)), None)
    if part is None:
        return ""
    build = swapped(best.choice.build, part)
    errors = errors_of(check_all(build, asked.mains))
    if errors:
        return errors[0].text
    return next(iter(complaints(build, asked)), "")


def swapped(build: Build, part: Part) -> Build:
    """Return the build with one part in place of that of its kind."""
    if isinstance(part, Storage):
        return replace(build, storage=(part, *build.storage[1:]))
    place = "card" if isinstance(part, GpuCard) else part.kind.value
    return replace(build, **{place: part})  # type: ignore[arg-type]
