"""Published calculations run by the name of their formula, under the names people use."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.examples.run import FORMULAS, run_example

ROWS = tuple(
    csv.DictReader((Path(__file__).parent / "worked_examples.csv").read_text("utf-8").splitlines())
)
TIERS = [[0, 10240, 0.09], [10240, 51200, 0.085], [51200, None, 0.07]]


@pytest.mark.parametrize("row", ROWS, ids=[row["example_id"] for row in ROWS])
def test_every_published_figure_comes_out_under_its_own_name(row):
    found = run_example(row["formula"], json.loads(row["inputs"]))
    for name, value in json.loads(row["expected"]).items():
        assert float(found[name]) == pytest.approx(value, rel=float(row["tolerance_rel"])), name


@pytest.mark.parametrize(
    ("formula", "inputs", "name", "value"),
    [
        ("F1", {"capex_usd": 1000, "resale_pct": 20, "life_months": 48, "opex_usd_per_year": 10},
         "eac_usd_per_year", 210),
        ("F1", {"purchase_usd": 1000, "life_years": 2, "discount_rate_pct": 10},
         "eac_usd", 576.190476),
        ("F2", {"power_kw": 0.5, "hours": 100, "pue": 1.2, "usd_per_kwh": 0.2},
         "electricity_usd", 12),
        ("F3", {"gpu_usd_per_hour": 2, "storage_usd_per_hour": 0.1, "utilization_pct": 50},
         "usd_per_useful_hour", 4.2),
        ("F5", {"tb": 1, "mbit_s": 1000}, "transfer_hours", 1024 * 8 / 3600),
        ("F6", {"mtbi_hours": 6, "checkpoint_min": 1, "machines": 4}, "interval_s",
         (2 * 5400 * 60) ** 0.5),
        ("F7", {"on_demand": 3.06, "committed": 2.45, "hours": 500}, "bill_usd", 1788.5),
        ("F7", {"on_demand_usd_per_hour": 1, "saving_pct": 37}, "break_even_use_pct", 63),
        ("F8", {"usd_per_hour": 1, "hours": 730}, "discount_pct", 30),
        ("F9", {"gb": 61440, "tiers": TIERS}, "total_usd", 5120),
        ("F9", {"egress_tb": 60, "tiers": [{"to_gb": 10240, "usd_per_gb": 0.09},
                                           {"usd_per_gb": 0.05}]}, "total_usd", 3481.6),
        ("F10", {"size_gb": 1000, "usd_per_gb_month": 0.08, "hours": 365}, "total_usd", 40),
        ("F11", {"price_usd": 1000, "age_years": 1, "method": "declining"}, "value_usd", 724.436),
        ("F12", {"investment_usd": 4000, "savings_usd_per_month": 2500, "months": 6},
         "roi_pct", 275),
        ("F13", {"gpus": 8, "power_w": 700, "hours": 100, "pue": 1.1, "g_per_kwh": 400},
         "kgco2e", 246.4),
        ("F14", {"usd_per_hour": 2, "samples": 3600, "epochs": 10, "samples_per_s": 1},
         "total_usd", 20),
    ],
)  # fmt: skip
def test_a_formula_answers_by_name(formula, inputs, name, value):
    assert float(run_example(formula, inputs)[name]) == pytest.approx(value, rel=1e-6)


def test_renting_below_the_electricity_is_never_and_has_no_hours():
    inputs = {"hardware_usd": 1000, "cloud_usd_per_hour": 0.05, "local_usd_per_hour": 0.08}
    found = run_example("F4", inputs)
    assert found["never"] is True
    assert found["break_even_hours"] is None


def test_a_missing_input_is_named():
    with pytest.raises(UserError, match="samples_per_s"):
        run_example("F14", {"usd_per_hour": 1, "samples": 10})


@pytest.mark.parametrize("formula", ["", "F99", "break-even"])
def test_an_unknown_formula_names_those_there_are(formula):
    with pytest.raises(UserError, match="F14"):
        run_example(formula, {})


@pytest.mark.parametrize("formula", sorted(FORMULAS))
@pytest.mark.parametrize("value", ["x", [1], True, float("nan")])
def test_what_is_no_number_is_refused_in_words(formula, value):
    names = ("hardware_usd", "power_w", "utilisation", "gb", "mtbi_s", "on_demand", "size_gb",
             "samples", "hours", "usd_per_hour", "cloud_usd_per_hour", "usd_per_kwh")  # fmt: skip
    with pytest.raises(UserError):
        run_example(formula, dict.fromkeys(names, value))
