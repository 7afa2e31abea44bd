"""A document as neutral blocks: what is said, without how it looks.

Numbers stay numbers (SI or money as Decimal) with their unit beside them; writers shape them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum

SCHEMA = 1
_DIGITS = 400  # enough for the longest number a float can be

Cell = str | int | float | Decimal | None  # None = not measured
NOT_MEASURED = "not measured"
NOT_PRICED = "not priced"


class Status(StrEnum):
    """How a figure stands; always shown as words too, never by colour alone."""

    PLAIN = ""
    GOOD = "good"
    WATCH = "watch"
    BAD = "off target"
    UNKNOWN = "not measured"


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's title; level 2 is a chapter, 3 a part of one."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Plain sentences."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """Short items one beneath another; numbered where their order matters."""

    items: tuple[str, ...]
    is_numbered: bool = False


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the figures come from, numbered from 1 so that a text can say "[1]"."""

    items: tuple[str, ...]
    title: str = "Sources"


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column; ``digits`` after the decimal point for numbers."""

    name: str
    unit: str = ""
    digits: int | None = None  # None = text, or a number as it is
    absent: str = NOT_MEASURED  # what a cell without a value says

    @property
    def title(self) -> str:
        """Return the name with its unit."""
        return f"{self.name}, {self.unit}" if self.unit else self.name


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; ``note`` says where the numbers come from.

    The columns numbered in ``sums`` (from 0) are added up in one more row, which a spreadsheet
    gets as a formula. ``formulas``: by (row, column) from 0, what a spreadsheet writes in place of
    the value; cells are named as on the table's own sheet, whose rows begin at 2.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    sums: tuple[int, ...] = ()
    sum_name: str = "Sum"
    formulas: Mapping[tuple[int, int], str] = field(default_factory=dict)

    @property
    def sum_row(self) -> tuple[Cell, ...] | None:
        """Return the row of sums, exact; None where nothing is summed or no row stands."""
        if not self.sums or not self.rows:
            return None
        cells: list[Cell] = [""] * len(self.columns)
        is_whole = True
        for at in self.sums:
            known = [row[at] for row in self.rows if row[at] is not None]
            is_whole = is_whole and len(known) == len(self.rows)
            cells[at] = _added(known)
        cells[0] = self.sum_name if is_whole else f"{self.sum_name} of what is known"
        return tuple(cells)

    @property
    def all_rows(self) -> tuple[tuple[Cell, ...], ...]:
        """Return the rows with the row of sums, if there is one."""
        last = self.sum_row
        return self.rows if last is None else (*self.rows, last)


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One number that matters, as people read it, and as a machine does."""

    name: str
    shown: str
    value: Cell = None
    unit: str = ""
    status: Status = Status.PLAIN
    words: str = ""  # one sentence beneath it


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """Figures beside each other."""

    figures: tuple[KeyFigure, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart; None is a gap."""

    name: str
    values: tuple[float | None, ...]


class ChartForm(StrEnum):
    """How values are drawn."""

    LINES = "lines"  # over places in order: days, weeks, months
    BARS = "bars"  # one bar beside each place


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over named positions (days, weeks), or bars beside them."""

    title: str
    unit: str
    places: tuple[str, ...]
    lines: tuple[Line, ...]
    note: str = ""
    digits: int = 1
    form: ChartForm = ChartForm.LINES


Block = Heading | Paragraph | Bullets | Table | KeyFigures | Chart | Sources


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report. ``facts`` are what it is about: period, computer, date.

    ``made`` is an ISO date (or date and time): the only date written files carry, so that the same
    document is the same bytes. ``language`` is the language of its words (BCP 47).
    """

    kind: str
    title: str
    facts: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...] = field(default=())
    made: str = ""
    language: str = "en"


def cell_text(cell: Cell, column: Column) -> str:
    """Return a cell for people."""
    if cell is None:
        return column.absent
    if isinstance(cell, str):
        return cell
    exact = cell if isinstance(cell, Decimal) else Decimal(repr(cell))
    # Half up, as spreadsheets round what they show: the same figure in every format.
    places = Decimal(1).scaleb(-digits_of(cell, column))
    with localcontext(prec=_DIGITS):
        rounded = exact.quantize(places, rounding=ROUND_HALF_UP)
    return f"{rounded or abs(rounded):,f}"


def digits_of(cell: int | float | Decimal, column: Column) -> int:
    """Return how many digits after the point a number shows."""
    if column.digits is not None:
        return column.digits
    return 0 if cell == int(cell) else 2


def chart_table(chart: Chart) -> Table:
    """Return a chart's numbers as a table: its twin for those who do not see it."""
    columns = (
        Column(""),
        *(Column(line.name, chart.unit, chart.digits, absent="") for line in chart.lines),
    )
    rows = tuple(
        (place, *(line.values[at] for line in chart.lines)) for at, place in enumerate(chart.places)
    )
    return Table(chart.title, columns, rows, chart.note)


def _added(numbers: Sequence[Cell]) -> Decimal | float | None:
    """Return a sum; whole and decimal numbers stay exact."""
    found = [number for number in numbers if not isinstance(number, str | None)]
    if not found:
        return None
    if any(isinstance(number, float) for number in found):
        return math.fsum(map(float, found))
    return sum((Decimal(number) for number in found), Decimal(0))
