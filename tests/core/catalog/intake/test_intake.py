"""A file is shown before it is taken in, row by row with reasons, and can be taken back."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog.intake import intake
from hwstudio.core.catalog.intake.preview import Options
from hwstudio.core.catalog.overlay.known import Known, Named
from hwstudio.core.catalog.overlay.mine import Observation, OwnPart
from hwstudio.core.catalog.overlay.overlay import Overlay
from hwstudio.core.catalog.overlay.schema import TABLES
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.price import PriceKind

TODAY = date(2026, 11, 20)
PARTS = [
    Named("cpu-a", "Ryzen A", PartKind.CPU, "AMD"),
    Named("cpu-b", "Ryzen B", PartKind.CPU, "AMD"),
    Named("psu-a", "Tower 850", PartKind.PSU, "Foo"),
]


@pytest.fixture
def overlay(tmp_path):
    """An overlay without a file yet."""
    return Overlay(tmp_path / "mine.db")


@pytest.fixture
def look(tmp_path, overlay):
    """Preview a CSV file of this text."""

    def preview(text, **wish):
        (tmp_path / "file.csv").write_text(text, "utf-8", newline="")
        own = [Named(p.id, p.name, p.kind, p.maker, is_own=True) for p in overlay.own_parts()]
        known = Known([*PARTS, *own])
        options = Options(today=TODAY, **wish)
        return intake.preview(tmp_path / "file.csv", known, overlay, options)

    return preview


def why(found):
    return {row.line: row.why for row in found.rejected}


def dump(overlay):
    return json.dumps({table: overlay.rows(table) for table in TABLES}, sort_keys=True)


# --- prices ------------------------------------------------------------------------------------


def test_a_price_list_is_read_whatever_its_columns_are_called(look, overlay):
    found = look('Part Name;Preis (EUR);DATE;Shop;Kind;Comment\n'
                 'Ryzen A;"1.234,56";20.11.2026;ACME;Offer;last one\n')  # fmt: skip
    assert found.rejected == ()
    intake.apply(found, overlay)
    (seen,) = overlay.observations()
    assert (seen.part_id, seen.amount, seen.currency) == ("cpu-a", Decimal("1234.56"), "EUR")
    assert (seen.as_of, seen.kind, seen.seller, seen.note) == (
        "2026-11-20", PriceKind.QUOTE, "ACME", "last one",
    )  # fmt: skip


def test_a_preview_writes_nothing(look, overlay):
    found = look("id,price,currency,date\ncpu-a,5,USD,2026-11-01\n")
    assert found.added == 1
    assert not overlay.file.exists()


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",5,USD,2026-11-01,own", "names no part"),
        (
            "Ryzen X,5,USD,2026-11-01,own",
            r"no part is called 'Ryzen X'; near are Ryzen A \(cpu-a\)",
        ),
        ("cpu-a,,USD,2026-11-01,own", "no price"),
        ("cpu-a,0,USD,2026-11-01,own", "above 0"),
        ("cpu-a,-5,USD,2026-11-01,own", "above 0"),
        ("cpu-a,NaN,USD,2026-11-01,own", "not an amount"),
        ("cpu-a,99999999,USD,2026-11-01,own", "0 to 10,000,000"),
        ("cpu-a,5,dollars,2026-11-01,own", "no currency of ISO 4217"),
        ("cpu-a,5,,2026-11-01,own", "no currency; add a column"),
        ("cpu-a,€5,GBP,2026-11-01,own", "in EUR, its currency is GBP"),
        ("cpu-a,5,USD,2026-11-21,own", "in the future"),
        ("cpu-a,5,USD,2027,own", "in the future"),
        ("cpu-a,5,USD,2026-02-30,own", "no such day"),
        ("cpu-a,5,USD,,own", "no date; add a column"),
        ("cpu-a,5,USD,2026-11-01,estimate", "none of own, quote, used"),
        ("cpu-a,#REF!,USD,2026-11-01,own", "spreadsheet's error #REF!"),
        ("cpu-a,5,USD,2026-11-01,own,extra", "more cells than the header"),
        ('cpu-a,"1,234",USD,2026-11-01,own', "can mean 1234 or 1.234"),
    ],
)
def test_a_bad_row_is_rejected_with_its_line_and_why_and_the_others_are_taken(look, row, words):
    good = "cpu-b,7,USD,2026-11-01,own"
    found = look(f"id,price,currency,date,kind\n{good}\n{row}\n")
    assert [(each.line, each.part_id) for each in found.accepted] == [(2, "cpu-b")]
    assert list(why(found)) == [3]
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(why(found)[3])


def test_the_rest_of_the_column_makes_a_doubtful_price_clear(look):
    found = look('id,price,currency,date\ncpu-a,"1,234",USD,2026-11-01\n'
                 'cpu-b,"12,345.50",USD,2026-11-01\n')  # fmt: skip
    assert [row.new for row in found.accepted] == [
        "$1,234, own of 2026-11-01", "$12,345.50, own of 2026-11-01",
    ]  # fmt: skip


def test_currency_and_date_may_be_said_for_the_whole_file(look):
    found = look("id,price\ncpu-a,5\n", currency="CHF", as_of="2026-10-01")
    assert [row.new for row in found.accepted] == ["5.00 CHF, own of 2026-10-01"]


def test_free_means_that_a_part_costs_nothing_and_a_bare_zero_says_how_to_write_that(look, overlay):
    found = look("id,price,currency,date\ncpu-a,Free,USD,2026-11-01\ncpu-b,0,USD,2026-11-01\n")
    assert 'the word "free" for a part that costs you nothing' in why(found)[3]
    intake.apply(found, overlay)
    assert overlay.own_prices()["cpu-a"].amount == 0


@pytest.mark.parametrize(
    ("header", "new"),
    [
        ("price", ""),
        ("amount", ""),
        ("Price (USD)", ""),
        ("unit price", "$600"),
        ("Price per piece", "$600"),
        ("Price per unit (USD)", "$600"),
        ("Price (each)", "$600"),
        ("Each", "$600"),
        ("Stückpreis (USD)", "$600"),
        ("total price", "$200"),
        ("Total (USD)", "$200"),
        ("Line total", "$200"),
    ],
)
def test_the_price_of_three_pieces_is_never_taken_for_that_of_one(look, header, new):
    found = look(f"id,qty,{header},currency,date\ncpu-a,3,600,USD,2026-11-01\n"
                 "cpu-b,1,600,USD,2026-11-01\n")  # fmt: skip
    if new:
        assert [row.new for row in found.accepted] == [
            f"{new}, own of 2026-11-01", "$600, own of 2026-11-01",
        ]  # fmt: skip
    else:
        assert [row.line for row in found.accepted] == [3]
        assert "for one piece or for all 3; call the column 'unit price'" in why(found)[2]


def test_of_a_unit_price_and_a_sum_the_unit_price_is_read(look):
    found = look("id,Price,Quantity,Unit price (USD),Total (USD),date\n"
                 "cpu-a,9,3,200,600,2026-11-01\n")  # fmt: skip
    assert [row.new for row in found.accepted] == ["$200, own of 2026-11-01"]
    assert found.ignored == ("column Price", "column Quantity", "column Total (USD)")


def test_a_sum_that_does_not_part_evenly_or_over_nobody_knows_how_many(look):
    head = "id,total price,currency,date"
    found = look(f"{head},qty\ncpu-a,100,USD,2026-11-01,3\ncpu-b,100,USD,2026-11-01,\n"
                 "psu-a,100,USD,2026-11-01,many\n")  # fmt: skip
    assert [row.new for row in found.accepted] == ["$33.33, own of 2026-11-01"]
    assert why(found) == {3: "it has no quantity", 4: "'many' is not a number"}
    assert "add a column 'quantity'" in why(look(f"{head}\ncpu-a,100,USD,2026-11-01\n"))[2]


def test_a_table_of_pieces_with_a_column_total_is_still_about_pieces(look):
    assert look("id,qty,total\ncpu-a,3,3\n").accepted[0].new == "3 owned"


def test_a_dollar_sign_leaves_it_to_the_currency_column_which_dollar(look, overlay):
    intake.apply(look("id,price,currency,date\ncpu-a,$5,CAD,2026-11-01\n"), overlay)
    assert overlay.own_prices()["cpu-a"].currency == "CAD"


def test_duplicates_in_the_file_and_of_what_is_kept_are_told_apart(look, overlay):
    text = "id,price,currency,date,seller\ncpu-a,5,USD,2026-11-01,ACME\n"
    intake.apply(look(text), overlay)
    found = look(text + "cpu-b,6,USD,2026-11-01,ACME\ncpu-b,6.00,USD,2026-11-01,ACME\n")
    assert [(row.line, row.why) for row in found.duplicates] == [
        (2, "you have it already"), (4, "the same as line 3"),
    ]  # fmt: skip
    assert [row.line for row in found.accepted] == [3]


def test_two_rows_that_contradict_each_other_are_not_both_taken(look):
    found = look("id,price,currency,date\ncpu-a,5,USD,2026-11-01\ncpu-a,6,USD,2026-11-01\n")
    assert found.added == 1
    assert "line 2 says something else" in why(found)[3]


def test_the_preview_shows_what_a_price_takes_the_place_of(look, overlay):
    overlay.set_own_price("cpu-a", Decimal(300), "USD", "2026-01-01")
    found = look("id,price,currency,date\ncpu-a,250,USD,2026-11-01\ncpu-a,400,USD,2025-01-01\n"
                 "cpu-a,310,USD,2026-01-01\n")  # fmt: skip
    assert [(row.line, row.old, row.new) for row in found.accepted] == [
        (2, "$300, own of 2026-01-01", "$250, own of 2026-11-01"),
        (3, "", "$400, own of 2025-01-01"),  # an older one joins the history
        (4, "300 USD, own of 2026-01-01", "$310, own of 2026-01-01"),
    ]
    intake.apply(found, overlay)
    assert [p.amount for p in overlay.prices("cpu-a")] == [250, 310, 400]


def test_an_id_and_a_name_of_two_parts_are_refused(look):
    found = look("id,name,price,currency,date\ncpu-a,Ryzen B,5,USD,2026-11-01\n")
    assert why(found) == {2: "its id is Ryzen A, its name is Ryzen B"}


# --- owned parts, notes ------------------------------------------------------------------------


def test_owned_parts_are_taken_in_with_a_quantity(look, overlay):
    found = look(
        "part,qty,since,note\nRyzen A,2,2025-05,lab\nTower 850,0,,\nRyzen B,1.5,,\nx,1,,\n"
    )
    assert [(row.line, row.new) for row in found.accepted] == [(2, "2 owned since 2025-05: lab")]
    assert list(why(found)) == [3, 4, 5]
    intake.apply(found, overlay)
    assert overlay.owned()["cpu-a"].quantity == 2
    assert look("part,qty,since,note\nRyzen A,2,2025-05,lab\n").duplicates[0].where == ""
    assert look("part,qty\nRyzen A,3\n").accepted[0].old == "2 owned since 2025-05: lab"


def test_notes_are_taken_in(look, overlay):
    intake.apply(look('id,note\ncpu-a,"two\nlines"\ncpu-b,\n'), overlay)
    assert {key: note.text for key, note in overlay.notes().items()} == {"cpu-a": "two\nlines"}


# --- parts -------------------------------------------------------------------------------------

PSU = "kind,name,maker,wattage,form_factor,modular,efficiency,length_mm\n"


def test_parts_are_taken_in_by_the_columns_of_the_reviewed_text(look, overlay):
    found = look(PSU + "psu,Foo 1000,Foo,1000,ATX,full,gold,150\n")
    assert found.rejected == ()
    intake.apply(found, overlay)
    (part,) = overlay.own_parts(PartKind.PSU)
    assert (part.id, part.as_of) == ("own-foo-1000", "2026-11-20")
    assert part.values == {
        "rated_w": 1000.0, "form_factor": "ATX", "modular": "Full", "efficiency": "Gold",
        "length_mm": 150.0,
    }  # fmt: skip


def test_database_names_take_database_units(look, overlay):
    header = "kind,name,maker,mem_type,dimm_type,ecc,modules,module_bytes,capacity_gb,speed_mts\n"
    intake.apply(look(header + f"ram,R,Foo,DDR5,UDIMM,no,2,{16 * 2**30},32,6000\n"), overlay)
    values = overlay.own_parts()[0].values
    assert (values["module_bytes"], values["capacity_bytes"]) == (16 * 2**30, 32 * 2**30)
    assert values["ecc"] == 0


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("psu,X,Foo,1000 W,ATX,Full,,", "wattage: '1000 W' is not a number"),
        ("psu,X,Foo,-5,ATX,Full,,", "wattage: -5 is negative"),
        ("psu,X,Foo,NaN,ATX,Full,,", "not a finite number"),
        ("psu,X,Foo,1000000,ATX,Full,,", "over the most that can be, 4000; wrong unit"),
        ("psu,X,Foo,1,ATX,Full,,", "under the least that can be, 100"),
        ("psu,X,Foo,1000,ATX,Full,Goldish,", "efficiency: 'Goldish' is none of"),
        ("psu,X,,1000,,,,", "maker is missing; form_factor is missing; modular is missing"),
        ("psu,,Foo,1000,ATX,Full,,", "name is missing"),
        ("fridge,X,Foo,1000,ATX,Full,,", "kind 'fridge' is none of"),
        (",X,Foo,1000,ATX,Full,,", "no kind"),
        ("cpu,X,AMD,1000,ATX,,,", "'wattage' is no column of cpu"),
        ("psu,Tower 850,Foo,1000,ATX,Full,,", "the catalogue has it as psu-a"),
        ("psu,X,Foo,#VALUE!,ATX,Full,,", "error #VALUE!"),
        ('psu,X,Foo,"1,000",ATX,Full,,', "can mean 1000 or 1.000"),
    ],
)
def test_a_part_that_breaks_a_rule_is_rejected(look, row, words):
    found = look(PSU + "psu,Foo 1000,Foo,1000,ATX,Full,,\n" + row + "\n")
    assert [each.line for each in found.accepted] == [2]
    assert words in why(found)[3]


def test_half_a_plug_is_refused(look):
    header = "kind,name,maker,wattage,form_factor,modular,conn_sata\n"
    found = look(header + "psu,X,Foo,700,ATX,Full,7.5\n")
    assert "conn_sata: 7.5 is not a whole number" in why(found)[2]


def test_the_kind_may_be_said_for_the_whole_file(look):
    text = "name,maker,wattage,form_factor,modular\nX,Foo,1000,ATX,Full\n"
    with pytest.raises(UserError, match="no known kind"):
        look(text)
    assert look(text, kind=PartKind.PSU).added == 1


def test_a_card_may_name_a_gpu_of_the_same_file(look, overlay):
    gpu = "gpu,My GPU,NVIDIA,24,300,,consumer,X,2026-01-01,PCIe,1,open_air,0,,,,,"
    header = (
        "kind,name,maker,vram_gb,tdp_w,gpu,segment,architecture,release_date,form_factor,"
        "ecc,cooling,nvlink_gbs,length_mm,slots,conn_16pin,conn_8pin,conn_6pin\n"
    )
    card = "gpu_card,My Card,Foo,24,320,My GPU,,,,,,open_air,,300,3,1,0,0"
    found = look(f"{header}{card}\n{gpu}\n")
    assert found.rejected == ()
    intake.apply(found, overlay)
    (made,) = overlay.own_parts(PartKind.GPU_CARD)
    assert made.values["gpu_id"] == overlay.own_parts(PartKind.GPU)[0].id


def test_a_part_of_the_same_name_is_changed_and_shown_old_and_new(look, overlay):
    intake.apply(look(PSU + "psu,Foo 1000,Foo,1000,ATX,Full,,\n"), overlay)
    again = look(PSU + "psu,Foo 1000,Foo,1000,ATX,Full,,\n")
    assert [row.where for row in again.duplicates] == [""]
    found = look(PSU + "psu,Foo 1000,Foo,1100,ATX,Full,,\n")
    assert [(row.old, row.new) for row in found.accepted] == [("rated_w 1000.0", "rated_w 1100.0")]
    intake.apply(found, overlay)
    assert len(overlay.own_parts()) == 1


# --- what a table is, and what is left out -----------------------------------------------------


def test_columns_that_are_not_read_are_named(look):
    found = look("id,price,currency,date,colour\ncpu-a,5,USD,2026-11-01,red\n")
    assert found.ignored == ("column colour",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", "columns of file.csv are not known.*holds: a, b"),
        ("price,currency\n5,USD\n", "not known"),
        ("id,price,price,date\ncpu-a,5,6,2026\n", "more than one column 'price'"),
    ],
)
def test_a_table_that_does_not_say_what_it_is_is_refused(look, text, words):
    with pytest.raises(UserError, match=words):
        look(text)


def test_each_sheet_of_a_workbook_is_read_for_what_it_is(tmp_path, overlay):
    made = openpyxl.Workbook()
    for row in (["id", "price", "date"], ["cpu-a", 1.234, date(2026, 11, 1)]):
        made.active.append(row)
    made.active["B2"].number_format = "[$€-407] #,##0.00"
    have = made.create_sheet("have")
    for row in (["part", "quantity"], ["Ryzen B", 3]):
        have.append(row)
    made.create_sheet("thoughts").append(["dear", "diary"])
    made.save(tmp_path / "file.xlsx")
    found = intake.preview(tmp_path / "file.xlsx", Known(PARTS), overlay, Options(today=TODAY))
    assert [(row.sheet, row.what, row.line) for row in found.accepted] == [
        ("Sheet", "price", 2), ("have", "owned", 2),
    ]  # fmt: skip
    assert len(found.ignored) == 1
    assert "thoughts" in found.ignored[0]
    intake.apply(found, overlay)
    price = overlay.own_prices()["cpu-a"]
    assert (price.amount, price.currency) == (Decimal("1.234"), "EUR")


# --- all or nothing, and back --------------------------------------------------------------------


def test_a_preview_that_is_out_of_date_is_not_applied(look, overlay):
    text = "id,quantity\ncpu-a,2\n"
    found = look(text)
    overlay.set_owned("cpu-a", 5)
    before = dump(overlay)
    with pytest.raises(UserError, match="Nothing was changed"):
        intake.apply(found, overlay)
    assert dump(overlay) == before


def test_a_price_said_since_the_preview_is_not_doubled(look, overlay):
    found = look("id,price,currency,date\ncpu-b,1,USD,2026-11-01\ncpu-a,5,USD,2026-11-01\n")
    overlay.add_price(
        Observation(part_id="cpu-a", amount=Decimal(6), currency="USD", as_of="2026-11-01")
    )
    before = dump(overlay)
    with pytest.raises(UserError, match="since the preview"):
        intake.apply(found, overlay)
    assert dump(overlay) == before


def test_a_file_of_nothing_new_makes_no_batch(look, overlay):
    assert intake.apply(look("id,quantity\nnobody,2\n"), overlay) is None
    assert overlay.batches() == ()


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["cpu-a", "cpu-b", "psu-a", "nobody"]),
        st.sampled_from(["5", "6.50", "0", "7"]),
        st.sampled_from(["2026-11-01", "2025-07", "2030-01-01"]),
        st.sampled_from(["own", "quote", "used"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(before=ROWS, rows=ROWS)
def test_undo_after_a_file_was_taken_in_leaves_every_table_as_it_was(
    tmp_path_factory, before, rows
):
    folder = tmp_path_factory.mktemp("undo")
    overlay = Overlay(folder / "mine.db")

    def take_in(some):
        text = "".join(f"{part},{price},USD,{day},{kind}\n" for part, price, day, kind in some)
        (folder / "f.csv").write_text(f"id,price,currency,date,kind\n{text}", "utf-8")
        found = intake.preview(folder / "f.csv", Known(PARTS), overlay, Options(today=TODAY))
        assert len(found.accepted) + len(found.rejected) + len(found.duplicates) == len(some)
        return intake.apply(found, overlay)

    take_in(before)
    overlay.set_note("cpu-a", "mine")
    state = dump(overlay)
    batch = take_in(rows)
    if batch is not None:
        assert dump(overlay) != state
        done = overlay.undo(batch)
        assert done.kept == ()
    assert dump(Overlay(overlay.file)) == state


@settings(max_examples=150, deadline=None)
@given(text=st.text(st.sampled_from("idnamepricekqty,;\t\n\"'5.€#R!=AMD-"), max_size=120))
def test_any_text_below_a_header_is_judged_row_by_row(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("any")
    file = folder / "f.csv"
    for header in (
        "id,price,currency,date",
        "kind,name,maker,wattage,modular",
        "part,qty",
        "id,note",
    ):
        file.write_text(f"{header}\npsu,x,y,5,z\n{text}", "utf-8", newline="")
        try:
            intake.preview(file, Known(PARTS), Overlay(folder / "mine.db"), Options(today=TODAY))
        except UserError as error:
            assert error.sentence  # noqa: PT017 - either outcome is right


def test_an_own_part_of_the_user_can_be_priced_by_its_name(look, overlay):
    overlay.save_own_part(OwnPart(id="own-x", kind=PartKind.PSU, name="X 1", maker="Foo"))
    found = look("name,price,currency,date\nX 1,5,USD,2026-11-01\n")
    assert found.accepted[0].part_id == "own-x"
