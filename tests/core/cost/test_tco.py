"""The cost of owning: lines that add up, costs people forget, and laws that hold for any plan."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.depreciation import Curve, Decline, value_after, yearly_losses
from hwstudio.core.cost.financing import Loan, interest, monthly_payment
from hwstudio.core.cost.hourly import owned_per_useful_hour
from hwstudio.core.cost.ownership import Ownership, equivalent_annual_cost
from hwstudio.core.cost.owning_plan import OwningPlan
from hwstudio.core.cost.owning_years import average_year, years_of
from hwstudio.core.cost.tco import HIDDEN, tco
from hwstudio.core.cost.useful_hour import cost_curve, meeting_use, owned_use, utilisation_of

CENT = Decimal("0.01")
PLAN = OwningPlan(
    purchase=2000,
    life_months=48,
    resale_share="0.25",
    load_w=500,
    busy_hours_per_month=200,
    price_per_kwh="0.20",
    maintenance_per_year=120,
)
FULL = replace(
    PLAN,
    tax_share="0.1",
    setup=100,
    software_once=60,
    disposal=40,
    discount_rate="0.06",
    idle_w=80,
    idle_on_share="0.5",
    cooling_share="0.3",
    internet_per_month=50,
    internet_share="0.2",
    insurance_per_year=90,
    admin_hours_per_month=2,
    admin_per_hour=30,
    software_per_year=200,
    training_per_year=150,
    space_per_month=10,
    loan=Loan(financed_share="0.5", yearly_rate="0.08", months=36),
)


def line(plan, name):
    return next(one for one in tco(plan).lines if one.id == name)


def test_a_plan_checked_by_hand():
    # 2,000 - 500 resale over 4 years, 500 W x 200 h x 0.20 $ a month, 120 $ a year.
    answer = tco(PLAN)
    assert answer.total == 2000 - 500 + 48 * 20 + 480
    assert answer.equivalent_annual_cost == Decimal(2940) / 4
    assert answer.per_useful_gpu_hour == Decimal(735) / 2400


def test_every_cost_people_forget_is_a_line_and_says_when_it_is_not_counted():
    bare = tco(OwningPlan(purchase=1000, life_months=36))
    assert [name for name, _ in bare.hidden()] == list(HIDDEN)
    assert all(total is None for _, total in bare.hidden())
    assert all(total is not None for _, total in tco(FULL).hidden())


def test_a_cost_left_out_is_not_a_cost_of_zero():
    assert line(PLAN, "insurance").total is None
    assert line(replace(PLAN, insurance_per_year=0), "insurance").total == 0


def test_others_on_the_same_line_pay_their_share_of_the_internet():
    shared = replace(PLAN, internet_per_month=60, internet_share="0.25")
    assert line(shared, "internet").total == 48 * 15


@pytest.mark.parametrize("curve", [Curve.STRAIGHT, Curve.DECLINING, Curve.US_TABLE])
def test_lines_years_and_yearly_cost_say_the_same(curve):
    plan = replace(FULL, curve=curve, life_months=42)
    answer = tco(plan)
    assert abs(sum(one.total for one in answer.lines if one.is_counted) - answer.total) < CENT
    assert abs(sum(year.total for year in years_of(plan, answer)) - answer.total) < CENT
    assert abs(average_year(answer, 42) - answer.equivalent_annual_cost) < CENT


def test_the_yearly_cost_is_the_textbook_annuity():
    plan = replace(FULL, loan=Loan(), disposal=None)
    answer = tco(plan)
    books = equivalent_annual_cost(
        Ownership(
            purchase=plan.paid + 160,
            resale=plan.resale,
            life_years=4,
            discount_rate="0.06",
            fixed_per_year=answer.running_per_year,
        )
    )
    assert abs(answer.equivalent_annual_cost - books) < Decimal("1e-15")


def test_without_a_rate_nothing_is_discounted():
    answer = tco(replace(PLAN, discount_rate=0))
    assert answer.present_value == answer.total == answer.cash
    assert line(replace(PLAN, discount_rate=0), "opportunity").total == 0


def test_a_loan_without_interest_costs_nothing_and_one_with_it_does():
    free = Loan(financed_share=1, yearly_rate=0, months=10)
    assert monthly_payment(free, Decimal(1000)) == 100
    assert interest(free, Decimal(1000)) == 0
    # 1,000 over 12 months at 12 % a year: 88.85 a month in any loan table.
    assert round(monthly_payment(Loan(financed_share=1, yearly_rate="0.12", months=12),
                                 Decimal(1000)), 2) == Decimal("88.85")  # fmt: skip


def test_a_loan_longer_than_the_life_is_refused():
    with pytest.raises(UserError, match="longer than the hardware is kept"):
        replace(PLAN, loan=Loan(financed_share=1, months=60))


def test_no_use_has_no_cost_per_useful_hour():
    assert tco(replace(PLAN, busy_hours_per_month=0)).per_useful_gpu_hour is None
    assert cost_curve(PLAN, (0,)) == (None,)


def test_use_day_and_night_is_allowed_and_more_is_not():
    assert tco(replace(PLAN, busy_hours_per_month=730)).per_useful_gpu_hour is not None
    with pytest.raises(UserError, match="730 hours"):
        replace(PLAN, busy_hours_per_month=731)


def test_the_curve_at_the_plans_own_use_is_the_plans_own_cost():
    at_use = owned_per_useful_hour(
        replace(owned_use(FULL, 0), utilisation=utilisation_of(FULL))
    )  # fmt: skip
    assert abs(at_use - tco(FULL).per_useful_gpu_hour) < Decimal("1e-15")


def test_where_owning_meets_a_rent_both_cost_the_same():
    use = meeting_use(FULL, 3, speed_ratio=Decimal("1.5"))
    assert 0 < use < 1
    assert abs(cost_curve(FULL, (use,))[0] - 2) < Decimal("1e-12")


def test_a_rent_below_the_electricity_is_never_met():
    assert meeting_use(PLAN, "0.05") is None


def test_a_used_price_bends_the_curve_through_itself():
    case = Decline(
        purchase=1000, life_years=4, curve=Curve.USED_PRICE, used_price=640, used_age_years=2
    )
    assert abs(value_after(case, 2) - 640) < CENT
    assert abs(value_after(case, 4) - Decimal("409.60")) < CENT


def test_the_us_table_writes_off_all_in_six_years_and_the_sale_comes_back_in_the_last():
    case = Decline(purchase=1000, life_years=6, curve=Curve.US_TABLE, resale=100)
    losses = yearly_losses(case, 72)
    assert [round(loss, 1) for loss in losses[:5]] == [200, 320, 192, Decimal("115.2"),
                                                      Decimal("115.2")]  # fmt: skip
    assert sum(losses) == 900


money = st.decimals(min_value=0, max_value=100_000, places=2)
RISING = st.sampled_from(
    ["purchase", "price_per_kwh", "load_w", "maintenance_per_year", "cooling_share", "setup",
     "training_per_year", "tax_share", "discount_rate", "space_per_month", "disposal"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(name=RISING, more=st.decimals(min_value=0, max_value=3, places=3), months=st.integers(1, 90))
def test_cost_never_falls_when_any_price_rate_or_power_rises(name, more, months):
    plan = replace(FULL, life_months=months, loan=Loan())
    dearer = replace(plan, **{name: Decimal(str(getattr(plan, name))) + more})
    assert tco(dearer).total >= tco(plan).total - Decimal("1e-12")
    assert tco(dearer).equivalent_annual_cost >= tco(plan).equivalent_annual_cost - Decimal("1e-12")


@settings(max_examples=40, deadline=None)
@given(
    less=st.decimals(min_value=0, max_value=730, places=1),
    more=st.decimals(min_value=0, max_value=730, places=1),
)
def test_more_busy_hours_never_cost_less_in_all_nor_more_by_the_hour(less, more):
    less, more = sorted((less, more))
    low, high = (tco(replace(FULL, busy_hours_per_month=hours)) for hours in (less, more))
    assert high.total >= low.total
    if less > 0:
        assert high.per_useful_gpu_hour <= low.per_useful_gpu_hour


@settings(max_examples=40, deadline=None)
@given(
    price=money, share=st.decimals(min_value=0, max_value=1, places=2), months=st.integers(1, 96)
)
def test_the_loss_in_value_is_price_less_resale_on_every_curve(price, share, months):
    for curve in (Curve.STRAIGHT, Curve.DECLINING, Curve.US_TABLE):
        case = Decline(purchase=price, life_years=Decimal(months) / 12, curve=curve,
                       resale=price * share)  # fmt: skip
        assert abs(sum(yearly_losses(case, months)) - price * (1 - share)) < Decimal("1e-9")
