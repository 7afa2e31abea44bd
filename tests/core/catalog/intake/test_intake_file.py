"""A file is read whatever wrote it, or refused in words; nothing in it can do harm."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog.intake import file as intake_file
from hwstudio.core.catalog.intake import workbook as intake_workbook
from hwstudio.core.catalog.intake.amount import Broken, Number
from hwstudio.core.catalog.intake.file import read_sheets


@pytest.fixture
def write(tmp_path):
    """Write a file of these bytes or this text."""

    def make(content, name="file.csv"):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return make


@pytest.fixture
def book(tmp_path):
    """Write a workbook of sheets: name -> rows."""

    def make(**sheets):
        made = openpyxl.Workbook()
        made.remove(made.active)
        for name, rows in sheets.items():
            sheet = made.create_sheet(name)
            for row in rows:
                sheet.append(row)
        made.save(tmp_path / "file.xlsx")
        return tmp_path / "file.xlsx"

    return make


def cells(file):
    return [line.cells for line in read_sheets(file)[0].lines]


@pytest.mark.parametrize(
    "content",
    [
        "id,name\na,Größe\n",
        "id;name\r\na;Größe\r\n",
        "id\tname\na\tGröße",
        "sep=;\nid;name\na;Größe\n",
        '"id","name"\n\n"a","Größe"\n,\n',
        "\ufeffid,name\na,Größe\n",
        "id,name\na,Größe\n".encode("cp1252"),
        "id\tname\r\na\tGröße\r\n".encode("utf-16"),
    ],
)
def test_every_usual_way_to_save_a_csv_file_is_read(write, content):
    assert cells(write(content)) == [("id", "name"), ("a", "Größe")]


def test_lines_are_numbered_as_an_editor_shows_them(write):
    file = write('id,note\na,"two\nlines"\n\nb,x\n')
    assert [line.number for line in read_sheets(file)[0].lines] == [1, 2, 5]
    said = write("sep=,\nid\na\n")
    assert [line.number for line in read_sheets(said)[0].lines] == [2, 3]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b",,\n,\n", "is empty"),
        (b"<html><body><table><tr><td>id</td></tr></table>", "a web page"),
        (b"\xef\xbb\xbf <!DOCTYPE html><p>", "a web page"),
        (b"\xd0\xcf\x11\xe0 old", "old Excel"),
        (b"id,name\n\x00\x01\x02", "neither text nor a workbook"),
        (b"id,\x81\x8d\n", "coding"),
        (b"PK\x03\x04 no zip", "no sound workbook"),
        (b'id,name\n"a,b\n', "line 2 is no row"),
        (("id," * 201).encode() + b"x\n", "more than 200 columns"),
        (b"id," + b"x" * 200_000 + b"\n", "line 1 is no row"),
    ],
)
def test_what_is_no_table_is_refused_in_words(write, content, words):
    with pytest.raises(UserError, match=words):
        read_sheets(write(content))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match="There is no file"):
        read_sheets(tmp_path / "nothing.csv")


def test_limits_hold_and_are_told(write, book, monkeypatch):
    monkeypatch.setattr(intake_file, "MOST_BYTES", 2000)
    with pytest.raises(UserError, match="MB can be taken in"):
        read_sheets(write(b"id\n" + b"a\n" * 1000))
    monkeypatch.undo()
    monkeypatch.setattr(intake_file, "MOST_ROWS", 10)
    assert len(cells(write(b"id\n" + b"a\n" * 10))) == 11
    with pytest.raises(UserError, match="more than 10 rows"):
        read_sheets(write(b"id\n" + b"a\n" * 11))
    with pytest.raises(UserError, match="more than 10 rows"):
        read_sheets(book(a=[["id"], *[["x"]] * 6], b=[["id"], *[["x"]] * 6]))


def test_two_hundred_columns_may_be_and_no_more(book):
    assert len(cells(book(a=[["x"] * 200]))[0]) == 200
    with pytest.raises(UserError, match="more than 200 columns"):
        read_sheets(book(a=[["x"] * 201]))


def test_cells_of_a_workbook_keep_what_they_are(book):
    row = ["1.234", 1.234, 7, True, date(2026, 8, 17), " x ", None, "#REF!"]
    assert cells(book(a=[row])) == [
        ("1.234", Number(Decimal("1.234")), Number(Decimal(7)), "1", "2026-08-17", "x", "",
         Broken("#REF!"))
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "currency"),
    [
        ("[$€-407] #,##0.00", "EUR"),
        ('"£"#,##0.00', "GBP"),
        ("$#,##0.00", "USD"),
        ("#,##0.00 [$CHF]", "CHF"),
        ("[$-409]0.00", ""),
        ("0.00", ""),
        ("General", ""),
    ],
)
def test_the_currency_of_a_cells_format_is_read(tmp_path, shape, currency):
    made = openpyxl.Workbook()
    made.active["A1"] = 5
    made.active["A1"].number_format = shape
    made.save(tmp_path / "file.xlsx")
    assert cells(tmp_path / "file.xlsx") == [(Number(Decimal(5), currency),)]


def test_a_formula_is_never_run_and_reads_as_what_was_saved_with_it(book):
    assert cells(book(a=[["id", "=1+1"]])) == [("id",)]  # nothing was worked out when it was saved


def test_every_sheet_is_read_and_empty_ones_are_left_out(book):
    sheets = read_sheets(book(a=[["id"], ["x"]], b=[], c=[[], ["id"]]))
    assert [(sheet.name, [line.number for line in sheet.lines]) for sheet in sheets] == [
        ("a", [1, 2]),
        ("c", [2]),
    ]


def packed(**files):
    """A zip archive: name (with _ for /) -> bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_opened(write, monkeypatch):
    monkeypatch.setattr(openpyxl, "load_workbook", None)
    bomb = packed(big=b"\0" * 210 * 2**20)
    assert len(bomb) < 2**20
    with pytest.raises(UserError, match="unpacked it has 210 MB"):
        read_sheets(write(bomb, "bomb.xlsx"))


