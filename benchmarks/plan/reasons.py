"""Whether the reason named for a question without an answer is the true one.

A named price must buy a build, and less must not; a named change must lead to a build; where the
budget is not named, no budget may help; memory may only be blamed when no GPU holds the jobs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from hwstudio.core.optimize.classes import is_trusted
from hwstudio.core.optimize.explain import IF_LONGER, STRONG_MAINS, relaxations
from hwstudio.core.optimize.limits import is_card_known, is_wanted
from hwstudio.core.optimize.request import ANY_COUNT, LARGEST_BUDGET, Request
from hwstudio.core.optimize.second_opinion import are_held, choosable
from hwstudio.core.optimize.solve import Solution, solve
from hwstudio.core.optimize.stock import Stock

ROUNDED = Decimal(1)  # prices are told in whole units
BUDGET = "The budget is too small"
LATE = "The speed to reach"
MEMORY = "The memory of the GPUs"
NEVER = ("no computer of the catalogue's parts does this job", "no build at any price")
_COSTS = re.compile(r"(?:costs about|a budget of) \D?([\d,]+(?:\.\d\d)?)")


def kind_of_reason(solution: Solution) -> str:
    """Return the first words of the reason."""
    return solution.binding[0] if solution.binding else "none named"


def untrue(request: Request, solution: Solution, stock: Stock) -> tuple[str, ...]:
    """Return what is not true in the reason given for finding nothing."""
    return tuple(_untrue(request, solution, stock))


def _untrue(request: Request, solution: Solution, stock: Stock) -> Iterator[str]:
    kind, words = kind_of_reason(solution), solution.why_not.lower()
    if kind.startswith("Locked"):
        if all(_is_sold(ident, stock) for ident in (*request.pinned, *request.owned)):
            yield "every locked part and part at hand can be had"
        return
    if kind == BUDGET:
        yield from _of_a_price(request, solution, stock)
    elif kind == LATE:
        yield from _of_the_speed(request, solution, stock)
    else:
        if _is_answered(replace(request, budget=LARGEST_BUDGET), stock):
            yield f'"{kind}", yet a larger budget is enough'
        yield from _of_anywhere(request, solution, stock)
    if kind == MEMORY and _some_gpu_holds(request, stock):
        yield "some GPU holds the jobs"
    said = [(said, freed) for said, freed in relaxations(request) if f"{said.lower()}: " in words]
    if "would then do" in words and not said:
        yield "a change is named that is no limit of the question"
    for change, eased in said:
        freed = replace(eased, min_per_second=0.0) if IF_LONGER in words else eased
        if not _is_answered(freed, stock):
            yield f'"{change}" does not help'


def _is_answered(request: Request, stock: Stock) -> bool:
    return bool(solve(request, stock).builds)


def _is_sold(ident: str, stock: Stock) -> bool:
    parts = (part for group in stock.groups() for part in group)
    return any(ident in (p.id, getattr(getattr(p, "gpu", None), "id", "")) for p in parts)


def _named_price(solution: Solution) -> Decimal | None:
    found = _COSTS.search(solution.why_not)
    return Decimal(found[1].replace(",", "")) if found else None


def _of_a_price(request: Request, solution: Solution, stock: Stock) -> Iterator[str]:
    price = _named_price(solution)
    if price is None:
        yield "no price is named"
        return
    if not _is_answered(replace(request, budget=price + ROUNDED), stock):
        yield f"{price} does not buy a build either"
    if price > ROUNDED and _is_answered(replace(request, budget=price - ROUNDED), stock):
        yield f"less than {price} is enough"


def _of_the_speed(request: Request, solution: Solution, stock: Stock) -> Iterator[str]:
    if not _is_answered(replace(request, min_per_second=0.0), stock):
        yield "without a speed to reach there is no build either"
    if _named_price(solution) is not None:
        yield from _of_a_price(request, solution, stock)
    elif _is_answered(replace(request, budget=LARGEST_BUDGET), stock):
        yield "a larger budget reaches the speed"


def _of_anywhere(request: Request, solution: Solution, stock: Stock) -> Iterator[str]:
    """Test what is said of builds on a strong wall circuit and without limits on the GPUs."""
    counts = tuple(sorted({*request.gpu_counts, *ANY_COUNT}))
    freed = replace(
        request,
        mains=STRONG_MAINS,
        gpu_counts=counts,
        max_power_w=None,
        min_vram_bytes=0,
        min_per_second=0.0,
    )
    if NEVER[0] in solution.why_not:
        if _is_answered(replace(freed, budget=LARGEST_BUDGET), stock):
            yield "a computer does this job"
    elif _named_price(solution) is not None:
        # The price is that of a build in time, or of any where none could be in time.
        in_time = replace(freed, min_per_second=request.min_per_second)
        wrong = [tuple(_of_a_price(each, solution, stock)) for each in (in_time, freed)]
        if all(wrong):
            yield from wrong[0]


def _some_gpu_holds(request: Request, stock: Stock) -> bool:
    free = choosable(stock.cards, request)
    cards = [c for c in free if is_wanted(c, request) and is_card_known(c, request)]
    gpus = {card.gpu.id: card.gpu for card in cards}.values()
    return any(
        are_held(request, gpu, count)
        for gpu in gpus
        if is_trusted(request, gpu)
        for count in request.gpu_counts
    )
