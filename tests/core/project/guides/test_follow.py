"""A build that spends as a profile says: near where prices allow, told how far off where not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hwstudio.core.project.guides.follow import LEAST_SPENT, follow
from hwstudio.core.project.guides.texts import profiles
from hwstudio.core.project.state import ProjectState

PROFILE = {profile.id: profile for profile in profiles()}


def found_for(name, budget, catalog, planner):
    state = ProjectState(budget=Decimal(budget))
    return follow(PROFILE[name], state, catalog, planner)


@pytest.mark.parametrize(("name", "budget"), [("vision", 3000), ("language", 3000)])
def test_where_prices_allow_every_share_is_within_five_points(name, budget, catalog, planner):
    found = found_for(name, budget, catalog, planner)
    spent = sum(share.amount for share in found.shares)
    assert found.is_near
    assert LEAST_SPENT * budget <= spent <= budget
    assert found.state.budget == budget


def test_where_no_processor_is_dear_enough_the_nearest_build_is_told_with_its_distance(
    catalog, planner
):
    found = found_for("general", 3000, catalog, planner)
    assert 0.05 < found.farthest < 0.07
    assert sum(share.amount for share in found.shares) <= 3000
