"""A document as HTML, Markdown, JSON and CSV: whole, safe, accessible, the same every time."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import re
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.report.as_data import csv_text, json_document, json_text
from hwstudio.core.report.as_html import html
from hwstudio.core.report.as_markdown import markdown
from hwstudio.core.report.blocks import (
    Chart,
    Column,
    Document,
    Heading,
    KeyFigure,
    KeyFigures,
    Line,
    Paragraph,
    Status,
    Table,
)
from hwstudio.core.report.write import write_document

NASTY = '<script>alert(1)</script> & "x" | =1+1'
DOCUMENT = Document(
    "hwstudio.test",
    "Report",
    (("Computer", NASTY), ("Made", "2025-12-01")),
    (
        KeyFigures(
            (
                KeyFigure("Load", "85.0 %", 0.85, "share", Status.GOOD, "Fine."),
                KeyFigure("Cost", "not measured", None, "EUR", Status.UNKNOWN),
                KeyFigure("Price", "€1.25", Decimal("1.25"), "EUR", Status.BAD),
            )
        ),
        Heading("Use"),
        Paragraph(NASTY),
        Table(
            "GPUs",
            (Column("GPU"), Column("Power", "W", 1), Column("Cost", "EUR", 2), Column("State")),
            ((NASTY, 1234.56, Decimal("10.005"), "good"), ("b", None, None, "off target")),
            "A note.",
        ),
        Chart(
            "Load",
            "%",
            ("11-20", "11-21", "11-22", "11-23"),
            (Line("mean", (10.0, None, 30.0, 20.0)), Line("most", (None, 1.0, None, None))),
            digits=1,
        ),
    ),
)
_VOID = {"meta", "br", "img", "line", "circle", "polyline"}


class _Reader(HTMLParser):
    """Notes tags, attributes and texts, and that every tag is closed in order."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.texts, self.wrong = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        self.texts.append(data)


def _read(text):
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader


def test_the_page_is_well_formed_and_loads_nothing():
    text = html(DOCUMENT)
    page = _read(text)
    assert page.open == []
    assert page.wrong == []
    assert "script" not in [tag for tag, _ in page.tags]
    attributes = {name for _, attrs in page.tags for name in attrs}
    assert not attributes & {"src", "href", "onclick", "onload"}
    assert "http:" not in text.replace("http-equiv", "")
    assert "https:" not in text
    assert "url(" not in text


def test_the_page_says_its_language_its_headings_and_what_each_cell_is():
    page = _read(html(DOCUMENT))
    assert ("html", {"lang": "en"}) in page.tags
    tags = [tag for tag, _ in page.tags]
    assert tags.count("h1") == 1
    assert "main" in tags
    heads = [attrs for tag, attrs in page.tags if tag == "th"]
    assert all(attrs.get("scope") in ("row", "col") for attrs in heads)
    (picture,) = [attrs for tag, attrs in page.tags if tag == "svg"]
    assert picture["role"] == "img"
    assert {"title", "desc", "caption", "figcaption"} <= set(tags)
    # The chart's numbers stand beneath it for those who do not see it.
    assert "details" in tags


def test_status_is_words_and_not_colour_alone():
    texts = _read(html(DOCUMENT)).texts
    assert {"good", "off target", "not measured"} <= set(texts)


def _luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_text_colour_has_enough_contrast_in_light_dark_and_print():
    style = html(DOCUMENT).partition("<style>")[2].partition("</style>")[0]
    blocks = re.findall(r"(@media[^{]*)?\{?:root\{([^}]*)\}", style)
    themes = {"": {}, "dark": {}, "print": {}}
    for media, body in blocks:
        name = next((key for key in ("dark", "print") if key in media), "")
        themes[name] |= dict(re.findall(r"(--[\w-]+):(#[0-9a-f]{6})", body))
    for name, own in themes.items():
        theme = {**themes[""], **own}
        assert {"--paper", "--ink", "--soft", "--line-0"} <= set(own), name
        for ink in ("--ink", "--soft", "--good", "--watch", "--bad"):
            for paper in ("--paper", "--panel"):
                a, b = sorted((_luminance(theme[ink]), _luminance(theme[paper])))
                assert (b + 0.05) / (a + 0.05) >= 4.5, (name, ink, paper)
        for line in ("--line-0", "--line-1", "--line-2", "--line-3"):
            a, b = sorted((_luminance(theme[line]), _luminance(theme["--paper"])))
            assert (b + 0.05) / (a + 0.05) >= 3.0, (name, line)


def test_a_gap_is_never_drawn_as_a_line():
    page = _read(html(DOCUMENT))
    lines = [attrs["points"].split() for tag, attrs in page.tags if tag == "polyline"]
    dots = [attrs for tag, attrs in page.tags if tag == "circle"]
    assert [len(points) for points in lines] == [2]  # 30 to 20; the 10 before the gap is a dot
    assert len(dots) == 2


def test_markdown_keeps_tables_and_hides_no_markup_in_texts():
    text = markdown(DOCUMENT)
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len({re.sub(r"\\\|", "", row).count("|") for row in rows[:4]}) == 1
    assert "<script" not in text.replace("\\<script", "")
    assert "| 1,234.6 |" in text
    assert "# Report" in text
    assert "| 11-21 |  | 1.0 |" in text


def test_json_keeps_numbers_exact_money_as_text_and_says_its_schema():
    found = json.loads(json_text(DOCUMENT))
    assert found == json_document(DOCUMENT)
    assert (found["schema"], found["kind"]) == (1, "hwstudio.test")
    table = next(block for block in found["blocks"] if block["block"] == "table")
    assert table["columns"][1] == {"name": "Power", "unit": "W"}
    assert table["rows"] == [[NASTY, 1234.56, "10.005", "good"], ["b", None, None, "off target"]]
    chart = next(block for block in found["blocks"] if block["block"] == "chart")
    assert chart["lines"][0]["values"] == [10.0, None, 30.0, 20.0]


def test_csv_has_every_table_with_units_and_empty_fields():
    rows = list(csv.reader(io.StringIO(csv_text(DOCUMENT))))
    at = rows.index(["GPUs"])
    assert rows[at + 1] == ["GPU", "Power, W", "Cost, EUR", "State"]
    assert rows[at + 2] == [NASTY, "1234.56", "10.005", "good"]
    assert rows[at + 3] == ["b", "", "", "off target"]
    assert ["Load"] in rows
    assert ["11-21", "", "1.0"] in rows


def test_no_cell_of_the_csv_is_run_by_a_spreadsheet():
    table = Table("=1+1", (Column("@x"),), (("+1",), ("=cmd()",)))
    rows = csv.reader(io.StringIO(csv_text(Document("k", "t", (("a", "-x"),), (table,)))))
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


@pytest.mark.parametrize("ending", [".html", ".md", ".json", ".csv", ".HTM", ".docx", ".xlsx"])
def test_a_file_is_the_same_every_time(tmp_path, ending):
    for name in ("a", "b"):
        write_document(tmp_path / f"{name}{ending}", DOCUMENT)
    assert (tmp_path / f"a{ending}").read_bytes() == (tmp_path / f"b{ending}").read_bytes()


def test_other_endings_are_refused_and_a_full_disk_is_said(tmp_path, monkeypatch):
    with pytest.raises(UserError, match="ending"):
        write_document(tmp_path / "a.odt", DOCUMENT)

    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(HostError, match="disk is full"):
        write_document(tmp_path / "a.html", DOCUMENT)
    assert list(tmp_path.iterdir()) == []
