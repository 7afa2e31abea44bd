"""Opens catalog.db read-only and says in words why it cannot be used."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import UserError

SCHEMA_VERSION = 1
REMEDY = "Reinstall hwstudio, or run `hwstudio catalog compile` in a source checkout"

# What rows with wrong contents raise while they become objects: a missing row or column, text
# for a number, a word that is none of the known ones, money that is no number.
WRONG_CONTENTS = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)


class Store:
    """A read-only connection; every damage found later becomes the same plain error."""

    def __init__(self, file: Path, remedy: str = REMEDY) -> None:
        self.file = file
        self._remedy = remedy
        if not file.is_file():
            raise UserError("The parts catalogue is missing", f"there is no {file}", remedy)
        # Read-only and immutable: no lock file, so it works from any folder. The window's
        # background tasks read too, and closing under a running query would crash the process.
        self._lock = threading.Lock()
        self._is_closed = False
        uri = f"{file.resolve().as_uri()}?mode=ro&immutable=1"
        try:
            self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise self.damaged(f"it cannot be opened ({error})") from error
        self._connection.row_factory = sqlite3.Row
        try:
            self._check_version()
        except UserError:
            self.close()
            raise

    def _check_version(self) -> None:
        try:
            meta = {row["name"]: row["value"] for row in self.rows("SELECT * FROM meta")}
            version, self.as_of = int(meta["schema_version"]), str(meta["as_of"])
        except (LookupError, TypeError, ValueError) as error:
            raise self.damaged("it does not say which version it is") from error
        if version != SCHEMA_VERSION:
            age = "newer" if version > SCHEMA_VERSION else "older"
            raise UserError(
                f"The parts catalogue {self.file.name} cannot be used",
                f"its format {version} is {age} than this hwstudio's format {SCHEMA_VERSION}",
                self._remedy,
            )

    @contextmanager
    def reading(self, what: str) -> Iterator[None]:
        """Say that the file is damaged when its rows cannot become ``what``.

        Raises:
            UserError: a row is missing, or holds what it never should.
        """
        try:
            yield
        except WRONG_CONTENTS as error:
            raise self.damaged(f"its {what} cannot be read") from error

    def damaged(self, why: str) -> UserError:
        """Return the error every damage becomes."""
        return UserError(f"The parts catalogue {self.file.name} is damaged", why, self._remedy)

    def rows(self, sql: str, values: tuple[Any, ...] = ()) -> list[sqlite3.Row]:
        """Return all rows of a query.

        Raises:
            UserError: the file is damaged, or hwstudio is closing.
        """
        try:
            with self._lock:
                if self._is_closed:
                    raise UserError("The parts catalogue is closed", "hwstudio is closing")
                return self._connection.execute(sql, values).fetchall()
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise self.damaged(str(error)) from error

    def close(self) -> None:
        """Close the file once the running query has ended."""
        with self._lock:
            self._is_closed = True
            self._connection.close()
