"""Owning as an investment (F12): present value, payback and return, each under its own name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.cost.amount import MONTHS_PER_YEAR, ONE, ZERO, Number, exact
from hwstudio.core.cost.rate_of_return import internal_rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Investment:
    """``monthly_savings``: rent avoided less own running cost, month by month; may be negative.

    Costs equal on both sides (development time) belong on neither.
    """

    purchase: Number
    monthly_savings: Sequence[Number]
    resale: Number = 0
    discount_rate: Number = 0  # per year


@dataclass(frozen=True, slots=True)
class Return:
    """``roi`` = net present value / purchase (2.75 = 275 %); None when nothing was spent."""

    net_present_value: Decimal
    payback_month: int | None  # first month the undiscounted sum is back; None = not within
    roi: Decimal | None
    internal_rate: float | None = None  # per year; None where no one rate exists
    flows: tuple[Decimal, ...] = ()  # month 0, 1, 2 …: spent negative, got positive


def evaluate(plan: Investment) -> Return:
    """Return NPV, payback and ROI: ``-C0 + sum(saving/(1+d)^(m/12)) + S/(1+d)^L`` (F12)."""
    purchase = exact(plan.purchase, "The purchase price")
    growth = ONE + exact(plan.discount_rate, "The discount rate")
    savings = [Decimal(str(saving)) for saving in plan.monthly_savings]
    value = -purchase
    for month, saving in enumerate(savings, start=1):
        value += saving / growth ** (Decimal(month) / MONTHS_PER_YEAR)
    life = Decimal(len(savings)) / MONTHS_PER_YEAR
    value += exact(plan.resale, "The resale value") / growth**life
    flows = [-purchase, *savings]
    flows[-1] += exact(plan.resale, "The resale value")
    return Return(
        value,
        _payback(purchase, savings),
        value / purchase if purchase else None,
        internal_rate(flows),
        tuple(flows),
    )


def _payback(purchase: Decimal, savings: Sequence[Decimal]) -> int | None:
    paid = ZERO
    for month, saving in enumerate(savings, start=1):
        paid += saving
        if paid >= purchase:
            return month
    return None


def value_per_money(speed_ratio: Number, price_ratio: Number) -> Decimal | None:
    """Return how much more work one unit of money buys; None when the price is zero."""
    price = exact(price_ratio, "The price ratio")
    return exact(speed_ratio, "The speed ratio") / price if price else None
