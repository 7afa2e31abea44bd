"""Whether the reason named for a question without an answer is the true one.

A named limit must bind: with it lifted, as the words say, the planner finds a build; with anything
less lifted it does not. Where no limit is to blame, none may help.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from hwstudio.core.optimize.blame import Lift, last_lifts, lifted, lifts, together
from hwstudio.core.optimize.request import Request
from hwstudio.core.optimize.solve import Solution, solve
from hwstudio.core.optimize.stock import Stock

ROUNDED = Decimal(1)  # prices are told in whole units
BUDGET = "The budget is too small"
_COSTS = re.compile(r"costs about \D?([\d,]+(?:\.\d\d)?)")
_WOULD = re.compile(r"; or ([^:;]+): [^;]+ would then do")


def kind_of_reason(solution: Solution) -> str:
    """Return the first words of the reason."""
    return solution.binding[0] if solution.binding else "none named"


def untrue(request: Request, solution: Solution, stock: Stock) -> tuple[str, ...]:
    """Return what is not true in the reason given for finding nothing."""
    return tuple(_untrue(request, solution, stock))


def _untrue(request: Request, solution: Solution, stock: Stock) -> Iterator[str]:
    every = (*lifts(request, stock), *last_lifts(request))
    if solution.binding[0] == BUDGET:
        yield from _of_the_budget(request, solution, stock)
        for said in _WOULD.findall(solution.why_not):
            mine = [one for one in every if one.words == said]
            if len(mine) != 1 or not _is_answered(lifted(request, mine), stock):
                yield f'"{said}" does not help'
    elif solution.binding[0].startswith("Locked"):
        if all(_is_sold(pin, stock) for pin in request.pinned):
            yield "every locked part can be bought"
    elif len(solution.binding) > 1:
        yield from _of_limits(request, solution, stock, every)
    elif _is_answered(lifted(request, every), stock):
        yield "no limit is named, and without them there is an answer"


def _is_answered(request: Request, stock: Stock) -> bool:
    return bool(solve(request, stock).builds)


def _is_sold(pin: str, stock: Stock) -> bool:
    parts = (part for group in stock.groups() for part in group)
    return any(pin in (part.id, getattr(getattr(part, "gpu", None), "id", "")) for part in parts)


def _named_price(solution: Solution) -> Decimal | None:
    found = _COSTS.search(solution.why_not)
    return Decimal(found[1].replace(",", "")) if found else None


def _of_the_budget(request: Request, solution: Solution, stock: Stock) -> Iterator[str]:
    price = _named_price(solution)
    if price is None:
        yield "no price is named"
        return
    if not _is_answered(replace(request, budget=price + ROUNDED), stock):
        yield f"{price} does not buy a build either"
    if _is_answered(replace(request, budget=price - ROUNDED), stock):
        yield f"less than {price} is enough"


def _of_limits(
    request: Request, solution: Solution, stock: Stock, every: Sequence[Lift]
) -> Iterator[str]:
    named = _named_lifts(solution.binding[1], every)
    if not named:
        yield f'"{solution.binding[1]}" are no limits of the question'
        return
    freed, price = lifted(request, named), _named_price(solution)
    if price is None or not _is_answered(replace(freed, budget=price + ROUNDED), stock):
        yield f'"{solution.binding[1]}" does not help at {price}'
    for one in named:
        rest = [other for other in named if other is not one]
        if _is_answered(lifted(request, rest), stock):
            yield f'"{one.words}" is not needed'


def _named_lifts(words: str, every: Sequence[Lift]) -> list[Lift]:
    """Return the lifts a sentence is made of, none when it is not made of these."""
    found = [one for one in every if one.words.lower() in words.lower()]
    return found if together(found).lower() == words.lower() else []
