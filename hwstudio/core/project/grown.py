"""The frontiers of a project's wishes: grown beside the answers, kept for the last few wishes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from hwstudio.core.base.clock import monotonic_s, today
from hwstudio.core.model.build import Total, total_of
from hwstudio.core.optimize.classes import merit
from hwstudio.core.optimize.frontier import Frontier
from hwstudio.core.optimize.planner import Answer
from hwstudio.core.optimize.space import budget_free
from hwstudio.core.project.answer import Frontier as Shown
from hwstudio.core.project.answer import FrontierPoint

if TYPE_CHECKING:
    from hwstudio.core.optimize.request import Request
    from hwstudio.core.optimize.robust import Robust
    from hwstudio.core.optimize.solve import Solution
    from hwstudio.core.optimize.stock import Stock
    from hwstudio.core.project.answer import Remedy
    from hwstudio.core.project.state import ProjectState

MOST_KEPT = 3  # wishes; each holds about 10 MB
TOLD_EVERY_S = 0.25


def ignore(_shown: Shown) -> None:
    """Tell nobody."""


class Priced(Protocol):
    """A stock with its prices; a new one is made when a price changes."""

    @property
    def stock(self) -> Stock: ...


class Grown:
    """The frontier of one request over one stock."""

    def __init__(self, request: Request, priced: Priced) -> None:
        self.request, self.priced = request, priced
        self._frontier = Frontier(request, priced.stock)
        self._leasts: dict[Request, Total | None] = {}

    def grow(self, asked: ProjectState, is_stale: Callable[[], bool]) -> Iterator[Shown]:
        """Work it out, and hand out what is known a few times a second, until told to stop."""
        told = monotonic_s()
        for _ in self._frontier.grow():
            if is_stale():
                return
            if monotonic_s() - told >= TOLD_EVERY_S:
                yield self.shown(asked)
                told = monotonic_s()

    def warm(
        self, remedies: Callable[[ProjectState], tuple[Remedy, ...]], state: ProjectState
    ) -> None:
        """Work out what is said where nothing fits, so that it is there at once."""
        poor = replace(state, budget=Decimal(1))
        remedies(poor)
        self.solution(poor.budget)
        self.robust(state.budget)

    def shown(self, asked: ProjectState) -> Shown:
        """Return its steps as they are drawn."""
        growth = self._frontier.growth
        points = tuple(self._point(step) for step in self._frontier.steps())
        return Shown(asked, points, growth.done, growth.total, self._frontier.is_whole)

    def _point(self, step: Answer) -> FrontierPoint:
        gpu_class, worth = step.gpu_class, merit(step.gpu_class, self.request)
        # Merits are made small: a speed is a negative one, an energy a positive one.
        height = -worth if worth < 0 else 1.0 / worth if worth > 0 else gpu_class.per_second
        title = f"{gpu_class.count}x {gpu_class.gpu.name}"
        return FrontierPoint(step.price, gpu_class.per_second, gpu_class.speed.unit, title, height)

    def solution(self, budget: Decimal) -> Solution:
        """Return the answer at a budget."""
        return self._frontier.solution(budget)

    def robust(self, budget: Decimal) -> Robust | None:
        """Return how firm the best at a budget is, by today's age of the prices."""
        return self._frontier.robust(budget, today())

    def least(self, request: Request) -> Total | None:
        """Return what the cheapest build for other wishes costs at any budget; remembered."""
        key = budget_free(request)
        if key not in self._leasts:
            found = self._frontier.least(request)
            self._leasts[key] = None if found is None else self._total(found)
        return self._leasts[key]

    def _total(self, found: Answer) -> Total:
        request = self.request
        return total_of(found.choice.build, tax_pct=request.tax_pct, owned=request.owned)


class Frontiers:
    """The frontiers of the newest wishes; read from any thread, the list is never changed."""

    def __init__(self) -> None:
        self._kept: tuple[Grown, ...] = ()

    def __bool__(self) -> bool:
        return bool(self._kept)

    def find(self, request: Request, priced: Priced) -> Grown | None:
        """Return the frontier of a request at any budget, if these prices made it."""
        wanted = budget_free(request)
        fitting = (g for g in reversed(self._kept) if g.priced is priced)
        return next((g for g in fitting if budget_free(g.request) == wanted), None)

    def keep(self, grown: Grown) -> None:
        """Keep a whole one; the oldest goes, and those of former prices."""
        same = tuple(g for g in self._kept if g.priced is grown.priced)
        self._kept = (*same, grown)[-MOST_KEPT:]
