"""Rows of the parts list: the first drive and the drives for data are changed one by one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.model.part import PartKind
from hwstudio.core.model.raid import Level, array_of
from hwstudio.core.model.wishes import DataDrives
from hwstudio.core.project.assemble import build_of, choices_of
from hwstudio.core.project.places import Place, Which, data_words, placed_rows, put, replaced
from hwstudio.core.project.planner import ProjectPlanner
from hwstudio.core.project.state import Choice, ProjectState

WISH = DataDrives("HDD", 12 * 10**12, "5")


@pytest.fixture(scope="module")
def planner(catalog):
    return ProjectPlanner(catalog)


@pytest.fixture(scope="module")
def answer(planner):
    state = ProjectState(budget=Decimal(6000), data_drives=WISH)
    return planner.answer(state, keeps_parts=False)


@pytest.fixture(scope="module")
def state(answer):
    return replace(answer.asked, parts=choices_of(answer.chosen.build))


@pytest.fixture(scope="module")
def data_row(answer):
    rows = placed_rows(answer.chosen.build, WISH)
    return next(row for row in rows if row.place.which is Which.DATA)


def test_the_first_drive_and_those_for_data_are_rows_of_their_own(answer, data_row):
    rows = [r for r in placed_rows(answer.chosen.build, WISH) if r.place.kind is PartKind.STORAGE]
    assert [row.place.which for row in rows] == [Which.FIRST, Which.DATA]
    assert rows[0].part == answer.chosen.build.storage[0]
    assert data_row.quantity == len(answer.chosen.build.storage) - 1


def test_drives_of_one_model_are_still_two_rows(answer):
    first = answer.chosen.build.storage[0]
    build = replace(answer.chosen.build, storage=(first,) * 4)
    rows = [row for row in placed_rows(build, WISH) if row.part is first]
    assert [(row.place.which, row.quantity) for row in rows] == [(Which.FIRST, 1), (Which.DATA, 3)]
    assert [r.quantity for r in placed_rows(build, None) if r.part is first] == [4]


def test_other_drives_for_data_are_as_many_as_the_wished_room_needs(planner, state, data_row):
    found = planner.alternatives(state, PartKind.STORAGE, data_row.place)
    assert len(found.rows) > 3
    for row in found.rows:
        assert row.part.drive_kind == "HDD"
        held = array_of(Level.RAID5, row.quantity, row.part.capacity_bytes)
        assert held.usable_bytes >= WISH.usable_bytes
    costs = [row.part.price.amount * row.quantity for row in found.rows if row.part.price]
    assert costs == sorted(costs)
    (current,) = [row for row in found.rows if row.is_current]
    assert (current.part, current.quantity) == (data_row.part, data_row.quantity)


def test_another_first_drive_leaves_the_drives_for_data_alone(planner, state, answer, data_row):
    row = next(r for r in placed_rows(answer.chosen.build, WISH) if r.place.which is Which.FIRST)
    found = planner.alternatives(state, PartKind.STORAGE, row.place)
    other = next(alternative for alternative in found.rows if not alternative.is_current)
    choice = Choice("storage", other.part.id, other.part.name, other.quantity)
    after = build_of(replace(state, parts=replaced(state.parts, row.place, choice)), _part(planner))
    assert after.build.storage[0].id == other.part.id
    assert after.build.storage[1:] == answer.chosen.build.storage[1:]
    assert other.quantity == 1


def test_using_other_drives_for_data_leaves_the_first_drive(planner, state, answer, data_row):
    found = planner.alternatives(state, PartKind.STORAGE, data_row.place)
    other = next(row for row in found.rows if row.quantity != data_row.quantity)
    choice = Choice("storage", other.part.id, other.part.name, other.quantity)
    parts = replaced(state.parts, data_row.place, choice)
    build = build_of(replace(state, parts=parts), _part(planner)).build
    assert build.storage[0] == answer.chosen.build.storage[0]
    assert [drive.id for drive in build.storage[1:]] == [other.part.id] * other.quantity
    judged = planner.answer(replace(state, parts=parts), keeps_parts=True).chosen
    was = answer.chosen.total.amount
    assert judged.total.amount - was == other.price_change


def _part(planner):
    return planner._shelf.part


KINDS = st.sampled_from(["cpu", "storage", "ram"])
LISTS = st.lists(st.builds(Choice, KINDS, st.sampled_from("abc"), st.just(""), st.integers(1, 4)))


def _pieces(parts, kind):
    return [each.part_id for each in parts if each.kind == kind for _ in range(each.quantity)]


@given(LISTS, st.sampled_from(list(Which)), st.sampled_from(["", "a", "b"]), st.integers(1, 5))
def test_only_the_row_is_replaced_and_nothing_is_lost(parts, which, part_id, quantity):
    place = Place(PartKind.STORAGE, part_id, which)
    after = replaced(tuple(parts), place, Choice("storage", "new", "", quantity))
    before = _pieces(parts, "storage")
    gone = [
        number for number, id_ in enumerate(before)
        if part_id in ("", id_) and (which is Which.ALL or (number == 0) == (which is Which.FIRST))
    ]  # fmt: skip
    kept = [id_ for number, id_ in enumerate(before) if number not in gone]
    found = _pieces(after, "storage")
    assert sorted(found) == sorted([*kept, *["new"] * quantity])
    for kind in ("cpu", "ram"):
        assert [c for c in after if c.kind == kind] == [c for c in parts if c.kind == kind]


def test_putting_a_part_and_remembering_it_say_the_same(answer, state, data_row):
    first = answer.chosen.build.storage[0]
    choice = Choice("storage", first.id, first.name, 5)
    build = put(answer.chosen.build, data_row.place, first, 5)
    assert choices_of(build) == replaced(state.parts, data_row.place, choice)


def test_a_row_of_drives_says_its_level_and_what_it_holds(data_row):
    drive = replace(data_row.part, capacity_bytes=8 * 10**12)
    assert data_words(drive, 3, WISH) == "RAID 5, 16 TB usable"
    assert data_words(drive, 2, replace(WISH, level="none")) == "side by side, 16 TB usable"
    assert data_words(drive, 2, WISH) == "RAID 5"
