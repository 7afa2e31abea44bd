"""Data in the cloud beside the rented hours: lines, tiers, what is not counted."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.cloud_data import NO_BILL, CloudData, DataPlan
from hwstudio.core.cost.data_price import DiskPrice, EgressPrice
from hwstudio.core.cost.egress import Tier
from hwstudio.core.cost.options import Work, job_cost, month_cost
from tests.core.cost.test_options import rental, speed

PRICES = DataPlan(
    disks={
        "aws": DiskPrice("aws", "gp3", Decimal("0.08"), "2024-07-01"),
        "azure": DiskPrice("azure", "E30", Decimal("0.075"), "2024-07-01", Decimal(1024)),
    },
    egress={
        "aws": EgressPrice(
            "aws",
            (Tier(0, 10240, Decimal("0.09")), Tier(10240, None, Decimal("0.085"))),
            Decimal(100),
            "2024-09-25",
        )
    },
)


def month(provider="aws", part=1.0, **wanted):
    return PRICES.with_wanted(CloudData(**wanted)).month(provider, part)


def test_a_month_has_a_line_for_storage_and_one_for_data_out():
    found = month(stored_gb=500, out_gb_per_month=200)
    assert (found.storage.cost, found.egress.cost) == (Decimal("40.00"), Decimal("9.00"))
    assert found.total == Decimal("49.00")
    assert "gp3" in found.storage.says


def test_data_kept_half_the_year_cost_half():
    assert month(stored_gb=500, months_a_year=6).total == Decimal("20.00")


def test_a_price_nobody_knows_is_not_counted_and_said_so():
    found = month("elsewhere", stored_gb=500, out_gb_per_month=200)
    assert [line.cost for line in found.lines] == [None, None]
    assert found.total == 0
    assert "not counted" in found.words


def test_a_typed_price_stands_where_none_is_known():
    found = month("elsewhere", stored_gb=100, storage_per_gb_month=0.2, out_gb_per_month=10)
    assert found.storage.cost == Decimal("20.0")
    assert found.egress.cost is None


def test_whole_disks_are_billed_where_only_those_are_sold():
    assert month("azure", stored_gb=1025).storage.cost == Decimal("153.600")


def test_the_rented_part_of_the_work_sends_out_its_part_but_all_data_lie_there():
    found = month(part=0.5, stored_gb=500, out_gb_per_month=400)
    assert (found.storage.cost, found.egress.cost) == (Decimal("40.00"), Decimal("9.00"))


def test_without_data_there_are_no_lines():
    assert month() == month(stored_gb=9, months_a_year=0) == NO_BILL


def test_a_year_has_no_more_than_twelve_months():
    with pytest.raises(UserError, match="12"):
        month(stored_gb=1, months_a_year=13)


@given(st.floats(0, 1e5), st.floats(0, 1e5), st.floats(0, 1e4))
def test_more_data_never_cost_less(stored, out, more):
    less = month(stored_gb=stored, out_gb_per_month=out).total
    assert month(stored_gb=stored + more, out_gb_per_month=out).total >= less
    assert month(stored_gb=stored, out_gb_per_month=out + more).total >= less


def test_a_month_and_its_jobs_carry_the_data():
    bare = Work(100, 3.6e6, speed(10))
    rented = rental()
    offer = replace(rented.offer, provider="aws")
    rented = replace(rented, offer=offer)
    plan = PRICES.with_wanted(CloudData(stored_gb=500))
    work = replace(bare, data=plan)
    assert month_cost(rented, work) - month_cost(rented, bare) == Decimal("40.00")
    assert job_cost(rented, work) > job_cost(rented, bare)
