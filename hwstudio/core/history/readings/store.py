"""Opening the readings' file: to write, to read, after damage, and what went wrong in plain words.

The file is in WAL mode, so that the window reads while the recorder writes. Commits are not
synced one by one (synchronous NORMAL): a process that is killed loses nothing that was committed,
a power cut may lose the last minutes but never damages the file.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from hwstudio.core.base.clock import utc_now
from hwstudio.core.base.errors import UserError
from hwstudio.core.history.migrations import migrate, schema_of, unknown
from hwstudio.core.history.readings.schema import MIGRATIONS, PAGE_BYTES

# A recorder must not stand still behind another program's lock: it keeps the tick and tries again.
_WRITER_WAITS_S = 0.5
_READER_WAITS_S = 2.0
_CHECKPOINT_PAGES = 64  # 1 MB of WAL at the most, copied into the file about every five minutes
_WAL_BYTES = 4 * 2**20
_CACHE_KB = 512  # the recorder's share of its 20 MB

_WORDS = {
    "locked": "another program is using it",
    "disk is full": "the disk is full",
    "readonly": "it may not be written",
    "disk I/O": "the disk refuses, most often because it is full",
    "unable to open": "it cannot be opened",
}
_TABLES = ("series", "layout", "hot", "chunk", "tier", "hour", "session", "gap", "device", "event")


def connect(name: str, *, waits_s: float, uri: bool = False) -> sqlite3.Connection:
    """Return a connection that threads share under their owner's lock."""
    return sqlite3.connect(
        name, timeout=waits_s, isolation_level=None, check_same_thread=False, uri=uri
    )


def open_to_write(file: Path) -> sqlite3.Connection:
    """Open or begin the file.

    Raises:
        UserError: it is from a newer hwstudio.
        sqlite3.Error: it cannot be opened or written, or is damaged (``is_damage``).
        OSError: its folder cannot be made.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    db = connect(str(file), waits_s=_WRITER_WAITS_S)
    try:
        refuse_newer(db, file)  # before anything is written
        if not schema_of(db):
            db.execute(f"PRAGMA page_size = {PAGE_BYTES}")
            db.execute("PRAGMA auto_vacuum = INCREMENTAL")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
        db.execute(f"PRAGMA journal_size_limit = {_WAL_BYTES}")
        db.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
        if 0 < schema_of(db) < len(MIGRATIONS):
            _back_up(db, file)
        migrate(db, MIGRATIONS)
        _touch_tables(db)
    except BaseException:
        db.close()
        raise
    return db


def open_to_read(file: Path) -> tuple[sqlite3.Connection, bool] | None:
    """Open the file without ever writing it; None where there is none yet.

    On a disk that cannot be written SQLite cannot lock: the file is then read as it lies, without
    what a WAL beside it may hold, and True comes with it.

    Raises:
        UserError: it is from a newer hwstudio.
        sqlite3.Error: it cannot be read.
    """
    if not file.is_file() or not file.stat().st_size:
        return None
    address = f"{file.resolve().as_uri()}?mode=ro"
    try:
        return _checked(address, file, is_frozen=False)
    except sqlite3.OperationalError as error:
        if "unable to open" not in str(error) and "readonly" not in str(error):
            raise
    return _checked(f"{address}&immutable=1", file, is_frozen=True)


def _checked(
    address: str, file: Path, *, is_frozen: bool
) -> tuple[sqlite3.Connection, bool] | None:
    db = connect(address, waits_s=_READER_WAITS_S, uri=True)
    try:
        refuse_newer(db, file)
        if schema_of(db):
            _touch_tables(db)
            return db, is_frozen
    except BaseException:
        db.close()
        raise
    db.close()  # another process is just making it
    return None


def _touch_tables(db: sqlite3.Connection) -> None:
    """Notice a missing table or a damaged first page now; the whole file is too long to check."""
    for table in _TABLES:
        db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchall()  # noqa: S608  (names are ours)


def refuse_newer(db: sqlite3.Connection, file: Path) -> None:
    """Leave a file of a newer hwstudio alone.

    Raises:
        UserError: it is one.
    """
    found, strange = schema_of(db), unknown(db, MIGRATIONS)
    if found > len(MIGRATIONS) or strange:
        why = f"its schema is {found}, this version knows {len(MIGRATIONS)}"
        raise UserError(
            f"The readings in {file} are from a newer hwstudio",
            f"this version does not know its step {strange[0]!r}" if strange else why,
            "Update hwstudio, or choose another folder with --home DIR",
        )


def set_aside(file: Path) -> Path:
    """Rename a damaged file and what lies beside it; return its new name.

    Raises:
        OSError: it cannot be renamed.
    """
    aside = _free_name(file, "damaged")
    file.rename(aside)
    for ending in ("-wal", "-shm"):  # kept beside it: a rescuer will want the WAL
        with suppress(FileNotFoundError):
            Path(f"{file}{ending}").rename(f"{aside}{ending}")
    return aside


def _back_up(db: sqlite3.Connection, file: Path) -> None:
    """Keep a copy of an older file before it is changed."""
    copy = sqlite3.connect(_free_name(file, f"schema{schema_of(db)}"))
    try:
        db.backup(copy)
    finally:
        copy.close()


def _free_name(file: Path, word: str) -> Path:
    stamp = utc_now().strftime("%Y%m%d-%H%M%S")
    name = file.with_name(f"{file.stem}.{word}-{stamp}{file.suffix}")
    number = 1
    while name.exists():
        number += 1
        name = file.with_name(f"{file.stem}.{word}-{stamp}-{number}{file.suffix}")
    return name


def is_damage(error: Exception) -> bool:
    """Tell a damaged file from a locked, full or forbidden one, which must not be set aside."""
    if isinstance(error, sqlite3.OperationalError):
        # A file of ours without its table is as good as damaged.
        return "no such table" in str(error) or "no such column" in str(error)
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(
        error, (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.NotSupportedError)
    )


def in_words(error: Exception, file: Path | None = None) -> str:
    """Return why a file cannot be used in plain words; SQLite alone does not tell a disk's state.

    A disk with a fault is made read-only by the system while files on it are open.
    """
    if isinstance(error, OSError):
        return error.strerror or str(error)
    if file is not None and _is_on_read_only(file):
        return "its disk has become read-only, most often because it has a fault"
    text = str(error)
    return next((words for sign, words in _WORDS.items() if sign in text), text)


def _is_on_read_only(file: Path) -> bool:
    try:
        os.close(os.open(file, os.O_WRONLY))
    except OSError as error:
        return error.errno == errno.EROFS
    return False


def size_bytes(file: Path) -> int:
    """Return what the history takes on the disk, its WAL included; 0 where there is none."""
    total = 0
    for each in (file, Path(f"{file}-wal")):
        with suppress(OSError):
            total += each.stat().st_size
    return total
