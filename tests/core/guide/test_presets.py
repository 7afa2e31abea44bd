"""Ready-made wishes, their minimums and where the money goes."""

from __future__ import annotations

import itertools
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import GIB
from hwstudio.core.guide.allocation import (
    GROUPS,
    against,
    allocation_of,
    follows,
    money_for,
)
from hwstudio.core.guide.presets import is_inside_band, tier_for
from hwstudio.core.guide.requirement import Verdict, compared
from hwstudio.core.model.build import Build, total_of
from hwstudio.core.project.guides.texts import presets, profiles


def test_there_are_two_classes_five_tiers_five_examples_and_four_memory_sizes():
    found = presets()
    sizes = [len(f) for f in (found.classes, found.tiers, found.templates, found.memory)]
    assert sizes == [2, 5, 5, 4]
    assert [p.wishes.min_ram_bytes // GIB for p in found.memory] == [16, 32, 64, 128]
    assert {p.id for p in found.templates} >= {"usd1500", "usd3000", "beginner", "research"}


def test_every_preset_says_where_it_comes_from_and_asks_for_a_known_job(catalog):
    known = {workload.id for workload in catalog.workloads()}
    for preset in presets().all():
        assert "20" in preset.source, preset.id
        assert preset.wishes.workload_id is None or preset.wishes.workload_id in known
        assert preset.wishes.title == preset.title


def test_the_bands_of_the_tiers_meet_without_a_gap():
    tiers = presets().tiers
    assert tiers[0].low == 500
    assert tiers[-1].high is None
    for below, above in itertools.pairwise(tiers):
        assert below.high == above.low
    assert tier_for(tiers, Decimal(499)) is None
    assert tier_for(tiers, Decimal(2000)).id == "enthusiast"
    assert tier_for(tiers, Decimal(3000)).id == "professional"
    assert tier_for(tiers, Decimal(99_000)).id == "data_centre"


def test_a_tiers_budget_lies_in_its_own_band():
    for tier in presets().tiers:
        assert is_inside_band(tier, tier.wishes.budget)


def test_examples_are_rows_of_the_catalogue_with_the_figures_the_catalogue_has(catalog):
    for kind in presets().classes:
        for part_id in kind.examples:
            assert catalog.part(part_id).name
    assert catalog.part("cpu-622e7110").threads == 28  # i7-14700K, not 24
    assert catalog.part("cpu-intel-xeon-w-3345").cores == 24
    assert catalog.part("gpu-l4").cooling == "passive"


@pytest.fixture
def build(catalog):
    """A computer with 16 cores, 24 GiB on the card and 64 GiB of memory."""
    priced = [part for part in catalog.cards() if part.price is not None]
    return Build(
        cpu=catalog.part("cpu-ee2ac384"),
        card=next(c for c in priced if c.gpu.id == "gpu-geforce-rtx-4090"),
        card_count=1,
        ram=next(r for r in catalog.rams() if r.capacity_bytes == 64 * GIB and r.price),
        psu=next(p for p in catalog.psus() if p.rated_w == 1000 and p.price),
    )


def test_a_build_is_held_against_the_class_component_by_component(build):
    demanding = next(c for c in presets().classes if c.id == "demanding")
    found = {row.minimum.key: row.verdict for row in compared(build, demanding.minimums)}
    assert found["cores"] is Verdict.ENOUGH
    assert found["vram_bytes"] is Verdict.ENOUGH
    assert found["ram_bytes"] is Verdict.SHORT
    assert found["psu_w"] is Verdict.SHORT
    assert found["primary_bytes"] is Verdict.UNKNOWN  # no drive is chosen yet


def test_the_shares_of_every_profile_add_up_to_100_per_cent():
    for profile in profiles():
        assert round(sum(profile.shares.values()) * 100, 6) == 100
    shares = {p.id: [round(p.shares[g] * 100) for g in GROUPS] for p in profiles()}
    assert shares == {
        "vision": [40, 25, 15, 15, 5],
        "language": [50, 15, 25, 8, 2],
        "general": [35, 30, 20, 12, 3],
    }


def test_a_profile_whose_shares_do_not_add_up_is_refused():
    vision = profiles()[0]
    with pytest.raises(UserError, match="100 %"):
        replace(vision, shares={**vision.shares, "gpu": 0.5})
    with pytest.raises(UserError, match="every group"):
        replace(vision, shares={"gpu": 1.0})


@given(st.decimals(100, 100_000, places=2), st.sampled_from(range(3)))
def test_a_budget_is_given_out_to_the_cent(budget, number):
    given_out = money_for(profiles()[number], budget)
    assert sum(given_out.values()) == budget
    assert set(given_out) == set(GROUPS)


def test_the_money_of_a_build_by_group_adds_up_to_its_total(build):
    found = allocation_of(build)
    assert found.total == total_of(build).amount
    assert sum(found.shares.values()) == pytest.approx(1.0)
    assert found.shares["storage"] == 0.0
    assert allocation_of(Build()) is None


def test_a_build_follows_a_profile_only_when_every_group_is_within_five_points(build):
    allocation = allocation_of(build)
    like = replace(profiles()[0], shares=dict(allocation.shares))
    assert follows(against(allocation, like))
    moved = {**allocation.shares, "gpu": allocation.shares["gpu"] - 0.06}
    off = against(allocation, replace(like, shares={**moved, "other": moved["other"] + 0.06}))
    assert not follows(off)
    assert {s.group: s.follows for s in off}["cpu"]
