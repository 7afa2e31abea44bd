"""The published guide's sums with their unit errors put right, to the cent."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hwstudio.core.cost.breakeven import MonthlyCase, monthly_rent
from hwstudio.core.cost.commitment import commitment
from hwstudio.core.cost.egress import Tier, egress
from hwstudio.core.cost.finance import Investment, evaluate, value_per_money
from hwstudio.core.cost.storage import Disk, disk_bill


def _month(hours, price, storage_tb, transfer_gb):
    rent = monthly_rent(
        MonthlyCase(net_hardware=0, rent_per_hour=price, own_per_hour=0, hours_per_month=hours)
    )
    disk = disk_bill(Disk(size_gb=storage_tb * 1000, per_gb_month="0.08")).total
    return rent + disk + egress(transfer_gb, (Tier(0, None, 0.09),)).total


@pytest.mark.parametrize(
    ("hours", "price", "storage_tb", "transfer_gb", "month", "year"),
    [
        (40, 3.06, 1, 100, "211.40", "2536.80"),
        (200, 12.24, 5, 500, "2893.00", "34716.00"),
        (500, 32.77, 20, 2000, "18165.00", "217980.00"),
    ],
)
def test_a_months_cloud_bill_counts_storage_per_gb(
    hours, price, storage_tb, transfer_gb, month, year
):
    bill = _month(hours, price, storage_tb, transfer_gb)
    assert bill == Decimal(month)
    assert bill * 12 == Decimal(year)


def test_a_one_year_plan_loses_money_at_500_hours():
    plan = commitment("3.06", "2.45", 500)
    assert plan.bill == Decimal("1788.50")
    assert plan.saving == Decimal("-258.50")
    assert int(plan.break_even_hours) == 584


def test_a_three_year_plan_saves_less_than_the_rate_suggests():
    plan = commitment("3.06", "1.84", 500)
    assert plan.bill == Decimal("1343.20")
    assert plan.saving == Decimal("186.80")
    assert round(plan.break_even_hours) == 439


def test_a_card_1_4_times_as_fast_for_1_25_times_the_price_is_1_12_times_the_value():
    assert value_per_money(1.40, Decimal(1500) / Decimal(1200)) == Decimal("1.12")


def test_return_on_investment_leaves_out_what_both_sides_pay():
    answer = evaluate(Investment(purchase=4000, monthly_savings=[2500] * 6))
    assert answer.net_present_value == 11000
    assert answer.roi == Decimal("2.75")
    assert answer.payback_month == 2
