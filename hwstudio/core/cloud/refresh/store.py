"""The user's own store of refreshed prices: one file in the home, changed whole or not at all.

The bundled catalogue is never written. A refresh writes into a copy, which then takes the place of
the file in one step: a process killed in the middle leaves the prices as they were, and whoever
reads meanwhile sees the old ones. Every price that ever held stays as history.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import astuple, dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.log import logger
from hwstudio.core.cloud.refresh.row import Band, FreshOffer, Key, key_of

VERSION = 1
_BUSY_S = 5.0
_ATTEMPTS, _AGAIN_S = 40, 0.05
_MONEY = frozenset({"price", "spot", "price_1y", "price_3y"})
_COLUMNS = tuple(field.name for field in fields(FreshOffer))
_BAND = tuple(field.name for field in fields(Band))
_HISTORY = (
    *("price", "spot", "price_1y", "price_3y", "as_of", "valid_from", "source", "fetched_at"),
)
# AUTOINCREMENT: the number of an offer is never given to another one.
_TABLES = f"""
CREATE TABLE offer (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE,
  {", ".join(_COLUMNS)}, is_gone INTEGER NOT NULL DEFAULT 0);
CREATE TABLE history (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL,
  {", ".join(_HISTORY)});
CREATE INDEX history_by_key ON history (key);
CREATE TABLE band (key TEXT PRIMARY KEY, {", ".join(_BAND)}) WITHOUT ROWID;
CREATE TABLE refresh (id INTEGER PRIMARY KEY AUTOINCREMENT, fetched_at TEXT NOT NULL,
  sources TEXT NOT NULL, added INTEGER NOT NULL, changed INTEGER NOT NULL,
  gone INTEGER NOT NULL, rejected INTEGER NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """An offer of the store with its number, which never changes."""

    id: int
    offer: FreshOffer


@dataclass(frozen=True, slots=True)
class PastPrice:
    """What an offer cost from a day on; USD per hour for the whole shape."""

    price: Decimal | None
    spot: Decimal | None
    price_1y: Decimal | None
    price_3y: Decimal | None
    as_of: str
    valid_from: str
    source: str
    fetched_at: str


@dataclass(frozen=True, slots=True)
class RefreshNote:
    """One refresh that was taken."""

    fetched_at: str
    sources: str
    added: int
    changed: int
    gone: int
    rejected: int


class PriceStore:
    """Reads and writes the file; opened for each piece of work, so that any process may."""

    def __init__(self, file: Path) -> None:
        self.file = file

    @property
    def stamp(self) -> tuple[int, int] | None:
        """Return what changes whenever the file does; None while there is none."""
        try:
            found = self.file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size

    # --- reading -------------------------------------------------------------------------

    def offers(self) -> tuple[Stored, ...]:
        """Return the offers in use; a file that cannot be read gives none (the log says so)."""
        sql = f"SELECT id, {', '.join(_COLUMNS)} FROM offer WHERE is_gone = 0 ORDER BY id"  # noqa: S608
        return tuple(Stored(row[0], _offer(row[1:])) for row in self._rows(sql))

    def bands(self) -> tuple[Band, ...]:
        """Return the interruption bands."""
        sql = f"SELECT {', '.join(_BAND)} FROM band ORDER BY key"  # noqa: S608
        return tuple(Band(**dict(zip(_BAND, row, strict=True))) for row in self._rows(sql))

    def history(self, key: Key) -> tuple[PastPrice, ...]:
        """Return every price an offer had, oldest first, in the order they were taken."""
        sql = f"SELECT {', '.join(_HISTORY)} FROM history WHERE key = ? ORDER BY id"  # noqa: S608
        return tuple(_past(row) for row in self._rows(sql, (_joined(key),)))

    def last(self) -> RefreshNote | None:
        """Return the newest refresh; by its number, because clocks may run back."""
        sql = (
            "SELECT fetched_at, sources, added, changed, gone, rejected FROM refresh "
            "ORDER BY id DESC LIMIT 1"
        )
        return next((RefreshNote(*row) for row in self._rows(sql)), None)

    def _rows(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        if not self.file.is_file():
            return []
        try:
            with closing(_opened(self.file)) as db:
                return db.execute(sql, values).fetchall() if _is_ours(db) else []
        except (sqlite3.Error, OSError) as error:
            logger("cloud").warning("the prices in %s cannot be read: %s", self.file, error)
            return []

    # --- writing -------------------------------------------------------------------------

    @contextmanager
    def change(self) -> Iterator[Change]:
        """Yield what the work is done with; all of it counts at the end, or nothing does.

        Raises:
            UserError: the file is of a newer hwstudio.
            HostError: it cannot be written.
        """
        part = self.file.with_suffix(".part.db")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self._set_damaged_aside()
            part.unlink(missing_ok=True)
            if self.file.is_file():
                shutil.copyfile(self.file, part)
            with closing(_opened(part)) as db:
                db.execute("PRAGMA journal_mode = MEMORY")
                db.execute("PRAGMA synchronous = OFF")  # the whole copy is synced below
                db.execute("BEGIN IMMEDIATE")
                _build(db)
                yield Change(db)
                db.execute("COMMIT")
            _synced(part)
            _swap(part, self.file)
        except (sqlite3.Error, OSError) as error:
            raise HostError(
                "The prices could not be kept; those in use stay",
                str(error),
                f"Check {self.file} and the free room on the disk",
            ) from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def _set_damaged_aside(self) -> None:
        if not self.file.is_file():
            return
        try:
            with closing(_opened(self.file)) as db:
                db.execute("SELECT count(*) FROM sqlite_master").fetchone()
                return
        except sqlite3.OperationalError:
            raise  # busy or not to be opened: not damaged
        except sqlite3.DatabaseError:
            self.file.replace(self.file.with_suffix(".damaged.db"))


class Change:
    """One refresh being written into a copy."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def put(self, offer: FreshOffer) -> None:
        """Keep an offer; a price that differs from the last one kept becomes history too."""
        key = _joined(offer.key)
        names, marks = ", ".join(("key", *_COLUMNS)), ", ".join("?" * (len(_COLUMNS) + 1))
        same = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)
        self._db.execute(
            f"INSERT INTO offer ({names}) VALUES ({marks}) "  # noqa: S608 - our own names
            f"ON CONFLICT (key) DO UPDATE SET {same}, is_gone = 0",
            (key, *_texts(offer)),
        )
        prices = tuple(_text(getattr(offer, name)) for name in _HISTORY[:4])
        last = self._db.execute(
            "SELECT price, spot, price_1y, price_3y FROM history WHERE key = ? "
            "ORDER BY id DESC LIMIT 1",
            (key,),
        ).fetchone()
        if last != prices:
            rest = (offer.as_of, offer.valid_from, offer.source, offer.fetched_at)
            self.add_history(offer.key, (*prices, *rest))

    def add_history(self, key: Key, values: tuple[Any, ...]) -> None:
        """Note down a price; the columns are those of PastPrice."""
        names, marks = ", ".join(("key", *_HISTORY)), ", ".join("?" * (len(_HISTORY) + 1))
        sql = f"INSERT INTO history ({names}) VALUES ({marks})"  # noqa: S608 - our own names
        self._db.execute(sql, (_joined(key), *(_text(value) for value in values)))

    def has_history(self, key: Key) -> bool:
        """Say whether a price of an offer was noted down before."""
        sql = "SELECT 1 FROM history WHERE key = ? LIMIT 1"
        return self._db.execute(sql, (_joined(key),)).fetchone() is not None

    def remove(self, key: Key) -> None:
        """Take an offer that is gone out of use; its history stays."""
        self._db.execute("UPDATE offer SET is_gone = 1 WHERE key = ?", (_joined(key),))

    def put_bands(self, bands: Iterable[Band]) -> None:
        """Keep interruption bands."""
        marks = ", ".join("?" * (len(_BAND) + 1))
        sql = f"INSERT OR REPLACE INTO band (key, {', '.join(_BAND)}) VALUES ({marks})"  # noqa: S608
        self._db.executemany(
            sql, [(f"{band.instance} {band.region}", *astuple(band)) for band in bands]
        )

    def note(self, note: RefreshNote) -> None:
        """Note down that a refresh was taken."""
        self._db.execute(
            "INSERT INTO refresh (fetched_at, sources, added, changed, gone, rejected) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            astuple(note),
        )


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=_BUSY_S, isolation_level=None)


def _synced(file: Path) -> None:
    with file.open("rb+") as whole:
        os.fsync(whole.fileno())


def _swap(part: Path, file: Path) -> None:
    """Put the copy in the place of the file: the one moment that counts.

    On Windows a file that somebody just reads cannot be replaced; reading takes milliseconds.
    """
    for _ in range(_ATTEMPTS):
        try:
            part.replace(file)
        except PermissionError:
            time.sleep(_AGAIN_S)
        else:
            return
    part.replace(file)


def _is_ours(db: sqlite3.Connection) -> bool:
    return int(db.execute("PRAGMA user_version").fetchone()[0]) == VERSION


def _build(db: sqlite3.Connection) -> None:
    found = int(db.execute("PRAGMA user_version").fetchone()[0])
    if found > VERSION:
        raise UserError(
            "The prices were written by a newer hwstudio", f"format {found}", "Update hwstudio"
        )
    if found == 0:
        for statement in _TABLES.split(";"):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {VERSION}")


def _joined(key: Key) -> str:
    return "\n".join(key_of(*key))


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _texts(offer: FreshOffer) -> tuple[Any, ...]:
    return tuple(_text(getattr(offer, name)) for name in _COLUMNS)


def _money(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _offer(row: tuple[Any, ...]) -> FreshOffer:
    values: dict[str, Any] = dict(zip(_COLUMNS, row, strict=True))
    for name in _MONEY:
        values[name] = _money(values[name])
    return FreshOffer(**values)


def _past(row: tuple[Any, ...]) -> PastPrice:
    values: dict[str, Any] = dict(zip(_HISTORY, row, strict=True))
    for name in _MONEY:
        values[name] = _money(values[name])
    return PastPrice(**values)
