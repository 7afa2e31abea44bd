"""Rows of the user's own file into what the rest of the program works with, and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from sqlite3 import Connection
from sqlite3 import Row as SqlRow
from typing import Any, TypeVar

from hwstudio.core.base.errors import HwstudioError, UserError
from hwstudio.core.base.log import logger
from hwstudio.core.base.money import money
from hwstudio.core.catalog.overlay import mine
from hwstudio.core.catalog.overlay.journal import SAME_PRICE, Change, Row
from hwstudio.core.catalog.overlay.mine import Note, Observation, Owned, OwnPart, SavedSearch
from hwstudio.core.catalog.overlay.schema import listed
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.price import PriceKind

T = TypeVar("T")

OWN_ID = "own-"
# What a row somebody else wrote into raises while it becomes an object.
_WRONG = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, HwstudioError)


def _sound(rows: Iterable[SqlRow], make: Callable[[SqlRow], T], what: str) -> Iterator[T]:
    """Yield what can be made; one damaged row loses only itself."""
    for row in rows:
        try:
            yield make(row)
        except _WRONG:
            logger("catalog").warning("your %s of %s is damaged and was left out", what, row[0])


# --- prices ----------------------------------------------------------------------------------


def observations_by_part(db: Connection) -> dict[str, tuple[Observation, ...]]:
    """Return the prices of each part, the one that speaks first."""
    rank = " ".join(f"WHEN '{kind.value}' THEN {n}" for n, kind in enumerate(mine.SAID_BY_USER))
    sql = f"SELECT * FROM price ORDER BY part_id, CASE kind {rank} ELSE 9 END, as_of DESC, id DESC"  # noqa: S608 - our own words
    found: dict[str, list[Observation]] = {}
    for seen in _sound(db.execute(sql), _observation, "price"):
        found.setdefault(seen.part_id, []).append(seen)
    return {part_id: tuple(each) for part_id, each in found.items()}


def _observation(row: SqlRow) -> Observation:
    amount, kind = Decimal(row["amount"]), PriceKind(row["kind"])
    if not amount.is_finite() or kind not in mine.SAID_BY_USER or not mine.is_date(row["as_of"]):
        raise ValueError("no price of the user's")
    return Observation(
        part_id=row["part_id"],
        amount=amount,
        currency=row["currency"],
        as_of=row["as_of"],
        kind=kind,
        seller=row["seller"],
        note=row["note"],
        recorded_at=row["recorded_at"],
    )


def price_words(seen: Observation) -> str:
    """Return "$1,234, quote of 2026-08-17"."""
    amount = money(seen.amount, seen.currency, decimals=None if seen.amount % 1 == 0 else 2)
    return f"{amount}, {seen.kind.value} of {seen.as_of}"


def price_row(seen: Observation, recorded_at: str) -> Row:
    """Return the row of a new price; its id is given when it is written."""
    return {
        "id": None,
        "part_id": seen.part_id,
        "amount": mine.plain_number(seen.amount),
        "currency": seen.currency,
        "kind": seen.kind.value,
        "seller": seen.seller,
        "as_of": seen.as_of,
        "note": seen.note,
        "recorded_at": seen.recorded_at or recorded_at,
    }


def prices_from(db: Connection, part_id: str, kind: PriceKind | None, as_of: str) -> list[Row]:
    """Return the rows of a part's prices of a kind (None = all) from a day on."""
    sql = f"SELECT {listed('price')} FROM price WHERE part_id = ? AND as_of >= ?"  # noqa: S608 - ours
    rows = [dict(row) for row in db.execute(sql, (part_id, as_of))]
    return [row for row in rows if kind is None or row["kind"] == kind.value]


def same_prices(db: Connection, seen: Observation) -> list[Row]:
    """Return the rows of the same kind, seller, currency and day."""
    return twins(db, price_row(seen, ""))


