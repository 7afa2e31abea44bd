"""Facts only the user can see: kept in the project, and judged with the build on screen."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.circumstance import Circumstances
from hwstudio.core.model.finding import Severity
from hwstudio.core.project.codec import from_json, to_json
from hwstudio.core.project.planner import ProjectPlanner
from hwstudio.core.project.seen import (
    FACTS,
    RULES,
    circumstances,
    ups_words,
    value_of,
    with_seen,
    with_value,
)
from hwstudio.core.project.state import ProjectState, Said
from hwstudio.core.rules.engine import RULES as ALL_RULES

FACT = {fact.field: fact for fact in FACTS}


def said(**values):
    state = ProjectState()
    for name, value in values.items():
        state = with_value(state, FACT[name], value)
    return state


@pytest.fixture(scope="module")
def planned(catalog):
    return ProjectPlanner(catalog).answer(ProjectState(), keeps_parts=False).chosen


def test_every_fact_names_a_field_of_the_circumstances_and_a_rule_there_is():
    assert {fact.field for fact in FACTS} <= {field.name for field in fields(Circumstances)}
    power = {"R33", "R48", "R49"}
    assert set(RULES) <= {rule.id for rule in ALL_RULES} | power


def test_what_was_typed_is_kept_in_the_file_and_read_in_the_units_of_the_rules():
    state = said(riser_length_mm="60", riser_count="2", ups_w="1,500", has_psu_sync="no")
    again = from_json(json.loads(json.dumps(to_json(state))))
    assert again == state
    around = circumstances(again)
    assert (around.riser_length_mm, around.riser_count) == (600.0, 2)
    assert (around.ups_w, around.has_psu_sync) == (1500.0, False)
    assert value_of(again, FACT["ups_w"]) == "1,500"


def test_an_empty_field_takes_a_fact_back_and_nothing_said_is_nothing_known():
    state = with_value(said(ups_w="900"), FACT["ups_w"], "  ")
    assert state == ProjectState()
    assert circumstances(state) is None


@pytest.mark.parametrize(
    ("name", "typed"),
    [("ups_w", "much"), ("riser_count", "1.5"), ("riser_length_mm", "-3"), ("ups_va", "nan"),
     ("is_ventilated", "maybe"), ("riser_gen", "inf")],
)  # fmt: skip
def test_a_fact_that_cannot_be_is_refused_and_one_in_an_edited_file_is_left_out(name, typed):
    with pytest.raises(UserError):
        with_value(ProjectState(), FACT[name], typed)
    edited = replace(ProjectState(), said=(Said(FACT[name].question, typed),))
    assert circumstances(edited) is None


def test_a_small_ups_and_a_long_riser_are_warned_of_and_a_large_ups_is_not(planned):
    weak = with_seen(planned, said(ups_w="300", riser_length_mm="60", riser_gen="5"))
    warned = {f.rule for f in weak.findings if f.severity is Severity.WARNING}
    assert {"R47", "R48"} <= warned
    strong = with_seen(planned, said(ups_w="5000", ups_va="6000"))
    assert "R48" not in {f.rule for f in strong.findings}
    assert with_seen(planned, ProjectState()) is planned


def test_a_radiator_longer_than_the_case_takes_is_an_error_once_both_are_known(planned, catalog):
    wet = next(c for c in catalog.parts(planned.build.cooler.kind) if c.radiator_mm == 360)
    build = replace(planned.build, cooler=wet)
    judged = with_seen(replace(planned, build=build), said(max_radiator_mm="280"))
    assert any(f.rule == "R13" and f.severity is Severity.ERROR for f in judged.findings)


def test_the_ups_is_spoken_of_only_when_one_was_named(planned):
    power = planned.power
    assert ups_words(None, power) == ""
    assert ups_words(circumstances(said(riser_count="1")), power) == ""
    assert "to spare" in ups_words(circumstances(said(ups_w="5000")), power)
    assert "does not carry" in ups_words(circumstances(said(ups_w="100")), power)
    assert "not known" in ups_words(circumstances(said(ups_va="9000")), power)
    assert "does not carry" in ups_words(circumstances(said(ups_w="5000", ups_va="10")), power)


def test_the_planner_answers_with_the_facts_said(catalog):
    planner = ProjectPlanner(catalog)
    answer = planner.answer(said(ups_w="300"), keeps_parts=False)
    assert any(f.rule == "R48" for f in answer.chosen.findings)