def test_any_other_zip_archive_is_no_workbook(write):
    with pytest.raises(UserError, match="packed like a workbook, but is none"):
        read_sheets(write(packed(readme=b"hello"), "file.xlsx"))


@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
def test_a_workbook_whose_text_multiplies_itself_is_refused(write, book, coding):
    evil = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    with zipfile.ZipFile(book(a=[["id"]])) as good:
        files = {name: good.read(name) for name in good.namelist()}
    files["xl/sharedStrings.xml"] = evil.encode(coding)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    with pytest.raises(UserError, match="no spreadsheet writes"):
        read_sheets(write(out.getvalue(), "evil.xlsx"))


SHEET_NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@pytest.fixture
def spoil(book, write):
    """Write a workbook, one part of which is replaced."""

    def make(name, content):
        with zipfile.ZipFile(book(a=[["id"]])) as good:
            files = {each: good.read(each) for each in good.namelist()}
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
            for each, text in (files | {name: content}).items():
                made.writestr(each, text)
        return write(out.getvalue(), "file.xlsx")

    return make


@pytest.mark.parametrize("name", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/a.dat"])
@pytest.mark.parametrize("word", ["<!DOCTYPE x [", "<!ENTITY a 'b'>", "<!doctype x>"])
@pytest.mark.parametrize("before", [5_000, 2**20 - 4])
def test_a_declaration_is_found_wherever_it_stands(spoil, name, word, before):
    evil = "<?xml version='1.0'?>".ljust(before) + word
    with pytest.raises(UserError, match="no spreadsheet writes"):
        read_sheets(spoil(name, evil.encode()))


def test_a_drawing_may_say_what_it_is(spoil):
    picture = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x"><svg/>'
    assert cells(spoil("xl/media/image1.svg", picture)) == [("id",)]


@pytest.mark.parametrize(
    ("name", "head", "piece"),
    [
        ("xl/sharedStrings.xml", f"<sst {SHEET_NS}>", "<si/>"),
        ("xl/styles.xml", f"<styleSheet {SHEET_NS}><cellXfs>", "<xf/>"),
        ("xl/worksheets/sheet1.xml", f"<worksheet {SHEET_NS}><sheetData>", "<row/>"),
        ("xl/worksheets/sheet1.xml", f"<worksheet {SHEET_NS}><sheetData><row>", "<c/>"),
    ],
)
def test_a_small_file_that_unpacks_to_very_many_elements_is_refused_at_once(
    spoil, monkeypatch, name, head, piece
):
    monkeypatch.setattr(openpyxl, "load_workbook", None)
    file = spoil(name, (head + piece * 400_000).encode())
    assert file.stat().st_size < 64_000
    with pytest.raises(UserError, match="a great many rows or cells"):
        read_sheets(file)


def test_too_long_a_list_of_texts_is_refused_before_it_is_opened(spoil, monkeypatch):
    monkeypatch.setattr(openpyxl, "load_workbook", None)
    texts = f"<sst {SHEET_NS}><si><t>{'x' * 21 * 2**20}</t></si></sst>"
    with pytest.raises(UserError, match="its texts have more than 20 MB"):
        read_sheets(spoil("xl/sharedStrings.xml", texts.encode()))


@pytest.mark.parametrize("number", ["30000000", "3e7", "&#51;0000000"])
def test_a_row_no_spreadsheet_has_is_refused_and_not_walked_to(spoil, number):
    row = f'<row r="{number}"><c t="str"><v>x</v></c></row>'
    text = f"<worksheet {SHEET_NS}><sheetData>{row}</sheetData></worksheet>"
    start = time.perf_counter()
    with pytest.raises(UserError, match="a row after row 1,048,576"):
        read_sheets(spoil("xl/worksheets/sheet1.xml", text.encode()))
    assert time.perf_counter() - start < 5


def test_the_last_row_a_spreadsheet_has_is_read(spoil):
    row = '<row r="1048576"><c t="str"><v>x</v></c></row>'
    text = f"<worksheet {SHEET_NS}><sheetData>{row}</sheetData></worksheet>"
    (sheet,) = read_sheets(spoil("xl/worksheets/sheet1.xml", text.encode()))
    assert [(line.number, line.cells) for line in sheet.lines] == [(1_048_576, ("x",))]


def test_rows_that_reach_far_with_nothing_in_them_are_not_read_for_ever(book, monkeypatch):
    monkeypatch.setattr(intake_workbook, "_MOST_CELLS", 50_000)
    made = openpyxl.Workbook()
    for row in range(1, 6):
        made.active.cell(row, 16_384).number_format = "0.00"
    file = book(a=[])
    made.save(file)
    with pytest.raises(UserError, match="too large"):
        read_sheets(file)


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused(tmp_path_factory, content):
    file = tmp_path_factory.mktemp("any") / "file.csv"
    file.write_bytes(content)
    try:
        assert read_sheets(file)
    except UserError as error:
        assert error.sentence  # noqa: PT017 - either outcome is right


@pytest.fixture(scope="module")
def good_book(tmp_path_factory):
    """A sound workbook."""
    made = openpyxl.Workbook()
    for row in (["id", "price", "date"], ["a", 5.5, date(2026, 8, 17)], ["b", "x", True]):
        made.active.append(row)
    file = tmp_path_factory.mktemp("good") / "file.xlsx"
    made.save(file)
    return file


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_spoilt_workbook_is_read_or_refused(tmp_path_factory, good_book, data):
    with zipfile.ZipFile(good_book) as good:
        files = {name: good.read(name) for name in good.namelist()}
    name = data.draw(st.sampled_from(sorted(files)))
    content = files[name]
    start = data.draw(st.integers(0, len(content)))
    junk = data.draw(st.one_of(st.binary(max_size=40), st.sampled_from(
        [b"<c", b'r="ZZZZ9"', b'r="A0"', b't="e"', b't="s"', b"<v>99999</v>", b"&a;", b"-1", b"1e9"]
    )))  # fmt: skip
    files[name] = content[:start] + junk + content[start + data.draw(st.integers(0, 40)) :]
    if data.draw(st.booleans()):
        del files[data.draw(st.sampled_from(sorted(files)))]
    out = tmp_path_factory.mktemp("spoilt") / "file.xlsx"
    with zipfile.ZipFile(out, "w") as made:
        for each, text in files.items():
            made.writestr(each, text)
    try:
        read_sheets(out)
    except UserError as error:
        assert error.sentence  # noqa: PT017 - either outcome is right
