"""Logging to a file in the home folder, cut at each start; the terminal only gets warnings."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

_LARGE_BYTES = 1_000_000


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
        _keep_small(directory / "hwstudio.log")
        file = _PatientFile(directory / "hwstudio.log", delay=True, encoding="utf-8")
    except OSError:
        return  # a missing log never stops the program; open_home has already judged the folder
    file.setFormatter(form)
    root.addHandler(file)


class _PatientFile(logging.FileHandler):
    """A log file on a full disk: the line is lost, and nothing is printed about it."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  (logging's name)
        """Let the line go."""


def _keep_small(file: Path) -> None:
    """Set a log of more than 1 MB aside (logging.handlers would cost the start 7 ms)."""
    if file.is_file() and file.stat().st_size > _LARGE_BYTES:
        file.replace(file.with_suffix(".old.log"))
