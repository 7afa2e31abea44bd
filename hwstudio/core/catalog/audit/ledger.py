"""Every known cell of every sourced table, counted once, with who stands behind it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hwstudio.core.catalog.cells import MARKS
from hwstudio.core.catalog.source import RecalledRow
from hwstudio.core.catalog.store import Store

TAIL = {"source", "source_ref", "as_of", "confidence", "note"}
# These three repeat, or speak about, cells of the others.
ABOUT_OTHERS = {"cell_source", "claim", "price"}
NOT_FACTS = MARKS | TAIL | {"recalled_fields"}
NAMES = ("name", "title", "subject", "product", "service", "device", "instance", "area", "part_id")
ESTIMATE, PRICE_MODEL = "estimate", "price-model"


class Who(NamedTuple):
    """Who stands behind a cell; everything empty when nobody does."""

    source: str = ""
    source_ref: str = ""
    as_of: str = ""
    confidence: str = ""


class Kind(NamedTuple):
    """A column's type in the reviewed text and its unit in the database."""

    type: str
    unit: str


@dataclass(slots=True)
class Ledger:
    """The counts, and the rows and citations they were made from."""

    titles: Mapping[str, str]
    kinds: dict[str, dict[str, Kind]] = field(default_factory=dict)  # table -> column -> kind
    rows: dict[str, dict[str, sqlite3.Row]] = field(default_factory=dict)  # those with a key
    cited: dict[tuple[str, str], dict[str, Who]] = field(default_factory=dict)
    rows_of: Counter[str] = field(default_factory=Counter)
    cells_of: Counter[str] = field(default_factory=Counter)
    bare_of: Counter[str] = field(default_factory=Counter)
    rows_by: Counter[str] = field(default_factory=Counter)
    cells_by: Counter[str] = field(default_factory=Counter)
    confidence: Counter[str] = field(default_factory=Counter)
    prices: Counter[str] = field(default_factory=Counter)
    recalled: list[RecalledRow] = field(default_factory=list)

    def who(self, table: str, row_id: str, column: str) -> Who:
        """Return who stands behind one cell of a row with a key."""
        own = self.cited.get((table, row_id), {}).get(column)
        row = self.rows.get(table, {}).get(row_id)
        if own is not None:
            return own
        return Who() if row is None else _tail(row)

    def said(self, who: Who) -> str:
        """Return the title of a source and where in it the fact stands."""
        title = self.titles.get(who.source, who.source)
        return f"{title}: {who.source_ref}" if who.source_ref else title


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _tail(row: sqlite3.Row) -> Who:
    return Who(
        row["source"] or "", row["source_ref"] or "", row["as_of"] or "", row["confidence"] or ""
    )


def _sourced(store: Store) -> Iterator[tuple[str, list[str], str]]:
    """Yield name, columns of facts and key column ("" = none) of every table with sources."""
    for found in store.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid"):
        name = found["name"]
        info = store.rows(f"PRAGMA table_info({_quoted(name)})")
        columns = [column["name"] for column in info]
        if name in ABOUT_OTHERS or not {"source", "as_of", "confidence"} <= set(columns):
            continue
        keys = [column["name"] for column in info if column["pk"]]
        yield name, columns, keys[0] if len(keys) == 1 else ""


def read_ledger(store: Store, titles: Mapping[str, str]) -> Ledger:
    """Count the whole catalogue.

    A cell counts when it is known and says a fact: keys, and columns that only say where others
    come from, do not. It is without source when source or date is missing, or the source is none
    of ``titles``.
    """
    ledger = Ledger(titles)
    for row in store.rows('SELECT table_name, name, type, unit FROM "column"'):
        kinds = ledger.kinds.setdefault(row["table_name"], {})
        kinds[row["name"]] = Kind(row["type"], row["unit"] or "")
    sql = (
        "SELECT table_name, row_id, column, source, source_ref, as_of, confidence FROM cell_source"
    )
    for cell in store.rows(sql):
        ledger.cited.setdefault((cell["table_name"], cell["row_id"]), {})[cell["column"]] = _tail(
            cell
        )
    for name, columns, key in _sourced(store):
        _count_table(store, ledger, name, columns, key)
    _count_prices(store, ledger)
    return ledger


def _count_table(store: Store, ledger: Ledger, name: str, columns: list[str], key: str) -> None:
    known = ledger.kinds.get(name, {})
    facts = [c for c in columns if (c in known if known else True) and c not in NOT_FACTS]
    called = next((column for column in NAMES if column in columns), key)
    rows = store.rows(f"SELECT * FROM {_quoted(name)}")  # noqa: S608 - a table of this file
    ledger.rows_of[name] += len(rows)
    by_key = ledger.rows.setdefault(name, {})
    for place, row in enumerate(rows, 1):
        row_id = str(row[key]) if key else str(place)
        if key:
            by_key[row_id] = row
        own = ledger.cited.get(_origin(name, row_id, row), {})
        _count_row(ledger, name, row, own, facts)
        from_memory = tuple(_from_memory(row, own, facts))
        if from_memory:
            called_so = str(row[called] or row_id) if called else row_id
            ledger.recalled.append(RecalledRow(name, row_id, called_so, from_memory))


def _origin(table: str, row_id: str, row: sqlite3.Row) -> tuple[str, str]:
    """Return whose citations speak for a row: a maker's own board has those of its chip."""
    if table == "gpu_card" and row["is_reference"]:
        return "gpu", row["gpu_id"]
    return table, row_id


def _count_row(
    ledger: Ledger, name: str, row: sqlite3.Row, own: Mapping[str, Who], facts: list[str]
) -> None:
    tail = _tail(row)
    ledger.rows_by[tail.source] += 1
    known = [column for column in facts if row[column] is not None]
    others = [own[column] for column in known if column in own] if own else []
    for who in others:
        _count_cells(ledger, name, who, 1)
    if len(known) > len(others):  # most rows speak for all their cells
        _count_cells(ledger, name, tail, len(known) - len(others))


def _count_cells(ledger: Ledger, table: str, who: Who, cells: int) -> None:
    ledger.cells_of[table] += cells
    ledger.confidence[who.confidence] += cells
    ledger.cells_by[who.source] += cells
    if not who.as_of or who.source not in ledger.titles:
        ledger.bare_of[table] += cells


def _from_memory(row: sqlite3.Row, own: Mapping[str, Who], facts: list[str]) -> Iterator[str]:
    whole = row["confidence"]
    if not own and whole != "recalled":
        return
    for column in facts:
        if row[column] is not None:
            who = own.get(column)
            if (who.confidence if who else whole) == "recalled":
                yield column


def _count_prices(store: Store, ledger: Ledger) -> None:
    """Count the prices; an estimate is a cell of its own, the others repeat cells counted above."""
    for row in store.rows("SELECT kind, as_of, source FROM price"):
        ledger.prices[row["kind"]] += 1
        is_bare = not row["source"] or not row["as_of"]
        if row["kind"] == ESTIMATE:
            ledger.cells_of["price"] += 1
            ledger.rows_of["price"] += 1
            ledger.rows_by[PRICE_MODEL] += 1
            ledger.cells_by[PRICE_MODEL] += 1
            ledger.confidence["estimated"] += 1
        if is_bare:
            ledger.bare_of["price"] += 1


def value_at(ledger: Ledger, table: str, row_id: str, column: str) -> Any:
    """Return a cell's value; None when it is empty or there is no such cell."""
    row = ledger.rows.get(table, {}).get(row_id)
    return None if row is None or column not in row.keys() else row[column]  # noqa: SIM118
