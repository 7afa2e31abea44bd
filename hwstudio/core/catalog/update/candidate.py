"""Is a catalogue file fit to be used, and what would change? Asked before an update is taken."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog.audit.ledger import TAIL
from hwstudio.core.catalog.cloud_tables import TABLES
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.catalog.store import SCHEMA_VERSION, Store
from hwstudio.core.catalog.update.bundle import Manifest, refused
from hwstudio.core.catalog.update.in_use import Columns, columns_of, what_lacks
from hwstudio.core.model.part import PartKind

DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
INDEX = "part_text"  # the one virtual table a catalogue has
_MOST_CHECK_S = 60.0
_STEPS = 200_000


@dataclass(frozen=True, slots=True)
class Changes:
    """What an update changes. Parts count as changed when a value does, not a citation."""

    parts_added: int = 0
    parts_removed: int = 0
    parts_changed: int = 0
    prices_changed: int = 0  # parts in both whose amounts differ


def examine(file: Path, name: str, manifest: Manifest, like: Path | None) -> str:
    """Return the date of a catalogue that is sound in every way hwstudio can tell.

    Args:
        file: the catalogue, checksum already held.
        name: what to call it in words.
        manifest: what its bundle says of it.
        like: the bundled catalogue; what tables and columns it has, the new one must have.

    Raises:
        UserError: it is not fit, with the reason.
    """
    wanted: tuple[Columns, set[str]] = _shape(like) if like is not None else ({}, set())
    try:
        with closing(_opened(file)) as connection:
            as_of = _check_meta(connection, name, manifest)
            _check_whole(connection, name)
            _check_shape(connection, name, wanted)
    except sqlite3.DatabaseError as error:
        raise refused(name, f"its database is damaged ({error})") from error
    try:
        bare = _bare_cells(file)
    except UserError as error:
        raise refused(name, error.why or error.what) from error
    if bare:
        raise refused(name, f"{bare:,} of its cells have no source", "Get a sound catalogue")
    return as_of


def _opened(file: Path) -> sqlite3.Connection:
    uri = f"{file.resolve().as_uri()}?mode=ro&immutable=1"
    connection = sqlite3.connect(uri, uri=True)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.set_progress_handler(_alarm(), _STEPS)
    return connection


def _alarm() -> Callable[[], int]:
    """Return what ends a check that a wicked file makes endless."""
    until = time.monotonic() + _MOST_CHECK_S
    return lambda: int(time.monotonic() > until)


def _check_meta(connection: sqlite3.Connection, name: str, manifest: Manifest) -> str:
    try:
        meta = dict(connection.execute("SELECT name, value FROM meta"))
        version, as_of = int(meta["schema_version"]), str(meta["as_of"])
    except (sqlite3.OperationalError, LookupError, ValueError, TypeError) as error:
        raise refused(name, "it does not say which version it is") from error
    if version > SCHEMA_VERSION:
        why = f"its format {version} is newer than this hwstudio's format {SCHEMA_VERSION}"
        raise refused(name, why, "Update hwstudio, then take it")
    if version < SCHEMA_VERSION:
        why = f"its format {version} is older than this hwstudio's format {SCHEMA_VERSION}"
        raise refused(name, why, "Get a newer catalogue")
    if not DATE.fullmatch(as_of):
        raise refused(name, f"'{as_of[:40]}' is no date")
    if manifest.as_of and (manifest.as_of, manifest.schema_version) != (as_of, version):
        raise refused(name, "its manifest speaks of another catalogue")
    return as_of


def _check_whole(connection: sqlite3.Connection, name: str) -> None:
    kinds = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    for kind, table, sql in kinds:
        is_virtual = kind == "table" and str(sql).upper().startswith("CREATE VIRTUAL")
        if kind in {"view", "trigger"} or (is_virtual and table != INDEX):
            raise refused(name, f"it holds a {kind} '{table}', which no catalogue has")
    said = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
    if said != ["ok"]:
        raise refused(name, f"its database is damaged ({said[0]})")
    dead = connection.execute("PRAGMA foreign_key_check").fetchall()
    if dead:
        raise refused(name, f"{len(dead):,} of its rows name rows that are not there")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _has_rows(connection: sqlite3.Connection, table: str) -> bool:
    sql = f"SELECT 1 FROM {_quoted(table)} LIMIT 1"  # noqa: S608 - a table of the bundled file
    return connection.execute(sql).fetchone() is not None


def _shape(file: Path) -> tuple[Columns, set[str]]:
    """Return the columns of every table and which have rows; nothing for an unusable file."""
    try:
        with closing(_opened(file)) as connection:
            columns = columns_of(connection)
            return columns, {table for table in columns if _has_rows(connection, table)}
    except sqlite3.DatabaseError:
        return {}, set()


def _check_shape(
    connection: sqlite3.Connection, name: str, wanted: tuple[Columns, set[str]]
) -> None:
    lacking = what_lacks(columns_of(connection), wanted[0])
    if lacking:
        raise refused(name, lacking)
    for table in sorted(wanted[1]):
        if not _has_rows(connection, table):
            raise refused(name, f"its table '{table}' is empty")


def _bare_cells(file: Path) -> int:
    """Make every row an object once, so that what would fail later fails here.

    Returns how many cells nobody answers for.
    """
    with closing(Catalog(Store(file))) as opened:
        for kind in PartKind:
            opened.parts(kind)
        opened.offers()
        opened.workloads()
        opened.reference_results()
        for name in TABLES:
            opened.table(name)
        return opened.audit().cells_without_source


# --- what changes ------------------------------------------------------------------------------


def compared(old: Path | None, new: Path) -> Changes:
    """Count what differs between two catalogues; without an old one every part is new."""
    if old is None:
        return Changes(parts_added=len(_parts(new)))
    before, after = _parts(old), _parts(new)
    both = before.keys() & after.keys()
    prices = _prices(old), _prices(new)
    return Changes(
        parts_added=len(after.keys() - before.keys()),
        parts_removed=len(before.keys() - after.keys()),
        parts_changed=sum(_differs(before[part], after[part]) for part in both),
        prices_changed=sum(prices[0].get(part) != prices[1].get(part) for part in both),
    )


def _differs(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return any(one[column] != other[column] for column in one.keys() & other.keys())


def _parts(file: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    with closing(Store(file)) as store:
        for kind in PartKind:
            for row in store.rows(f"SELECT * FROM {_quoted(kind.value)}"):  # noqa: S608 - an enum
                found[row["id"]] = {c: row[c] for c in row.keys() if c not in TAIL}  # noqa: SIM118
    return found


def _prices(file: Path) -> dict[str, set[tuple[str, ...]]]:
    found: dict[str, set[tuple[str, ...]]] = {}
    with closing(Store(file)) as store:
        for row in store.rows("SELECT part_id, kind, amount, low, high, currency FROM price"):
            found.setdefault(row["part_id"], set()).add(tuple(row)[1:])
    return found
