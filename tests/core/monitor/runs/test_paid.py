"""What a finished run cost stays what it cost, whatever prices do later."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hwstudio.core.model.run import Run
from hwstudio.core.monitor.runs.money import Tariff
from hwstudio.core.monitor.runs.paid import PaidPrices

RUN = Run(id="r1", title="training", started_s=0.0, ended_s=3600.0)
THEN = Tariff(Decimal("0.165"), "USD", "2026-11-01")
LATER = Tariff(Decimal("0.42"), "EUR", "2027-02-01")


def test_a_finished_run_keeps_the_price_of_its_first_reckoning(tmp_path):
    file = tmp_path / "paid.json"
    assert PaidPrices(file).of(RUN, THEN) == THEN
    assert PaidPrices(file).of(RUN, LATER) == THEN


def test_a_run_that_goes_on_costs_what_electricity_costs_now(tmp_path):
    paid = PaidPrices(tmp_path / "paid.json")
    going_on = replace(RUN, ended_s=None)
    assert paid.of(going_on, THEN) == THEN
    assert paid.of(going_on, LATER) == LATER


def test_without_a_price_nothing_is_written_down(tmp_path):
    file = tmp_path / "paid.json"
    assert PaidPrices(file).of(RUN, None) is None
    assert not file.exists()


def test_a_damaged_file_costs_the_note_and_not_the_answer(tmp_path):
    file = tmp_path / "paid.json"
    file.write_text('{"r1": {"per_kwh": "x"}', "utf-8")
    assert PaidPrices(file).of(RUN, THEN) == THEN
    assert PaidPrices(file).of(RUN, LATER) == THEN
    unwritable = PaidPrices(tmp_path / "no" / "such" / "folder.json")
    assert unwritable.of(RUN, LATER) == LATER
