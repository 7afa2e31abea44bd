"""The columns of the parts list."""

from __future__ import annotations

from hwstudio.gui.kit.table import Column
from hwstudio.gui.machine.state import Found


def _what(row: Found) -> str:
    return row.what


def _value(row: Found) -> str:
    return row.value


def _how(row: Found) -> str:
    return row.how


def _colour(row: Found) -> str:
    return "" if row.is_known else "muted"


FOUND_COLUMNS = (
    Column("Part", _what, width=130),
    Column("Found", _value, tip=_value, colour=_colour, width=330),
    Column("How it was found", _how, tip=_how, stretch=True),
)
