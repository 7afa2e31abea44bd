"""The whole frontier of a request: its answer at every budget, worked out once.

Every answer of ``solve`` is made of the cheapest faultless computers of GPU classes, and those do
not depend on the budget (see solve.py). So once each class's is known, the answer at any budget is
a walk over remembered prices: ``Frontier.solution`` runs ``solve`` itself over that memory, and is
equal to it to the word by construction. What ``solve`` asks besides to explain its answer (the same
wishes on a stronger circuit, or without one of the limits) is remembered beside.

``grow`` does the work in small pieces, classes near the present budget first, so that it can be
watched, stopped, and lets others in between. A frontier has a memory of its own: it shares only the
list of bases with other searches over the same stock, and those are safe to be found twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from hwstudio.core.optimize.classes import merit
from hwstudio.core.optimize.complete import lower_bound
from hwstudio.core.optimize.explain import cheapest_among, looked_into, relaxations
from hwstudio.core.optimize.explain_wishes import value_of
from hwstudio.core.optimize.planner import Answer, Planner, key_of
from hwstudio.core.optimize.prices import NEVER_CENTS
from hwstudio.core.optimize.request import LARGEST_BUDGET, Objective, Request
from hwstudio.core.optimize.robust import DrawnPrices, Robust, merit_draws, robust
from hwstudio.core.optimize.solve import Solution, judged, solve
from hwstudio.core.optimize.space import GpuClass
from hwstudio.core.optimize.stock import Stock

if TYPE_CHECKING:
    from hwstudio.core.optimize.robust import Draws

SPACES_KEPT = 64  # of one frontier: its own, and one for each limit that may be lifted


@dataclass(frozen=True, slots=True)
class Growth:
    """How far the work is: GPU classes worked out, of all; then the ways out are left."""

    done: int
    total: int


class Frontier:
    """The answers to one request at every budget; whole once ``grow`` has come to its end."""

    def __init__(self, request: Request, stock: Stock) -> None:
        self.request = request
        self._stock = replace(stock, spaces={}, spaces_kept=SPACES_KEPT)
        self._planner = self._at(LARGEST_BUDGET)
        self._known: list[Answer] = []
        self._merits: dict[object, Draws] = {}
        self._prices: DrawnPrices | None = None  # drawn by the day they were last asked for
        self._ranking: tuple[Answer, ...] = ()  # of all classes, once it is whole
        self.growth = Growth(0, len(self._planner.classes()))
        self.is_whole = False

    def _at(self, budget: Decimal) -> Planner:
        return Planner(replace(self.request, budget=budget), self._stock)

    def grow(self) -> Iterator[Growth]:
        """Work the frontier out; each piece takes some hundredths of a second."""
        planner = self._planner
        for gpu_class in self._by_nearness():
            choice = planner.cheapest(gpu_class)
            if choice is not None:
                answer = Answer(gpu_class, choice)
                judged(planner, answer)
                self._drawn(gpu_class, self.request)
                self._known.append(answer)
            self.growth = Growth(self.growth.done + 1, self.growth.total)
            yield self.growth
        for _ in self._explain():
            yield self.growth
        self._ranking = tuple(self._planner.every())
        self.is_whole = True

    def _by_nearness(self) -> list[GpuClass]:
        here = self.request.budget * 100

        def distance(gpu_class: GpuClass) -> float:
            bound = lower_bound(self._planner.space, gpu_class)
            return abs(math.log(max(1, bound) / float(here)))

        return sorted(self._planner.classes(), key=distance)

    def _explain(self) -> Iterator[None]:
        """Work out what the words beside an answer look into: other circuits, fewer limits."""
        least = self.least(self.request)
        others = [(other, NEVER_CENTS) for other in looked_into(self.request) if least is not None]
        # Limits are lifted only where nothing fits: below the least price, or at any.
        most = NEVER_CENTS if least is None else least.choice.cents - 1
        others += [(other, most) for _, other in relaxations(self.request)]
        for other, limit in others:
            planner = Planner(other, self._stock)
            for gpu_class in planner.classes():
                planner.cheapest(gpu_class, limit)
                yield

    def least(self, request: Request) -> Answer | None:
        """Return the cheapest build for these or other wishes at any budget."""
        planner = Planner(replace(request, objective=self.request.objective), self._stock)
        return cheapest_among(planner, planner.classes())

    def steps(self) -> tuple[Answer, ...]:
        """Return the best build from its price up, cheapest first; of what is known so far.

        The best at a budget is the last step whose price is inside it. By price alone (the
        cheapest build) there is one step.
        """
        ranked = self._ranking if self.is_whole else sorted(self._known, key=self._rank)
        found: list[Answer] = []
        for answer in ranked:
            if not found or answer.choice.cents < found[-1].choice.cents:
                found.append(answer)
        return tuple(reversed(found))

    def _rank(self, answer: Answer) -> tuple[float, int, str]:
        gpu_class, worth = answer.gpu_class, merit(answer.gpu_class, self.request)
        if self.request.objective is Objective.OWNERSHIP:
            worth = value_of(self._planner, answer)
        return worth, answer.choice.cents, gpu_class.gpu.id

    def solution(self, budget: Decimal) -> Solution:
        """Return just what ``solve`` answers at this budget.

        Raises:
            UserError: no budget can be meant by this.
        """
        return solve(replace(self.request, budget=budget), self._stock)

    def affordable(self, budget: Decimal) -> tuple[Answer, ...]:
        """Return every answer inside the budget, best first, one for each model and number.

        Only of a whole frontier; equal to ``Planner.ranked``, whose order no budget changes.
        """
        found: dict[tuple[str, int], Answer] = {}
        for answer in self._ranking:
            if answer.choice.cents <= budget * 100:
                found.setdefault(key_of(answer.gpu_class)[:2], answer)
        return tuple(found.values())

    def robust(self, budget: Decimal, today: date) -> Robust | None:
        """Return how firm the best build at this budget is; None where nothing fits."""
        request = replace(self.request, budget=budget)
        if self._prices is None or self._prices.today != today:
            self._prices = DrawnPrices(today, self.request)
        return robust(request, self.affordable(budget), today, self._drawn, self._prices)

    def _drawn(self, gpu_class: GpuClass, request: Request) -> Draws:
        key = key_of(gpu_class)
        if key not in self._merits:
            self._merits[key] = merit_draws(gpu_class, request)
        return self._merits[key]
