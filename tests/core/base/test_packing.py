"""Whole things into boxes."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.packing import can_pack


def by_trying(sizes, rooms):
    """Try every box for every thing."""
    for boxes in product(range(len(rooms)), repeat=len(sizes)):
        load = [0] * len(rooms)
        for size, box in zip(sizes, boxes, strict=True):
            load[box] += size
        if all(used <= room for used, room in zip(load, rooms, strict=True)):
            return True
    return False


@given(
    small=st.integers(0, 3),
    large=st.integers(0, 3),
    rooms=st.lists(st.integers(0, 12), min_size=1, max_size=3),
)
def test_packing_agrees_with_trying_everything(small, large, rooms):
    def holds(box, part):
        return 2 * part[0] + 5 * part[1] <= rooms[box]

    assert can_pack((small, large), len(rooms), holds) is by_trying(
        [2] * small + [5] * large, rooms
    )


def test_too_many_ways_are_not_looked_through():
    assert can_pack((64, 64), 2, lambda _box, _part: True) is None
