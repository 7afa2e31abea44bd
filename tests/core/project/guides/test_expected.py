"""Expected times: six known jobs on each tier's build."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hwstudio.core.guide.presets import is_inside_band
from hwstudio.core.predict.predictor import COUNTED
from hwstudio.core.project.guides.expected import expected_times, known_jobs, tier_builds
from hwstudio.core.project.guides.texts import presets
from hwstudio.core.project.state import Limits, ProjectState

TIERS = presets().tiers


@pytest.fixture(scope="module")
def builds(planner):
    tight = ProjectState(limits=Limits(max_power_w=100.0), budget=Decimal(1))
    return tier_builds(planner, tight, (TIERS[0], TIERS[3]))


def test_a_tiers_build_is_inside_its_band_whatever_the_plan_forbids_and_says_what_the_room_needs(
    builds,
):
    for bought in builds:
        assert is_inside_band(bought.tier, bought.planned.total.amount)
        assert bought.rack_units == 4
        assert bought.planned.power.btu_per_h > bought.planned.power.wall_w


def test_each_of_the_six_jobs_has_a_range_on_each_tier_and_a_dearer_tier_is_not_slower(
    builds, catalog
):
    rows = expected_times(builds, catalog, COUNTED)
    assert len(rows) == 6 * len(builds) == 12
    assert {row.job.id for row in rows} == {job.id for job in known_jobs()}
    by_place = {(row.bought.tier.id, row.job.id): row for row in rows}
    for job in known_jobs():
        cheap, dear = by_place["entry", job.id], by_place["enterprise", job.id]
        assert cheap.time.low < cheap.time.median < cheap.time.high
        assert dear.time.median <= cheap.time.median
        assert cheap.workload.batch >= 1
