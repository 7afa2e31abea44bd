"""Logging to a file in the home folder, of bounded size; the terminal only gets warnings."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

LARGE_BYTES = 1_000_000  # then the file is set aside and a new one begun
KEPT = 3  # files set aside
_LOOK_EVERY = 100  # records


def logger(name: str) -> logging.Logger:
    """Return the logger of one room, e.g. ``hwstudio.probe``."""
    return logging.getLogger(name if name.startswith("hwstudio") else f"hwstudio.{name}")


def start_log(directory: Path | None, *, verbose: bool = False) -> None:
    """Send log records to ``directory`` and warnings to stderr. Safe to call twice."""
    root = logging.getLogger("hwstudio")
    if root.handlers:
        return
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    form = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    screen = logging.StreamHandler(sys.stderr)
    screen.setLevel(logging.WARNING)
    screen.setFormatter(logging.Formatter("hwstudio: %(message)s"))
    root.addHandler(screen)
    if directory is None:
        return
    try:
        directory.mkdir(parents=True, exist_ok=True)
        keep_small(directory / "hwstudio.log")
        file = _PatientFile(directory / "hwstudio.log", delay=True, encoding="utf-8")
    except OSError:
        return  # a missing log never stops the program; open_home has already judged the folder
    file.setFormatter(form)
    root.addHandler(file)


class _PatientFile(logging.FileHandler):
    """A log file that is set aside when it grew large (logging.handlers would cost 7 ms).

    On a full disk a line is lost, and nothing is printed about it. Where another hwstudio writes
    the same file, Windows does not let it be renamed; it is tried again later.
    """

    _records = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; look at the size now and then."""
        try:
            super().emit(record)
        except OSError:
            return  # it cannot be opened again: the disk is full, or the folder is gone
        self._records += 1
        if self._records % _LOOK_EVERY:
            return
        file = Path(self.baseFilename)
        if is_large(file):
            self.close()
            keep_small(file)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  (logging's name)
        """Let the line go."""


def is_large(file: Path) -> bool:
    """Say whether a log is to be set aside."""
    try:
        return file.stat().st_size > LARGE_BYTES
    except OSError:
        return False


def keep_small(file: Path) -> None:
    """Set a large log aside as ``NAME.1.log``; older ones move on, the oldest goes."""
    if not is_large(file):
        return
    try:
        for number in range(KEPT, 1, -1):
            younger = file.with_suffix(f".{number - 1}.log")
            if younger.is_file():
                younger.replace(file.with_suffix(f".{number}.log"))
        file.replace(file.with_suffix(".1.log"))
    except OSError:
        return  # somebody else has it open; it is tried again
