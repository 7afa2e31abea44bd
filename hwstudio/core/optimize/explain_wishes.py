"""What each single wish costs: the same question without it, and what would then be best."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import chain

from hwstudio.core.base.money import money
from hwstudio.core.model.part import PartKind
from hwstudio.core.optimize.classes import merit
from hwstudio.core.optimize.ownership import OwnershipCost, cost_of
from hwstudio.core.optimize.planner import Answer, Planner
from hwstudio.core.optimize.request import DEFAULT_STORAGE_BYTES, Objective, Request
from hwstudio.core.optimize.stock import Stock

FEW_SPACES = 4  # what a plain stock keeps
WORTH = 0.05  # a smaller gain is not worth a sentence

MANY = {
    PartKind.GPU_CARD.value: "graphics cards",
    PartKind.CPU.value: "processors",
    PartKind.MOTHERBOARD.value: "motherboards",
    PartKind.RAM.value: "memory",
    PartKind.STORAGE.value: "drives",
    PartKind.PSU.value: "power supplies",
    PartKind.CASE.value: "cases",
    PartKind.COOLER.value: "coolers",
}


def without_each_wish(request: Request) -> Iterator[tuple[str, Request]]:
    """Yield the request without one wish about the parts to buy, with the words for doing so."""
    if request.max_noise_dba is not None:
        yield "lift the noise limit", replace(request, max_noise_dba=None)
    for kind in sorted({kind for kind, _ in request.brands}):
        kept = tuple(pair for pair in request.brands if pair[0] != kind)
        yield f"allow other makers of {MANY.get(kind, kind)}", replace(request, brands=kept)
    if request.new_only:
        yield "allow second-hand parts", replace(request, new_only=False)
    if request.min_ram_bytes:
        yield "ask for less memory", replace(request, min_ram_bytes=0)
    if request.min_storage_bytes > DEFAULT_STORAGE_BYTES:
        usual = replace(request, min_storage_bytes=DEFAULT_STORAGE_BYTES)
        yield "ask for a smaller first drive", usual
    if request.data_drives is not None:
        yield "do without the drives for data", replace(request, data_drives=None)
    if request.also:
        yield "drop the further jobs", replace(request, also=())
    if request.owned:
        yield "buy new in place of the parts at hand", replace(request, owned=())


def without_each_limit(request: Request) -> Iterator[tuple[str, Request]]:
    """Yield the request without one limit on the computer as a whole."""
    if request.max_power_w is not None:
        yield "lift the power limit", replace(request, max_power_w=None)
    if request.gpu_makers:
        yield "allow other makers", replace(request, gpu_makers=())
    if request.case_form_factors:
        yield "allow any case size", replace(request, case_form_factors=())


def wishes_binding(planner: Planner, best: Answer) -> tuple[str, ...]:
    """Name each wish that alone stands between the answer and a clearly better one."""
    out = []
    request = planner.request
    for words, freed in chain(without_each_limit(request), without_each_wish(request)):
        found = next(Planner(freed, aside(planner.stock)).ranked(), None)
        if found is not None and _is_worth_it(planner, best, found):
            price = money(found.price, planner.request.currency)
            gain = difference_words(planner, best, found)
            out.append(f"{words[:1].upper()}{words[1:]}: {found.title} for {price}, {gain}")
    return tuple(out)


def aside(stock: Stock) -> Stock:
    """Return the same parts with a memory of their own, so that a trial forgets nothing else.

    A frontier's memory is large enough for trials, and the next budget asks them again.
    """
    if stock.spaces_kept > FEW_SPACES:
        return stock
    return replace(stock, spaces={}, bases=dict(stock.bases))


def value_of(planner: Planner, answer: Answer) -> float:
    """Return what the objective makes small, of one answer: a merit, cents, or cents of owning."""
    objective = planner.request.objective
    if objective is Objective.COST:
        return float(answer.choice.cents)
    if objective is Objective.OWNERSHIP:
        cost = owning_cost(planner, answer)
        return float(cost.total * 100) if cost else float(answer.choice.cents)
    return merit(answer.gpu_class, planner.request)


def owning_cost(planner: Planner, answer: Answer) -> OwnershipCost | None:
    """Return what an answer costs to own; None when nothing sets the work."""
    first = planner.yardstick()
    if first is None:
        return None
    yardstick = (first.title, first.gpu_class.per_second)
    return cost_of(planner.request, answer.gpu_class, answer.choice.cents, yardstick)


def _is_worth_it(planner: Planner, best: Answer, found: Answer) -> bool:
    mine, theirs = value_of(planner, best), value_of(planner, found)
    return theirs < mine - WORTH * abs(mine)


def difference_words(planner: Planner, best: Answer, other: Answer) -> str:
    """Return how another answer compares with the best one, in the objective's own terms."""
    request = planner.request
    if request.objective is Objective.COST:
        return amount_words(float(other.price - best.price), request.currency)
    if request.objective is Objective.OWNERSHIP:
        costs = [owning_cost(planner, answer) for answer in (other, best)]
        if costs[0] is None or costs[1] is None:
            return amount_words(float(other.price - best.price), request.currency)
        more = amount_words(float(costs[0].total - costs[1].total), request.currency)
        return f"{more} over {request.usage.years:g} years"
    return gain_words(best, other)


def amount_words(change: float, currency: str) -> str:
    """Return "$120 more", "$35 less" or "at the same price"."""
    if not change:
        return "at the same price"
    return f"{money(abs(change), currency)} {'more' if change > 0 else 'less'}"


def gain_words(best: Answer, following: Answer) -> str:
    """Return how much faster, or how much more frugal, a better answer is."""
    faster = following.gpu_class.per_second / best.gpu_class.per_second
    if faster < 1:
        return "slower but needs less energy"
    if faster < 1 + WORTH:
        return "as fast for less energy"
    return f"about {faster - 1:.0%} faster" if faster < 2 else f"about {faster:.1f} times as fast"


def owning_words(planner: Planner, best: Answer) -> str:
    """Return what the best build costs to own, and for which work."""
    cost = owning_cost(planner, best)
    if cost is None:
        return "No computer sets the work to compare"
    money_in = partial(money, currency=planner.request.currency)
    years = f"{cost.years:g} year{'' if cost.years == 1 else 's'}"
    return (
        f"The cost of owning over {years}: {money_in(cost.total)}, from {money_in(cost.purchase)} "
        f"to buy, {money_in(cost.resale)} got back and {money_in(cost.electricity)} of "
        f"electricity; compared at the work that {cost.yardstick}, the cheapest build that will "
        f"do, does in {planner.request.usage.hours_per_week:g} hours a week"
    )
