"""Disks and commitments: laws that hold for every input."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.carbon import embodied_kg
from hwstudio.core.cost.commitment import UsageLine, commitment, plan_hour
from hwstudio.core.cost.finance import Investment, evaluate
from hwstudio.core.cost.storage import Disk, disk_bill

amount = st.floats(0, 1e6, allow_nan=False)


def test_a_terabyte_of_gp3_is_80_dollars_not_8_cents():
    assert disk_bill(Disk(size_gb=1000, per_gb_month="0.08")).total == 80
    assert disk_bill(Disk(size_gb=1024, per_gb_month="0.08")).total == Decimal("81.92")


@given(gb=amount, more=amount, price=st.floats(0, 10))
def test_a_bigger_disk_never_costs_less(gb, more, price):
    small = disk_bill(Disk(size_gb=gb, per_gb_month=price)).total
    assert disk_bill(Disk(size_gb=gb + more, per_gb_month=price)).total >= small


@given(iops=amount)
def test_included_iops_are_free(iops):
    bill = disk_bill(
        Disk(size_gb=0, per_gb_month=1, iops=iops, included_iops=3000, per_iops="0.005")
    )
    assert bill.total == max(Decimal(0), Decimal(str(iops)) - 3000) * Decimal("0.005")


def test_an_unused_commitment_is_billed_in_full():
    plan = commitment(3, 2, 0)
    assert plan.bill == 1460
    assert plan.saving == -1460
    assert plan.saving_pct is None
    assert plan.effective_per_used_hour is None


@given(hours=st.floats(0, 730))
def test_a_commitment_saves_exactly_above_its_break_even_hours(hours):
    plan = commitment("3.06", "2.45", hours)
    assert (plan.saving > 0) == (Decimal(str(hours)) > plan.break_even_hours)


def test_usage_above_a_plan_is_paid_on_demand():
    hour = plan_hour([UsageLine("gpu", 2, 4, 2)], 2)
    assert hour.hourly_bill == 6


@pytest.mark.parametrize("hours", [745, -1, float("inf")])
def test_a_month_has_at_most_744_hours(hours):
    with pytest.raises(UserError):
        commitment(3, 2, hours)


def test_net_present_value_discounts_by_month_and_never_pays_back_without_savings():
    answer = evaluate(
        Investment(purchase=1200, monthly_savings=[100] * 12, discount_rate=0.1, resale=0)
    )
    by_hand = -1200 + sum(100 / 1.1 ** (m / 12) for m in range(1, 13))
    assert float(answer.net_present_value) == pytest.approx(by_hand)
    assert answer.payback_month == 12
    assert evaluate(Investment(purchase=10, monthly_savings=[0, 0])).payback_month is None


def test_embodied_carbon_is_shared_over_the_life():
    assert embodied_kg(150, 1000, 10000) == 15
    with pytest.raises(UserError):
        embodied_kg(150, 20000, 10000)


def test_an_extra_without_a_price_is_refused_never_free():
    with pytest.raises(UserError, match="price per extra IOPS is missing"):
        disk_bill(Disk(size_gb=1, per_gb_month=1, iops=3001, included_iops=3000))
    with pytest.raises(UserError, match="price per extra MB/s is missing"):
        disk_bill(Disk(size_gb=1, per_gb_month=1, throughput_mb_s=1))
    assert disk_bill(Disk(size_gb=1, per_gb_month=1, iops=3000, included_iops=3000)).iops == 0
    assert disk_bill(Disk(size_gb=1, per_gb_month=1, iops=9, per_iops=0)).iops == 0
