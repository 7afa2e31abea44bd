"""A sheet: inputs with who says so, an answer in one sentence, lines, charts, live formulas.

Every face shows the same sheets: the window as fields and charts, the command line as options and
JSON, a workbook as cells with formulas. Money is USD.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from hwstudio.core.base.errors import UserError

Value = Decimal | str | None
NOT_COUNTED = "not counted"
TYPED = "entered by you"
START = "assumed to begin with"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One input. ``is_optional``: may be left out, which every table then says."""

    id: str
    label: str
    unit: str = ""
    default: Value = None
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(10) ** 9
    decimals: int = 0
    group: str = ""
    is_optional: bool = False
    left_out: str = NOT_COUNTED  # what it means to leave it out
    options: tuple[tuple[str, str], ...] = ()  # (id, words) for a choice
    tip: str = ""
    shown_when: tuple[str, str] | None = None  # (field, value) it makes sense with
    slider_top: Decimal | None = None  # a slider up to here beside the field


@dataclass(frozen=True, slots=True)
class Entry:
    """The value of a field; None = not counted. ``low``/``high``: the range it lies in."""

    value: Value
    says: str = TYPED
    low: Decimal | None = None
    high: Decimal | None = None


Inputs = Mapping[str, Entry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """Inputs to begin with. Fields it does not name take their default."""

    id: str
    title: str
    values: Mapping[str, Value]
    says: str
    ranges: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    note: str = ""  # what the source got wrong, or what to know


@dataclass(frozen=True, slots=True)
class Figure:
    """A big number. ``text`` is how it reads, "" = there is none."""

    caption: str
    text: str
    unit: str = ""
    note: str = ""
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: its cells, who says so, and the formula on demand."""

    cells: tuple[Any, ...]  # Decimal, str, or None = not counted
    says: str = ""
    formula: str = ""
    is_sum: bool = False
    is_muted: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of the table."""

    title: str
    is_number: bool = False
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Stack:
    """Columns of a chart, each a stack of kinds."""

    title: str
    x_title: str
    y_title: str
    columns: tuple[str, ...]
    kinds: tuple[tuple[str, tuple[float, ...]], ...]


@dataclass(frozen=True, slots=True)
class Curves:
    """Lines over a common axis, with marks."""

    title: str
    x_title: str
    y_title: str
    x: tuple[float, ...]
    lines: tuple[tuple[str, tuple[float, ...]], ...]  # NaN = no value there
    marks: tuple[tuple[float, str], ...] = ()
    top: float | None = None  # cut the axis here, where a line would hide the rest
    is_falling: bool = False  # then the free corner for the legend is on the right


@dataclass(frozen=True, slots=True)
class Cell:
    """A named cell of the workbook: a formula over the names of inputs and earlier cells."""

    id: str
    label: str
    formula: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class Months:
    """A month-by-month table. In a formula ``{m}`` is the month and ``{row}`` its row."""

    count: int
    columns: tuple[tuple[str, str], ...]  # (title, formula)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a sheet says."""

    sentence: str
    kind: str  # ok | warn | info
    detail: str = ""
    figures: tuple[Figure, ...] = ()
    headings: tuple[Heading, ...] = ()
    rows: tuple[Row, ...] = ()
    stack: Stack | None = None
    curves: Curves | None = None
    cells: tuple[Cell, ...] = ()
    months: Months | None = None
    document: Mapping[str, Any] = field(default_factory=dict)  # for scripts


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One question about cost."""

    id: str
    title: str
    about: str
    fields: tuple[Field, ...]
    presets: tuple[Preset, ...]
    answer: Callable[[Inputs], Answer]


NO_VALUES: Mapping[str, Value] = MappingProxyType({})


def begin(sheet: Sheet, preset: Preset | None = None) -> dict[str, Entry]:
    """Return the inputs of a preset, or the defaults."""
    values = NO_VALUES if preset is None else preset.values
    ranges = {} if preset is None else preset.ranges
    found = {}
    for one in sheet.fields:
        if one.id in values:
            low, high = ranges.get(one.id, (None, None))
            found[one.id] = Entry(
                values[one.id],
                "" if preset is None else preset.says,
                None if low is None else Decimal(low),
                None if high is None else Decimal(high),
            )
        else:
            found[one.id] = Entry(one.default, START)
    return found


class Reader:
    """Values of inputs by field id."""

    def __init__(self, inputs: Inputs, which: str = "value") -> None:
        self._inputs, self._which = inputs, which

    def may(self, name: str) -> Decimal | None:
        """Return a number, or None where it is not counted."""
        entry = self._inputs[name]
        found = getattr(entry, self._which)
        if found is None:
            found = entry.value
        if found is None:
            return None
        if isinstance(found, str):
            raise UserError(f"{name} is not a number", found)
        return Decimal(found)

    def need(self, name: str, label: str) -> Decimal:
        """Return a number.

        Raises:
            UserError: it is not given.
        """
        found = self.may(name)
        if found is None:
            raise UserError(f"{label} is missing", "the answer rests on it", "Enter it")
        return found

    def share(self, name: str) -> Decimal | None:
        """Return per cent as a share."""
        found = self.may(name)
        return None if found is None else found / 100

    def or_zero(self, name: str) -> Decimal:
        """Return a number, 0 where it is left out."""
        return self.may(name) or Decimal(0)

    def word(self, name: str) -> str:
        """Return a choice."""
        return str(self._inputs[name].value or "")

    def says(self, name: str) -> str:
        """Return who says so."""
        entry = self._inputs[name]
        return entry.says if entry.value is not None else NOT_COUNTED
