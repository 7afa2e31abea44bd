"""A document as neutral blocks: what is said, without how it looks.

Numbers stay numbers (SI or money as Decimal) with their unit beside them; writers shape them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

SCHEMA = 1

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
    """Rows under columns; ``note`` says where the numbers come from."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


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


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over named positions (days, weeks)."""

    title: str
    unit: str
    places: tuple[str, ...]
    lines: tuple[Line, ...]
    note: str = ""
    digits: int = 1


Block = Heading | Paragraph | Table | KeyFigures | Chart


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report. ``facts`` are what it is about: period, computer, date."""

    kind: str
    title: str
    facts: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...] = field(default=())


def cell_text(cell: Cell, column: Column) -> str:
    """Return a cell for people."""
    if cell is None:
        return column.absent
    if isinstance(cell, str):
        return cell
    digits = column.digits
    if digits is None:
        digits = 0 if cell == int(cell) else 2
    return f"{cell:,.{digits}f}"
