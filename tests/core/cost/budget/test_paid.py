"""What was paid stands beside what was planned, only for months that have begun."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hwstudio.core.cost.budget.cash import cash_plan
from hwstudio.core.cost.budget.forecast import Spending
from hwstudio.core.cost.budget.paid import paid_beside, paid_words
from hwstudio.core.cost.budget.plan_file import plan_of_template
from hwstudio.core.cost.budget.templates import template


def plan():
    return cash_plan(
        plan_of_template(template("development"), Decimal(6000), date(2026, 10, 1), "USD")
    )


def spent(day, amount):
    return Spending(day=date.fromisoformat(day), amount=Decimal(amount), note="")


def test_months_that_have_not_begun_are_not_paid_nothing():
    months = paid_beside(
        plan(),
        [spent("2026-10-03", "10"), spent("2026-10-31", "5"), spent("2025-10-01", "99")],
        date(2026, 11, 20),
    )
    assert [month.paid for month in months[:3]] == [Decimal(15), 0, None]
    assert months[0].month == "2026-10"


def test_paid_and_planned_are_compared_up_to_this_month():
    months = paid_beside(plan(), [spent("2026-10-03", "1000000")], date(2026, 10, 20))
    words = paid_words(months, "USD")
    assert words.startswith("Until 2026-10 $1,000,000.00 was paid of")
    assert words.endswith("more.")
    assert paid_words(paid_beside(plan(), [], date(2026, 9, 1)), "USD") == ""
