"""What each of a few budgets buys for one job."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.model.build import Build

BUDGETS = tuple(Decimal(n) for n in (1000, 2000, 4000, 8000, 16000))


@dataclass(frozen=True, slots=True)
class Bought:
    """The best build of one budget, as a solver answered; ``build`` None = nothing fits."""

    build: Build | None
    price: Decimal | None = None
    currency: str = "USD"
    per_second: float | None = None
    unit: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One line; ``gain`` is the speed against the line before, as a share (None = unknown)."""

    budget: Decimal
    bought: Bought
    gain: float | None


def budget_rows(
    solve: Callable[[Decimal], Bought], budgets: Iterable[Decimal] = BUDGETS
) -> tuple[BudgetRow, ...]:
    """Solve for each budget, smallest first."""
    rows: list[BudgetRow] = []
    before: float | None = None
    for budget in sorted(budgets):
        bought = solve(budget)
        now = bought.per_second
        rows.append(BudgetRow(budget, bought, now / before - 1 if now and before else None))
        before = now or before
    return tuple(rows)
