"""Reads an XLSX workbook: looked over before it is opened, values only, formulas never run."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from hwstudio.core.catalog.intake.amount import Cell, Number
from hwstudio.core.catalog.intake.file import Line, Sheet, check_size, refused, text_cell
from hwstudio.core.catalog.overlay.currency import currency_of

MOST_UNPACKED = 200 * 2**20
_MOST_FILES = 5_000
_MOST_SHEETS = 50
# A row may reach far to the right with nothing in it; so many cells are looked at in all.
_MOST_CELLS = 40_000_000
_SAVE_AS = "Save it as XLSX again, or as CSV"
# What a damaged or foreign workbook makes the reading library raise.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    LookupError,
    TypeError,
    ValueError,
    ArithmeticError,
    AttributeError,
    SyntaxError,  # XML that is not well formed
    EOFError,
    OSError,
    RuntimeError,  # encrypted, or nested too deep
    NotImplementedError,
    AssertionError,
)
_MADE_BY_EXCEL = re.compile(r"_x005F_(?=x[0-9A-Fa-f]{4}_)")
_LOCALE_IN_FORMAT = re.compile(r"\[\$-[^\]]*\]")
_CURRENCY_IN_FORMAT = re.compile(r"\[\$([^\]-]+)(?:-[^\]]*)?\]|\"([^\"]+)\"|([€£¥$])")


def workbook_sheets(name: str, data: bytes) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook.

    Raises:
        UserError: it is no workbook, damaged, or unpacks to more than 200 MB.
    """
    try:
        _look_over(name, data)
        return tuple(_sheets(name, data))
    except _BROKEN as error:
        raise refused(name, f"it is no sound workbook ({error})"[:200], _SAVE_AS) from error


def _look_over(name: str, data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        files = packed.infolist()
        unpacked = sum(each.file_size for each in files)
        if unpacked > MOST_UNPACKED or len(files) > _MOST_FILES:
            raise refused(
                name,
                f"unpacked it has {unpacked / 2**20:,.0f} MB in {len(files):,} files, "
                f"{MOST_UNPACKED // 2**20} MB can be taken in",
                "Keep only the sheet that is needed",
            )
        names = {each.filename for each in files}
        if "xl/workbook.xml" not in names and "[Content_Types].xml" not in names:
            raise refused(name, "it is packed like a workbook, but is none", _SAVE_AS)
        for each in files:
            if each.filename.endswith((".xml", ".rels")):
                with packed.open(each) as opened:
                    _refuse_entities(name, opened.read(4096))


def _refuse_entities(name: str, head: bytes) -> None:
    """A workbook never declares a document type; one that does means to blow up its reader."""
    if b"<!DOCTYPE" in head.replace(b"\0", b"").upper():
        raise refused(name, "it holds something no spreadsheet writes", _SAVE_AS)


def _sheets(name: str, data: bytes) -> Iterator[Sheet]:
    from openpyxl import load_workbook  # type: ignore[import-untyped]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and charts, which are not read
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            if len(book.worksheets) > _MOST_SHEETS:
                raise refused(name, f"it has more than {_MOST_SHEETS} sheets", _SAVE_AS)
            rows = _Count(name)
            for sheet in book.worksheets:
                yield Sheet(sheet.title, list(_lines(sheet, rows)))
        finally:
            book.close()


class _Count:
    """Counts rows and cells over all sheets."""

    def __init__(self, name: str) -> None:
        self.name, self.rows, self.cells = name, 0, 0

    def look(self, cells: int) -> None:
        self.cells += cells + 1
        if self.cells > _MOST_CELLS:
            raise refused(self.name, "its sheets are too large", "Keep only what is needed")

    def take(self, cells: tuple[Cell, ...]) -> None:
        self.rows += 1
        check_size(self.name, cells, self.rows)


def _lines(sheet: Any, count: _Count) -> Iterator[Line]:
    sheet.reset_dimensions()  # what it claims to hold is often wrong
    for number, row in enumerate(sheet.iter_rows(), 1):
        count.look(len(row))
        cells = [_cell(cell) for cell in row]
        while cells and cells[-1] == "":
            cells.pop()
        if cells:
            line = Line(number, tuple(cells))
            count.take(line.cells)
            yield line


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (int, float)):
        return _number(value, cell.number_format or "")
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, (date, time, timedelta)):
        return str(value)
    return text_cell(_MADE_BY_EXCEL.sub("_", str(value)).strip())


def _number(value: float, shape: str) -> Cell:
    number = Decimal(repr(value))
    if not number.is_finite():
        return str(value)
    return Number(number, _currency(shape))


def _currency(shape: str) -> str:
    """Return the currency a cell's number format shows: '[$€-407] #,##0.00'."""
    if shape == "General":
        return ""
    for found in _CURRENCY_IN_FORMAT.finditer(_LOCALE_IN_FORMAT.sub("", shape)):
        code = currency_of(found[1] or found[2] or found[3])
        if code:
            return code
    return ""


def shielded(text: str) -> str:
    """Return text in which a spreadsheet sees no code of its own such as ``_x0041_``."""
    return re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)
