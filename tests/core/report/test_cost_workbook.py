"""A second opinion: the workbook's own formulas come to the same cent as the sheets."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.breakeven import break_even
from hwstudio.core.cost.sheets.model import Entry, begin
from hwstudio.core.cost.sheets.shelf import SHEETS, sheet_of
from hwstudio.core.report.cost_workbook import write_cost_workbook
from tests.core.report.spreadsheet import Spreadsheet

HALF_A_CENT = 0.005
CHOICES = ("curve", "soft_counted")


def written(sheet, inputs, folder):
    """Write a sheet and return its answer and the spreadsheet read back."""
    answer = sheet.answer(inputs)
    file = folder / "sheet.xlsx"
    write_cost_workbook(sheet, inputs, answer, file)
    return answer, Spreadsheet(load_workbook(file))


def with_values(sheet, **values):
    inputs = begin(sheet)
    for name, value in values.items():
        is_amount = value is not None and name not in CHOICES
        inputs[name] = Entry(Decimal(value) if is_amount else value)
    return inputs


FULL = {
    "purchase": "3199.99", "tax_pct": "8.1", "life_years": "3.5", "setup": "120",
    "software_once": "75.5", "disposal": "40", "discount_pct": "6.25", "loan_pct": "40",
    "loan_rate_pct": "9", "loan_months": "24", "load_w": "612", "idle_w": "88",
    "idle_on_pct": "35", "busy_hours_per_month": "211", "price_per_kwh": "0.2449",
    "cooling_pct": "22", "internet_per_month": "49.9", "internet_share_pct": "25",
    "maintenance_per_year": "133", "insurance_per_year": "61", "admin_hours_per_month": "1.5",
    "admin_per_hour": "42", "software_per_year": "199", "training_per_year": "80",
    "space_per_month": "7", "gpu_count": "2",
}  # fmt: skip


@pytest.mark.parametrize(
    "values",
    [
        {},
        FULL,
        {**FULL, "discount_pct": "0"},
        {**FULL, "discount_pct": None, "loan_pct": "0"},
        {**FULL, "resale_pct": "15"},
        {**FULL, "curve": "used_price", "used_price": "1700", "used_age_years": "1.5"},
        {**FULL, "price_per_kwh": None, "cooling_pct": None},
    ],
)
def test_the_cost_of_owning_agrees_to_the_cent(values, tmp_path):
    answer, sums = written(sheet_of("tco"), with_values(sheet_of("tco"), **values), tmp_path)
    said = answer.document
    for name in ("total", "equivalent_annual_cost", "present_value"):
        assert abs(sums.sum(name) - float(said[name])) < HALF_A_CENT, name
    assert sums.sum("per_useful_gpu_hour") == pytest.approx(float(said["per_useful_gpu_hour"]))
    for line in said["lines"]:
        assert abs(sums.sum(f"line_{line['id']}") - float(line["total"] or 0)) < HALF_A_CENT


def test_the_months_of_the_workbook_add_up_to_its_present_value(tmp_path):
    answer, sums = written(sheet_of("tco"), with_values(sheet_of("tco"), **FULL), tmp_path)
    months = range(2, 2 + answer.document["life_months"] + 1)
    worth = sum(sums.value("Months", "F", row) for row in months)
    cash = sum(sums.value("Months", "E", row) for row in months)
    assert abs(worth - float(answer.document["present_value"])) < HALF_A_CENT
    assert abs(cash - float(answer.document["cash_total"])) < HALF_A_CENT


@settings(max_examples=25, deadline=None)
@given(
    price=st.integers(1, 90_000),
    life=st.integers(1, 40),
    rate=st.integers(0, 40),
    resale=st.integers(0, 100),
)
def test_any_plan_has_the_same_yearly_cost_in_the_workbook(tmp_path, price, life, rate, resale):
    values = with_values(
        sheet_of("tco"), purchase=price, life_years=Decimal(life) / 4, discount_pct=rate,
        resale_pct=resale,
    )  # fmt: skip
    answer, sums = written(sheet_of("tco"), values, tmp_path)
    yearly = float(answer.document["equivalent_annual_cost"])
    assert abs(sums.sum("equivalent_annual_cost") - yearly) < HALF_A_CENT


@pytest.mark.parametrize(
    "values",
    [
        {"rent_avoided_per_month": "150", "running_per_month": "12", "discount_pct": "7",
         "resale": "500", "hours_per_week": "2", "soft_sure_pct": "60", "hard_sure_pct": "90"},
        {"rent_avoided_per_month": "40", "life_months": "24", "soft_counted": "no",
         "innovation_per_month": "500"},
    ],
)  # fmt: skip
def test_return_and_present_value_agree_to_the_cent(values, tmp_path):
    answer, sums = written(sheet_of("roi"), with_values(sheet_of("roi"), **values), tmp_path)
    for ours, theirs in (("hard", "hard"), ("with_soft", "all")):
        said = answer.document[ours]
        assert abs(sums.sum(f"{theirs}_npv") - float(said["npv"])) < HALF_A_CENT
        assert sums.sum(f"{theirs}_irr") == pytest.approx(said["irr"], abs=1e-9)
        assert sums.sum(f"{theirs}_roi") == pytest.approx(float(said["roi"]))
        paid = [n for n in range(answer.months.count + 1)
                if sums.value("Months", "DE"[theirs == "all"], 2 + n) >= 0]  # fmt: skip
        assert (paid[0] if paid else None) == said["payback_months"]


def presets():
    return [(sheet.id, preset.id) for sheet in SHEETS for preset in sheet.presets]


SAME = {
    "project": (("own", "own"), ("rent", "rent"), ("own_per_hour", "own_per_useful_hour")),
    "cloud-bill": (("month", "month"), ("year", "year")),
    "parts": (("value_per_money", "value_per_money"),),
    "tco": (("total", "total"),),
    "roi": (("hard_npv", None),),
}


@pytest.mark.parametrize(("sheet_id", "preset_id"), presets())
def test_every_example_agrees_with_its_workbook(sheet_id, preset_id, tmp_path):
    sheet = sheet_of(sheet_id)
    preset = next(one for one in sheet.presets if one.id == preset_id)
    answer, sums = written(sheet, begin(sheet, preset), tmp_path)
    for theirs, ours in SAME[sheet_id]:
        said = answer.document["hard"]["npv"] if ours is None else answer.document[ours]
        assert abs(sums.sum(theirs) - float(said)) < HALF_A_CENT


def test_break_even_agrees_with_the_crossing_of_two_cumulative_costs():
    # Written the other way round: the hour at which both have cost the same.
    hours = float(break_even(833806, "98.32", "0.87").hours)
    assert abs(833806 + hours * 0.87 - hours * 98.32) < HALF_A_CENT


def test_text_in_a_workbook_never_runs(tmp_path):
    sheet = sheet_of("tco")
    inputs = begin(sheet)
    inputs["purchase"] = Entry(Decimal(1), says="=1+1")
    file = tmp_path / "sheet.xlsx"
    write_cost_workbook(sheet, inputs, sheet.answer(inputs), file)
    cell = load_workbook(file)["Inputs"]["D2"]
    assert cell.data_type == "s"
    assert cell.value == "'=1+1"


def test_only_a_workbook_name_is_taken(tmp_path):
    sheet = sheet_of("tco")
    inputs = begin(sheet)
    with pytest.raises(UserError, match=r"\.xlsx"):
        write_cost_workbook(sheet, inputs, sheet.answer(inputs), tmp_path / "sheet.ods")
