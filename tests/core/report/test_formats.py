"""One document in every format: the same figures cell by cell, the same bytes, any text."""

from __future__ import annotations

import hashlib
import io
import json
import sys
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.paths import resource_dir
from hwstudio.core.report import as_pdf
from hwstudio.core.report.as_markdown import markdown
from hwstudio.core.report.as_pdf import Paper, page_pictures, pdf
from hwstudio.core.report.as_typst import typst_data
from hwstudio.core.report.blocks import (
    Bullets,
    Chart,
    ChartForm,
    Column,
    Document,
    Heading,
    KeyFigure,
    KeyFigures,
    Line,
    Paragraph,
    Sources,
    Status,
    Table,
)
from hwstudio.core.report.legible import legible
from hwstudio.core.report.write import ENDINGS, check_ending, document_bytes
from tests.core.report import read_back

pypdf = pytest.importorskip("pypdf")
pytest.importorskip("docx")
typst = pytest.importorskip("typst")

PARTS = Table(
    "Parts",
    (Column("Part"), Column("Pieces", digits=0), Column("Price", "EUR", 2), Column("Each", "W", 1)),
    (
        ("card", 2, Decimal("1299.005"), 180.25),
        ("board", 1, Decimal("89.9"), -0.04),
        ("case", 1, None, 1234567.5),
    ),
    "Before tax.",
    sums=(1, 2),
)
DOCUMENT = Document(
    "hwstudio.test",
    "Report",
    (("Computer", "lab"), ("Made", "2026-11-28")),
    (
        KeyFigures(
            (
                KeyFigure("Load", "85.0 %", 0.85, "share", Status.GOOD, "Fine."),
                KeyFigure("Cost", "not measured", None, "EUR", Status.UNKNOWN),
            )
        ),
        Heading("Use"),
        Paragraph("Plain words."),
        Bullets(("first", "second"), is_numbered=True),
        PARTS,
        Chart(
            "Load", "%", ("Mon", "Tue", "Wed"),
            (Line("mean", (10.0, None, 2345.25)), Line("most", (99.95, 1.0, 0.0))), digits=1,
        ),
        Chart("Speed", "x", ("a", "b"), (Line("times", (1.5, 2.0)),), form=ChartForm.BARS),
        Sources(("a list of 2026",)),
    ),
    "2026-11-28",
)  # fmt: skip


def _with(text):
    """Return a document that says a text everywhere a text can stand."""
    table = Table(text, (Column(text), Column("n", digits=0)), ((text, 1), ("b", None)), text)
    blocks = (
        Heading(text), Paragraph(text), Bullets((text,)), KeyFigures((KeyFigure(text, text),)),
        table, Chart(text, text, (text,), (Line(text, (1.0,)),), text), Sources((text,)),
    )  # fmt: skip
    return Document("hwstudio.test", text, ((text, text),), blocks, "2026-11-28")


# --- the same figures --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ending", "read"),
    [
        (".html", read_back.from_html),
        (".docx", read_back.from_docx),
        (".xlsx", read_back.from_xlsx),
    ],
)
def test_every_cell_reads_the_same_in_web_page_word_and_excel(ending, read):
    found, _ = read(document_bytes(DOCUMENT, ending))
    for table, rows in zip(read_back.tables_of(DOCUMENT), found, strict=True):
        body = [row[: len(table.columns)] for row in rows[1:]]
        assert body == read_back.shown(table)
        if ending != ".html" or table.title == "Parts":  # a chart's twin has its unit above
            assert rows[0][: len(table.columns)] == [column.title for column in table.columns]


def test_every_cell_reads_the_same_in_markdown_json_and_csv():
    tables = read_back.tables_of(DOCUMENT)
    found, _ = read_back.from_markdown(markdown(DOCUMENT))
    assert [rows[1:] for rows in found] == [read_back.shown(table) for table in tables]
    assert read_back.from_json(document_bytes(DOCUMENT, ".json")) == [read_back.shown(PARTS)]
    rows = read_back.from_csv(document_bytes(DOCUMENT, ".csv"))
    at = rows.index(["Parts"]) + 2
    raw = [[Decimal(c) if c[:1] in "-0123456789" and c else c or None for c in row]
           for row in rows[at : at + 4]]  # fmt: skip
    raw = [tuple("" if last and c is None else c for c in row) for last, row in
           zip((False, False, False, True), raw, strict=True)]  # fmt: skip
    assert read_back.shown(replace(PARTS, rows=tuple(raw), sums=())) == read_back.shown(PARTS)


def test_every_row_and_key_figure_reads_the_same_in_the_pdf():
    words = read_back.from_pdf(pdf(DOCUMENT))
    for row in read_back.shown(PARTS):
        assert " ".join(cell for cell in row if cell) in words
    for said in ("85.0 %", "good", "Fine.", "not measured", "Before tax.", "1. first", "1. a list"):
        assert said in words


def test_a_row_of_sums_is_exact_and_says_what_is_missing():
    assert PARTS.sum_row == ("Sum of what is known", 4, Decimal("1388.905"), "")
    whole = replace(PARTS, rows=PARTS.rows[:2], sums=(2,))
    assert whole.sum_row == ("Sum", "", Decimal("1388.905"), "")
    assert replace(PARTS, rows=()).sum_row is None


