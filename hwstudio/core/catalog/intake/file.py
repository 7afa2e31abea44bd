"""Reads a CSV file or a workbook into rows of cells, within limits; refuses what is neither."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.catalog.intake.amount import Broken, Cell
from hwstudio.core.catalog.intake.guard import ERRORS, unguarded

MOST_BYTES = 20 * 2**20
MOST_ROWS = 200_000
MOST_COLUMNS = 200
_HTML = re.compile(rb"\s*<(?:!doctype|html|\?xml|table|head|body|meta|script)", re.IGNORECASE)
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Line:
    """One row and the line of the file (or row of the sheet) it begins on."""

    number: int
    cells: tuple[Cell, ...]

    @property
    def is_empty(self) -> bool:
        """Say whether nothing stands in it."""
        return all(cell == "" for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: a whole CSV file, or one sheet of a workbook. The first line is the header."""

    name: str  # "" for a CSV file
    lines: list[Line] = field(default_factory=list)


def read_sheets(file: Path) -> tuple[Sheet, ...]:
    """Return the tables of a CSV file or workbook that hold anything; judged by content.

    Raises:
        UserError: it is too large, or neither a CSV file nor a workbook.
        HostError: it cannot be read.
    """
    data = _bytes(file)
    if not data.strip():
        raise UserError(f"{file.name} is empty", "", "Choose a file with a header and rows")
    if data.startswith(b"PK"):
        from hwstudio.core.catalog.intake.workbook import workbook_sheets

        sheets = workbook_sheets(file.name, data)
    else:
        sheets = (Sheet("", list(_csv_lines(file.name, _text(file.name, data)))),)
    filled = tuple(sheet for sheet in sheets if sheet.lines)
    if not filled:
        raise UserError(f"{file.name} is empty", "", "Choose a file with a header and rows")
    return filled


def refused(name: str, why: str, remedy: str = "") -> UserError:
    """Return the error for a file that cannot be taken in."""
    return UserError(f"{name} cannot be read", why, remedy)


def _bytes(file: Path) -> bytes:
    try:
        if not file.is_file():
            raise UserError(f"There is no file {file}", "", "Check its name")
        size = file.stat().st_size
        if size > MOST_BYTES:
            raise refused(
                file.name,
                f"it has {size / 2**20:,.0f} MB, {MOST_BYTES // 2**20} MB can be taken in at once",
                "Split it into several files",
            )
        return file.read_bytes()
    except OSError as error:
        raise HostError(f"{file.name} cannot be read", error.strerror or str(error)) from error


def _text(name: str, data: bytes) -> str:
    save_as = "Save it as CSV or XLSX"
    if data.startswith(_OLD_EXCEL):
        raise refused(name, "it is an old Excel workbook (.xls)", "Save it as XLSX")
    if _HTML.match(data[:2000].removeprefix(b"\xef\xbb\xbf")):
        raise refused(name, "it is a web page, not a table", save_as)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in data:
        raise refused(name, "it is neither text nor a workbook", save_as)
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refused(name, "its letters are in a coding that is not known", "Save it as UTF-8")


MOST_LETTERS = 100_000


def _csv_lines(name: str, text: str) -> Iterator[Line]:
    first, _, rest = text.partition("\n")
    start = 1
    said = re.fullmatch(r'"?sep=(.)"?', first.strip("\r"))
    if said:  # Excel's own way to name the delimiter
        text, start = rest, 2
    delimiter = said[1] if said else _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number, rows = 0, 0
    try:
        for row in reader:
            _refuse_long_cells(row)
            line = Line(number + start, tuple(text_cell(cell.strip()) for cell in row))
            number = reader.line_num
            if line.is_empty:
                continue
            rows += 1
            check_size(name, line.cells, rows)
            yield line
    except csv.Error as error:
        raise refused(
            name, f"line {number + start} is no row of a CSV file ({error})", "Check its quotes"
        ) from error


def _refuse_long_cells(row: list[str]) -> None:
    """Hold our own limit: the csv module's is one for the process, and other libraries lift it."""
    if any(len(cell) > MOST_LETTERS for cell in row):
        raise csv.Error(f"a cell has more than {MOST_LETTERS:,} letters")


def text_cell(text: str) -> Cell:
    """Return a cell of text without the mark that kept a spreadsheet from running it."""
    return Broken(text) if text in ERRORS else unguarded(text)


def check_size(name: str, cells: Sequence[Cell], rows: int) -> None:
    """Refuse a table of too many rows or columns.

    Raises:
        UserError: it is too large.
    """
    if rows > MOST_ROWS + 1:  # with the header
        raise refused(name, f"it has more than {MOST_ROWS:,} rows", "Split it into several files")
    if len(cells) > MOST_COLUMNS and any(cell != "" for cell in cells[MOST_COLUMNS:]):
        raise refused(name, f"it has more than {MOST_COLUMNS} columns", "Remove what is not needed")


def _delimiter(text: str) -> str:
    """Return the sign that parts the header into the most cells."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    outside = "".join(header.split('"')[::2])  # what is not in quotes
    return max(_DELIMITERS, key=outside.count)
