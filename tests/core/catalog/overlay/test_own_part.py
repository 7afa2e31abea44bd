"""A user's own part is held to the rules of the reviewed text and then is a part like any other."""

from __future__ import annotations

from dataclasses import fields

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog.checks import CellError
from hwstudio.core.catalog.overlay.mine import OwnPart
from hwstudio.core.catalog.overlay.own_part import (
    HEAD,
    as_part,
    columns_of,
    from_text,
    new_id,
    part_tables,
)
from hwstudio.core.model.part import CLASS_OF, PartKind

PSU = {"name": "Foo", "maker": "Foo", "wattage": "1000", "form_factor": "ATX", "modular": "Full"}
NOT_ASKED = {"price", "source", "source_date", "gpu", "release_year"}


def made(kind=PartKind.PSU, cells=PSU, **more):
    return from_text(kind, cells, part_id="own-foo", as_of="2026-10-01", **more)


def as_own(part, catalog_row):
    """The user's own copy of a catalogue part: the same values under an id of its own."""
    values = {name: value for name, value in catalog_row.items() if value is not None}
    return OwnPart(
        id="own-copy", kind=part.kind, name=part.name, maker=part.maker,
        values={name: value for name, value in values.items() if name not in HEAD},
        source_note="copied", as_of=part.source_date,
    )  # fmt: skip


@pytest.mark.parametrize("kind", list(PartKind))
def test_a_copy_of_any_catalogue_part_is_that_part_with_the_user_as_its_source(catalog, kind):
    gpus = {gpu.id: gpu for gpu in catalog.gpus()}
    known = {column.to for column in part_tables()[kind].columns}
    for part in catalog.parts(kind)[:40]:
        table = catalog._store.rows(f'SELECT * FROM "{kind.value}" WHERE id = ?', (part.id,))
        row = {name: table[0][name] for name in table[0].keys() if name in known}  # noqa: SIM118
        copy = as_part(as_own(part, row), gpus)
        assert type(copy) is type(part)
        marks = {column.to for column in part_tables()[kind].columns if column.mark}
        for field in fields(CLASS_OF[kind]):
            is_extra = field.name in {"is_reference", "conn_12pin", "conn_eps8"}
            if field.name not in NOT_ASKED | marks | {"id"} and not is_extra:
                assert getattr(copy, field.name) == getattr(part, field.name), field.name
        assert copy.source == "your own part: copied"
        assert copy.kind is kind


def test_names_of_the_text_and_of_the_database_mean_the_same_column():
    by_text, by_database = made(), made(cells={**PSU, "wattage": "", "rated_w": "1000"})
    assert by_text == by_database
    assert columns_of(PartKind.GPU)["vrambytes"].low == 2**30


def test_a_column_said_under_both_its_names_is_refused():
    with pytest.raises(UserError, match="'rated_w' is said twice"):
        made(cells={**PSU, "rated_w": "900"})


@pytest.mark.parametrize(
    ("column", "text", "words"),
    [
        ("wattage", "1000W", r"write the number alone, in W"),
        ("wattage", "Infinity", "not a finite number"),
        ("wattage", "-1", "is negative"),
        ("conn_sata", "1.5", "not a whole number"),
        ("efficiency", "Wood", "is none of"),
        ("release_year", "1066", "under the least"),
        ("colour", "red", "is no column of psu"),
    ],
)
def test_each_rule_of_a_column_holds(column, text, words):
    with pytest.raises(UserError, match=words):
        made(cells={**PSU, column: text})


def test_everything_that_is_missing_is_named_at_once():
    with pytest.raises(UserError, match=r"maker is missing; wattage is missing"):
        made(cells={"name": "X", "form_factor": "ATX", "modular": "Full"})


def test_lists_and_yes_or_no_are_read_as_people_write_them():
    case = made(
        PartKind.CASE,
        {"name": "C", "maker": "Foo", "mb_form_factors": "ATX, Micro ATX;ATX",
         "psu_form_factors": "ATX"},
    )  # fmt: skip
    assert case.values["mb_form_factors"] == "ATX|Micro ATX"
    assert as_part(case, {}).psu_ff_source == "yours"


def test_a_card_without_its_gpu_cannot_be_used():
    card = {
        "name": "C", "maker": "Foo", "gpu": "No GPU", "vram_gb": "24", "tdp_w": "300",
        "length_mm": "300", "slots": "3", "cooling": "open_air", "conn_16pin": "1",
        "conn_8pin": "0", "conn_6pin": "0",
    }  # fmt: skip

    def nowhere(text):
        raise CellError(f"no part is called '{text}'")

    with pytest.raises(UserError, match="gpu: no part is called 'No GPU'"):
        made(PartKind.GPU_CARD, card, gpu_id_of=nowhere)
    with pytest.raises(UserError, match="its GPU gpu-x is not in the catalogue"):
        as_part(made(PartKind.GPU_CARD, card, gpu_id_of=lambda _: "gpu-x"), {})


def test_a_part_kept_with_too_little_is_refused_in_words():
    with pytest.raises(UserError, match="cannot be used"):
        as_part(OwnPart(id="own-x", kind=PartKind.PSU, name="X", maker="F"), {})


def test_ids_are_readable_and_never_taken_twice():
    assert new_id("Été 1000 W!", set()) == "own-ete-1000-w"
    assert new_id("Foo 1000", {"own-foo-1000"}) == "own-foo-1000-2"
    assert new_id("東京", set()) == "own-part"
