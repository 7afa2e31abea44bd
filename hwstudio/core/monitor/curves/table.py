"""How a CSV file is laid out: what parts its cells, whether commas are decimal, its header."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass

from hwstudio.core.monitor.curves.columns import best_step, best_time, number_of

_SEPARATORS = (",", ";", "\t", "|")
COMMENT = "#"


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of the rows that follow a header."""

    separator: str
    names: tuple[str, ...]
    step: int | None  # column
    time: int | None

    @property
    def comma(self) -> bool:
        """Say whether a comma inside a cell can be a decimal one."""
        return self.separator != ","


def cells(lines: Sequence[str], separator: str) -> list[list[str]]:
    """Return the cells of each line. A quote that is never closed ends with its line.

    Raises:
        csv.Error: a cell is longer than the csv module takes.
    """
    lines = [line.replace("\r", " ").replace("\0", "") for line in lines]
    if any('"' in line for line in lines):
        return [row for line in lines for row in _read([line], separator)]
    return _read(lines, separator)


def _read(lines: Sequence[str], separator: str) -> list[list[str]]:
    return list(csv.reader(lines, delimiter=separator, skipinitialspace=True))


def separator_of(line: str) -> str:
    """Return what parts the cells of a header: what occurs most outside quotes."""
    outside = "".join(line.split('"')[::2])
    most = max(_SEPARATORS, key=outside.count)
    if outside.count(most):
        return most
    return " " if " " in line.strip() and number_of(line.split(maxsplit=1)[0]) is not None else ","


def is_header(row: Sequence[str], *, comma: bool) -> bool:
    """Say whether a row names columns: none of its cells is a number, and one is a word."""
    words = [cell for cell in row if cell.strip()]
    return bool(words) and all(number_of(cell, comma=comma) is None for cell in words)


def layout_of(names: Sequence[str], separator: str) -> Layout:
    """Return the layout a header stands for; empty names become "column N"."""
    clean = [name.strip() or f"column {place + 1}" for place, name in enumerate(names)]
    step, time = best_step(clean), best_time(clean)
    return Layout(
        separator,
        tuple(clean),
        clean.index(step) if step else None,
        clean.index(time) if time else None,
    )


def nameless(row: Sequence[str], separator: str) -> Layout:
    """Return the layout of a file whose first row already holds numbers."""
    return layout_of([""] * len(row), separator)
