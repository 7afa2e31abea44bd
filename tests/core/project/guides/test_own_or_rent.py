"""Own or rent: cost is worked out, the other criteria are the user's to weigh."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.model.wishes import Usage
from hwstudio.core.predict.predictor import COUNTED
from hwstudio.core.project.guides.own_or_rent import (
    MonthCosts,
    criteria,
    month_costs,
    with_costs,
)
from hwstudio.core.project.state import ProjectState

TARIFF = Decimal("0.20")


@pytest.fixture(scope="module")
def answer(planner):
    return planner.answer(ProjectState(), keeps_parts=False)


def costs_of(answer, catalog, **usage):
    use = Usage(**{"tariff_per_kwh": TARIFF, **usage})
    offered = (catalog.offers(), catalog.gpus())
    return month_costs(answer.chosen, answer.workload, use, offered, COUNTED)


def test_the_four_criteria_of_the_guide_are_there_and_cost_is_not_scored_before_it_is_known():
    found = criteria()
    assert [f.id for f in found.matrix.factors] == ["cost", "privacy", "latency", "upkeep"]
    assert set(found.matrix.factors[0].scores.values()) == {0}
    assert all(found.reasons[f.id] for f in found.matrix.factors[1:])


def test_more_hours_make_renting_dearer_and_bring_owning_only_its_electricity(answer, catalog):
    few, many = (costs_of(answer, catalog, hours_per_week=hours) for hours in (5.0, 100.0))
    assert few.rent * 20 == pytest.approx(many.rent, rel=Decimal("0.001"))
    kwh = Decimal(repr(answer.chosen.power.wall_w)) / 1000 * 95 * Decimal("365.25") / 7 / 12
    assert many.own - few.own == pytest.approx(kwh * TARIFF, rel=Decimal("0.001"))


def test_what_cannot_be_reckoned_is_said_and_favours_neither(answer, catalog):
    other = replace(answer.chosen, total=replace(answer.chosen.total, currency="EUR"))
    costs = costs_of(replace(answer, chosen=other), catalog)
    assert costs.own is None
    assert "US dollars" in costs.own_words
    matrix = criteria().matrix
    assert with_costs(matrix, costs) == matrix
    unsaid = costs_of(answer, catalog, tariff_per_kwh=None)
    assert "electricity not counted" in unsaid.own_words


@given(st.decimals(1, 10**6, places=2), st.decimals(1, 10**6, places=2))
def test_the_cheaper_way_never_scores_less_for_cost(own, rent):
    matrix = with_costs(criteria().matrix, MonthCosts(own, rent, "", ""))
    scores = matrix.factors[0].scores
    cheap, dear = ("own", "rent") if own <= rent else ("rent", "own")
    assert scores[cheap] == 10
    assert 0 <= scores[dear] <= 10
