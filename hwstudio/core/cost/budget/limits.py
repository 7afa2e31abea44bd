"""Limits a day, a week and a month that hold at the same time: which contradict, which binds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.money import money
from hwstudio.core.cost.amount import MONTHS_PER_YEAR, Number, above_zero

DAYS_PER_YEAR = Decimal(365)
DAYS_PER_WEEK = Decimal(7)
WEEKS_PER_YEAR = Decimal(52)


class Span(StrEnum):
    """The stretch of the calendar a limit holds for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


LIMIT_NAMES = {Span.DAY: "daily", Span.WEEK: "weekly", Span.MONTH: "monthly"}
# How often the shorter stretch fits into the longer one, and how that sum is written.
_TIMES = {
    (Span.DAY, Span.WEEK): (DAYS_PER_WEEK, "7"),
    (Span.WEEK, Span.MONTH): (WEEKS_PER_YEAR / MONTHS_PER_YEAR, "52/12"),
    (Span.DAY, Span.MONTH): (DAYS_PER_YEAR / MONTHS_PER_YEAR, "365/12"),
}
_PER_MONTH = {
    Span.DAY: DAYS_PER_YEAR / MONTHS_PER_YEAR,
    Span.WEEK: WEEKS_PER_YEAR / MONTHS_PER_YEAR,
    Span.MONTH: Decimal(1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Money by day, week and month; None = no such limit.

    Raises:
        UserError: a limit is no number above zero.
    """

    day: Decimal | None = None
    week: Decimal | None = None
    month: Decimal | None = None

    def __post_init__(self) -> None:
        for span, amount in self.each():
            above_zero(amount, f"The {LIMIT_NAMES[span]} limit")

    def of(self, span: Span) -> Decimal | None:
        """Return one limit."""
        return {Span.DAY: self.day, Span.WEEK: self.week, Span.MONTH: self.month}[span]

    def each(self) -> Iterator[tuple[Span, Decimal]]:
        """Yield the limits that are set, shortest stretch first."""
        for span in Span:
            amount = self.of(span)
            if amount is not None:
                yield span, amount


def limits(day: Number | None, week: Number | None, month: Number | None) -> Limits:
    """Return limits from typed numbers; zero or None sets none.

    Raises:
        UserError: a number is negative or none at all.
    """
    found: dict[str, Decimal | None] = {}
    for span, value in ((Span.DAY, day), (Span.WEEK, week), (Span.MONTH, month)):
        is_none = value is None or value == 0
        name = f"The {LIMIT_NAMES[span]} limit"
        found[span.value] = None if is_none or value is None else above_zero(value, name)
    return Limits(**found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A shorter limit that, used up every time, breaks a longer one."""

    short: Span
    long: Span
    reached: Decimal  # what the shorter one adds up to
    limit: Decimal  # the longer one
    words: str


def conflicts(wanted: Limits, currency: str = "USD") -> tuple[Conflict, ...]:
    """Return every pair of limits in which the shorter one promises more than the longer allows."""
    found: list[Conflict] = []
    for (short, long), (times, sign) in _TIMES.items():
        small, large = wanted.of(short), wanted.of(long)
        if small is None or large is None or small * times <= large:
            continue
        reached = small * times
        found.append(
            Conflict(
                short=short,
                long=long,
                reached=reached,
                limit=large,
                words=f"{_plain(small, currency)} a {short} x {sign} = {_whole(reached, currency)} "
                f"a {long}, more than the {LIMIT_NAMES[long]} limit of {_plain(large, currency)}.",
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The limit that really decides: what may be spent on average, if every limit is kept."""

    span: Span
    per_month: Decimal
    per_day: Decimal
    words: str


def binding(wanted: Limits, currency: str = "USD") -> Binding:
    """Return the limit that allows least over a year.

    Raises:
        UserError: no limit is set.
    """
    sums = [(amount * _PER_MONTH[span], span) for span, amount in wanted.each()]
    if not sums:
        raise UserError("No limit is set", "", "Set a limit a day, a week or a month")
    per_month = min(total for total, _ in sums)
    span = [each for total, each in sums if total == per_month][-1]
    per_day = per_month * MONTHS_PER_YEAR / DAYS_PER_YEAR
    words = (
        f"The {LIMIT_NAMES[span]} limit decides: it allows {_whole(per_month, currency)} a month, "
        f"about {money(per_day, currency, decimals=2)} a day."
    )
    days = _full_days(wanted)
    if days:
        words += f" At the daily limit it lasts {days}."
    return Binding(span=span, per_month=per_month, per_day=per_day, words=words)


def _full_days(wanted: Limits) -> str:
    """Say for how many full days at the daily limit a week's or a month's money lasts."""
    if wanted.day is None:
        return ""
    parts = []
    for span, most in ((Span.WEEK, DAYS_PER_WEEK), (Span.MONTH, _PER_MONTH[Span.DAY])):
        longer = wanted.of(span)
        if longer is not None and longer < wanted.day * most:
            count = longer / wanted.day
            shown = f"{count:,.0f}" if count == count.to_integral_value() else f"{count:,.1f}"
            parts.append(f"{shown} days of a {span}")
    return " and ".join(parts)


def _plain(amount: Decimal, currency: str) -> str:
    return money(amount, currency, decimals=0 if amount == amount.to_integral_value() else 2)


def _whole(amount: Decimal, currency: str) -> str:
    return money(amount, currency, decimals=0 if amount >= 100 else 2)