def twins(db: Connection, row: Row) -> list[Row]:
    """Return the rows that are the same observation as ``row``, amount and note aside."""
    wanted = " AND ".join(f"{name} = ?" for name in SAME_PRICE)
    sql = f"SELECT {listed('price')} FROM price WHERE {wanted}"  # noqa: S608 - our own names
    return [dict(found) for found in db.execute(sql, tuple(row[name] for name in SAME_PRICE))]


def price_changes(seen: Observation, old: list[Row]) -> list[Change]:
    """Return the changes by which a price takes the place of ``old``."""
    from hwstudio.core.base.clock import iso_now

    row = price_row(seen, iso_now())
    told = [*SAME_PRICE, "amount", "note"]
    if len(old) == 1 and all(old[0][name] == row[name] for name in told):
        return []
    gone = [Change("price", str(each["id"]), each, None) for each in old]
    return [*gone, Change("price", None, None, row)]


# --- parts -----------------------------------------------------------------------------------


def own_parts(db: Connection) -> tuple[OwnPart, ...]:
    """Return every part the user described, by kind and name."""
    sql = "SELECT * FROM own_part ORDER BY kind, name, id"
    return tuple(_sound(db.execute(sql), _own_part, "part"))


def _own_part(row: SqlRow) -> OwnPart:
    values: dict[str, Any] = dict(json.loads(row["cells"]))
    return OwnPart(
        id=row["id"],
        kind=PartKind(row["kind"]),
        name=row["name"],
        maker=row["maker"],
        values=values,
        source_note=row["source_note"],
        as_of=row["as_of"],
    )


def own_part_row(part: OwnPart) -> Row:
    """Return the row of a part.

    Raises:
        UserError: its id does not begin with "own-", or its name is empty.
    """
    name = mine.clean(part.name, "The name")
    if not part.id.startswith(OWN_ID) or mine.clean(part.id) != part.id:
        raise UserError(f"'{part.id}' cannot be the id of your part", "", "Begin it with own-")
    if not name:
        raise UserError("Your part has no name", "", "Type a name")
    cells = {key: value for key, value in part.values.items() if value is not None}
    return {
        "id": part.id,
        "kind": part.kind.value,
        "name": name,
        "maker": mine.clean(part.maker, "The maker"),
        "cells": json.dumps(cells, ensure_ascii=False, sort_keys=True, allow_nan=False),
        "source_note": mine.clean(part.source_note, "The source"),
        "as_of": part.as_of,
    }


# --- owned, notes, searches ------------------------------------------------------------------


def owned(db: Connection) -> dict[str, Owned]:
    """Return what is owned, by part id."""
    rows = db.execute(f"SELECT {listed('owned')} FROM owned ORDER BY part_id")  # noqa: S608 - ours
    found = _sound(rows, lambda row: mine.checked_owned(Owned(*row)), "number of pieces")
    return {each.part_id: each for each in found}


def owned_row(each: Owned) -> Row:
    """Return the row of what is owned."""
    return {
        "part_id": each.part_id,
        "quantity": each.quantity,
        "since": each.since,
        "note": each.note,
    }


def notes(db: Connection) -> dict[str, Note]:
    """Return the notes by part id."""
    rows = db.execute(f"SELECT {listed('note')} FROM note ORDER BY part_id")  # noqa: S608 - ours
    return {each.part_id: each for each in _sound(rows, lambda row: Note(*row), "note")}


def note_row(note: Note) -> Row:
    """Return the row of a note."""
    return {"part_id": note.part_id, "text": note.text, "changed_at": note.changed_at}


def searches(db: Connection) -> tuple[SavedSearch, ...]:
    """Return the saved searches in their order."""

    def made(row: SqlRow) -> SavedSearch:
        query: dict[str, Any] = dict(json.loads(row["query"]))
        return SavedSearch(row["name"], row["kind"], query)

    rows = db.execute("SELECT * FROM saved_search ORDER BY position, name")
    return tuple(_sound(rows, made, "search"))


def next_position(db: Connection) -> int:
    """Return the place after the last search."""
    found = db.execute("SELECT coalesce(max(position), 0) + 1 FROM saved_search").fetchone()
    return int(found[0])
