"""The history for who asks it seldom: opened for one piece of work and closed again.

It brings nothing about (no file, no table, no migration) and imports next to nothing: the recorder
runs all day.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from hwstudio.core.base.errors import HostError

_WAIT_S = 0.2  # the recorder must take its next sample


class EachTime:
    """A ``runs.Database`` over a file that may not be there yet."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._log = file.with_name(file.name + "-wal")

    def stamp(self) -> object:
        """Return what changes whenever something is written; None where there is no file."""
        found = _stamp(self._file)
        return None if found is None else (found, _stamp(self._log))

    @contextlib.contextmanager
    def using(self, what: str) -> Iterator[sqlite3.Connection]:
        """Open the file for one piece of work; ``what`` begins the sentence of a failure.

        Raises:
            HostError: the file is not there, is locked, damaged, or cannot be written.
        """
        try:
            name = f"{self._file.resolve().as_uri()}?mode=rw"
            db = sqlite3.connect(name, timeout=_WAIT_S, isolation_level=None, uri=True)
            with contextlib.closing(db):
                db.row_factory = sqlite3.Row
                yield db
        except sqlite3.Error as error:
            raise HostError(what, str(error), f"Check {self._file}") from error


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
