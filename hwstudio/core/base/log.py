"""Logging to a rotating file in the home folder; the terminal only gets warnings."""

from __future__ import annotations

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path


def logger(name: str) -> logging.Logger:
    """Return the logger of one room, e.g. ``hwstudio.probe``."""
    return logging.getLogger(name if name.startswith("hwstudio") else f"hwstudio.{name}")


def start_log(directory: Path | None, *, verbose: bool = False) -> None:
    """Send log records to ``directory`` (1 MB x 3) and warnings to stderr. Safe to call twice."""
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
        file = RotatingFileHandler(
            directory / "hwstudio.log",
            maxBytes=1_000_000,
            backupCount=3,
            delay=True,
            encoding="utf-8",
        )
    except OSError:
        return  # a missing log never stops the program; open_home has already judged the folder
    file.setFormatter(form)
    root.addHandler(file)
