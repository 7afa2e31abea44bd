"""What was really paid, month by month, beside the bills a plan foresaw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hwstudio.core.base.money import money
from hwstudio.core.cost.amount import ZERO
from hwstudio.core.cost.budget.cash import CashPlan
from hwstudio.core.cost.budget.forecast import Spending


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidMonth:
    """One month of the plan; ``paid`` None = it has not begun."""

    month: str  # 2026-11
    planned: Decimal
    paid: Decimal | None


def paid_beside(
    seen: CashPlan, spendings: Iterable[Spending], today: date
) -> tuple[PaidMonth, ...]:
    """Return every month of the plan with what was paid in it."""
    sums: dict[str, Decimal] = {}
    for each in spendings:
        key = f"{each.day:%Y-%m}"
        sums[key] = sums.get(key, ZERO) + each.amount
    now = f"{today:%Y-%m}"
    return tuple(
        PaidMonth(
            month=month.name,
            planned=month.bills,
            paid=sums.get(month.name, ZERO) if month.name <= now else None,
        )
        for month in seen.months
    )


def paid_words(months: Iterable[PaidMonth], currency: str) -> str:
    """Return paid against planned of the months that have begun; "" before the first."""
    begun = [month for month in months if month.paid is not None]
    if not begun:
        return ""
    planned = sum((month.planned for month in begun), ZERO)
    paid = sum((month.paid or ZERO for month in begun), ZERO)
    left = planned - paid
    gap = f"{money(abs(left), currency, decimals=2)} {'less' if left >= 0 else 'more'}"
    return (
        f"Until {begun[-1].month} {money(paid, currency, decimals=2)} was paid of "
        f"{money(planned, currency, decimals=2)} planned, {gap}."
    )
