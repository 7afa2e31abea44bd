"""How many parts the wishes leave: each wish takes some away, dropping it gives them back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from hwstudio.core.base.units import GIB, TERA
from hwstudio.core.model.part import PartKind
from hwstudio.core.project.left import LeftCounter
from hwstudio.core.project.state import Brand, Choice, Limits, ProjectState

FREE = ProjectState(budget=Decimal(20000), limits=Limits(min_storage_bytes=0))


@pytest.fixture(scope="module")
def counter(catalog):
    return LeftCounter(catalog)


def _left(counter, state):
    return {kind.kind: kind.left for kind in counter.count(state).kinds}


@pytest.mark.parametrize(
    ("limits", "kinds"),
    [
        ({"min_vram_bytes": 24 * GIB}, {PartKind.GPU_CARD}),
        ({"gpu_maker": "AMD"}, {PartKind.GPU_CARD}),
        ({"case_form_factor": "Mini-ITX"}, {PartKind.CASE}),
        ({"min_ram_bytes": 128 * GIB}, {PartKind.RAM}),
        ({"min_storage_bytes": 2 * int(TERA)}, {PartKind.STORAGE}),
        ({"max_noise_dba": 20.0}, {PartKind.COOLER}),
        ({"brands": (Brand("psu", "Corsair"),)}, {PartKind.PSU}),
    ],
)
def test_a_limit_takes_parts_of_its_kind_away_and_no_others(counter, limits, kinds):
    free = _left(counter, FREE)
    bound = _left(counter, replace(FREE, limits=Limits(**{"min_storage_bytes": 0, **limits})))
    assert {kind for kind in free if bound[kind] < free[kind]} == kinds
    assert all(bound[kind] == free[kind] for kind in free if kind not in kinds)


def test_a_part_dearer_than_the_budget_with_its_tax_is_not_left(counter):
    plain = counter.count(replace(FREE, budget=Decimal(1000)))
    taxed = counter.count(replace(FREE, budget=Decimal(1000), tax_pct=Decimal(25)))
    assert taxed.left < plain.left < counter.count(FREE).left
    assert plain.total == taxed.total


def test_a_forbidden_part_is_one_less(counter, catalog):
    part = next(p for p in catalog.parts(PartKind.PSU) if p.price and p.conn_eps8 is not None
                and p.conn_16pin is not None and p.conn_pcie8 is not None)  # fmt: skip
    without = replace(FREE, limits=replace(FREE.limits, forbidden=(part.id,)))
    assert counter.count(FREE).left - counter.count(without).left in (0, 1)


def test_a_card_that_does_not_hold_the_job_is_not_left(counter):
    small = _left(counter, FREE)[PartKind.GPU_CARD]
    large = replace(FREE, workload_id="llm_full_finetune_8b")
    assert _left(counter, large)[PartKind.GPU_CARD] < small


def test_a_locked_row_leaves_its_own_part_only(counter, catalog):
    part = next(p for p in catalog.parts(PartKind.CPU) if p.price and (p.release_year or 0) > 2022)
    choice = Choice(PartKind.CPU.value, part.id, part.name, 1)
    locked = replace(FREE, parts=(choice,), locked=("cpu",))
    assert _left(counter, locked)[PartKind.CPU] == 1
