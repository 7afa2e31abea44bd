"""Rows of the other tables as records: one reading for every shelf, so that all can be browsed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from hwstudio.core.catalog.rows import named
from hwstudio.core.catalog.schema import TAIL
from hwstudio.core.catalog.shelf import SHELVES, Shelf
from hwstudio.core.catalog.store import Store
from hwstudio.core.model.price import Price, PriceKind
from hwstudio.core.model.record import Record

NOT_VALUES = {*TAIL, "row_number"}


def shelves(store: Store) -> tuple[Shelf, ...]:
    """Return the shelves this catalogue has; an older file may lack some."""
    there = {row["table_name"] for row in store.rows('SELECT DISTINCT table_name FROM "column"')}
    return tuple(shelf for shelf in SHELVES.values() if shelf.id in there)


def read_records(store: Store, shelf: Shelf, titles: Mapping[str, str]) -> Iterator[Record]:
    """Yield the rows of one shelf in the order of the table."""
    money = _money_columns(store, shelf.id)
    sql = f'SELECT rowid AS row_number, * FROM "{shelf.id}" ORDER BY rowid'  # noqa: S608 - a known name
    for row in map(named, store.rows(sql)):
        yield _record(shelf, row, titles, money)


def _money_columns(store: Store, table: str) -> set[str]:
    sql = "SELECT name FROM \"column\" WHERE table_name = ? AND type = 'money'"
    return {row["name"] for row in store.rows(sql, (table,))}


def _record(shelf: Shelf, row: Any, titles: Mapping[str, str], money: set[str]) -> Record:
    label = [row[column] for column in shelf.label if row[column] not in {None, ""}]
    values = {name: value for name, value in row.items() if name not in NOT_VALUES}
    values |= {name: float(values[name]) for name in money if values[name] is not None}
    own_id = values.get("id") or values.get("row_id")
    return Record(
        shelf=shelf.id,
        id=own_id or f"{shelf.id}:{row['row_number']}",
        name=", ".join(_plain(value) for value in label),
        maker=str(values.get(shelf.maker) or ""),
        source=titles[row["source"]],
        source_date=row["as_of"],
        values=values,
        release_year=_year(values.get("release_date") or values.get("released_date")),
        price=_price(shelf, row, titles),
    )


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _year(date: Any) -> int | None:
    text = str(date or "")[:4]
    return int(text) if text.isdigit() else None


def _price(shelf: Shelf, row: Any, titles: Mapping[str, str]) -> Price | None:
    """Return the price a row states; one without a date is no price."""
    if not shelf.price or not row[shelf.price] or not row[shelf.price_date]:
        return None
    try:
        amount = Decimal(row[shelf.price])
    except InvalidOperation as error:
        raise ValueError(row[shelf.price]) from error
    said = f"{titles[row['source']]}: {row['source_ref']}"
    currency = (row[shelf.currency] if shelf.currency else "") or "USD"
    return Price(amount, amount, amount, currency, PriceKind.LIST, row[shelf.price_date], said)
