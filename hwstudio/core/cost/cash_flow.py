"""Money going out month by month, and what it is worth today (F12's way of discounting)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from hwstudio.core.cost.amount import MONTHS_PER_YEAR, ONE, ZERO, Number, exact
from hwstudio.core.cost.financing import borrowed, monthly_payment
from hwstudio.core.cost.owning_plan import OwningPlan


def capital_flows(plan: OwningPlan) -> list[Decimal]:
    """Return what is paid (positive) or got back (negative) once or for the loan.

    Month 0 is the purchase, the last month the end of the life.
    """
    flows = [ZERO] * (plan.life_months + 1)
    flows[0] = plan.paid - borrowed(plan.loan, plan.paid)
    flows[0] += _once(plan.setup, "Setting up") + _once(plan.software_once, "Software")
    payment = monthly_payment(plan.loan, plan.paid)
    for month in range(1, plan.loan.months + 1 if payment else 1):
        flows[month] += payment
    flows[-1] += _once(plan.disposal, "Disposal") - plan.resale
    return flows


def _once(value: Number | None, name: str) -> Decimal:
    return ZERO if value is None else exact(value, name)


def present_value(flows: Sequence[Decimal], yearly_rate: Decimal) -> Decimal:
    """Return ``sum(flow / (1+d)^(m/12))`` of monthly flows, the first one undiscounted."""
    if yearly_rate == 0:
        return sum(flows, ZERO)
    factor = ((ONE + yearly_rate).ln() / MONTHS_PER_YEAR).exp()
    total, growth = ZERO, ONE
    for flow in flows:
        total += flow / growth
        growth *= factor
    return total
