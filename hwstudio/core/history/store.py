"""Keeps every result of every run in the user's own database.

A damaged file is set aside and a new one begun; a damaged row is passed over and named; a file of
a newer hwstudio is left alone; where nothing can be written the results live in memory, and the
face is told so by ``notice``.
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
from hwstudio.core.history.migrations import MIGRATIONS, migrate, pending, schema_of, unknown
from hwstudio.core.history.row import COLUMNS, UnreadableRow, of_row, to_row
from hwstudio.core.model.result import Result

_INSERT = (
    f"INSERT OR REPLACE INTO result ({', '.join(COLUMNS)}) "  # noqa: S608  (names are ours)
    f"VALUES ({', '.join('?' * len(COLUMNS))})"
)

_WORDS = {
    "locked": "another program is using it",
    "disk is full": "the disk is full",
    "readonly": "it may not be written",
    "disk I/O": "the disk refuses, most often because it is full",
    "unable to open": "it cannot be opened",
}


class History:
    """The open database. ``notice`` is a sentence people should see, or ""."""

    def __init__(self, db: sqlite3.Connection, notice: str = "", why_not_kept: str = "") -> None:
        self._db = db
        self._lock = threading.Lock()
        self._named: set[str] = set()  # damaged rows that were told of
        self.notice = notice
        self.why_not_kept = why_not_kept  # "" when what is added stays after the program ends

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
        why = in_words(error)
        notice = f"New results cannot be kept: {file} cannot be written ({why})."
        logger("history").warning(notice)
        with contextlib.suppress(sqlite3.Error):
            return cls(_open_to_read(file), notice, why)
        db = _connect(":memory:")
        migrate(db)
        return cls(db, notice, why)

    def add_result(self, result: Result) -> None:
        """Keep one result, at once and for good.

        Raises:
            HostError: it cannot be written.
        """
        with self.using("The result could not be saved"):
            self._db.execute(_INSERT, to_row(result))

    def delete_result(self, result_id: str) -> None:
        """Forget one result; none of that id is no error.

        Raises:
            HostError: it cannot be written.
        """
        with self.using("The result could not be deleted"):
            self._db.execute("DELETE FROM result WHERE id = ?", (result_id,))

    def results(self, bench: str | None = None, *, with_samples: bool = True) -> tuple[Result, ...]:
        """Return the results, newest first; lists are quicker without their samples.

        A row that cannot be read is passed over, with a warning that names it.

        Raises:
            HostError: the file cannot be read.
        """
        names = ", ".join(
            name if with_samples or name != "samples" else "'{}' AS samples" for name in COLUMNS
        )
        where = "" if bench is None else "WHERE bench = ?"
        sql = f"SELECT {names} FROM result {where} ORDER BY taken_at DESC, rowid DESC"  # noqa: S608
        with self.using("The history could not be read"):
            rows = self._db.execute(sql, () if bench is None else (bench,)).fetchall()
        return tuple(found for row in rows if (found := self._readable(row)) is not None)

    def _readable(self, row: sqlite3.Row) -> Result | None:
        try:
            return of_row(row)
        except UnreadableRow as error:
            name = str(row["id"])
            if name not in self._named:
                self._named.add(name)
                logger("history").warning(
                    "The stored result %s cannot be read (its %s are damaged); it is left out.",
                    name,
                    error,
                )
            return None

    def result(self, result_id: str) -> Result:
        """Return one result.

        Raises:
            UserError: there is none of that id, or it is damaged.
            HostError: the file cannot be read.
        """
        with self.using("The history could not be read"):
            row = self._db.execute("SELECT * FROM result WHERE id = ?", (result_id,)).fetchone()
        if row is None:
            raise UserError(f"There is no result {result_id!r}", "", "See: hwstudio bench list")
        try:
            return of_row(row)
        except UnreadableRow as error:
            raise UserError(
                f"The stored result {result_id!r} cannot be read",
                f"its {error} are damaged",
                "Measure again",
            ) from error

    def close(self) -> None:
        """Close the file."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            self._db.close()

    @contextlib.contextmanager
    def using(self, what: str) -> Iterator[sqlite3.Connection]:
        """Hold the database for one piece of work; ``what`` begins the sentence of a failure.

        Raises:
            HostError: the file cannot be read or written.
        """
        with self._lock:
            try:
                yield self._db
            except sqlite3.Error as error:
                why = self.why_not_kept or in_words(error)
                raise HostError(what, why, remedy(why)) from error


def _connect(name: str, *, uri: bool = False) -> sqlite3.Connection:
    # One connection for all threads of a face, each use under the store's lock.
    db = sqlite3.connect(name, timeout=5.0, isolation_level=None, check_same_thread=False, uri=uri)
    db.row_factory = sqlite3.Row
    return db


def _open(file: Path) -> sqlite3.Connection:
    db = _connect(str(file))
    try:
        _refuse_newer(db, file)  # before anything is written
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
    found, strange = schema_of(db), unknown(db)
    if found > len(MIGRATIONS) or strange:
        why = f"its schema is {found}, this version knows {len(MIGRATIONS)}"
        raise UserError(
            f"The history in {file} is from a newer hwstudio",
            f"this version does not know its step {strange[0]!r}" if strange else why,
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


def in_words(error: Exception) -> str:
    """Return why a file cannot be used in plain words."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    text = str(error)
    for sign, words in _WORDS.items():
        if sign in text:
            return words
    return text


def remedy(why: str) -> str:
    """Return what to do about a file that cannot be used."""
    if why == _WORDS["locked"]:
        return "Close the other program that uses it and try again"
    return "Check the disk's free space and whether the folder can be written"


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Tell a damaged file from a locked, full or forbidden one, which must not be set aside."""
    if isinstance(error, sqlite3.OperationalError):
        # A file of ours without its table is as good as damaged.
        return "no such table" in str(error) or "no such column" in str(error)
    return True
