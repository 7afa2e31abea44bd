"""A loan for part of the price: level monthly payments, and what the interest adds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.amount import MONTHS_PER_YEAR, ONE, ZERO, Number, exact, share


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """``yearly_rate`` is the nominal rate as banks quote it: a twelfth of it a month."""

    financed_share: Number = 0  # of the price with tax
    yearly_rate: Number = 0
    months: int = 0


def borrowed(loan: Loan, price: Decimal) -> Decimal:
    """Return the sum borrowed.

    Raises:
        UserError: something is borrowed, but over no month.
    """
    part = share(loan.financed_share, "The financed share")
    if part and loan.months < 1:
        raise UserError(
            "The loan has no term", f"{loan.months} months", "Give the months it is paid back in"
        )
    return part * price


def monthly_payment(loan: Loan, price: Decimal) -> Decimal:
    """Return the level payment of each month: ``B j / (1 - (1+j)^-n)`` with ``j`` = rate / 12."""
    sum_borrowed = borrowed(loan, price)
    if not sum_borrowed:
        return ZERO
    rate = exact(loan.yearly_rate, "The loan's rate") / MONTHS_PER_YEAR
    if rate == 0:
        return sum_borrowed / loan.months
    return sum_borrowed * rate / (ONE - (ONE + rate) ** -loan.months)


def interest(loan: Loan, price: Decimal) -> Decimal:
    """Return all interest paid over the term."""
    return monthly_payment(loan, price) * loan.months - borrowed(loan, price)
