"""Lanes and room for several cards on one board."""

from __future__ import annotations

import pytest

from hwstudio.core.optimize.slots import height_in_slots, lanes_for, slot_modes


def test_slot_modes_are_read_as_alternatives():
    assert slot_modes("x16/0|x8/x8") == ((16, 0), (8, 8))
    assert slot_modes("x16/x16/x8 (40-lane CPU)|x16/x8/x4 (28-lane CPU)") == (
        (16, 16, 8),
        (16, 8, 4),
    )


def test_an_unordered_list_of_slots_counts_its_weakest_first():
    assert slot_modes("x16 x2 + x8 x2") == ((8, 8, 16, 16),)


@pytest.mark.parametrize(
    ("count", "slots", "lanes"), [(1, 2.0, 16), (2, 2.0, 8), (2, 3.0, 8), (3, 2.0, 0)]
)
def test_a_desktop_board_splits_its_lanes_over_two_cards(make, count, slots, lanes):
    assert lanes_for(make.board(), count, slots, 24) == lanes


def test_thick_cards_skip_the_slots_they_cover(make):
    wide = make.board(cpu_slot_modes="x16 x7", gpu_slot_pitch=1.0, x16_slots_physical=7)
    assert lanes_for(wide, 4, 2.0, 128) == 16
    assert lanes_for(wide, 4, 3.0, 128) == 0
    assert lanes_for(wide, 3, 3.0, 128) == 16


def test_a_processor_with_few_lanes_cannot_feed_many_cards(make):
    wide = make.board(cpu_slot_modes="x16 x7", gpu_slot_pitch=1.0, x16_slots_physical=7)
    assert lanes_for(wide, 4, 2.0, 24) == 0


def test_unknown_slot_modes_are_unknown_for_several_cards_only(make):
    plain = make.board(cpu_slot_modes=None)
    assert lanes_for(plain, 2, 2.0, 24) is None
    assert lanes_for(plain, 1, 2.0, 24) == 16


def test_two_cards_take_the_pitch_and_the_thickness(make):
    assert height_in_slots(make.board(), 2, 2.5) == 6
    assert height_in_slots(make.board(), 1, 2.5) == 3


def test_slots_counted_between_slashes_are_all_there():
    """The catalogue writes "x16/x8 x6 via PLX": one slot at x16 and six at x8."""
    assert slot_modes("x16/x8 x6 via PLX") == ((16, 8, 8, 8, 8, 8, 8),)
    assert slot_modes("x16 x4 via PLX|x16/x8 x6 via PLX")[0] == (16, 16, 16, 16)


def test_the_modes_of_every_board_can_be_read(catalog):
    for board in catalog.motherboards():
        if board.cpu_slot_modes:
            assert slot_modes(board.cpu_slot_modes), board.name
