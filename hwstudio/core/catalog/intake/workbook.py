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
from typing import IO, Any

from hwstudio.core.catalog.intake.amount import Cell, Number
from hwstudio.core.catalog.intake.file import (
    MOST_COLUMNS,
    Line,
    Sheet,
    check_size,
    refused,
    text_cell,
)
from hwstudio.core.catalog.overlay.currency import currency_of

MOST_UNPACKED = 200 * 2**20
MOST_STRINGS = 20 * 2**20  # of the one list of all texts in a workbook
MOST_ROW = 1_048_576  # the last row a spreadsheet has
_MOST_FILES = 5_000
_MOST_SHEETS = 50
_MOST_EMPTY = 4 * MOST_ROW  # rows without a cell, over all sheets
# A row may reach far to the right with nothing in it; so many cells are looked at in all.
_MOST_CELLS = 40_000_000
_FAR_CELL = 8  # so many of them a cell counts that stands where none can be taken in
# What is read takes time by its elements, and a packed kilobyte can hold a hundred thousand. A
# spreadsheet spends a byte or more on each, so a small file has to be quick.
_ELEMENTS_FREE = 200_000
_ELEMENTS_PER_BYTE = 2
_CHUNK = 2**20
_PICTURES = "xl/media/"  # drawings may declare their document type; what they hold is not read
_DECLARES = re.compile(rb"<!DOCTYPE|<!ENTITY", re.IGNORECASE)
_MULTIPLIES = re.compile(rb"<!ENTITY", re.IGNORECASE)
_STRINGS = re.compile(rb"<(?:[\w.-]+:)?sst[\s>/]")
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
        scan = _Scan(name, _ELEMENTS_FREE + _ELEMENTS_PER_BYTE * len(data))
        for each in files:
            with packed.open(each) as opened:
                scan.part(opened, is_picture=each.filename.startswith(_PICTURES))


class _Scan:
    """Looks through every part of a workbook once, whatever it is called, before any is parsed."""

    def __init__(self, name: str, most_elements: int) -> None:
        self._name, self._left = name, most_elements

    def part(self, opened: IO[bytes], *, is_picture: bool) -> None:
        """Refuse a part that declares what no spreadsheet does, or holds too much for the file.

        A workbook never declares a document type; one that does means to blow up its reader.
        """
        evil = _MULTIPLIES if is_picture else _DECLARES
        end, size, is_strings = b"", 0, False
        while chunk := opened.read(_CHUNK):
            text = end + chunk.replace(b"\0", b"")  # UTF-16 has one in each letter of a tag
            if evil.search(text):
                raise refused(self._name, "it holds something no spreadsheet writes", _SAVE_AS)
            is_strings = is_strings or bool(_STRINGS.search(text))
            size += len(chunk)
            if is_strings and size > MOST_STRINGS:
                why = f"its texts have more than {MOST_STRINGS // 2**20} MB"
                raise refused(self._name, why, "Split it into several files")
            new = text[len(end) :]
            self._left -= 0 if is_picture else new.count(b"<") - new.count(b"</")
            if self._left < 0:
                why = "it is small, but unpacks to a great many rows or cells"
                raise refused(self._name, why, "Save only the rows that are needed")
            end = text[-16:]


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
        self.name, self.rows, self.cells, self.empty = name, 0, 0, 0

    def look(self, cells: int) -> None:
        self.cells += cells + 1 + _FAR_CELL * max(0, cells - MOST_COLUMNS)
        self.empty += not cells
        if self.cells > _MOST_CELLS or self.empty > _MOST_EMPTY:
            raise refused(self.name, "its sheets are too large", "Keep only what is needed")

    def take(self, cells: tuple[Cell, ...]) -> None:
        self.rows += 1
        check_size(self.name, cells, self.rows)


def _lines(sheet: Any, count: _Count) -> Iterator[Line]:
    sheet.reset_dimensions()  # what it claims to hold is often wrong
    for number, row in enumerate(sheet.iter_rows(), 1):
        if number > MOST_ROW:  # the library counts on through all that is missing before a row
            raise refused(count.name, f"it has a row after row {MOST_ROW:,}", _SAVE_AS)
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
