"""What is exported comes back as it was, and no spreadsheet runs any of it."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.catalog.intake import intake
from hwstudio.core.catalog.intake.columns import Role
from hwstudio.core.catalog.intake.guard import guarded, unguarded
from hwstudio.core.catalog.intake.outgo import export
from hwstudio.core.catalog.intake.preview import Options
from hwstudio.core.catalog.intake.workbook import _MADE_BY_EXCEL, shielded
from hwstudio.core.catalog.overlay import mine
from hwstudio.core.catalog.overlay.known import Known, Named
from hwstudio.core.catalog.overlay.mine import Observation, OwnPart
from hwstudio.core.catalog.overlay.overlay import Overlay
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.price import PriceKind

PARTS = [Named("cpu-a", "Ryzen A", PartKind.CPU, "AMD"), Named("cpu-b", "=Ryzen", PartKind.CPU)]
SOME_TEXT = st.one_of(
    st.text(max_size=30),
    st.builds(
        lambda head, tail: head + tail,
        st.sampled_from(["=", "+", "-", "@", "'", "'=", "''=", "\t=", "＝", "#REF!", "_x0041_",
                         "_x005F_", "_x005F_x0041_", '"', "1,5", "1e5", "\n", ",", ";"]),
        st.text(max_size=8),
    ),
)  # fmt: skip


@pytest.fixture
def overlay(tmp_path):
    """An overlay with something of everything."""
    made = Overlay(tmp_path / "mine.db")
    made.save_own_part(
        OwnPart(
            id="own-foo", kind=PartKind.PSU, name="Foo 1000", maker="Foo",
            values={"rated_w": 1000.0, "form_factor": "ATX", "modular": "Full", "length_mm": 150.5},
            source_note="the box", as_of="2026-10-01",
        )
    )  # fmt: skip
    made.save_own_part(
        OwnPart(
            id="own-ram", kind=PartKind.RAM, name="R", maker="Foo",
            values={"mem_type": "DDR5", "dimm_type": "UDIMM", "ecc": 0, "modules": 2,
                    "module_bytes": 16 * 2**30, "capacity_bytes": 32 * 2**30, "speed_mts": 6000},
            as_of="2026-10-02",
        )
    )  # fmt: skip
    made.add_price(
        Observation(
            part_id="cpu-a", amount=Decimal("1234.567"), currency="EUR", as_of="2026-10-01",
            kind=PriceKind.QUOTE, seller="=ACME", note="1,5 of them",
        )
    )  # fmt: skip
    made.add_price(
        Observation(part_id="cpu-gone", amount=Decimal(0), currency="USD", as_of="2025-07"),
        is_free=True,
    )
    made.set_owned("own-foo", 2, "2025", "-1 is broken")
    made.set_note("cpu-b", "+ fast\n- loud")
    return made


def content(overlay):
    """All that counts: rows without the ids they happen to have."""
    prices = [{**row, "id": 0} for row in overlay.rows("price")]
    return (
        sorted(map(str, prices)),
        *(overlay.rows(table) for table in ("own_part", "owned", "note")),
    )


def take_in(file, overlay):
    own = [Named(p.id, p.name, p.kind, p.maker, is_own=True) for p in overlay.own_parts()]
    found = intake.preview(
        file, Known([*PARTS, *own]), overlay, Options(today=date(2026, 11, 20))
    )  # fmt: skip
    assert found.rejected == ()
    intake.apply(found, overlay)


def lines(file):
    return io.StringIO(file.read_bytes().decode("utf-8-sig"), newline="")


def known(overlay):
    own = [Named(p.id, p.name, p.kind, p.maker, is_own=True) for p in overlay.own_parts()]
    return Known([*PARTS, *own])


def test_a_workbook_of_everything_makes_the_same_overlay_again(overlay, tmp_path):
    rows = export(overlay, known(overlay), tmp_path / "all.xlsx")
    assert rows == {"parts": 2, "prices": 2, "owned": 1, "notes": 1}
    other = Overlay(tmp_path / "other.db")
    take_in(tmp_path / "all.xlsx", other)
    assert content(other) == content(overlay)


def test_csv_files_one_after_the_other_make_the_same_overlay_again(overlay, tmp_path):
    other = Overlay(tmp_path / "other.db")
    for role in Role.PARTS, Role.PRICES, Role.OWNED, Role.NOTES:
        export(overlay, known(overlay), tmp_path / f"{role}.csv", role)
        take_in(tmp_path / f"{role}.csv", other)
    assert content(other) == content(overlay)


def test_taking_ones_own_export_in_again_changes_nothing(overlay, tmp_path):
    export(overlay, known(overlay), tmp_path / "all.xlsx")
    found = intake.preview(
        tmp_path / "all.xlsx", known(overlay), overlay, Options(today=date(2026, 11, 20))
    )
    assert (found.accepted, found.rejected) == ((), ())
    assert len(found.duplicates) == 6


def test_parts_are_written_in_the_units_of_data_sheets(overlay, tmp_path):
    export(overlay, known(overlay), tmp_path / "parts.csv", Role.PARTS)
    rows = list(csv.DictReader(lines(tmp_path / "parts.csv")))
    assert (rows[0]["wattage"], rows[0]["length_mm"]) == ("1000.0", "150.5")
    assert (rows[1]["module_gb"], rows[1]["capacity_gb"]) == ("16", "32")


def test_a_value_that_has_no_exact_spelling_in_those_units_is_written_in_the_databases(tmp_path):
    overlay = Overlay(tmp_path / "mine.db")
    odd = 16 * 2**30 + 1
    overlay.save_own_part(
        OwnPart(
            id="own-ram", kind=PartKind.RAM, name="R", maker="Foo",
            values={"mem_type": "DDR5", "dimm_type": "UDIMM", "ecc": 0, "modules": 2,
                    "module_bytes": odd, "capacity_bytes": 2 * 16 * 2**30, "speed_mts": 6000},
            as_of="2026-10-02",
        )
    )  # fmt: skip
    export(overlay, known(overlay), tmp_path / "parts.csv", Role.PARTS)
    header = (tmp_path / "parts.csv").read_text("utf-8-sig").splitlines()[0].split(",")
    assert "module_bytes" in header
    assert "capacity_gb" in header
    other = Overlay(tmp_path / "other.db")
    take_in(tmp_path / "parts.csv", other)
    assert content(other) == content(overlay)


def test_nothing_in_an_export_begins_like_a_formula(overlay, tmp_path):
    export(overlay, known(overlay), tmp_path / "all.xlsx")
    book = openpyxl.load_workbook(tmp_path / "all.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert cells
    assert all(cell.data_type != "f" for cell in cells)
    assert not any(str(cell.value).startswith(("=", "+", "-", "@")) for cell in cells)
    export(overlay, known(overlay), tmp_path / "notes.csv", Role.NOTES)
    rows = list(csv.reader(lines(tmp_path / "notes.csv")))
    assert rows[1][1:3] == ["'=Ryzen", "'+ fast\n- loud"]


@given(SOME_TEXT)
def test_the_mark_against_formulas_comes_off_again_exactly(text):
    marked = guarded(text)
    assert unguarded(marked) == text
    assert not marked.startswith(("=", "+", "-", "@", "\t", "\r"))


@given(SOME_TEXT)
def test_text_that_looks_like_a_workbooks_own_code_is_written_safely(text):
    assert _MADE_BY_EXCEL.sub("_", shielded(text)) == text
    assert shielded("_x0041_") == "_x005F_x0041_"


@given(SOME_TEXT)
def test_cleaning_text_twice_is_cleaning_it_once(text):
    assert mine.clean(mine.clean(text)) == mine.clean(text)


@settings(max_examples=60, deadline=None)
@given(
    notes=st.lists(SOME_TEXT, min_size=1, max_size=2),
    seller=SOME_TEXT,
    amount=st.decimals(0, 10_000_000, allow_nan=False, places=4),
    suffix=st.sampled_from([".xlsx", ".csv"]),
)
def test_any_text_and_amount_survives_a_round_trip(tmp_path_factory, notes, seller, amount, suffix):
    folder = tmp_path_factory.mktemp("trip")
    overlay, other = Overlay(folder / "mine.db"), Overlay(folder / "other.db")
    for part_id, note in zip(("cpu-a", "cpu-b"), notes, strict=False):
        overlay.set_note(part_id, note)
    overlay.add_price(
        Observation(part_id="cpu-a", amount=amount, currency="USD", as_of="2026-10-01",
                    seller=seller, note=notes[0]),
        is_free=True,
    )  # fmt: skip
    for role in Role.PRICES, Role.NOTES:
        if role is Role.PRICES or overlay.notes():
            export(overlay, known(overlay), folder / f"{role}{suffix}", role)
            take_in(folder / f"{role}{suffix}", other)
    assert content(other) == content(overlay)


@pytest.mark.parametrize(
    ("name", "words"), [("x.pdf", "ending"), ("x", "ending"), ("x.csv", "one table")]
)
def test_a_file_that_cannot_hold_it_is_refused(overlay, tmp_path, name, words):
    with pytest.raises(UserError, match=words):
        export(overlay, known(overlay), tmp_path / name)


def test_an_export_that_cannot_be_written_leaves_what_stood_there(overlay, tmp_path, monkeypatch):
    target = tmp_path / "mine.xlsx"
    target.write_bytes(b"before")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hwstudio.core.catalog.intake.outgo._write_workbook", full)
    with pytest.raises(HostError, match="No space left"):
        export(overlay, known(overlay), target)
    assert target.read_bytes() == b"before"
    assert not list(tmp_path.glob(".*.part"))
