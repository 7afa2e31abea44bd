"""The tables of the user's own file, and the steps from each older form to the present one."""

from __future__ import annotations

import sqlite3

VERSION = 2

# Each table with its key first; all that is the user's own, and nothing of the catalogue.
TABLES: dict[str, tuple[str, ...]] = {
    "price": (
        *("id", "part_id", "amount", "currency", "kind", "seller", "as_of", "note"),
        "recorded_at",
    ),
    "own_part": ("id", "kind", "name", "maker", "cells", "source_note", "as_of"),
    "owned": ("part_id", "quantity", "since", "note"),
    "note": ("part_id", "text", "changed_at"),
    "saved_search": ("name", "kind", "query", "position"),
}
# Batches of changes: the row before and after each, as JSON, so that it can be undone.
JOURNAL: dict[str, tuple[str, ...]] = {
    "batch": ("id", "title", "made_at"),
    "change": ("batch_id", "number", "table_name", "key", "before", "after"),
}


def listed(table: str) -> str:
    """Return the columns of a table for SQL: another program may have added some of its own."""
    return ", ".join((TABLES | JOURNAL)[table])


# AUTOINCREMENT: an id that was undone is never given to another price.
_TABLES_OF_2 = """
CREATE TABLE price (
  id INTEGER PRIMARY KEY AUTOINCREMENT, part_id TEXT NOT NULL, amount TEXT NOT NULL,
  currency TEXT NOT NULL, kind TEXT NOT NULL, seller TEXT NOT NULL, as_of TEXT NOT NULL,
  note TEXT NOT NULL, recorded_at TEXT NOT NULL);
CREATE INDEX price_by_part ON price (part_id);
CREATE TABLE own_part (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, maker TEXT NOT NULL,
  cells TEXT NOT NULL, source_note TEXT NOT NULL, as_of TEXT NOT NULL);
CREATE TABLE owned (
  part_id TEXT PRIMARY KEY, quantity INTEGER NOT NULL, since TEXT NOT NULL, note TEXT NOT NULL);
CREATE TABLE note (part_id TEXT PRIMARY KEY, text TEXT NOT NULL, changed_at TEXT NOT NULL);
CREATE TABLE saved_search (
  name TEXT PRIMARY KEY, kind TEXT NOT NULL, query TEXT NOT NULL, position INTEGER NOT NULL);
CREATE TABLE batch (
  id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, made_at TEXT NOT NULL);
CREATE TABLE change (
  batch_id INTEGER NOT NULL, number INTEGER NOT NULL, table_name TEXT NOT NULL,
  key TEXT NOT NULL, before TEXT, after TEXT, PRIMARY KEY (batch_id, number)) WITHOUT ROWID
"""
# Format 1 had one price a part, without a seller; the day it was typed is the price's own day.
_PRICES_OF_1 = (
    "INSERT INTO price (part_id, amount, currency, kind, seller, as_of, note, recorded_at) "
    "SELECT part_id, amount, currency, 'own', '', as_of, note, as_of FROM own_price "
    "ORDER BY part_id"
)


def version_of(db: sqlite3.Connection) -> int | None:
    """Return the format of an open file: 0 for an empty one, None for another program's."""
    found = int(db.execute("PRAGMA user_version").fetchone()[0])
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if found == 0 and "own_price" in tables:
        return 1  # format 1 was able to leave its table in a file it had not numbered yet
    if found == 0 and tables:
        return None
    return found


def is_whole(db: sqlite3.Connection) -> bool:
    """Say whether a file of the present format has every table and column; it may have more."""
    return all(
        {row[1] for row in db.execute(f"PRAGMA table_info({name})")} >= set(columns)
        for name, columns in (TABLES | JOURNAL).items()
    )


def build(db: sqlite3.Connection, version: int) -> None:
    """Bring an empty file (0) or one of format 1 to the present format, inside a transaction."""
    for statement in _TABLES_OF_2.split(";"):
        db.execute(statement)
    if version == 1:
        db.execute(_PRICES_OF_1)
        db.execute("DROP TABLE own_price")
    db.execute(f"PRAGMA user_version = {VERSION}")
