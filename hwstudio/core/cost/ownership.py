"""What owning hardware costs a year, and what it is still worth later (F1, F11)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.amount import ONE, ZERO, Number, above_zero, exact

DECLINE_EXPONENT_PER_YEAR = Decimal("0.14")
DECLINE_SOURCE = "Epoch AI, ML hardware prices: value falls by 10^-0.14 (27.6 %) a year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """Hardware over its life. Money in one currency; rates per year as shares (0.05 = 5 %)."""

    purchase: Number  # with tax and set-up
    resale: Number = 0
    life_years: Number = 5
    discount_rate: Number = 0
    fixed_per_year: Number = 0  # maintenance, insurance, software, a share of the internet line


def _checked(own: Ownership) -> tuple[Decimal, Decimal, Decimal, Decimal, Decimal]:
    purchase = exact(own.purchase, "The purchase price")
    resale = exact(own.resale, "The resale value")
    if resale > purchase:
        raise UserError(
            "The resale value is above the purchase price", f"{resale} against {purchase}"
        )
    life = above_zero(own.life_years, "The life in years")
    rate = exact(own.discount_rate, "The discount rate")
    return purchase, resale, life, rate, exact(own.fixed_per_year, "The yearly fixed cost")


def equivalent_annual_cost(own: Ownership) -> Decimal:
    """Return the even yearly cost of owning (F1, standard annuity).

    ``(C0 - S/(1+d)^L) * d / (1 - (1+d)^-L) + O``; without discounting ``(C0 - S)/L + O``.
    """
    purchase, resale, life, rate, fixed = _checked(own)
    if rate == 0:
        return (purchase - resale) / life + fixed
    growth = (ONE + rate) ** life
    return (purchase - resale / growth) * rate / (ONE - ONE / growth) + fixed


def straight_line_value(
    purchase: Number, resale: Number, life_years: Number, years: Number
) -> Decimal:
    """Return the book value after ``years`` (F11); the resale value once the life is over."""
    start = exact(purchase, "The purchase price")
    end = exact(resale, "The resale value")
    life = above_zero(life_years, "The life in years")
    part = min(ONE, exact(years, "The age in years") / life)
    return start - (start - end) * part


def declining_value(purchase: Number, years: Number) -> Decimal:
    """Return the market value after ``years``: ``C0 * 10^(-0.14 t)`` (F11, Epoch AI)."""
    start = exact(purchase, "The purchase price")
    return start * Decimal(10) ** (-DECLINE_EXPONENT_PER_YEAR * exact(years, "The age in years"))


def typical_resale_share(years: Number) -> Decimal:
    """Return the share of the price hardware usually still brings after ``years`` (F11)."""
    return declining_value(ONE, years)


# Recovery shares of the US five-year class (half-year convention), by year of ownership.
US_FIVE_YEAR = tuple(map(Decimal, ("0.20", "0.32", "0.192", "0.1152", "0.1152", "0.0576")))


def us_five_year_value(purchase: Number, full_years: int) -> Decimal:
    """Return the tax book value after ``full_years`` under the US five-year table."""
    start = exact(purchase, "The purchase price")
    exact(full_years, "The age in years")
    return start * (ONE - sum(US_FIVE_YEAR[:full_years], ZERO))
