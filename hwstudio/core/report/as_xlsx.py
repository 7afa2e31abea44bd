"""A document as XLSX: numbers stay numbers, a row of sums is a formula, charts are native.

The first sheet holds the words and key figures, each table and chart a sheet of its own.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hwstudio.core.report.archive import core_properties, unzipped, zipped
from hwstudio.core.report.blocks import (
    Bullets,
    Cell,
    Chart,
    ChartForm,
    Column,
    Document,
    Heading,
    KeyFigures,
    Paragraph,
    Sources,
    Status,
    Table,
    cell_text,
    chart_table,
    digits_of,
)
from hwstudio.core.report.legible import legible_document

if TYPE_CHECKING:
    from openpyxl import Workbook  # type: ignore[import-untyped]
    from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]

FIRST = "Report"
_MOST_SIGNS = 32767  # of a cell
_MOST_NAME = 31  # signs of a sheet's name
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_ESCAPED = re.compile(r"_(?=x[0-9a-fA-F]{4}_)")
_WIDEST = 60  # signs
_LARGEST = 10**15  # a spreadsheet keeps 15 digits of a number


def xlsx(document: Document, paper: str = "a4") -> bytes:
    """Return the document as an XLSX file, the same bytes every time; ``paper`` for printing."""
    from openpyxl import Workbook

    document = legible_document(document)
    book = Workbook()
    first = book.active
    first.title = FIRST
    _words(book, first, document)
    for sheet in book.worksheets:
        sheet.page_setup.paperSize = 9 if paper == "a4" else 1
        sheet.page_setup.orientation = "landscape" if sheet is not first else "portrait"
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    out = io.BytesIO()
    book.save(out)
    files = unzipped(out.getvalue())
    # The library writes the time of day there.
    files["docProps/core.xml"] = core_properties(document.title, document.made, document.language)
    return zipped(files)


def _words(book: Workbook, sheet: Worksheet, document: Document) -> None:
    """Fill the first sheet, and add one for each table and chart."""
    _put(sheet, 1, [document.title or document.kind], bold=True)
    row = 2
    for name, text in document.facts:
        row = _put(sheet, row, [name, text])
    for block in document.blocks:
        row += 1
        if isinstance(block, Heading):
            row = _put(sheet, row, [block.text], bold=True)
        elif isinstance(block, Paragraph):
            row = _put(sheet, row, [block.text])
        elif isinstance(block, Bullets):
            for item in block.items:
                row = _put(sheet, row, [item])
        elif isinstance(block, Sources):
            row = _put(sheet, row, [block.title], bold=True)
            for number, item in enumerate(block.items, 1):
                row = _put(sheet, row, [f"{number}. {item}"])
        elif isinstance(block, KeyFigures):
            row = _figures(sheet, row, block)
        else:
            row = _put(sheet, row, [f"See the sheet {_own_sheet(book, block)!r}"])
    sheet.column_dimensions["A"].width = 34
    sheet.column_dimensions["B"].width = 28


def _figures(sheet: Worksheet, row: int, block: KeyFigures) -> int:
    row = _put(sheet, row, ["Figure", "As shown", "Value", "Unit", "Status", "About"], bold=True)
    for figure in block.figures:
        status = "" if figure.status in (Status.PLAIN, Status.UNKNOWN) else figure.status.value
        _put(sheet, row, [figure.name, figure.shown])
        if figure.value is not None:
            _set(sheet, (row, 3), figure.value, Column("", digits=None))
        row = _put(sheet, row, [figure.unit, status, figure.words], start=4)
    return row


def _put(
    sheet: Worksheet, row: int, texts: Sequence[str], *, bold: bool = False, start: int = 1
) -> int:
    """Write texts beside each other and return the next row."""
    for column, text in enumerate(texts, start):
        _set(sheet, (row, column), text, Column(""))
        if bold:
            _make_bold(sheet.cell(row, column))
    return row + 1


def _own_sheet(book: Workbook, block: Table | Chart) -> str:
    """Add the sheet of a table or chart and return its name."""
    table = chart_table(block) if isinstance(block, Chart) else block
    names = {sheet.title.casefold() for sheet in book.worksheets}
    sheet = book.create_sheet(_name(table.title, names))
    _put(sheet, 1, [column.title for column in table.columns], bold=True)
    for number, row in enumerate(table.rows, 2):
        for at, (cell, column) in enumerate(zip(row, table.columns, strict=True), 1):
            _set(sheet, (number, at), cell, column)
    for (row_at, at), formula in table.formulas.items():
        place = sheet.cell(row_at + 2, at + 1)
        place.value = f"={formula}"
        place.number_format = _format(table.rows[row_at][at], table.columns[at])
    _sums(sheet, table)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    end = len(table.all_rows) + 3
    if table.note:
        _put(sheet, end, [table.note])
    if isinstance(block, Chart) and block.places:
        _draw(sheet, block, end + 2)
    _fit(sheet, table)
    return str(sheet.title)


def _sums(sheet: Worksheet, table: Table) -> None:
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

    last = table.sum_row
    if last is None:
        return
    row = len(table.rows) + 2
    for at, (cell, column) in enumerate(zip(last, table.columns, strict=True)):
        where = sheet.cell(row, at + 1)
        if at in table.sums and cell is not None:
            letter = get_column_letter(at + 1)
            where.value = f"=SUM({letter}2:{letter}{row - 1})"
            where.number_format = _format(cell, column)
        else:
            _set(sheet, (row, at + 1), cell, column)
        _make_bold(where)


def _set(sheet: Worksheet, where: tuple[int, int], cell: Cell, column: Column) -> None:
    """Write one cell; a text is never taken for a formula."""
    from openpyxl.styles import Alignment  # type: ignore[import-untyped]

    place = sheet.cell(*where)
    if isinstance(cell, int | float | Decimal) and abs(float(cell)) < _LARGEST:
        place.value = cell
        place.number_format = _format(cell, column)
    else:
        # The format's own escape (_x0041_) would be read as a sign: its "_" is escaped itself.
        text = _ESCAPED.sub("_x005F_", cell_text(cell, column))[:_MOST_SIGNS]
        place.value = text or None
        if text:
            place.data_type = "s"
            place.quotePrefix = text.startswith(("=", "+", "-", "@"))
    if column.digits is not None:
        place.alignment = Alignment(horizontal="right")


def _format(cell: Cell, column: Column) -> str:
    digits = digits_of(cell, column) if isinstance(cell, int | float | Decimal) else 0
    return f"#,##0.{'0' * digits}" if digits else "#,##0"


def _make_bold(cell: Any) -> None:
    from openpyxl.styles import Font

    cell.font = Font(bold=True)


def _name(title: str, taken: set[str]) -> str:
    """Return a sheet's name that is allowed and not taken."""
    plain = _FORBIDDEN.sub(" ", title).strip()[:_MOST_NAME].strip() or "Table"
    name, number = plain, 1
    while name.casefold() in taken or name.casefold() == "history":
        number += 1
        tail = f" {number}"
        name = plain[: _MOST_NAME - len(tail)] + tail
    return name


def _fit(sheet: Worksheet, table: Table) -> None:
    from openpyxl.utils import get_column_letter

    for at, column in enumerate(table.columns):
        lengths = [len(cell_text(row[at], column)) for row in table.all_rows]
        width = max([len(column.title), *lengths, 8]) + 2
        sheet.column_dimensions[get_column_letter(at + 1)].width = min(width, _WIDEST)


def _draw(sheet: Worksheet, chart: Chart, row: int) -> None:
    """Put a chart that follows the cells beneath them."""
    from openpyxl.chart import BarChart, LineChart, Reference  # type: ignore[import-untyped]

    is_bars = chart.form is ChartForm.BARS
    made: Any = BarChart() if is_bars else LineChart()
    if is_bars:
        made.type = "bar"
        made.x_axis.scaling.orientation = "maxMin"  # the first place on top
    made.title = chart.title
    made.y_axis.title = chart.unit or None
    made.x_axis.delete = made.y_axis.delete = False
    last = len(chart.places) + 1
    values = Reference(sheet, min_col=2, max_col=len(chart.lines) + 1, min_row=1, max_row=last)
    made.add_data(values, titles_from_data=True)
    made.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=last))
    made.width, made.height = 24, 9
    sheet.add_chart(made, f"A{row}")
