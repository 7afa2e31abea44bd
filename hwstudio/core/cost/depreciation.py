"""What hardware is still worth, year by year (F11), on a curve the user chooses and sees named."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from itertools import pairwise

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.amount import MONTHS_PER_YEAR, ONE, ZERO, Number, above_zero, exact
from hwstudio.core.cost.ownership import (
    DECLINE_SOURCE,
    US_FIVE_YEAR,
    declining_value,
    straight_line_value,
)


class Curve(Enum):
    """How the loss in value is spread over the years."""

    STRAIGHT = "straight_line"
    DECLINING = "declining"
    US_TABLE = "us_five_year"
    USED_PRICE = "used_price"


CURVE_WORDS = {
    Curve.STRAIGHT: "Straight line",
    Curve.DECLINING: "Declining (27.6 % a year)",
    Curve.US_TABLE: "US 5-year tax table",
    Curve.USED_PRICE: "A used price I know",
}
CURVE_SOURCE = {
    Curve.STRAIGHT: "the same loss every year, down to the resale value",
    Curve.DECLINING: f"the same share of the value every year; {DECLINE_SOURCE}",
    Curve.US_TABLE: "US five-year class, half-year convention: 20, 32, 19.2, 11.52, 11.52, 5.76 %",
    Curve.USED_PRICE: "a constant yearly share through the used price you typed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline:
    """Hardware losing value. Money in one currency, with tax; ages in years.

    ``resale`` None = what the curve itself says at the end of the life.
    """

    purchase: Number
    life_years: Number
    curve: Curve = Curve.DECLINING
    resale: Number | None = None
    used_price: Number | None = None  # for the curve through a known used price
    used_age_years: Number | None = None


def resale_of(case: Decline) -> Decimal:
    """Return the value at the end of the life: typed, else from the curve.

    Straight line and the tax table say nothing about a market, so they take the usual decline.

    Raises:
        UserError: a resale above the price, or no used price for the curve that needs one.
    """
    start = exact(case.purchase, "The purchase price")
    life = above_zero(case.life_years, "The life in years")
    if case.resale is not None:
        return _no_more(exact(case.resale, "The resale value"), start, "The resale value")
    if case.curve is Curve.USED_PRICE:
        return _through_used_price(case, life)
    return declining_value(start, life)


def _no_more(value: Decimal, start: Decimal, name: str) -> Decimal:
    if value > start:
        raise UserError(f"{name} is above the purchase price", f"{value:,.2f} against {start:,.2f}")
    return value


def _through_used_price(case: Decline, years: Decimal) -> Decimal:
    if case.used_price is None or case.used_age_years is None:
        raise UserError(
            "The used price is missing",
            "this curve goes through a price you know",
            "Give a used price and the age it is for, or choose another curve",
        )
    start = exact(case.purchase, "The purchase price")
    known = _no_more(exact(case.used_price, "The used price"), start, "The used price")
    age = above_zero(case.used_age_years, "The age of the used price")
    if start == 0 or known == 0:
        return ZERO
    return start * (known / start) ** (years / age)


def value_after(case: Decline, years: Number) -> Decimal:
    """Return the value after ``years``; from the end of the life on it is the resale value."""
    start = exact(case.purchase, "The purchase price")
    life = above_zero(case.life_years, "The life in years")
    age = exact(years, "The age in years")
    end = resale_of(case)
    if age >= life:
        return end
    if case.curve is Curve.US_TABLE:
        return _tax_book(start, age)
    if case.curve is Curve.USED_PRICE and case.resale is None:
        return _through_used_price(case, age)
    if case.curve is Curve.STRAIGHT or start == 0 or end == 0:
        return straight_line_value(start, end, life, age)
    return start * (end / start) ** (age / life)  # geometric, and Epoch's curve by default


def _tax_book(start: Decimal, age: Decimal) -> Decimal:
    full = int(age)
    taken = sum(US_FIVE_YEAR[:full], ZERO)
    if full < len(US_FIVE_YEAR):
        taken += US_FIVE_YEAR[full] * (age - full)
    return start * (ONE - taken)


def yearly_losses(case: Decline, life_months: int) -> tuple[Decimal, ...]:
    """Return the loss of each year of the life, the last one maybe shorter.

    They add up to price less resale. Under the tax table the last year takes what the sale brings
    against the book value, so it can be a gain (negative).
    """
    ages = [Decimal(month) / MONTHS_PER_YEAR for month in year_ends(life_months)]
    values = [value_after(case, age) for age in (ZERO, *ages)]
    return tuple(before - after for before, after in pairwise(values))


def year_ends(life_months: int) -> list[int]:
    """Return the months at which the years of a life end: 12, 24, … and the last month."""
    return [*range(12, life_months, 12), life_months]
