"""Opens the user's own file: made when missing, brought up to date, set aside when damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.file_lock import file_lock
from hwstudio.core.base.log import logger
from hwstudio.core.catalog.overlay import schema

# What SQLite says when the file itself is no sound database; all else is the machine's trouble.
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_WAIT_S = 10.0
# Which file stands at a path: device and number, and what else tells that it is unchanged.
Stamp = tuple[int, ...]


class DamageError(Exception):
    """The file is no database, or not this program's; ``stamp`` says which file it was."""

    stamp: Stamp | None = None  # None = another one stands there now


def is_damage(error: sqlite3.Error) -> bool:
    """Say whether an error means that the file is damaged."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE


class OverlayFile:
    """One file on disk; every call gets a connection of its own, so any thread may ask."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.set_aside: Path | None = None  # where a damaged file was moved to
        self.backup: Path | None = None  # the copy made before an older format was changed

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """Open for reading; None when there is no file yet.

        Raises:
            UserError: a newer hwstudio wrote it.
            HostError: it cannot be read.
            DamageError: it is no sound database.
        """
        if not self.path.is_file():
            yield None
            return
        with (
            self._stamped(),
            self._guarded("cannot be read", "Try again"),
            self._opened() as db,
        ):
            yield db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction: all that is done in it is kept, or nothing.

        Raises:
            UserError: a newer hwstudio wrote it.
            HostError: it cannot be saved.
            DamageError: it is no sound database.
        """
        with self._stamped(), self._guarded("could not be saved", f"Check {self.path.parent}"):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._opened() as db, _transaction(db):
                yield db

    @contextmanager
    def _stamped(self) -> Iterator[None]:
        """Note with a damage which file it was found in, if that still stands there."""
        before = self._stamp()
        try:
            yield
        except DamageError as error:
            after = self._stamp()
            error.stamp = after if before and after and before[:2] == after[:2] else None
            raise

    def _stamp(self) -> Stamp | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns

    @contextmanager
    def _guarded(self, what: str, remedy: str) -> Iterator[None]:
        try:
            yield
        except UnicodeDecodeError as error:  # names in a damaged schema are no text any more
            raise DamageError(str(error)) from error
        except (OSError, sqlite3.Error) as error:
            if isinstance(error, sqlite3.Error) and is_damage(error):
                raise DamageError(str(error)) from error
            raise HostError(f"Your own catalogue {what}", str(error), remedy) from error

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=_WAIT_S, isolation_level=None)
        with closing(connection) as db:
            db.row_factory = sqlite3.Row
            self._bring_up_to_date(db)
            yield db

    def _bring_up_to_date(self, db: sqlite3.Connection) -> None:
        found = self._known_version(db)
        if found == schema.VERSION:
            if not schema.is_whole(db):
                raise DamageError("a table is missing")
            return
        if found == 1:
            self._keep_copy(db, found)
        with _transaction(db):
            found = self._known_version(db)  # another process may have been faster
            if found != schema.VERSION:
                schema.build(db, found)

    def _known_version(self, db: sqlite3.Connection) -> int:
        found = schema.version_of(db)
        if found is None:
            raise DamageError("another program wrote it")
        if found > schema.VERSION:
            raise UserError(
                f"Your own prices and parts in {self.path.name} cannot be read",
                f"a newer hwstudio wrote them (format {found}, this one knows {schema.VERSION})",
                "Update hwstudio",
            )
        return found

    def _keep_copy(self, db: sqlite3.Connection, version: int) -> None:
        copy = _free_name(self.path, f"format-{version}")
        with closing(sqlite3.connect(copy)) as target:
            db.backup(target)
        self.backup = copy
        logger("catalog").info("your own prices were copied to %s before a change", copy.name)

    def move_aside(self, damage: DamageError) -> None:
        """Keep a damaged file under another name, so that a new one can take its place.

        Nothing is moved where another process has done it: what stands there now may be sound.

        Raises:
            HostError: it cannot be moved.
        """
        try:
            with file_lock(self.path.with_name(self.path.name + ".lock"), wait_s=_WAIT_S):
                if damage.stamp is None or self._stamp() != damage.stamp:
                    return
                aside = _free_name(self.path, "damaged")
                self._move(aside)
        except OSError as error:
            raise HostError(
                "Your own catalogue is damaged", str(error), "Remove the file"
            ) from error
        self.set_aside = aside
        logger("catalog").warning(
            "your own prices and parts in %s could not be read; the file was kept as %s",
            self.path.name,
            aside.name,
        )

    def _move(self, aside: Path) -> None:
        """Move the file and what an interrupted change left beside it, which is not the new one's.

        That goes first: as soon as the file is gone, another process may begin a new one.
        """
        journal = self.path.with_name(self.path.name + "-journal")
        beside = aside.with_name(aside.name + "-journal")
        had_one = journal.is_file()
        if had_one:
            journal.replace(beside)
        try:
            self.path.replace(aside)
        except OSError:
            if had_one:
                beside.replace(journal)
            raise


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _free_name(file: Path, word: str) -> Path:
    """Return "my-catalog.damaged.db", with a number where that is taken."""
    free = file.with_suffix(f".{word}.db")
    number = 1
    while free.exists():
        number += 1
        free = file.with_suffix(f".{word}-{number}.db")
    return free
