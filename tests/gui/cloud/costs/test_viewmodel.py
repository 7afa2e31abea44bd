"""The page "Cost of owning" without its window: beginnings, what is typed, what is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from hwstudio.core.cost.sheets.model import START, TYPED
from hwstudio.core.model.provider_names import provider_name
from hwstudio.gui.cloud.costs.viewmodel import CostsViewModel
from hwstudio.gui.cloud.view import stock_of
from hwstudio.gui.cloud.viewmodel import CloudViewModel


@pytest.fixture
def model(qapp, home):
    made = CostsViewModel(home.cost_inputs_file, "a source")
    yield made
    made.deleteLater()


@pytest.fixture
def cloud(qapp, context):
    made = CloudViewModel(replace(stock_of(context), predictors=None))
    yield made
    made.deleteLater()


def test_it_begins_with_the_hardware_use_and_offer_of_the_first_page(model, cloud):
    assert model.state.inputs["purchase"].says == START
    model.follow(cloud.state)
    inputs = model.state.inputs
    assert inputs["purchase"].value == round(Decimal(str(cloud.state.own.price.typical)))
    assert cloud.state.own.name in inputs["purchase"].says
    assert inputs["busy_hours_per_month"].value == 120
    assert inputs["price_per_kwh"].says == "a source"
    provider = provider_name(cloud.state.answer.reference.offer.provider)
    assert provider in inputs["rent_per_gpu_hour"].says


def test_what_is_typed_stays_when_the_first_page_changes(model, cloud):
    model.set_value("busy_hours_per_month", Decimal(33))
    model.follow(cloud.state)
    assert model.state.inputs["busy_hours_per_month"].value == 33
    assert model.state.inputs["busy_hours_per_month"].says == TYPED


def test_an_example_leaves_the_own_hardware_out(model, cloud):
    model.follow(cloud.state)
    model.choose_preset("budget")
    assert model.state.inputs["purchase"].value == 2000
    assert (model.state.inputs["purchase"].low, model.state.inputs["purchase"].high) == (1500, 2500)
    assert model.state.inputs["rent_per_gpu_hour"].value is None


def test_unticking_a_cost_leaves_it_out_of_the_sum_and_says_so(model):
    model.set_value("insurance_per_year", Decimal(100))
    with_it = model.state.answer.document["total"]
    model.set_value("insurance_per_year", None)
    assert model.state.answer.document["total"] == with_it - 400
    row = next(r for r in model.state.answer.rows if r.cells[0] == "Insurance and security")
    assert row.cells[1] is None
    assert row.is_muted


def test_inputs_that_make_no_sense_keep_the_last_answer_and_say_what_to_do(model):
    before = model.state.answer
    model.set_value("curve", "used_price")
    assert model.state.answer is before
    assert "Give a used price" in model.state.problem
    model.set_value("used_price", Decimal(900))
    assert model.state.problem == ""
    assert model.state.answer is not before


def test_what_was_typed_is_there_again_after_a_start(qapp, home, model):
    model.set_value("setup", Decimal(150))
    model.set_value("insurance_per_year", None)
    model.open_sheet("roi")
    model.set_value("cost", Decimal("1234.5"))
    model.save()
    again = CostsViewModel(home.cost_inputs_file, "a source")
    assert again.state.sheet.id == "roi"
    assert again.state.inputs["cost"].value == Decimal("1234.5")
    again.open_sheet("tco")
    assert again.state.inputs["setup"].value == 150
    again.deleteLater()


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{", '{"sheets": 3}', '{"open": 7, "sheets": {"tco": {"typed": [1]}}}',
        json.dumps({"sheets": {"tco": {"preset": "gone", "typed": {
            "purchase": "NaN", "curve": "none such", "life_years": -4, "setup": [1]}}}}),
    ],
)  # fmt: skip
def test_a_damaged_file_costs_no_more_than_what_was_typed(qapp, home, text):
    home.cost_inputs_file.write_text(text, "utf-8")
    made = CostsViewModel(home.cost_inputs_file, "a source")
    assert made.state.answer is not None
    assert made.state.inputs["purchase"].value == 2000
    made.deleteLater()


def test_forgetting_goes_back_to_the_beginning(model):
    before = model.state.answer.document["total"]
    model.set_value("setup", Decimal(500))
    model.forget_typed()
    assert model.state.answer.document["total"] == before
    assert not model.state.has_typed
