"""The steps by which the history database grew: each named, each applied once, in one transaction.

A step never changes after a release; the next change is a new step. The number of steps is the
schema number kept in the file, so an older hwstudio can tell that it must not touch a newer file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from hwstudio.core.base.clock import iso_now


@dataclass(frozen=True, slots=True)
class Migration:
    """One step."""

    name: str
    apply: Callable[[sqlite3.Connection], None]


def _results(db: sqlite3.Connection) -> None:
    db.execute(
        "CREATE TABLE result ("
        " id TEXT PRIMARY KEY,"
        " bench TEXT NOT NULL,"
        " method_version INTEGER NOT NULL,"
        " taken_at TEXT NOT NULL,"
        " machine TEXT NOT NULL,"
        " device TEXT NOT NULL,"
        " outcome TEXT NOT NULL,"
        " words TEXT NOT NULL,"
        " verdict TEXT NOT NULL,"
        " verdict_reason TEXT NOT NULL,"
        " params TEXT NOT NULL,"
        " metrics TEXT NOT NULL,"
        " samples TEXT NOT NULL,"
        " conditions TEXT NOT NULL)"
    )
    db.execute("CREATE INDEX result_by_bench ON result (bench, taken_at)")


def _runs(db: sqlite3.Connection) -> None:
    db.execute(
        "CREATE TABLE run ("
        " id TEXT PRIMARY KEY,"
        " title TEXT NOT NULL,"
        " started_s REAL NOT NULL,"
        " ended_s REAL,"
        " pid INTEGER,"
        " process_started_s REAL,"
        " devices TEXT NOT NULL,"
        " log_path TEXT NOT NULL,"
        " note TEXT NOT NULL,"
        " predicted TEXT NOT NULL)"
    )
    db.execute("CREATE INDEX run_by_start ON run (started_s)")


def _run_endings(db: sqlite3.Connection) -> None:
    db.execute("ALTER TABLE run ADD COLUMN ending TEXT NOT NULL DEFAULT ''")


MIGRATIONS: tuple[Migration, ...] = (
    Migration("0001 results", _results),
    Migration("0002 runs", _runs),
    Migration("0003 run endings", _run_endings),
)


def schema_of(db: sqlite3.Connection) -> int:
    """Return the schema number of an open file; 0 is a new one."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def applied(db: sqlite3.Connection) -> tuple[str, ...]:
    """Return the names of the steps taken, in order."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'migration'").fetchone():
        return ()
    return tuple(row[0] for row in db.execute("SELECT name FROM migration ORDER BY number"))


def unknown(db: sqlite3.Connection, steps: tuple[Migration, ...] = MIGRATIONS) -> tuple[str, ...]:
    """Return the steps in an open file that this version does not know, in order."""
    known = [step.name for step in steps]
    return tuple(name for name in applied(db) if name not in known)


def pending(
    db: sqlite3.Connection, steps: tuple[Migration, ...] = MIGRATIONS
) -> tuple[Migration, ...]:
    """Return the steps still to take."""
    return steps[schema_of(db) :]


def migrate(db: sqlite3.Connection, steps: tuple[Migration, ...] = MIGRATIONS) -> None:
    """Take every pending step; each one whole, with its record, or not at all."""
    for number in range(schema_of(db) + 1, len(steps) + 1):
        step = steps[number - 1]
        db.execute("BEGIN IMMEDIATE")
        try:
            if schema_of(db) >= number:  # another process was faster
                db.execute("ROLLBACK")
                continue
            db.execute(
                "CREATE TABLE IF NOT EXISTS migration"
                " (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)"
            )
            step.apply(db)
            db.execute("INSERT INTO migration VALUES (?, ?, ?)", (number, step.name, iso_now()))
            db.execute(f"PRAGMA user_version = {number}")
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise
