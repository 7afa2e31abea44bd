"""Writes batches of changes to the user's own file so that each can be taken back exactly."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog.overlay.mine import Batch, Kept, Undone
from hwstudio.core.catalog.overlay.schema import TABLES, listed

KEPT_BATCHES = 100  # older changes can no longer be undone
# What makes two rows of `price` the same observation.
SAME_PRICE = ("part_id", "kind", "seller", "as_of", "currency")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One row before and after; None = there is no row. A new price has no key yet."""

    table: str
    key: str | None
    before: Row | None
    after: Row | None

    @property
    def item(self) -> tuple[str, str]:
        """Return what is taken back as one: all prices of a part, or a single other row."""
        row = self.after or self.before or {}
        return self.table, str(row["part_id"]) if self.table == "price" else str(self.key)


def row_of(db: sqlite3.Connection, table: str, key: str) -> Row | None:
    """Return the row as it stands now."""
    sql = f"SELECT {listed(table)} FROM {table} WHERE {TABLES[table][0]} = ?"  # noqa: S608 - our own names
    found = db.execute(sql, (key,)).fetchone()
    return dict(found) if found else None


def rows_of(db: sqlite3.Connection, table: str) -> tuple[Row, ...]:
    """Return every row of a table, by key."""
    sql = f"SELECT {listed(table)} FROM {table} ORDER BY {TABLES[table][0]}"  # noqa: S608 - our own names
    return tuple(dict(row) for row in db.execute(sql))


def write(db: sqlite3.Connection, title: str, changes: Iterable[Change]) -> int | None:
    """Make the changes and note them down; return the batch, or None when nothing changed.

    Raises:
        UserError: a row is no longer as the change found it.
    """
    real = [change for change in changes if change.before != change.after]
    if not real:
        return None
    made = db.execute("INSERT INTO batch (title, made_at) VALUES (?, ?)", (title, iso_now()))
    batch = made.lastrowid
    noted = ((batch, number, *_made(db, change)) for number, change in enumerate(real))
    sql = f"INSERT INTO change ({listed('change')}) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608 - ours
    db.executemany(sql, list(noted))
    _forget_old(db)
    return batch


def _made(db: sqlite3.Connection, change: Change) -> tuple[str, str, str | None, str | None]:
    """Make one change; return table, key and the row before and after it."""
    if change.key is not None and row_of(db, change.table, change.key) != change.before:
        raise UserError(
            "Nothing was changed",
            "your prices and parts were changed in the meantime",
            "Look at the preview again",
        )
    key, after = _put(db, change.table, change.key, change.after)
    return change.table, key, _text(change.before), _text(after)


def _put(
    db: sqlite3.Connection, table: str, key: str | None, row: Row | None
) -> tuple[str, Row | None]:
    """Make the row with this key read as ``row``; return its key, and it with its key."""
    name, *_ = columns = TABLES[table]
    if row is None or str(row[name]) != key:
        if key is not None:
            db.execute(f"DELETE FROM {table} WHERE {name} = ?", (key,))  # noqa: S608 - our own names
        if row is None:
            return str(key), None
    marks = ", ".join("?" * len(columns))
    # A row that stays is changed in place: columns another program added keep what they hold.
    same = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
    sql = (
        f"INSERT INTO {table} ({listed(table)}) VALUES ({marks}) "  # noqa: S608 - our own names
        f"ON CONFLICT ({name}) DO UPDATE SET {same}"
    )
    made = db.execute(sql, tuple(row[column] for column in columns))
    whole = row if row[name] is not None else row | {name: made.lastrowid}
    return str(whole[name]), whole


def _text(row: Row | None) -> str | None:
    return None if row is None else json.dumps(row, ensure_ascii=False, sort_keys=True)


def _forget_old(db: sqlite3.Connection) -> None:
    oldest = db.execute(
        "SELECT id FROM batch ORDER BY id DESC LIMIT 1 OFFSET ?", (KEPT_BATCHES,)
    ).fetchone()
    if oldest:
        db.execute("DELETE FROM change WHERE batch_id <= ?", (oldest[0],))
        db.execute("DELETE FROM batch WHERE id <= ?", (oldest[0],))


def batches(db: sqlite3.Connection) -> tuple[Batch, ...]:
    """Return what can be undone, newest first."""
    sql = (
        "SELECT batch.id, title, made_at, count(*) FROM batch JOIN change ON batch_id = batch.id "
        "GROUP BY batch.id ORDER BY batch.id DESC"
    )
    return tuple(Batch(*row) for row in db.execute(sql))


def undo(db: sqlite3.Connection, batch_id: int | None) -> Undone:
    """Take back a batch (None = the last); what was changed again later stays as it is.

    Raises:
        UserError: there is no such batch.
    """
    known = batches(db)
    batch = next((each for each in known if batch_id in {None, each.id}), None)
    if batch is None:
        wanted = "There is nothing to undo" if batch_id is None else f"Change {batch_id} is gone"
        why = "" if batch_id is None else f"only the last {KEPT_BATCHES} changes can be undone"
        raise UserError(wanted, why)
    undone, kept = 0, []
    for (table, item), changes in _by_item(db, batch.id):
        now = [row_of(db, each.table, str(each.key)) for each in changes]
        if now == [each.before for each in changes]:
            continue  # it was taken back by hand
        is_other = now != [each.after for each in changes]
        if is_other or _is_changed_since(db, batch.id, changes) or _has_twin(db, changes):
            kept.append(Kept(table, item, "it was changed again later"))
            continue
        for each in reversed(changes):
            _put(db, each.table, each.key, each.before)
            undone += 1
    db.execute("DELETE FROM change WHERE batch_id = ?", (batch.id,))
    db.execute("DELETE FROM batch WHERE id = ?", (batch.id,))
    return Undone(batch, undone, tuple(kept))


def _by_item(
    db: sqlite3.Connection, batch_id: int
) -> Iterator[tuple[tuple[str, str], list[Change]]]:
    sql = "SELECT * FROM change WHERE batch_id = ? ORDER BY number"
    changes = [
        Change(row["table_name"], row["key"], _row(row["before"]), _row(row["after"]))
        for row in db.execute(sql, (batch_id,))
    ]
    for item, group in groupby(sorted(changes, key=lambda each: each.item), lambda each: each.item):
        yield item, list(group)


def _row(text: str | None) -> Row | None:
    if text is None:
        return None
    row: Row = json.loads(text)
    return row


def _is_changed_since(db: sqlite3.Connection, batch_id: int, changes: list[Change]) -> bool:
    """Say whether a later batch changed one of the rows, even to what it reads after this one."""
    sql = "SELECT 1 FROM change WHERE batch_id > ? AND table_name = ? AND key = ?"
    return any(db.execute(sql, (batch_id, c.table, str(c.key))).fetchone() for c in changes)


def _has_twin(db: sqlite3.Connection, changes: list[Change]) -> bool:
    """Say whether a price to be brought back has meanwhile been said anew."""
    ours = {str(each.key) for each in changes}
    wanted = " AND ".join(f"{name} = ?" for name in SAME_PRICE)
    sql = f"SELECT id FROM price WHERE {wanted}"  # noqa: S608 - our own names
    back = [each.before for each in changes if each.table == "price" and each.before]
    return any(
        str(found[0]) not in ours
        for row in back
        for found in db.execute(sql, tuple(row[name] for name in SAME_PRICE))
    )
