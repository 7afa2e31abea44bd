"""A name in a file means one part, or it is said which it may mean; none is guessed."""

from __future__ import annotations

import pytest

from hwstudio.core.catalog.overlay.known import Known, Named
from hwstudio.core.catalog.overlay.overlay import Overlay
from hwstudio.core.model.part import PartKind

GPU, CARD, CPU, RAM, CASE = (
    PartKind.GPU, PartKind.GPU_CARD, PartKind.CPU, PartKind.RAM, PartKind.CASE,
)  # fmt: skip


@pytest.fixture(scope="module")
def known():
    """A handful of parts with names that are easily mixed up."""
    return Known(
        [
            Named("cpu-a", "AMD Ryzen 9 7950X", CPU, "AMD"),
            Named("cpu-b", "AMD Ryzen 9 7950X3D", CPU, "AMD"),
            Named("cpu-c", "Intel Core i9 14900K", CPU, "Intel"),
            Named("ram-a", "Kingston Server Premier 32GB", RAM, "Kingston"),
            Named("ram-b", "Kingston Server Premier 32GB", RAM, "Kingston"),
            Named("case-a", "Fractal Design Meshify C", CASE, "Fractal Design"),
            Named("case-b", "Fractal Design Meshify S", CASE, "Fractal Design"),
            Named("case-c", "NZXT Lift Black", CASE, "NZXT"),
            Named("case-d", "NZXT Lift White", CASE, "NZXT"),
        ]
    )


@pytest.mark.parametrize(
    ("text", "part_id"),
    [
        ("cpu-a", "cpu-a"),
        ("CPU-A", "cpu-a"),
        ("AMD Ryzen 9 7950X", "cpu-a"),
        ("amd  ryzen-9 7950x", "cpu-a"),
        ("Ryzen 9 7950X", "cpu-a"),
        ("AMD Ryzen 9 7950X 16-Core Processor", "cpu-a"),
        ("Ryzen 9 7950X3D", "cpu-b"),
        ("Intel(R) Core(TM) i9-14900K", "cpu-c"),
        ("Meshify C", "case-a"),
        ("Fractal Desing Meshify C", "case-a"),
        ("nzxt lift blakc", "case-c"),
    ],
)
def test_a_part_is_found_by_id_by_name_and_by_a_close_name(known, text, part_id):
    assert known.find(text).part.id == part_id


@pytest.mark.parametrize(
    "text",
    [
        "Ryzen 9 7950",
        "Ryzen 9 7940X",
        "Fractal Design Meshify",
        "Fractal Design Meshify Z",
        "NZXT Lift",
        "something else",
        "",
    ],
)
def test_a_doubtful_name_is_not_guessed(known, text):
    assert known.find(text).part is None


def test_several_parts_of_one_name_are_named_with_their_ids(known):
    found = known.find("kingston server premier 32gb")
    assert found.part is None
    why = found.why_not("kingston server premier 32gb")
    assert "can be several parts" in why
    assert "(ram-a)" in why
    assert "(ram-b)" in why


def test_at_most_three_candidates_are_named_the_closest_first(known):
    found = known.find("Ryzen 9 7950")
    assert len(found.candidates) <= 3
    assert found.candidates[0].id == "cpu-a"
    assert "write the id" in found.why_not("Ryzen 9 7950")


def test_the_kind_narrows_what_a_name_can_mean(known):
    assert known.find("AMD Ryzen 9 7950X", PartKind.GPU).part is None
    assert known.find("AMD Ryzen 9 7950X", PartKind.CPU).part.id == "cpu-a"


def test_every_part_of_the_catalogue_is_found_by_its_id_and_its_own_name(catalog, tmp_path):
    known = Known.of(catalog, Overlay(tmp_path / "mine.db"))
    names = {}
    for part in known:
        names.setdefault(part.name.casefold(), set()).add(part.id)
    for part in known:
        assert known.find(part.id).part == part
        found = known.find(part.name)
        if found.part is None:
            assert found.is_unclear
        else:
            assert found.part.id in names[part.name.casefold()]


@pytest.mark.parametrize(
    ("text", "part_id"),
    [
        ("rtx4090", "gpu-geforce-rtx-4090"),
        ("NVIDIA GeForce RTX 4090", "gpu-geforce-rtx-4090"),
        ("RTX 4070 Ti SUPER", "gpu-geforce-rtx-4070-ti-super"),
    ],
)
def test_a_gpu_is_found_as_people_write_it(catalog, tmp_path, text, part_id):
    known = Known.of(catalog, Overlay(tmp_path / "mine.db"))
    assert known.find(text).part.id == part_id


def test_a_file_full_of_unknown_names_is_judged_in_bounded_time(known):
    for number in range(3000):
        assert known.find(f"Ryzen unknown {number}x").part is None
