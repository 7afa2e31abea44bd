"""The guides' figures that need the planner: what budgets buy, and which part brings most."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Protocol

from hwstudio.core.guide.budget_table import BUDGETS, Bought, BudgetRow, budget_rows
from hwstudio.core.guide.priority import Rank, Step, ranked
from hwstudio.core.model.part import GpuCard, PartKind
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.speed import is_backed_by_measurements
from hwstudio.core.project.answer import Alternatives, Answer
from hwstudio.core.project.state import ProjectState

ROWS = (
    PartKind.GPU_CARD,
    PartKind.CPU,
    PartKind.MOTHERBOARD,
    PartKind.RAM,
    PartKind.STORAGE,
)  # supply, case and cooler make nothing faster by themselves


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


def which_part_next(
    planner: Answering,
    state: ProjectState,
    most: Decimal | None = None,
    told: Callable[[PartKind], None] | None = None,
) -> tuple[Rank, ...]:
    """Rank the rows of the project's build by what another part in each would bring.

    Cards whose speed no measurement of a relative backs are left out, as the planner does;
    ``told`` hears each row before its parts are tried.
    """
    rows = [kind for kind in ROWS if any(choice.kind == kind.value for choice in state.parts)]
    if not rows:
        return ()
    workload = planner.answer(state, keeps_parts=True).workload
    found: dict[str, tuple[Step, ...]] = {}
    for kind in rows:
        if told is not None:
            told(kind)
        found[kind.value] = tuple(_steps(planner.alternatives(state, kind), workload))
    return ranked(found, most=most)


def _steps(found: Alternatives, workload: Workload) -> Iterator[Step]:
    for row in found.rows:
        part = row.part
        if row.is_current:
            continue
        if isinstance(part, GpuCard) and not is_backed_by_measurements(workload, part.gpu):
            continue
        yield Step(part.name, row.price_change, row.speed_change, part.id, row.quantity)
