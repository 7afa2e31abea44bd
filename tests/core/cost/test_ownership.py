"""What owning costs a year and an hour."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.energy import electricity_per_hour, energy_kwh
from hwstudio.core.cost.hourly import OwnedUse, owned_per_useful_hour, rented_per_useful_hour
from hwstudio.core.cost.ownership import (
    Ownership,
    declining_value,
    equivalent_annual_cost,
    straight_line_value,
    us_five_year_value,
)


def test_without_discounting_the_yearly_cost_is_the_loss_over_the_life():
    own = Ownership(purchase=2000, resale=600, life_years=4, fixed_per_year=50)
    assert equivalent_annual_cost(own) == 400


def test_with_discounting_the_yearly_cost_is_the_annuity():
    cost = equivalent_annual_cost(Ownership(purchase=1000, life_years=2, discount_rate=0.1))
    # 1000 * 0.1 / (1 - 1.1^-2), a textbook annuity
    assert round(cost, 2) == Decimal("576.19")


@given(rate=st.floats(0.0001, 0.5), life=st.floats(0.5, 15))
def test_a_discount_rate_only_makes_owning_dearer(rate, life):
    plain = equivalent_annual_cost(Ownership(purchase=1000, life_years=life))
    dear = equivalent_annual_cost(Ownership(purchase=1000, life_years=life, discount_rate=rate))
    assert dear > plain


def test_the_corrected_small_project_costs_about_a_dollar_an_hour():
    # 2,000 USD over 36 months of 40 h, 30 % resale, 0.35 kW at 0.165 USD per kWh
    own = Ownership(purchase=2000, resale=600, life_years=3)
    use = OwnedUse(
        annual_cost=equivalent_annual_cost(own),
        busy_per_hour=electricity_per_hour(350, 0.165),
        utilisation=Decimal(480) / Decimal(8760),
    )
    assert round(owned_per_useful_hour(use), 2) == Decimal("1.03")


def test_no_use_has_no_price_per_useful_hour():
    use = OwnedUse(annual_cost=100, busy_per_hour=0.1, utilisation=0)
    assert owned_per_useful_hour(use) is None
    assert rented_per_useful_hour(2, 0) is None


def test_full_use_costs_the_hour_plus_its_share_of_the_year():
    use = OwnedUse(annual_cost=8760, busy_per_hour=0.25, utilisation=1, idle_per_hour=9)
    assert owned_per_useful_hour(use) == Decimal("1.25")
    assert rented_per_useful_hour(2, 1) == 2


@given(low=st.floats(0.01, 1), high=st.floats(0.01, 1))
def test_a_busier_machine_is_never_dearer_per_hour(low, high):
    low, high = sorted((low, high))

    def cost(share):
        return owned_per_useful_hour(
            OwnedUse(annual_cost=500, busy_per_hour=0.1, utilisation=share, idle_per_hour=0.02)
        )

    assert cost(high) <= cost(low) + Decimal("1e-20")


@given(tariff=st.floats(0, 5), more=st.floats(0, 5), power=st.floats(0, 1e5))
def test_a_higher_tariff_never_lowers_the_bill(tariff, more, power):
    assert electricity_per_hour(power, tariff + more) >= electricity_per_hour(power, tariff)


def test_value_falls_by_27_6_per_cent_a_year():
    assert round(declining_value(1000, 1)) == 724
    assert straight_line_value(1000, 200, 4, 2) == 600
    assert straight_line_value(1000, 200, 4, 9) == 200


def test_the_us_table_writes_everything_off_in_six_years():
    assert us_five_year_value(1000, 0) == 1000
    assert us_five_year_value(1000, 1) == 800
    assert us_five_year_value(1000, 6) == 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: equivalent_annual_cost(Ownership(purchase=100, resale=101)), "above the purchase"),
        (lambda: equivalent_annual_cost(Ownership(purchase=100, life_years=0)), "above zero"),
        (lambda: rented_per_useful_hour(1, 65), "0.65"),
        (lambda: energy_kwh(100, 1, 0.9), "below 1"),
        (lambda: energy_kwh(-1, 1), "negative"),
        (lambda: energy_kwh(float("nan"), 1), "not a number"),
    ],
)
def test_nonsense_is_refused_in_words(call, words):
    with pytest.raises(UserError, match=words):
        call()
