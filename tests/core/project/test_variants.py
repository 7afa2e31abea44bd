"""Builds put aside: kept under names of their own, taken back exactly, judged for one job."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.predict.predictor import COUNTED
from hwstudio.core.project.assemble import choices_of
from hwstudio.core.project.file import load_project, save_project
from hwstudio.core.project.planner import ProjectPlanner
from hwstudio.core.project.state import ProjectState
from hwstudio.core.project.variants import (
    MOST_ASIDE,
    PRESENT,
    Comparer,
    builds_of,
    put_aside,
    removed,
    renamed,
    taken,
)

START = ProjectState(budget=Decimal(3000), workload_id="resnet50_train")


@pytest.fixture(scope="module")
def planner(catalog):
    return ProjectPlanner(catalog)


@pytest.fixture(scope="module")
def answer(planner):
    return planner.answer(START, keeps_parts=False)


@pytest.fixture
def states(answer):
    """The project with each of the solver's builds."""
    return [replace(START, parts=choices_of(one.build)) for one in answer.solution.builds]


def test_a_build_taken_back_is_the_build_that_was_put_aside(states):
    kept = put_aside(replace(states[0], power_limit_w=250), "mine")
    changed = replace(kept, parts=states[1].parts, power_limit_w=None)
    back = taken(changed, 0)
    assert (back.parts, back.power_limit_w) == (states[0].parts, 250)
    assert back.variants == changed.variants


def test_names_are_told_apart_and_an_empty_one_changes_nothing(states):
    one = put_aside(states[0], "  two   cards ")
    two = put_aside(replace(one, parts=states[1].parts), "two cards")
    assert [v.name for v in two.variants] == ["two cards", "two cards (2)"]
    assert renamed(two, 1, "  ") == two
    assert renamed(two, 1, "two cards").variants[1].name == "two cards (2)"
    assert renamed(two, 0, "quiet").variants[0].name == "quiet"
    assert removed(two, 0).variants == two.variants[1:]


def test_what_cannot_be_put_aside_is_refused(states):
    with pytest.raises(UserError, match="no build"):
        put_aside(START, "x")
    one = put_aside(states[0], "a")
    with pytest.raises(UserError, match='already, as "a"'):
        put_aside(one, "b")
    full = one
    for number, state in enumerate(states[1:MOST_ASIDE], start=1):
        full = put_aside(replace(full, parts=state.parts), str(number))
    with pytest.raises(UserError, match="side by side at most"):
        put_aside(replace(full, parts=states[MOST_ASIDE].parts), "one more")
    with pytest.raises(UserError):
        taken(full, MOST_ASIDE)


def test_the_present_build_and_those_put_aside_are_judged_for_one_job(catalog, answer, states):
    state = replace(put_aside(states[1], "other"), parts=states[0].parts)
    comparer = Comparer(catalog, lambda: COUNTED)
    found = comparer.compared(state, answer.solution.builds)
    assert [(one.name, one.place) for one in found] == [(PRESENT, None), ("other", 0)]
    assert [one.planned for one in found] == list(answer.solution.builds[:2])
    chat = comparer.compared(state, workload_id="llm_qlora_8b")
    assert {one.planned.prediction.unit for one in chat} == {"sequences/s"}


def test_without_builds_put_aside_the_solvers_others_are_compared(catalog, answer, states):
    found = Comparer(catalog, lambda: COUNTED).compared(states[0], answer.solution.builds)
    assert [one.planned for one in found] == list(answer.solution.builds)
    assert all(one.parts == state.parts for one, state in zip(found, states, strict=True))


def test_a_present_build_that_is_put_aside_as_well_stands_there_once(catalog, answer, states):
    one = put_aside(states[0], "mine")
    two = put_aside(replace(one, parts=states[1].parts), "other")
    found = Comparer(catalog, lambda: COUNTED).compared(two)
    assert [(one.name, one.place) for one in found] == [("other (now)", 1), ("mine", 0)]
    alone = Comparer(catalog, lambda: COUNTED).compared(one, answer.solution.builds)
    assert [one.planned for one in alone] == list(answer.solution.builds)


def test_all_answers_bring_up_different_builds_or_none_when_stopped(planner):
    asked = [replace(START, budget=Decimal(n)) for n in (1500, 3000, 3000)]
    found = builds_of(planner, asked)
    builds = [one.build for one in found]
    assert all(build not in builds[:n] for n, build in enumerate(builds))
    assert max(one.total.amount for one in found) <= 3000
    assert builds_of(planner, asked, lambda: True) == ()


def test_builds_put_aside_are_saved_and_opened(states, tmp_path):
    state = put_aside(replace(states[0], power_limit_w=300), "mine")
    save_project(tmp_path / "a.hws", state)
    assert load_project(tmp_path / "a.hws").variants == state.variants
