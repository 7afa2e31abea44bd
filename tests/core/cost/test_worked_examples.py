"""Published calculations, reproduced from their own inputs within their stated tolerance."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest

from hwstudio.core.cost.breakeven import break_even
from hwstudio.core.cost.carbon import job_energy_kwh, operational_kg
from hwstudio.core.cost.commitment import UsageLine, plan_hour
from hwstudio.core.cost.energy import electricity_per_hour, yearly_energy_kwh
from hwstudio.core.cost.storage import Disk, disk_bill

ROWS = {
    row["example_id"]: row
    for row in csv.DictReader(
        (Path(__file__).parent / "worked_examples.csv").read_text("utf-8").splitlines()
    )
}


def lenovo(given):
    answer = break_even(
        given["hardware_usd"], given["cloud_usd_per_hour"], given["local_usd_per_hour"]
    )
    return {
        "break_even_hours": answer.hours,
        "break_even_months_720h": answer.months_720h,
        "break_even_months_730h": answer.months_730h,
    }


def dettmers(given):
    kwh = yearly_energy_kwh(given["load_watts"], given["utilisation"])
    per_hour = electricity_per_hour(given["load_watts"], given["electricity_usd_per_kwh"])
    busy_per_day = Decimal(24) * Decimal(str(given["utilisation"]))
    cloud = Decimal(str(given["cloud_usd_per_hour"]))
    hours = break_even(given["hardware_usd"], cloud, per_hour).hours
    assert hours is not None
    return {
        "kwh_per_year": kwh,
        "electricity_usd_per_year": kwh * Decimal(str(given["electricity_usd_per_kwh"])),
        "cloud_usd_300_days": cloud * 300 * busy_per_day,
        "break_even_days_exact": hours / busy_per_day,
    }


def gp3(given):
    bill = disk_bill(
        Disk(
            size_gb=given["size_gb"],
            per_gb_month=given["usd_per_gb_month"],
            iops=given["iops"],
            included_iops=given["included_iops"],
            per_iops=given["usd_per_extra_iops_month"],
            throughput_mb_s=given["throughput_mb_s"],
            included_mb_s=given["included_mb_s"],
            per_mb_s=given["usd_per_extra_mb_s_month"],
        )
    )
    return {
        "storage_usd": bill.storage,
        "throughput_usd": bill.throughput,
        "iops_usd": bill.iops,
        "total_usd": bill.total,
    }


def savings_plan(given):
    lines = [
        UsageLine(line["name"], line["qty"], line["on_demand"], line["plan"])
        for line in given["lines"]
    ]
    hour = plan_hour(lines, given["commitment_usd_per_hour"])
    return {
        "plan_cost_of_usage_usd": hour.plan_cost_of_usage,
        "on_demand_cost_usd": hour.on_demand_cost,
        "hourly_bill_usd": hour.hourly_bill,
        "saving_pct": hour.saving_pct,
    }


def bloom(given):
    bare = job_energy_kwh(1, given["watts_per_gpu"], given["gpu_hours"])
    hall = job_energy_kwh(1, given["watts_per_gpu"], given["gpu_hours"], given["pue"])
    grid = given["gco2e_per_kwh"]
    return {
        "kwh_it": bare,
        "tco2e_it": operational_kg(bare, grid) / 1000,
        "kwh_facility": hall,
        "tco2e_facility": operational_kg(hall, grid) / 1000,
    }


WORK = {"P1": lenovo, "P2": dettmers, "P3": gp3, "P4": savings_plan, "P5": bloom}


@pytest.mark.parametrize("example", sorted(WORK))
def test_a_published_example_comes_out_as_published(example):
    row = ROWS[example]
    answer = WORK[example](json.loads(row["inputs"]))
    expected = json.loads(row["expected"])
    assert answer.keys() == expected.keys()
    for name, value in expected.items():
        assert float(answer[name]) == pytest.approx(value, rel=float(row["tolerance_rel"])), name


def test_every_public_example_is_reproduced():
    assert ROWS.keys() == WORK.keys()
