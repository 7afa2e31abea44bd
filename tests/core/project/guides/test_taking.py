"""Wishes put into a project, and what the planner makes of them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hwstudio.core.base.errors import HostError
from hwstudio.core.base.units import GB, GIB
from hwstudio.core.guide.presets import is_inside_band
from hwstudio.core.guide.wishes import GuideWishes
from hwstudio.core.optimize.check import errors_of
from hwstudio.core.project.guides import read
from hwstudio.core.project.guides.figures import what_money_buys
from hwstudio.core.project.guides.part_next import which_part_next
from hwstudio.core.project.guides.taking import in_words, with_wishes
from hwstudio.core.project.guides.texts import presets
from hwstudio.core.project.planner import ProjectPlanner
from hwstudio.core.project.state import Limits, ProjectState


@pytest.fixture(scope="module")
def planner(catalog, fitted):
    return ProjectPlanner(catalog, lambda: fitted)


def test_what_a_guide_leaves_open_stays_as_the_user_has_it():
    mine = ProjectState(mains="230V16A", limits=Limits(gpu_maker="AMD", min_ram_bytes=8 * GIB))
    taken = with_wishes(mine, GuideWishes(min_ram_bytes=64 * GIB, budget=Decimal(900)))
    assert taken.limits == Limits(gpu_maker="AMD", min_ram_bytes=64 * GIB)
    assert (taken.budget, taken.mains, taken.workload_id) == (
        Decimal(900),
        "230V16A",
        mine.workload_id,
    )
    assert with_wishes(mine, GuideWishes()) == mine


def test_a_number_of_cards_of_0_lets_the_planner_choose():
    mine = ProjectState(gpu_count=2)
    assert with_wishes(mine, GuideWishes(gpu_count=0)).gpu_count is None
    assert with_wishes(mine, GuideWishes(gpu_count=4)).gpu_count == 4


def test_wishes_are_told_in_words_with_their_units():
    said = in_words(
        GuideWishes(
            workload_id="a", budget=Decimal(1500), objective="cost", min_ram_bytes=32 * GIB,
            min_storage_bytes=500 * GB,
        ),
        {"a": "Train a thing"},
    )  # fmt: skip
    assert said == (
        "Job: Train a thing",
        "Budget: $1,500",
        "Best means: the cheapest",
        "System memory: 32 GiB or more",
        "Drive: 500 GB or more",
    )


@pytest.mark.slow
@pytest.mark.parametrize("preset", [*presets().tiers, *presets().templates], ids=lambda p: p.title)
def test_a_tier_or_example_opens_a_whole_faultless_build_inside_its_band(planner, preset):
    answer = planner.answer(with_wishes(ProjectState(), preset.wishes), keeps_parts=False)
    chosen = answer.chosen
    assert errors_of(chosen.findings) == ()
    assert is_inside_band(preset, chosen.total.amount)
    assert chosen.total.unpriced == ()
    assert chosen.build.ram_bytes >= preset.wishes.min_ram_bytes
    assert max(d.capacity_bytes for d in chosen.build.storage) >= preset.wishes.min_storage_bytes


@pytest.mark.slow
def test_more_money_buys_more_speed_and_the_best_next_part_depends_on_the_build(planner):
    state = ProjectState(workload_id="resnet50_train")
    heard = []
    rows = what_money_buys(planner, state, (Decimal(1500), Decimal(3000)), heard.append)
    assert heard == [Decimal(1500), Decimal(3000)]
    assert rows[0].bought.per_second < rows[1].bought.per_second
    assert rows[1].gain > 0
    assert all(row.bought.price <= row.budget for row in rows)


def test_a_file_that_says_what_cannot_be_is_told_by_name(monkeypatch):
    monkeypatch.setattr(read, "document", lambda _name: {"wishes": {"speed": 1}})
    with pytest.raises(HostError, match=r"guide/tree\.toml is damaged.*no wish speed"):
        read.made("tree", lambda raw: read.wishes_of(raw["wishes"]))


def test_a_build_without_parts_ranks_nothing(planner):
    assert which_part_next(planner, ProjectState()) == ()
