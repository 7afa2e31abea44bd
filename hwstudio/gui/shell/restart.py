"""Starts a new hwstudio on the same home."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication

from hwstudio.core.base.log import logger
from hwstudio.core.base.paths import is_frozen
from hwstudio.core.base.safe_mode import SWITCH
from hwstudio.gui.shell.restart_wish import HOME


def start_again(*, is_safe: bool = False) -> bool:
    """Start a new hwstudio on the same home, which outlives this one; False when it failed.

    It waits until this one has let go of the home.
    """
    app = QApplication.instance()
    home = app.property(HOME) if app is not None else None
    switches = [SWITCH] if is_safe else []
    words = [f"--home={home}"] if isinstance(home, str) and home else []
    try:
        subprocess.Popen(
            [*program(os.environ), *words, *switches],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **_detached(),
        )
    except OSError as error:
        logger("start").error("hwstudio could not be started again: %s", error)
        return False
    return True


def program(environment: Mapping[str, str]) -> Sequence[str]:
    """Return how this very hwstudio is started. An AppImage's own files vanish when it ends."""
    image = environment.get("APPIMAGE", "")
    if is_frozen():
        return [image] if image and Path(image).is_file() else [sys.executable]
    return [sys.executable, "-m", "hwstudio"]


def _environment() -> dict[str, str]:
    from hwstudio.core.base.safe_mode import set_safe_mode

    set_safe_mode(is_on=False)  # the switch alone says it to the next one
    found = dict(os.environ)
    if not is_frozen():
        root, known = str(Path(__file__).resolve().parents[3]), found.get("PYTHONPATH", "")
        found["PYTHONPATH"] = f"{root}{os.pathsep}{known}" if known else root
    return found


def _detached() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": 0x8 | 0x200, "close_fds": True}  # detached, a group of its own
    return {"start_new_session": True, "close_fds": True}
