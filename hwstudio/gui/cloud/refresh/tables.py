"""The lists of a refresh: changed, new, rejected, and who gave nothing."""

from __future__ import annotations

from typing import Any

from hwstudio.gui.cloud.refresh.words import price_words
from hwstudio.gui.kit.table import Column

Row = dict[str, Any]


def _cell(name: str) -> Any:
    def value(row: Row) -> Any:
        return row[name]

    return value


def _price(name: str) -> Any:
    def text(row: Row) -> str:
        return price_words(row[name])

    return text


def _percent(row: Row) -> str:
    return "–" if row["percent"] is None else f"{row['percent']:+.1f} %"


def _percent_tip(row: Row) -> str:
    return f"{row['old_as_of']} to {row['new_as_of']}"


def _percent_colour(row: Row) -> str:
    percent = row["percent"]
    return "" if not percent else "warn" if percent > 0 else "ok"


def _machine(row: Row) -> str:
    return f"{row['provider']} {row['instance']} {row['region']}"


def _cards(row: Row) -> str:
    return f"{row['count']:g} x {row['accelerator']}"


def _row_text(row: Row) -> str:
    return str(row["row"])


def _why(row: Row) -> str:
    return f"{row['why'][:1].upper()}{row['why'][1:]}"


def _who(row: Row) -> str:
    return " ".join(filter(None, (row["source"], row["provider"])))


CHANGED = (
    Column("Offer", _cell("offer"), tip=_cell("offer"), stretch=True),
    Column("Price", _cell("kind"), width=110),
    Column("Old, $/h", _cell("old"), _price("old"), right=True, width=80),
    Column("New, $/h", _cell("new"), _price("new"), right=True, width=80),
    Column(
        "Change",
        _cell("percent"),
        _percent,
        right=True,
        width=80,
        tip=_percent_tip,
        colour=_percent_colour,
    ),
)
ADDED = (
    Column("Offer", _machine, tip=_machine, stretch=True),
    Column("Cards", _cards, width=150),
    Column("$/h", _cell("price_per_hour"), _price("price_per_hour"), right=True, width=80),
    Column("Spot, $/h", _cell("spot_per_hour"), _price("spot_per_hour"), right=True, width=80),
    Column("As of", _cell("as_of"), width=95),
)
REJECTED = (
    Column("Row", _row_text, tip=_row_text, width=190),
    Column("Why it was not believed", _why, tip=_why, stretch=True),
)
FAILED = (
    Column("Source", _who, tip=_who, width=190),
    Column("Why it gave nothing", _why, tip=_why, stretch=True),
)