# --- the same bytes, safe, accessible ----------------------------------------------------------


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_document_is_the_same_bytes(ending):
    first, second = (
        hashlib.sha256(document_bytes(replace(DOCUMENT), ending)).hexdigest() for _ in range(2)
    )
    assert first == second
    other = replace(DOCUMENT, title="Other")
    if ending != ".csv":
        assert hashlib.sha256(document_bytes(other, ending)).hexdigest() != first


def test_the_pdf_is_tagged_names_its_language_and_carries_the_documents_date():
    reader = pypdf.PdfReader(io.BytesIO(pdf(DOCUMENT)))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert reader.metadata.title == "Report"
    assert reader.metadata["/CreationDate"].startswith("D:20261128")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    tags = str(_tags(root["/StructTreeRoot"]))
    for tag in ("/H1", "/Table", "/TH", "/TD", "/Figure", "/LI", "/Caption"):
        assert tag in tags, tag


def _tags(node):
    kids = node.get("/K", []) if hasattr(node, "get") else []
    kids = kids if isinstance(kids, list) else [kids]
    objects = (kid.get_object() for kid in kids)
    below = [_tags(kid) for kid in objects if hasattr(kid, "get")]
    return [node.get("/S"), *below]


@pytest.mark.parametrize(("paper", "size"), [(Paper.A4, (595, 842)), (Paper.LETTER, (612, 792))])
def test_the_paper_is_the_one_asked_for(paper, size):
    page = pypdf.PdfReader(io.BytesIO(pdf(DOCUMENT, paper))).pages[0]
    assert tuple(map(round, page.mediabox[2:])) == size


def test_pages_as_pictures_are_as_many_as_the_pdf_has():
    pictures = page_pictures(DOCUMENT, ppi=30)
    assert len(pictures) == len(pypdf.PdfReader(io.BytesIO(pdf(DOCUMENT))).pages)
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)


@pytest.mark.parametrize(
    "text",
    ['#panic("x")', "#read(\"/etc/passwd\")", "$x$ *b* _i_ `c` @l <l> \\", "= h\n- l\n+ e",
     '"]); #sys.inputs //', "</w:t><w:br/>", "=1+1", "&lt;b&gt; <b>", "x" * 300],
)  # fmt: skip
def test_no_text_is_read_as_markup_code_or_formula(text):
    document, said = _with(text), legible(text)
    # A word longer than a line is cut where the line ends.
    assert "".join(said.split()) in "".join(read_back.from_pdf(pdf(document)).split())
    for ending, read in ((".html", read_back.from_html), (".docx", read_back.from_docx),
                         (".xlsx", read_back.from_xlsx)):  # fmt: skip
        tables, words = read(document_bytes(document, ending))
        assert said in words
        assert any(row[0] == said for row in tables[0]), ending


def test_a_sign_no_font_has_is_written_as_its_number(monkeypatch):
    monkeypatch.setattr(as_pdf, "_MOST_ROUNDS", 4)
    words = read_back.from_pdf(pdf(_with("a \U0010fffd \u0378 b")))
    assert "a " in words
    assert "[U+0378]" in words


def test_a_copy_without_the_pdf_maker_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    assert not as_pdf.has_pdf()
    with pytest.raises(UserError, match="web page"):
        pdf(DOCUMENT)


def test_an_unknown_ending_is_refused_before_anything_is_made():
    with pytest.raises(UserError, match=r"\.pdf"):
        check_ending(Path("report.odt"))


def test_zip_files_carry_no_time_of_day():
    for ending in (".docx", ".xlsx"):
        with zipfile.ZipFile(io.BytesIO(document_bytes(DOCUMENT, ending))) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            core = archive.read("docProps/core.xml").decode()
            assert core.count("2026-11-28T00:00:00Z") == 2


# --- the law: any text survives ----------------------------------------------------------------

ANY_TEXT = st.text(min_size=1, max_size=40).filter(lambda text: legible(text).strip())
_LAW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@_LAW
@given(ANY_TEXT)
def test_any_text_survives_in_web_page_word_excel_markdown_and_json(text):
    document, said = _with(text), legible(text)
    for ending, read in ((".html", read_back.from_html), (".docx", read_back.from_docx),
                         (".xlsx", read_back.from_xlsx)):  # fmt: skip
        _, words = read(document_bytes(document, ending))
        assert said in words, ending
    assert said in read_back.from_markdown(markdown(document))[1]
    assert json.loads(document_bytes(document, ".json"))["blocks"][1]["text"] == said


@_LAW
@given(ANY_TEXT)
def test_any_text_reaches_the_pages_as_it_is_and_the_pdf_is_made(text):
    document = _with(text)
    assert pdf(document).startswith(b"%PDF")
    inputs = {"data": json.dumps(typst_data(_with(legible(text)), "a4"))}
    template = str(resource_dir() / "report" / "report.typ")
    first = json.loads(typst.query(template, "heading", sys_inputs=inputs))[0]
    assert first["body"]["text"] == legible(text)
