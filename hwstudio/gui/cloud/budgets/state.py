"""What the page shows at one moment; immutable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hwstudio.core.cost.budget.book import Book, Watch
from hwstudio.core.cost.budget.cash import CashPlan
from hwstudio.core.cost.budget.demand import Demand
from hwstudio.core.cost.budget.forecast import Spending
from hwstudio.core.cost.budget.paid import PaidMonth, paid_beside
from hwstudio.core.cost.budget.simulate import Comparison
from hwstudio.core.report.budget_facts import Dashboard

OWN, RECORDED = "own", "recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetsState:
    """Books, answers, and what is still being worked out (None = not yet)."""

    book: Book
    today: date
    currency: str
    watch: Watch
    cash: CashPlan | None = None  # None = no plan
    runs: tuple[Spending, ...] = ()  # recorded runs' electricity
    demand: Demand | None = None
    comparison: Comparison | None = None
    demand_problem: str = ""
    board: Dashboard | None = None
    is_replaying: bool = False
    is_reading: bool = False

    @property
    def paid(self) -> tuple[Spending, ...]:
        """Return all that counts as paid: what was noted, and recorded runs where they count."""
        return (*self.book.spendings, *(self.runs if self.book.counts_runs else ()))


def paid_months(state: BudgetsState) -> tuple[PaidMonth, ...]:
    """Return the months of the plan with what was paid in them; none without a plan."""
    return () if state.cash is None else paid_beside(state.cash, state.paid, state.today)
