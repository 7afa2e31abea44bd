"""The guides' figures that need the planner: what each of a few budgets buys."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Protocol

from hwstudio.core.guide.budget_table import BUDGETS, Bought, BudgetRow, budget_rows
from hwstudio.core.model.part import PartKind
from hwstudio.core.project.answer import Alternatives, Answer
from hwstudio.core.project.state import ProjectState


class Answering(Protocol):
    """The part of the project's planner that the guides ask."""

    def answer(self, state: ProjectState, *, keeps_parts: bool) -> Answer: ...
    def alternatives(self, state: ProjectState, kind: PartKind) -> Alternatives: ...


def what_money_buys(
    planner: Answering,
    state: ProjectState,
    budgets: Iterable[Decimal] = BUDGETS,
    told: Callable[[Decimal], None] | None = None,
) -> tuple[BudgetRow, ...]:
    """Return the fastest build of each budget for the project's job and limits.

    Locked parts are set free, so that each budget is really asked; ``told`` hears each budget
    before it is solved.
    """

    def solve(budget: Decimal) -> Bought:
        if told is not None:
            told(budget)
        asked = replace(state, budget=budget, objective="time", locked=())
        solution = planner.answer(asked, keeps_parts=False).solution
        if not solution.builds:
            return Bought(None, why_not=solution.why_not)
        best = solution.builds[0]
        speed = best.prediction
        return Bought(
            best.build, best.total.amount, best.total.currency, speed.median, speed.unit
        )  # fmt: skip

    return budget_rows(solve, budgets)
