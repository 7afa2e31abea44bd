"""When owning pays back: a number of hours, or plainly never."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.breakeven import MonthlyCase, break_even, monthly_rent, payback

money = st.floats(0, 1e6, allow_nan=False)
ratio = st.floats(0.01, 100)


def test_todays_price_of_the_same_machine_nearly_doubles_the_break_even():
    answer = break_even(833806, 55.04, 0.87)
    assert round(answer.hours) == 15392
    assert round(answer.months_730h, 1) == Decimal("21.1")


@pytest.mark.parametrize("rent", [0.2, 0.35])
def test_rent_no_higher_than_the_running_cost_never_pays_back(rent):
    answer = break_even(2000, rent, 0.35)
    assert answer.is_never
    assert (answer.hours, answer.months_730h, answer.months_720h) == (None, None, None)
    assert answer.words.startswith("Never")


def test_a_twice_as_fast_rental_doubles_the_hours_to_break_even_when_electricity_is_free():
    slow, fast = break_even(1000, 2, 0), break_even(1000, 2, 0, speed_ratio=2)
    assert fast.hours == 2 * slow.hours


@given(hardware=money, rent=money, run=money, k=ratio)
def test_a_break_even_is_never_negative_or_endless(hardware, rent, run, k):
    answer = break_even(hardware, rent, run, k)
    if answer.is_never:
        assert answer.hours is None
    else:
        assert answer.hours.is_finite()
        assert answer.hours >= 0


@given(hardware=money, rent=money, run=money, more=money)
def test_dearer_hardware_or_cheaper_rent_never_shortens_the_wait(hardware, rent, run, more):
    base, dearer = break_even(hardware, rent, run), break_even(hardware + more, rent, run)
    assert base.is_never == dearer.is_never
    if not base.is_never:
        assert dearer.hours >= base.hours
    cheaper = break_even(hardware, rent, run + more)
    assert cheaper.is_never or cheaper.hours >= base.hours


@given(rent=money, hours=st.floats(0, 730), more=money)
def test_renting_never_gets_cheaper_with_price_or_hours(rent, hours, more):
    def cost(price, busy):
        return monthly_rent(
            MonthlyCase(net_hardware=0, rent_per_hour=price, own_per_hour=0, hours_per_month=busy)
        )

    assert cost(rent + more, hours) >= cost(rent, hours)
    assert cost(rent, hours + more) >= cost(rent, hours)


def test_a_month_without_use_never_pays_back_and_says_so():
    answer = payback(
        MonthlyCase(net_hardware=900, rent_per_hour=1, own_per_hour=0.1, hours_per_month=0)
    )
    assert answer.months is None
    assert "without any use" in answer.words


def test_a_payback_beyond_the_life_is_said():
    answer = payback(
        MonthlyCase(
            net_hardware=6000,
            rent_per_hour=1,
            own_per_hour=0,
            hours_per_month=100,
            life_months=48,
        )
    )
    assert answer.months == 60
    assert answer.is_in_life is False
    assert "not within its life" in answer.words


@pytest.mark.parametrize(
    "bad",
    [(-1, 1, 1, 1), (1, float("nan"), 1, 1), (1, 1, float("inf"), 1), (1, 1, 1, 0), (1, 1, 1, -2)],
)
def test_a_number_that_means_nothing_is_refused_in_words(bad):
    with pytest.raises(UserError):
        break_even(*bad)


@pytest.mark.parametrize(
    ("hardware", "words"),
    [
        (1, "after 1 busy hour."),
        (2, "after 2 busy hours."),
        (0, "after 0 busy hours."),
        (0.4, "after less than one busy hour."),
        (5000, "after 5,000 busy hours."),
    ],
)
def test_busy_hours_are_counted_in_good_grammar(hardware, words):
    assert break_even(hardware, 1, 0).words == f"Owning pays back {words}"


@pytest.mark.parametrize("value", [Decimal("1e400"), 1e13, 10**13, Decimal("1e999999")])
def test_money_beyond_all_sense_is_refused(value):
    with pytest.raises(UserError, match="too large"):
        break_even(value, 1, 0)
