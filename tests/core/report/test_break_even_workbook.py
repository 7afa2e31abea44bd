"""The break-even lives on in the workbook: change price, hours or rent there, and it follows."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from hwstudio.core.assess.own_machine import own_gpu
from hwstudio.core.assess.own_or_rent import Question, Shapes, compare
from hwstudio.core.cost.cloud_data import CloudData, data_plan
from hwstudio.core.cost.sheets.model import Entry
from hwstudio.core.cost.sheets.shelf import sheet_of
from hwstudio.core.report.as_xlsx import xlsx
from hwstudio.core.report.cost_formulas import TITLE
from hwstudio.core.report.cost_report import OwnOrRent, cost_report
from tests.core.report.spreadsheet import Spreadsheet
from tests.core.report.test_cost_workbook import FULL, HALF_A_CENT, with_values, written

RENT = {
    **FULL, "rent_per_gpu_hour": "2.5", "speed_ratio": "1.3", "rent_stored_gb": "500",
    "rent_storage_per_gb_month": "0.08", "rent_out_gb_per_month": "300",
}  # fmt: skip
CHANGES = (
    {},
    {"purchase": "1500"},
    {"busy_hours_per_month": "600"},
    {"rent_per_gpu_hour": "0.02", "rent_stored_gb": "0"},
    {"rent_egress_per_gb": "0.09"},
    {"rent_stored_gb": "90000"},
)
SAME = ("break_even_months", "break_even_busy_hours", "owning_wins_above_hours_per_month")


def test_the_break_even_of_owning_follows_what_is_typed_in_the_workbook(tmp_path):
    sheet = sheet_of("tco")
    inputs = with_values(sheet, **RENT)
    _, sums = written(sheet, inputs, tmp_path)
    for change in CHANGES:
        for name, value in change.items():
            inputs[name] = Entry(Decimal(value))
            sums.enter_input(name, float(value))
        said = sheet.answer(inputs).document
        for name in SAME:
            if said[name] is None:
                assert sums.sum(name) == "never", (change, name)
            else:
                assert sums.sum(name) == pytest.approx(float(said[name])), (change, name)
        assert abs(sums.sum("rent_per_month") - float(said["rent_per_month"])) < HALF_A_CENT


def test_a_rent_left_out_is_not_counted_in_the_workbook(tmp_path):
    _, sums = written(sheet_of("tco"), with_values(sheet_of("tco")), tmp_path)
    assert sums.sum("break_even_months") == "not counted"


def test_data_in_the_cloud_no_longer_paid_are_savings_in_the_return(tmp_path):
    sheet = sheet_of("roi")
    plain = with_values(sheet, rent_avoided_per_month="40", discount_pct="5")
    data = {"rent_stored_gb": "500", "rent_storage_per_gb_month": "0.08", "hard_sure_pct": "50"}
    inputs = {**plain, **{name: Entry(Decimal(value)) for name, value in data.items()}}
    answer, sums = written(sheet, inputs, tmp_path)
    assert answer.document["hard_per_month"] == 40
    assert abs(sums.sum("hard_npv") - float(answer.document["hard"]["npv"])) < HALF_A_CENT
    asked = sheet.answer({**inputs, "rent_out_gb_per_month": Entry(Decimal(9))})
    row = next(row for row in asked.rows if row.cells[0].startswith("Data out"))
    assert row.cells[1] is None


@pytest.fixture(scope="module")
def asked(catalog):
    plan = data_plan(catalog.table("storage_price"), catalog.table("egress"))
    gpu = next(gpu for gpu in catalog.gpus() if gpu.id == "gpu-geforce-rtx-4090")
    question = Question(
        own=own_gpu(gpu, catalog.cards()), hours_per_month=200, price_per_kwh=0.2,
        data=plan.with_wanted(CloudData(stored_gb=400, out_gb_per_month=500)),
    )  # fmt: skip
    workload = catalog.workload("llm_qlora_8b")
    offers = [offer for offer in catalog.offers() if offer.provider == "aws"]
    answer = compare(question, Shapes(workload, catalog.gpus()), offers)
    return OwnOrRent(question, answer, workload, date(2026, 11, 28))


def test_the_report_of_own_or_rent_has_a_live_break_even(asked):
    sums = Spreadsheet(load_workbook(io.BytesIO(xlsx(cost_report(asked)))))
    months = float(asked.answer.payback.months)
    assert sums.value(TITLE, "B", 14) == pytest.approx(months)
    assert sums.value(TITLE, "B", 15) == pytest.approx(months * 200)
    sums.enter(TITLE, "B2", 2 * sums.value(TITLE, "B", 2))
    assert sums.value(TITLE, "B", 14) == pytest.approx(2 * months)
    sums.enter(TITLE, "B7", 0)
    sums.enter(TITLE, "B10", 0)
    assert sums.value(TITLE, "B", 14) == "never"
