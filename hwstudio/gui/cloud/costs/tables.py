"""The table of a sheet: its lines with who says so; the formula of a line on hover."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from hwstudio.core.cost.sheets.model import NOT_COUNTED, Heading, Row
from hwstudio.gui.kit.table import Column
from hwstudio.gui.kit.tip import provenance_tip

_AMOUNT = 106


def columns_of(headings: tuple[Heading, ...]) -> tuple[Column, ...]:
    """Return the columns of a sheet's table."""
    last = len(headings) - 1
    return tuple(
        Column(
            heading.title,
            partial(_value, number),
            partial(_text, number, heading.decimals),
            right=heading.is_number,
            tip=_tip,
            colour=_colour,
            width=max(_AMOUNT, 8 * len(heading.title) + 24) if heading.is_number else 0,
            stretch=number == last,
        )
        for number, heading in enumerate(headings)
    )


def _value(number: int, row: Row) -> Decimal | str | None:
    found: Decimal | str | None = row.cells[number]
    return found


def _text(number: int, decimals: int, row: Row) -> str:
    cell = row.cells[number]
    if cell is None:
        return NOT_COUNTED
    return f"{cell:,.{decimals}f}" if isinstance(cell, Decimal) else str(cell)


def _tip(row: Row) -> str:
    return provenance_tip(str(row.cells[0]), source=row.says, formula=row.formula)


def _colour(row: Row) -> str:
    return "accent" if row.is_sum else "muted" if row.is_muted else ""
