"""What more money buys: the best build a little above the budget."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from hwstudio.core.base.money import money
from hwstudio.core.optimize.explain_wishes import difference_words
from hwstudio.core.optimize.planner import SAME, Answer, Planner
from hwstudio.core.optimize.request import LARGEST_BUDGET, Objective, Request

STEPS = (Decimal(100), Decimal(250), Decimal(500))
HARDLY = 0.01


@dataclass(frozen=True, slots=True)
class NextStep:
    """What the best build is with ``more`` money; ``answer`` None = the same one, no better."""

    more: Decimal
    answer: Answer | None
    words: str


def next_steps(
    planner: Planner, best: Answer, amounts: Iterable[Decimal] = STEPS
) -> tuple[NextStep, ...]:
    """Return what each amount above the budget buys. Prepared searches are used again."""
    return tuple(_step(planner, best, more) for more in amounts)


def _step(planner: Planner, best: Answer, more: Decimal) -> NextStep:
    request = planner.request
    asked = f"{money(more, request.currency, decimals=0)} more"
    if request.objective is Objective.COST:
        return NextStep(more, None, f"{asked}: nothing, the cheapest build stays the cheapest")
    richer = replace(request, budget=min(LARGEST_BUDGET, request.budget + more))
    found = next(Planner(richer, planner.stock).ranked(), None)
    if found is None or _is_alike(found, best, request):
        return NextStep(more, None, f"{asked}: nothing better")
    price = money(found.price, request.currency)
    return NextStep(
        more, found, f"{asked}: {found.title} for {price}, {_gain(planner, best, found)}"
    )


def _is_alike(found: Answer, best: Answer, request: Request) -> bool:
    if request.objective is Objective.OWNERSHIP:
        return found.gpu_class == best.gpu_class and found.choice.cents == best.choice.cents
    speeds = (found.gpu_class.per_second, best.gpu_class.per_second)
    is_same_gpu = found.gpu_class.gpu.id == best.gpu_class.gpu.id
    return is_same_gpu and abs(speeds[0] - speeds[1]) <= SAME * speeds[1]


def _gain(planner: Planner, best: Answer, found: Answer) -> str:
    faster = found.gpu_class.per_second / best.gpu_class.per_second - 1
    if planner.request.objective is Objective.TIME and faster < 0.05:
        return f"{faster:.0%} faster" if faster >= HARDLY else "hardly faster"
    return difference_words(planner, best, found)
