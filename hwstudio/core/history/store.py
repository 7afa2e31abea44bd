"""Keeps every result of every run in the user's own database.

A damaged file is set aside and a new one begun; a file of a newer hwstudio is left alone; where
nothing can be written the results live in memory, and the face is told so by ``notice``.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from hwstudio.core.base.clock import utc_now
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.log import logger
from hwstudio.core.history.migrations import MIGRATIONS, migrate, pending, schema_of
from hwstudio.core.history.row import COLUMNS, of_row, to_row
from hwstudio.core.model.result import Result

_INSERT = (
    f"INSERT OR REPLACE INTO result ({', '.join(COLUMNS)}) "  # noqa: S608  (names are ours)
    f"VALUES ({', '.join('?' * len(COLUMNS))})"
)


class History:
    """The open database. ``notice`` is a sentence people should see, or ""."""

    def __init__(self, db: sqlite3.Connection, notice: str = "") -> None:
        self._db = db
        self._lock = threading.Lock()
        self.notice = notice

    @classmethod
    def open(cls, file: Path) -> History:
        """Open or begin the database.

        Raises:
            UserError: it was written by a newer hwstudio.
        """
        try:
            return cls(_open(file))
        except sqlite3.DatabaseError as error:
            if _is_damage(error):
                return cls._begin_anew(file)
            return cls._without_writing(file, error)
        except OSError as error:
            return cls._without_writing(file, error)

    @classmethod
    def _begin_anew(cls, file: Path) -> History:
        aside = _free_name(file, "damaged")
        try:
            for ending in ("-wal", "-shm"):
                Path(f"{file}{ending}").unlink(missing_ok=True)
            file.rename(aside)
            notice = (
                f"The history was damaged. It was kept as {aside.name} and a new one was begun."
            )
            logger("history").warning(notice)
            return cls(_open(file), notice)
        except (OSError, sqlite3.Error) as error:
            return cls._without_writing(file, error)

    @classmethod
    def _without_writing(cls, file: Path, error: Exception) -> History:
        """Read what is there; where even that fails, begin in memory."""
        notice = f"New results cannot be kept: {file} cannot be written ({error})."
        logger("history").warning(notice)
        with contextlib.suppress(sqlite3.Error):
            return cls(_open_to_read(file), notice)
        db = _connect(":memory:")
        migrate(db)
        return cls(db, notice)

    def add_result(self, result: Result) -> None:
        """Keep one result, at once and for good.

        Raises:
            HostError: it cannot be written.
        """
        with self._writing("The result could not be saved"):
            self._db.execute(_INSERT, to_row(result))

    def delete_result(self, result_id: str) -> None:
        """Forget one result; none of that id is no error.

        Raises:
            HostError: it cannot be written.
        """
        with self._writing("The result could not be deleted"):
            self._db.execute("DELETE FROM result WHERE id = ?", (result_id,))

    def results(self, bench: str | None = None, *, with_samples: bool = True) -> tuple[Result, ...]:
        """Return the results, newest first; lists are quicker without their samples."""
        names = ", ".join(
            name if with_samples or name != "samples" else "'{}' AS samples" for name in COLUMNS
        )
        where = "" if bench is None else "WHERE bench = ?"
        sql = f"SELECT {names} FROM result {where} ORDER BY taken_at DESC, rowid DESC"  # noqa: S608
        with self._lock:
            rows = self._db.execute(sql, () if bench is None else (bench,)).fetchall()
        return tuple(of_row(row) for row in rows)

    def result(self, result_id: str) -> Result:
        """Return one result.

        Raises:
            UserError: there is none of that id.
        """
        with self._lock:
            row = self._db.execute("SELECT * FROM result WHERE id = ?", (result_id,)).fetchone()
        if row is None:
            raise UserError(f"There is no result {result_id!r}", "", "See: hwstudio bench list")
        return of_row(row)

    def close(self) -> None:
        """Close the file."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            self._db.close()

    @contextlib.contextmanager
    def _writing(self, what: str) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise HostError(what, str(error), "Check the disk's free space") from error


def _connect(name: str, *, uri: bool = False) -> sqlite3.Connection:
    # One connection for all threads of a face, each use under the store's lock.
    db = sqlite3.connect(name, timeout=5.0, isolation_level=None, check_same_thread=False, uri=uri)
    db.row_factory = sqlite3.Row
    return db


def _open(file: Path) -> sqlite3.Connection:
    db = _connect(str(file))
    try:
        _refuse_newer(db, file)
        _check_whole(db)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        if pending(db) and schema_of(db) > 0:
            _back_up(db, file)
        migrate(db)
        db.execute("SELECT 1 FROM result LIMIT 1")
    except BaseException:
        db.close()
        raise
    return db


def _open_to_read(file: Path) -> sqlite3.Connection:
    """Open a file on a disk that cannot be written, where SQLite could not even lock it."""
    db = _connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        _refuse_newer(db, file)
        db.execute("SELECT 1 FROM result LIMIT 1")
    except BaseException:
        db.close()
        raise
    return db


def _check_whole(db: sqlite3.Connection) -> None:
    if db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise sqlite3.DatabaseError("database disk image is malformed")


def _refuse_newer(db: sqlite3.Connection, file: Path) -> None:
    found = schema_of(db)
    if found > len(MIGRATIONS):
        raise UserError(
            f"The history in {file} is from a newer hwstudio",
            f"its schema is {found}, this version knows {len(MIGRATIONS)}",
            "Update hwstudio, or choose another folder with --home DIR",
        )


def _back_up(db: sqlite3.Connection, file: Path) -> None:
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy2(file, _free_name(file, f"schema{schema_of(db)}"))


def _free_name(file: Path, word: str) -> Path:
    stamp = utc_now().strftime("%Y%m%d-%H%M%S")
    name = file.with_name(f"{file.stem}.{word}-{stamp}{file.suffix}")
    number = 1
    while name.exists():
        number += 1
        name = file.with_name(f"{file.stem}.{word}-{stamp}-{number}{file.suffix}")
    return name


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Tell a damaged file from a locked, full or forbidden one, which must not be set aside."""
    if isinstance(error, sqlite3.OperationalError):
        # A file of ours without its table is as good as damaged.
        return "no such table" in str(error) or "no such column" in str(error)
    return True
