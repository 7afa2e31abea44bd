"""What a day, week or month has cost so far, and what it will have cost at its end.

forecast = spent + burn rate x days left, where the burn rate is what was spent by the days passed,
today counted in full (so early in a period it is rough, and says so).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil

from hwstudio.core.cost.amount import ZERO, Number, exact
from hwstudio.core.cost.budget.limits import Span

_ROUGH_DAYS = 3  # a forecast from fewer days is a guess


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """One amount paid on a day. ``source``: typed by the user, or a recorded run."""

    day: date
    amount: Decimal
    note: str = ""
    source: str = "typed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One calendar day, ISO week (Monday to Sunday) or calendar month; both ends count."""

    span: Span
    first: date
    last: date

    @property
    def key(self) -> str:
        """Return a name that no other period has, such as ``month:2026-11-01``."""
        return f"{self.span}:{self.first.isoformat()}"

    @property
    def days(self) -> int:
        """Return its length in days."""
        return (self.last - self.first).days + 1


def term(span: Span, today: date) -> Term:
    """Return the period of this kind that ``today`` lies in."""
    if span is Span.DAY:
        return Term(span=span, first=today, last=today)
    if span is Span.WEEK:
        first = today - timedelta(days=today.weekday())
        return Term(span=span, first=first, last=first + timedelta(days=6))
    first = today.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return Term(span=span, first=first, last=following - timedelta(days=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """A period seen from ``today``; money unrounded."""

    term: Term
    today: date
    spent: Decimal
    burn_per_day: Decimal
    days_passed: int  # today is one of them
    days_left: int
    expected: Decimal

    @property
    def is_rough(self) -> bool:
        """Say whether it rests on fewer than three days of a longer period."""
        return self.days_passed < _ROUGH_DAYS and self.days_left > 0

    def used_up_on(self, limit: Decimal) -> date | None:
        """Return the day on which ``limit`` is reached at this rate; None = not in this period."""
        if self.spent >= limit:
            return self.today
        if self.burn_per_day <= 0 or self.expected < limit:
            return None
        days = ceil((limit - self.spent) / self.burn_per_day)
        return self.today + timedelta(days=days)


def forecast(
    span: Span,
    today: date,
    spendings: Iterable[Spending],
    burn_per_day: Number | None = None,
) -> Forecast:
    """Return what the current period will have cost.

    ``burn_per_day`` overrides what the period itself shows.

    Raises:
        UserError: the burn rate is negative or no number.
    """
    period = term(span, today)
    inside = [each.amount for each in spendings if period.first <= each.day <= today]
    spent = sum(inside, ZERO)
    return reckon(period, today, spent, burn_per_day)


def reckon(
    period: Term, today: date, spent: Number, burn_per_day: Number | None = None
) -> Forecast:
    """Return the forecast of a period of which only the sum so far is known.

    Raises:
        UserError: an amount is negative or no number.
    """
    so_far = exact(spent, "What was spent")
    passed = (today - period.first).days + 1
    left = period.days - passed
    burn = so_far / passed if burn_per_day is None else exact(burn_per_day, "The burn rate")
    return Forecast(
        term=period,
        today=today,
        spent=so_far,
        burn_per_day=burn,
        days_passed=passed,
        days_left=left,
        expected=so_far + burn * left,
    )
