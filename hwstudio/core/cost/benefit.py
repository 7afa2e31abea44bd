"""Return on hardware with hard savings and soft benefits kept apart (S22, R259, R131).

A hard saving leaves the account (rent avoided). A soft benefit is a judgement (time, ideas), so
every figure is given without it first, and it can be switched off. What both sides of a choice
cost alike is listed as cancelling and is in no sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.cost.amount import MONTHS_PER_YEAR, ZERO, Number, exact, share
from hwstudio.core.cost.finance import Investment, Return, evaluate

WEEKS_PER_YEAR = Decimal(52)
NO_PAYBACK = "does not pay back"


@dataclass(frozen=True, slots=True)
class Benefit:
    """``confidence``: the share of it you would bet on; it scales the amount."""

    name: str
    per_month: Decimal
    is_hard: bool
    confidence: Number = 1

    @property
    def expected(self) -> Decimal:
        """Return the amount a month that is counted."""
        return self.per_month * share(self.confidence, f"The confidence in {self.name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoiCase:
    """An investment and what it brings. Money in one currency, rates per year as shares."""

    cost: Number  # net of what the old hardware sells for
    benefits: Sequence[Benefit]
    life_months: int
    running_per_month: Number = 0
    resale: Number = 0
    discount_rate: Number = 0
    common: Sequence[tuple[str, Number]] = ()  # the same on both sides


@dataclass(frozen=True, slots=True)
class Roi:
    """``hard`` without soft benefits; ``all`` with them."""

    hard: Return
    all: Return
    hard_per_month: Decimal
    soft_per_month: Decimal
    cancelling: Decimal  # what both sides pay alike, in no sum


def time_saved_per_month(
    hours_per_week: Number, value_per_hour: Number, adoption: Number = 1
) -> Decimal:
    """Return what saved hours are worth a month, at 52 weeks a year.

    ``adoption``: the share of the saved time that is really used for something.
    """
    hours = exact(hours_per_week, "The hours saved per week")
    worth = exact(value_per_hour, "The value of an hour") * share(adoption, "The adoption share")
    return hours * worth * WEEKS_PER_YEAR / MONTHS_PER_YEAR


def roi(case: RoiCase) -> Roi:
    """Return the figures without and with the soft benefits."""
    running = exact(case.running_per_month, "The running cost per month")
    hard = sum((one.expected for one in case.benefits if one.is_hard), ZERO)
    soft = sum((one.expected for one in case.benefits if not one.is_hard), ZERO)
    common = sum((exact(amount, name) for name, amount in case.common), ZERO)
    return Roi(
        _return(case, hard - running), _return(case, hard + soft - running), hard, soft, common
    )


def _return(case: RoiCase, saved_per_month: Decimal) -> Return:
    return evaluate(
        Investment(
            purchase=case.cost,
            monthly_savings=[saved_per_month] * case.life_months,
            resale=case.resale,
            discount_rate=case.discount_rate,
        )
    )
