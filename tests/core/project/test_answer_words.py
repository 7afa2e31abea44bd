"""Tax, parts at hand, further jobs, power limit and the cost of owning: said alike everywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from hwstudio.core.model.wishes import Usage
from hwstudio.core.project.answer_words import also_words, held_words, owning_words, tax_words
from hwstudio.core.project.planner import ProjectPlanner
from hwstudio.core.project.share import as_markdown, as_text
from hwstudio.core.project.state import ProjectState
from hwstudio.core.report.as_html import html
from hwstudio.core.report.build_sheet import Sheet, build_sheet


@pytest.fixture(scope="module")
def answer(catalog):
    planner = ProjectPlanner(catalog)
    plain = planner.answer(ProjectState(budget=Decimal(3000)), keeps_parts=False)
    drive = plain.chosen.build.storage[0]
    asked = ProjectState(
        budget=Decimal(3000), tax_pct=Decimal("8.0"), owned=(drive.id,), also=("bert_base_train",),
        power_limit_w=100.0, objective="ownership", usage=Usage(tariff_per_kwh=Decimal("0.30")),
    )  # fmt: skip
    return planner.answer(asked, keeps_parts=False)


def _web_page(answer):
    return html(build_sheet(Sheet(answer, answer.chosen, date(2026, 11, 28), Decimal(1), "today")))


WRITTEN = pytest.mark.parametrize("written", [as_text, as_markdown, _web_page])


@WRITTEN
def test_a_shared_build_says_the_tax_that_is_in_it(answer, written):
    text = written(answer)
    assert "with 8 % tax ($" in text
    assert "; before tax;" not in text


@WRITTEN
def test_a_shared_build_without_a_tax_says_so(answer, written):
    untaxed = replace(answer, asked=replace(answer.asked, tax_pct=Decimal(0)))
    assert "; before tax;" in written(untaxed)


@WRITTEN
def test_a_part_at_hand_is_said_and_costs_nothing(answer, written):
    (drive,) = answer.chosen.build.storage
    assert drive.id in answer.asked.owned
    assert "you have it" in written(answer)


@WRITTEN
def test_further_jobs_the_limit_and_the_cost_of_owning_are_said(answer, written):
    text = written(answer)
    (job,) = answer.chosen.also
    assert job.workload.title in text
    assert held_words(answer.chosen.build) in text
    assert "over 3 years: $" in text


def test_a_further_job_is_said_with_its_speed_and_whether_it_fits(answer):
    said = also_words(answer.chosen)
    (job,) = answer.chosen.also
    assert said.startswith(f"Also: {job.workload.title}: about ")
    assert f" {job.prediction.unit}, fits" in said


def test_the_sums_of_owning_are_those_of_the_build(answer):
    cost = answer.chosen.ownership
    assert cost.purchase == answer.chosen.total.amount
    said = owning_words(cost)
    for amount in (cost.total, cost.purchase, cost.electricity, cost.resale):
        assert f"${amount:,.0f}" in said
    assert owning_words(None) == ""


@WRITTEN
def test_a_card_nobody_measured_at_the_job_is_called_a_guess_wherever_it_is_shown(answer, written):
    gpu = replace(answer.chosen.build.card.gpu, architecture="unheard of")
    card = replace(answer.chosen.build.card, gpu=gpu)
    guess = replace(answer.chosen, build=replace(answer.chosen.build, card=card))
    assert "Nobody measured" not in written(answer)
    assert "Nobody measured" in written(replace(answer, chosen=guess))


def test_a_limit_above_what_the_card_draws_is_not_worth_a_word(answer):
    build = replace(answer.chosen.build, power_limit_w=60.0)
    assert "held to 60 W" in held_words(build)
    assert held_words(replace(build, power_limit_w=build.card.tdp_w)) == ""
    assert held_words(replace(build, power_limit_w=None)) == ""
    assert held_words(replace(build, card_count=2)) == "each held to 60 W"


def test_a_tax_is_written_without_needless_zeros(answer):
    assert tax_words(answer.chosen.total, Decimal("19.50")).startswith("with 19.5 % tax (")
    assert tax_words(answer.chosen.total, Decimal(20)).startswith("with 20 % tax (")
