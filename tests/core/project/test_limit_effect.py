"""The effect of a power limit on one build, as the slider tells it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest

from hwstudio.core.model.wishes import Usage
from hwstudio.core.project.judging import Job
from hwstudio.core.project.limit_effect import limit_effect, limit_range_w, usual_effects
from hwstudio.core.project.limit_words import limit_words
from hwstudio.core.project.planner import ProjectPlanner
from hwstudio.core.project.state import ProjectState


@pytest.fixture(scope="module")
def answer(catalog):
    state = ProjectState(budget=Decimal(3000), workload_id="resnet50_train")
    return ProjectPlanner(catalog).answer(state, keeps_parts=False)


@pytest.fixture(scope="module")
def job(answer):
    return Job(answer.workload, answer.asked.mains)


def test_a_lower_limit_draws_less_runs_no_faster_and_never_adds_an_error(answer, job):
    found = usual_effects(answer.chosen, job)
    assert len(found) >= 5
    for higher, lower in pairwise(found):
        assert lower.planned.power.wall_w < higher.planned.power.wall_w
        assert lower.planned.prediction.median < higher.planned.prediction.median
        assert not lower.errors


def test_a_limit_at_the_cards_own_power_is_none(answer, job):
    own = limit_range_w(answer.chosen)[1]
    assert limit_effect(answer.chosen, job, own).limit_w is None
    assert limit_effect(answer.chosen, job, own).planned == answer.chosen


def test_the_words_name_watts_amperes_speed_work_and_money(answer, job):
    free = limit_effect(answer.chosen, job, None)
    held = limit_effect(answer.chosen, job, limit_range_w(answer.chosen)[1] * 0.7)
    usage = Usage(hours_per_week=168)
    said = limit_words(free, held, usage, Decimal("0.2"), "USD")
    saved_kw = (free.planned.power.wall_w - held.planned.power.wall_w) / 1000
    assert f"${saved_kw * 168 * 365.25 / 7 * 0.2:,.0f} less a year" in said
    for word in (" W from the wall instead of ", " A instead of ", "of the speed (", "work for a"):
        assert word in said


def test_a_build_without_a_card_has_no_limit_to_set(answer):
    bare = replace(answer.chosen, build=replace(answer.chosen.build, card=None, card_count=0))
    assert limit_range_w(bare) is None
