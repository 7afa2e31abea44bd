"""One table of a user's file, row by row, with what its columns show taken together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.catalog.checks import CellError
from hwstudio.core.catalog.intake import amount as intake_amount
from hwstudio.core.catalog.intake.amount import Broken, Cell, Number, words
from hwstudio.core.catalog.intake.columns import Layout
from hwstudio.core.catalog.intake.file import Line, Sheet
from hwstudio.core.catalog.overlay import mine

_MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One row; every reading of a cell may raise ``CellError`` with words for people."""

    table: Table
    line: Line

    @property
    def number(self) -> int:
        """Return the line of the file."""
        return self.line.number

    @property
    def text(self) -> str:
        """Return the row as people see it, shortened."""
        shown = ", ".join(words(cell) for cell in self.line.cells)
        return shown if len(shown) <= _MOST_SHOWN else f"{shown[: _MOST_SHOWN - 1]}…"

    def check(self) -> None:
        """Refuse a row of more cells than the header, and one a formula went wrong in."""
        width = len(self.table.layout.header)
        if any(cell != "" for cell in self.line.cells[width:]):
            raise CellError("it has more cells than the header; put quotes around text with commas")
        for place in self.table.used:
            cell = self._cell(place)
            if isinstance(cell, Broken):
                name = self.table.layout.header[place]
                raise CellError(f"{name} holds the spreadsheet's error {cell.code}")

    def _cell(self, place: int | None) -> Cell:
        cells = self.line.cells
        return cells[place] if place is not None and place < len(cells) else ""

    def cell(self, name: str) -> Cell:
        """Return the cell of a field, "" when there is none."""
        return self._cell(self.table.layout.places.get(name))

    def words(self, name: str) -> str:
        """Return a field as clean text."""
        return mine.clean(words(self.cell(name)))

    def money(self, name: str) -> intake_amount.Money:
        """Return an amount with its currency."""
        return intake_amount.read_money(self.cell(name), self.table.point(name))

    def amount(self, name: str) -> Decimal:
        """Return a plain number."""
        return intake_amount.read_number(self.cell(name), self.table.point(name))

    def date(self, name: str, last_day: str) -> str:
        """Return an ISO date not after ``last_day``; "" when the cell is empty."""
        if self.cell(name) == "":
            return ""
        found = intake_amount.read_date(self.cell(name), self.table.day_place(name))
        if found > last_day[: len(found)]:
            raise CellError(f"{found} is in the future")
        return found

    def specs(self) -> dict[str, Cell]:
        """Return the cells that describe a part, by the header's name; numbers as they are."""
        return {
            name: cell
            for place, name in self.table.layout.specs.items()
            if (cell := self._cell(place)) != ""
        }


class Table:
    """A table and its layout."""

    def __init__(self, sheet: Sheet, layout: Layout) -> None:
        self.sheet = sheet
        self.layout = layout
        self.used = sorted({*layout.places.values(), *layout.specs})
        self._points: dict[int, str] = {}
        self._days: dict[int, str] = {}

    def rows(self) -> Iterator[Row]:
        """Yield the rows below the header."""
        return (Row(self, line) for line in self.sheet.lines[1:])

    def point(self, name: str) -> str:
        """Return the sign before the decimals in a field's column."""
        return self.point_at(self.layout.places.get(name, -1))

    def point_at(self, place: int) -> str:
        """Return the sign before the decimals in a column."""
        if place not in self._points:
            self._points[place] = intake_amount.point_of_column(self._column(place))
        return self._points[place]

    def day_place(self, name: str) -> str:
        """Return whether day or month stands first in a field's column."""
        place = self.layout.places.get(name, -1)
        if place not in self._days:
            self._days[place] = intake_amount.day_place_of_column(self._column(place))
        return self._days[place]

    def _column(self, place: int) -> Iterator[Cell]:
        lines = self.sheet.lines[1:] if place >= 0 else []
        return (line.cells[place] for line in lines if place < len(line.cells))


def plain(cell: Cell, point: str) -> str:
    """Return a number with a point before its decimals; text that is no number as it stands.

    Raises:
        CellError: it can mean two numbers.
    """
    if isinstance(cell, Number):
        return format(cell.value, "f")
    try:
        return format(intake_amount.read_number(cell, point), "f")
    except CellError as error:
        if "can mean" in str(error):
            raise
        return words(cell)
