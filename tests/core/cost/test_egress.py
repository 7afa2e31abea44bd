"""Egress bills: cumulative tiers, continuous across every edge."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.egress import Tier, egress

AWS = (
    Tier(0, 10240, 0.09),
    Tier(10240, 51200, 0.085),
    Tier(51200, 153600, 0.07),
    Tier(153600, None, 0.05),
)
volume = st.floats(0, 1e6, allow_nan=False)


@pytest.mark.parametrize(
    ("gb", "total"),
    [
        (0, "0"),
        (10240, "921.60"),
        (51200, "4403.20"),
        (61440, "5120.00"),
        (153600, "11571.20"),
        (153601, "11571.25"),
    ],
)
def test_whole_tiers_are_billed_in_full(gb, total):
    assert egress(gb, AWS).total == Decimal(total)


@pytest.mark.parametrize("edge", [10240, 51200, 153600])
def test_a_gb_around_a_tier_edge_costs_one_of_its_two_prices(edge):
    before, at, after = (egress(edge + step, AWS).total for step in (-1, 0, 1))
    assert Decimal(0) < at - before <= Decimal("0.09")
    assert Decimal(0) < after - at <= at - before


@given(a=volume, b=volume)
def test_more_gb_never_cost_less(a, b):
    low, high = sorted((a, b))
    assert egress(low, AWS, 100).total <= egress(high, AWS, 100).total


@given(gb=volume, free=st.floats(0, 2e4))
def test_free_gb_only_help_and_the_average_stays_between_the_prices(gb, free):
    paid, helped = egress(gb, AWS), egress(gb, AWS, free)
    assert helped.total <= paid.total
    if paid.average_per_gb is not None:
        assert Decimal("0.05") <= paid.average_per_gb <= Decimal("0.09")


def test_the_free_gb_are_the_first_of_the_month():
    assert egress(100, AWS, 100).total == 0
    assert egress(110, AWS, 100).total == Decimal("0.90")


def test_tiers_may_start_where_the_free_gb_end():
    tiers = (Tier(10240, None, 0.025),)
    assert egress(10000, tiers, 10240).total == 0
    assert egress(10340, tiers, 10240).total == Decimal("2.500")


@pytest.mark.parametrize(
    ("tiers", "words"),
    [
        ((), "no egress tiers"),
        ((Tier(0, 10, 1), Tier(5, None, 1)), "overlap"),
        ((Tier(0, None, 1), Tier(5, None, 1)), "overlap"),
        ((Tier(0, 10, 1), Tier(20, None, 1)), "gap"),
        ((Tier(0, 10, 1),), "end too early"),
        ((Tier(0, 0, 1),), "above its start"),
        ((Tier(0, None, -1),), "negative"),
    ],
)
def test_tiers_that_cannot_be_billed_are_refused(tiers, words):
    with pytest.raises(UserError, match=words):
        egress(100, tiers)
