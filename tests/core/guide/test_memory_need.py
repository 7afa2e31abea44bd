"""Memory by items, and the kit it rounds up to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import GIB
from hwstudio.core.guide.memory_need import (
    MemoryItem,
    MemoryRoom,
    largest_kit,
    room_of,
    smallest_kit,
)
from hwstudio.core.project.guides.texts import memory_guide

AM5 = MemoryRoom(4, 192 * GIB, "DDR5")


def budget(kind):
    return next(b for b in memory_guide().budgets if b.id == kind)


@pytest.mark.parametrize(
    ("kind", "sum_gib"),
    [("learning", 16), ("intermediate", 28), ("professional", 48), ("research", 84)],
)
def test_the_four_kinds_of_user_add_up_to_their_items(kind, sum_gib):
    assert budget(kind).sum_bytes == sum_gib * GIB


def test_a_changed_line_changes_the_sum_by_just_that():
    learning = budget("learning")
    assert learning.with_item("workers", count=8).sum_bytes == learning.sum_bytes + 6 * GIB
    assert learning.with_item("data", each_bytes=GIB).sum_bytes == learning.sum_bytes + GIB
    assert learning.sum_bytes == 16 * GIB


def test_the_sum_is_rounded_up_to_a_kit_one_can_buy_not_to_a_power_of_two(catalog):
    found = smallest_kit(48 * GIB, catalog.rams(), AM5)
    assert found.total_bytes == 48 * GIB
    assert smallest_kit(84 * GIB, catalog.rams(), AM5).total_bytes == 96 * GIB


@given(st.integers(1, 400))
def test_the_kit_holds_the_need_fits_the_board_and_nothing_smaller_does(catalog, need_gib):
    rams, need = catalog.rams(), need_gib * GIB
    found = smallest_kit(need, rams, AM5)
    if found is None:
        assert largest_kit(rams, AM5).total_bytes < need
        return
    assert need <= found.total_bytes <= AM5.most_bytes
    assert found.kit.mem_type == "DDR5"
    assert found.free_slots == 4 - found.kits * found.kit.modules >= 0
    less = smallest_kit(need - 1, rams, AM5)
    assert less.total_bytes <= found.total_bytes


def test_equal_sizes_are_bought_in_one_kit_and_cheaply(catalog):
    found = smallest_kit(32 * GIB, catalog.rams(), AM5)
    rivals = [
        ram
        for ram in catalog.rams()
        if (ram.capacity_bytes, ram.mem_type, ram.dimm_type) == (32 * GIB, "DDR5", "UDIMM")
        and ram.modules <= 4
    ]
    assert found.kits == 1
    assert found.kit.price.amount == min(r.price.amount for r in rivals if r.price)


def test_without_a_board_one_kit_is_named_and_no_slots_are_promised(catalog):
    found = smallest_kit(60 * GIB, catalog.rams(), room_of(None, None))
    assert found.kits == 1
    assert found.free_slots is None


def test_the_room_is_the_smaller_limit_of_board_and_processor(catalog):
    board = next(b for b in catalog.motherboards() if b.socket == "AM5" and b.mem_slots == 4)
    cpu = next(c for c in catalog.cpus() if c.socket == "AM5")
    kit = next(r for r in catalog.rams() if r.mem_type == "DDR5" and r.modules == 2)
    room = room_of(board, replace(cpu, mem_max_bytes=64 * GIB), kit, 1)
    assert room.most_bytes == 64 * GIB
    assert room.free_slots == 2
    assert largest_kit(catalog.rams(), room).total_bytes == 64 * GIB


def test_a_negative_line_is_refused():
    with pytest.raises(UserError, match="impossible size"):
        MemoryItem("a", "Data", -1)
