"""Limits, forecasts and notices of a budget."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.budget.forecast import Spending, forecast, term
from hwstudio.core.cost.budget.limits import Span, binding, conflicts, limits
from hwstudio.core.cost.budget.notices import crossed, standing, untold

amounts = st.decimals(1, 10**6, places=2)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def test_100_a_day_500_a_week_and_2000_a_month_contradict_each_other_in_numbers():
    words = [each.words for each in conflicts(limits(100, 500, 2000))]
    assert words[0] == "$100 a day x 7 = $700 a week, more than the weekly limit of $500."
    assert (
        words[1] == "$500 a week x 52/12 = $2,167 a month, more than the monthly limit of $2,000."
    )
    assert len(words) == 3


def test_limits_that_agree_to_the_cent_are_no_conflict():
    assert conflicts(limits(10, 70, 400)) == ()
    assert len(conflicts(limits("10.01", 70, 400))) == 1


def test_the_monthly_limit_decides_and_says_how_long_the_daily_money_lasts():
    found = binding(limits(100, 500, 2000))
    assert found.span is Span.MONTH
    assert found.per_month == 2000
    assert "5 days of a week and 20 days of a month" in found.words


@given(day=amounts, week=amounts, month=amounts)
def test_keeping_the_deciding_limit_on_average_breaks_no_other(day, week, month):
    found = binding(limits(day, week, month))
    slack = Decimal("1e-9")
    assert found.per_day <= day + slack
    assert found.per_day * 365 / 52 <= week + slack
    assert found.per_month <= month + slack


def test_a_negative_limit_is_refused():
    with pytest.raises(UserError, match="negative"):
        limits(-1, None, None)


@given(today=days, span=st.sampled_from(list(Span)))
def test_every_day_lies_in_exactly_one_period_of_a_kind(today, span):
    period = term(span, today)
    assert period.first <= today <= period.last
    assert term(span, period.last + timedelta(days=1)).first == period.last + timedelta(days=1)
    assert {term(span, period.first), term(span, period.last)} == {period}


def test_the_forecast_is_spent_plus_burn_rate_times_days_left():
    paid = [Spending(day=date(2026, 11, d), amount=Decimal(60)) for d in (1, 5, 10)]
    paid += [Spending(day=date(2026, 10, 31), amount=Decimal(999))]
    seen = forecast(Span.MONTH, date(2026, 11, 10), paid)
    assert (seen.spent, seen.burn_per_day, seen.days_left) == (180, 18, 20)
    assert seen.expected == 180 + 18 * 20
    assert seen.used_up_on(Decimal(500)) == date(2026, 11, 28)
    assert seen.used_up_on(Decimal(541)) is None


def test_each_notice_comes_once_in_its_period_and_again_in_the_next():
    told: set[str] = set()

    def tell(today, amount):
        paid = [Spending(day=today, amount=Decimal(amount))]
        found = untold(crossed(forecast(Span.MONTH, today, paid), Decimal(100)), told)
        told.update(each.key for each in found)
        return [(each.level.value, each.is_forecast) for each in found]

    assert tell(date(2026, 11, 30), 79) == []
    assert tell(date(2026, 11, 30), 85) == [("warning", False)]
    assert tell(date(2026, 11, 30), 85) == []
    assert tell(date(2026, 11, 30), 101) == [("action", False), ("stop", False)]
    assert tell(date(2026, 12, 31), 80) == [("warning", False)]


def test_a_forecast_warns_before_the_money_is_spent():
    paid = [Spending(day=date(2026, 11, 10), amount=Decimal(40))]
    found = crossed(forecast(Span.MONTH, date(2026, 11, 10), paid), Decimal(100))
    assert all(each.is_forecast for each in found)
    assert [each.level.value for each in found] == ["warning", "action", "stop"]
    assert [each.level.value for each in standing(found)] == ["stop"]
    assert "2026-11-25" in found[-1].words
    assert "stops nothing" in found[-1].words


@given(spent=st.decimals(0, 1000, places=2), more=st.decimals(0, 1000, places=2))
def test_spending_more_never_takes_a_notice_away(spent, more):
    def keys(amount):
        paid = [Spending(day=date(2026, 11, 12), amount=amount)]
        return {
            e.key for e in crossed(forecast(Span.MONTH, date(2026, 11, 12), paid), Decimal(700))
        }

    assert keys(spent) <= keys(spent + more)
