"""Sustained use, one project, used parts and the cost of one trained model."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.project import Project, project_cost
from hwstudio.core.cost.sustained import sustained_use
from hwstudio.core.cost.trained_model import Training, training_cost
from hwstudio.core.cost.used import Rival, UsedPart, compare_value, used_cost

hours = st.decimals(min_value=0, max_value=744, places=1)


@pytest.mark.parametrize(
    ("share", "discount"), [("0.25", "0"), ("0.5", "0.1"), ("0.75", "0.2"), ("1", "0.3")]
)
def test_each_quarter_of_the_month_is_cheaper_than_the_last(share, discount):
    assert sustained_use(1, 730 * Decimal(share)).discount == Decimal(discount)


def test_a_month_without_use_costs_nothing_and_has_no_discount():
    bill = sustained_use(2, 0)
    assert (bill.bill, bill.discount, bill.effective_per_hour) == (0, None, None)


@given(hours, hours)
def test_more_hours_never_cost_less(one, other):
    less, more = sorted((one, other))
    assert sustained_use("1.5", more).bill >= sustained_use("1.5", less).bill


def test_a_month_has_no_more_hours_than_a_long_month():
    with pytest.raises(UserError, match="744"):
        sustained_use(1, 745)


def test_a_trained_model_costs_its_hours_with_retries_and_what_is_stored_and_sent():
    # 1.2 M samples x 90 epochs at 2,500 a second are 12 h; a tenth more for evaluation.
    cost = training_cost(
        Training(per_hour=2, samples=1_200_000, epochs=90, samples_per_s=2500, extra_share="0.1",
                 storage=3, egress=1)
    )  # fmt: skip
    assert cost.hours == Decimal("13.2")
    assert cost.total == Decimal("30.4")


SMALL = Project(
    hours=40, purchase=2000, resale_share="0.3", life_months=36, hours_per_month=40, power_w=350,
    price_per_kwh="0.165", rent_per_hour="3.06", speed_ratio=Decimal(40) / 15,
)  # fmt: skip


@pytest.mark.parametrize(
    ("case", "an_hour", "electricity"),
    [
        (SMALL, "1.03", "2.31"),
        (replace(SMALL, hours=200, purchase=3000, hours_per_month=200, power_w=450), "0.37",
         "14.85"),
        (replace(SMALL, hours=1000, purchase=4000, hours_per_month=500, power_w=500), "0.24",
         "82.50"),
    ],
)  # fmt: skip
def test_a_useful_own_hour_of_the_three_projects(case, an_hour, electricity):
    cost = project_cost(case)
    assert round(cost.own_per_hour, 2) == Decimal(an_hour)
    assert cost.electricity == Decimal(electricity)


def test_the_small_project_costs_about_the_same_either_way():
    cost = project_cost(SMALL)
    assert (round(cost.own, 2), round(cost.rent, 2)) == (Decimal("41.20"), Decimal("45.90"))


def test_both_sides_of_a_project_do_the_same_work():
    slow, fast = (
        project_cost(SMALL),
        project_cost(replace(SMALL, speed_ratio=2 * SMALL.speed_ratio)),
    )
    assert abs(fast.rented_hours * 2 - slow.rented_hours) < Decimal("1e-20")


def test_the_reserve_counts_only_the_months_without_warranty():
    part = UsedPart(new_price=500, used_price=400, kept_months=24, failure_reserve="0.1")
    assert used_cost(part).saving == 60
    assert used_cost(replace(part, warranty_left_months=12)).saving == 80
    assert used_cost(replace(part, warranty_left_months=60)).saving == 100


def test_a_card_1_4_times_as_fast_for_1_25_times_the_cost():
    found = compare_value(Rival("RTX 3070", 1200, 100), Rival("RTX 3080", 1500, 140))
    assert found.value_per_money == Decimal("1.12")
