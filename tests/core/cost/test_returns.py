"""Return on hardware: rates against another way of finding them, benefits apart, plain "never"."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hwstudio.core.cost.benefit import Benefit, RoiCase, roi, time_saved_per_month
from hwstudio.core.cost.finance import Investment, evaluate
from hwstudio.core.cost.rate_of_return import internal_rate


def test_a_bond_returns_its_coupon():
    # 1,000 paid, 10 % after each of three years, then the 1,000 back.
    flows = [0] * 37
    flows[0], flows[12], flows[24], flows[36] = -1000, 100, 100, 1100
    assert internal_rate(flows) == pytest.approx(0.10, abs=1e-12)


def test_money_that_only_partly_comes_back_has_a_negative_rate():
    assert internal_rate([-1000] + [0] * 11 + [500]) == pytest.approx(-0.5, abs=1e-12)


@pytest.mark.parametrize("flows", [[-100, 0, 0], [100, 50], [0, 0], []])
def test_no_rate_where_money_only_goes_one_way(flows):
    assert internal_rate(flows) is None


def test_two_possible_rates_are_no_answer():
    flows = [0] * 25
    flows[0], flows[12], flows[24] = -1000, 2500, -1540
    assert internal_rate(flows) is None


@settings(max_examples=60, deadline=None)
@given(
    saved=st.integers(1, 500), months=st.integers(2, 60), resale=st.integers(0, 900)
)  # fmt: skip
def test_the_rate_is_the_root_of_the_polynomial(saved, months, resale):
    flows = [-1000.0] + [float(saved)] * months
    flows[-1] += resale
    assume(sum(flows) != 0)
    found = internal_rate(flows)
    roots = np.roots(flows)  # the growth of a month, by eigenvalues
    real = [root.real for root in roots if abs(root.imag) < 1e-9 and root.real > 0]
    assert len(real) == 1
    assert found == pytest.approx(real[0] ** 12 - 1, rel=1e-6, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(saved=st.integers(1, 400), months=st.integers(1, 60))
def test_at_its_own_rate_an_investment_is_worth_nothing(saved, months):
    rate = internal_rate([-1000] + [saved] * months)
    assume(rate >= 0)
    again = evaluate(
        Investment(purchase=1000, monthly_savings=[saved] * months, discount_rate=rate)
    )
    assert abs(again.net_present_value) < Decimal("0.01")


def test_saved_time_is_worth_something_only_where_it_is_used():
    assert time_saved_per_month(3, 40) == 3 * 40 * 52 / Decimal(12)
    assert time_saved_per_month(3, 40, "0.5") == time_saved_per_month(3, 40) / 2


def case(**more):
    return RoiCase(
        cost=4000,
        life_months=6,
        benefits=(Benefit("rent", Decimal(2500), True), Benefit("ideas", Decimal(500), False)),
        **more,
    )


def test_the_vision_project_returns_275_per_cent_and_development_time_cancels():
    answer = roi(case(common=(("Development time", 60000),)))
    assert answer.hard.net_present_value == 11000
    assert answer.hard.roi == Decimal("2.75")
    assert answer.hard.payback_month == 2
    assert answer.cancelling == 60000
    assert roi(case()).hard == answer.hard


def test_soft_benefits_never_touch_the_hard_figures():
    answer = roi(case())
    assert answer.all.net_present_value == answer.hard.net_present_value + 6 * 500


@pytest.mark.parametrize("saved", [0, -50])
def test_no_saving_does_not_pay_back(saved):
    answer = evaluate(Investment(purchase=1000, monthly_savings=[saved] * 24))
    assert answer.payback_month is None
    assert answer.internal_rate is None
    assert answer.net_present_value < 0
