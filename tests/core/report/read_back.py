"""Reads the tables and words of a report back out of each format, for tests."""

from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal
from html.parser import HTMLParser

from hwstudio.core.report.blocks import Chart, Table, cell_text, chart_table
from hwstudio.core.report.legible import legible_document
from tests.core.report.spreadsheet import Spreadsheet


def tables_of(document):
    """Return what every format must show: title, head, and the rows as people read them."""
    found = []
    for block in legible_document(document).blocks:
        table = chart_table(block) if isinstance(block, Chart) else block
        if isinstance(table, Table):
            found.append(table)
    return found


def shown(table):
    """Return the rows of a table as texts, with the row of sums."""
    return [
        [cell_text(cell, column) for cell, column in zip(row, table.columns, strict=True)]
        for row in table.all_rows
    ]


class _Tables(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tables, self.texts, self._cell = [], [], None

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("th", "td"):
            self.tables[-1][-1].append("")
            self._cell = True

    def handle_endtag(self, tag):
        if tag in ("th", "td"):
            self._cell = None

    def handle_data(self, data):
        self.texts.append(data)
        if self._cell:
            self.tables[-1][-1][-1] += data


def from_html(content):
    """Return tables (the head first) and all words."""
    reader = _Tables()
    reader.feed(content.decode())
    reader.close()
    return reader.tables, "".join(reader.texts)


def from_docx(content):
    """Return tables (the head first) and all words."""
    import docx

    read = docx.Document(io.BytesIO(content))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in read.tables]
    words = "\n".join(
        node.text or "" for node in read.element.body.iter() if node.tag.endswith("}t")
    )
    return tables, words


def _as_displayed(sheet, cell):
    """Return what a spreadsheet shows in a cell; sums are added here, exactly."""
    value = cell.value
    if cell.data_type == "f" and not re.fullmatch(r"=SUM\(([A-Z]+)2:\1\d+\)", value):
        value = Spreadsheet(sheet.parent).value(sheet.title, cell.column_letter, cell.row)
    elif cell.data_type == "f":
        first, last = value[5:-1].split(":")
        area = [row[0].value for row in sheet[first:last]]
        value = sum((Decimal(str(v)) for v in area if not isinstance(v, str)), Decimal(0))
    if value is None or isinstance(value, str):
        return value or ""
    digits = len(cell.number_format.partition(".")[2])
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), "ROUND_HALF_UP")
    return f"{rounded or abs(rounded):,f}"


def from_xlsx(content):
    """Return tables (the head first) and all words; the first sheet holds words alone."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content))
    tables = []
    for sheet in book.worksheets[1:]:
        rows = []
        for row in sheet.iter_rows():
            texts = [_as_displayed(sheet, cell) for cell in row]
            if not any(texts):
                break
            rows.append(texts)
        tables.append(rows)
    cells = (cell.value for sheet in book for row in sheet.iter_rows() for cell in row)
    return tables, "\n".join(value for value in cells if isinstance(value, str))


def from_json(content):
    """Return the rows of tables as shown."""
    blocks = json.loads(content)["blocks"]
    return [block["shown"] for block in blocks if block["block"] == "table"]


def from_markdown(text):
    """Return tables (the head first) and all words, without the escapes."""
    tables, is_in = [], False
    for line in text.splitlines():
        if not line.startswith("|"):
            is_in = False
            continue
        cells = re.split(r"(?<!\\)(?:\\\\)*\|", line)[1:-1]
        cells = [re.sub(r"\\(.)", r"\1", cell[1:-1]) for cell in cells]
        if not is_in:
            tables.append([])
            is_in = True
        if not set("".join(cells)) <= set(":-") or not cells[0].startswith(":-"):
            tables[-1].append(cells)
    return tables, re.sub(r"\\(.)", r"\1", text)


def from_csv(content):
    """Return the rows of the file."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def from_pdf(content):
    """Return all words with single spaces, as a screen reader would meet them."""
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(content))
    text = " ".join(page.extract_text() for page in reader.pages)
    return re.sub(r"\s+", " ", text.replace("\u200b", ""))
