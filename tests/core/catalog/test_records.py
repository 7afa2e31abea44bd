"""Every table of the catalogue can be browsed, and every cell of every row says who says so."""

from __future__ import annotations

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog.shelf import SHELVES
from hwstudio.core.model.record import value_of

WANTED = {"accelerator", "model", "workload", "reference_result", "offer", "committed", "egress"}
WANTED |= {"storage_price", "free_tier", "electricity", "carbon", "spot_interruption"}
WANTED |= {"support_date"}


def test_every_table_beside_the_parts_is_a_shelf(catalog):
    there = {shelf.id for shelf in catalog.shelves()}
    assert there >= WANTED
    assert there <= SHELVES.keys()


@pytest.mark.parametrize("shelf", sorted(WANTED))
def test_each_row_has_a_name_a_source_a_date_and_an_id_of_its_own(catalog, shelf):
    records = catalog.records(shelf)
    assert records
    assert all(record.name and record.source and record.source_date for record in records)
    assert len({record.id for record in records}) == len(records)


@pytest.mark.parametrize("shelf", sorted(WANTED))
def test_the_cells_of_a_row_hold_the_values_of_its_record(catalog, shelf):
    record = catalog.records(shelf)[-1]
    facts = catalog.record_cells(record)
    assert facts
    for fact in facts:
        assert fact.source
        assert fact.as_of
        assert fact.licence
        value = value_of(record, fact.name)
        assert fact.value == value or float(fact.value) == value


def test_memory_is_in_bytes_and_money_is_a_number_to_sort_by(catalog):
    nano = next(r for r in catalog.records("accelerator") if r.id == "acc-jetson-orin-nano-8")
    assert value_of(nano, "memory_bytes") == 8 * 2**30
    offers = catalog.records("offer")
    assert all(isinstance(value_of(o, "price_per_hour"), float | None) for o in offers)


def test_a_cell_from_memory_is_marked_in_a_row_that_was_read(catalog):
    """``recalled_fields`` of a row marks just those cells."""
    rows = [r for r in catalog.records("accelerator") if r.values.get("recalled_fields")]
    assert rows
    for record in rows[:20]:
        recalled = {f.name for f in catalog.record_cells(record) if f.confidence == "recalled"}
        assert recalled


def test_an_unknown_table_is_refused_with_the_known_ones(catalog):
    with pytest.raises(UserError, match=r"Choose from .*model"):
        catalog.records("horoscope")
