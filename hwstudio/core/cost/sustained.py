"""The discount for running most of a month (F8): each quarter of it is cheaper than the last."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.amount import HOURS_PER_MONTH, ONE, ZERO, Number, above_zero, exact

# Google Compute Engine, N1: off the hours of the 1st, 2nd, 3rd and 4th quarter of the month.
# Not for A2, A3, G2 and not for GPUs.
QUARTERS = tuple(map(Decimal, ("0", "0.20", "0.40", "0.60")))
_LONGEST_MONTH = Decimal(744)


@dataclass(frozen=True, slots=True)
class SustainedBill:
    """A month's bill; ``discount`` is the share off the list price (None without any hour)."""

    bill: Decimal
    list_cost: Decimal
    discount: Decimal | None
    effective_per_hour: Decimal | None


def sustained_use(
    price_per_hour: Number, hours: Number, month_hours: Number = HOURS_PER_MONTH
) -> SustainedBill:
    """Return what ``hours`` of one month cost: 30 % off when it runs the whole month (F8).

    Raises:
        UserError: more hours than a month has.
    """
    price = exact(price_per_hour, "The price per hour")
    used = exact(hours, "The hours per month")
    whole = above_zero(month_hours, "The hours of a month")
    if used > max(whole, _LONGEST_MONTH):
        raise UserError("A month has at most 744 hours", f"got {hours}")
    quarter = whole / len(QUARTERS)
    bill = ZERO
    for number, off in enumerate(QUARTERS):
        start = quarter * number
        # The hours of a 31-day month beyond 730 belong to the last quarter.
        end = used if number == len(QUARTERS) - 1 else min(used, start + quarter)
        bill += max(ZERO, end - start) * price * (ONE - off)
    usual = price * used
    return SustainedBill(
        bill, usual, ONE - bill / usual if usual else None, bill / used if used else None
    )
