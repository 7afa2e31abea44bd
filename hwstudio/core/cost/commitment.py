"""What a commitment bills and when it saves (F7): every hour of the term is paid, used or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.amount import HOURS_PER_MONTH, ZERO, Number, above_zero, exact

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Commitment:
    """One month. A negative ``saving`` is money lost against on demand."""

    bill: Decimal
    on_demand_cost: Decimal
    saving: Decimal
    saving_pct: Decimal | None  # of the on-demand cost; None when nothing is used
    break_even_utilisation: Decimal
    break_even_hours: Decimal
    effective_per_used_hour: Decimal | None


def commitment(
    on_demand_per_hour: Number, committed_per_hour: Number, hours_used: Number
) -> Commitment:
    """Return a month of 730 billed hours against paying on demand for ``hours_used`` (F7)."""
    list_price = above_zero(on_demand_per_hour, "The on-demand price")
    rate = exact(committed_per_hour, "The committed price")
    hours = exact(hours_used, "The hours per month")
    if hours > HOURS_PER_MONTH + 14:  # a 31-day month has 744 hours
        raise UserError("A month has at most 744 hours", f"got {hours_used}")
    bill = rate * HOURS_PER_MONTH
    usual = list_price * hours
    saving = usual - bill
    used = rate / list_price
    return Commitment(
        bill=bill,
        on_demand_cost=usual,
        saving=saving,
        saving_pct=saving / usual * _HUNDRED if usual else None,
        break_even_utilisation=used,
        break_even_hours=used * HOURS_PER_MONTH,
        effective_per_used_hour=bill / hours if hours else None,
    )


@dataclass(frozen=True, slots=True)
class UsageLine:
    """One kind of usage in one hour, with its two prices per unit and hour."""

    name: str
    quantity: Number
    on_demand: Number
    plan: Number


@dataclass(frozen=True, slots=True)
class PlanHour:
    """One hour under a spend commitment."""

    plan_cost_of_usage: Decimal
    on_demand_cost: Decimal
    hourly_bill: Decimal
    saving_pct: Decimal | None


def plan_hour(lines: Sequence[UsageLine], commitment_per_hour: Number) -> PlanHour:
    """Return one hour's bill when the plan covers the deepest discounts first.

    Usage above the commitment is paid on demand (AWS Savings Plans rules).
    """
    left = committed = exact(commitment_per_hour, "The commitment")
    planned = usual = overflow = ZERO
    for line in sorted(lines, key=_discount, reverse=True):
        quantity = exact(line.quantity, f"The quantity of {line.name}")
        at_plan = quantity * exact(line.plan, f"The plan price of {line.name}")
        at_list = quantity * exact(line.on_demand, f"The on-demand price of {line.name}")
        covered = min(at_plan, left)
        overflow += at_list * (1 - covered / at_plan) if at_plan else ZERO
        left -= covered
        planned, usual = planned + at_plan, usual + at_list
    bill = committed + overflow
    percent = (usual - bill) / usual * _HUNDRED if usual else None
    return PlanHour(planned, usual, bill, percent)


def _discount(line: UsageLine) -> Decimal:
    list_price = exact(line.on_demand, f"The on-demand price of {line.name}")
    plan_price = exact(line.plan, f"The plan price of {line.name}")
    return (list_price - plan_price) / list_price if list_price else ZERO
