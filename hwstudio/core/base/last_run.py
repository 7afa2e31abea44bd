"""How the window's last run went: ended, died while it ran, or died before it stood."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.log import logger

OFFER_SAFE_MODE_AFTER = 2  # starts in a row that did not come to stand
_STARTING, _STANDING, _ENDED = "starting", "standing", "ended"


@dataclass(frozen=True, slots=True)
class LastRun:
    """What is known of the run before this one. ``since`` is when it began ("" = not known)."""

    ended_well: bool = True
    starts_failed: int = 0  # in a row, up to and with the last run
    since: str = ""

    @property
    def offers_safe_mode(self) -> bool:
        """Say whether it is time to offer a start that touches less."""
        return self.starts_failed >= OFFER_SAFE_MODE_AFTER


class RunMark:
    """Writes how far this run has come. Nothing here raises: a full disk must not stop a start."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._began, self._failed = iso_now(), 0

    def begin(self) -> LastRun:
        """Return how the last run went, and note that this one starts."""
        last = _read(self._file)
        self._failed = last.starts_failed
        self._write(_STARTING)
        return last

    def stands(self) -> None:
        """The window is up and has been for a while: earlier failures count no more."""
        self._failed = 0
        self._write(_STANDING)

    def end(self) -> None:
        """The window was closed as it should."""
        self._failed = 0
        self._write(_ENDED)

    def _write(self, state: str) -> None:
        about = {"state": state, "since": self._began, "starts_failed": self._failed}
        part = self._file.with_name(f".{self._file.name}.{os.getpid()}.part")
        try:
            part.write_text(json.dumps(about), "utf-8")
            part.replace(self._file)
        except OSError as error:
            logger("start").warning("%s could not be written: %s", self._file, error)


def _read(file: Path) -> LastRun:
    try:
        raw: Any = json.loads(file.read_text("utf-8"))
        state, since, failed = raw["state"], raw["since"], raw["starts_failed"]
    except (OSError, ValueError, KeyError, TypeError):
        return LastRun()  # the first run, or a file somebody else wrote
    if not (isinstance(state, str) and isinstance(since, str) and isinstance(failed, int)):
        return LastRun()
    if state == _STARTING:
        return LastRun(ended_well=False, starts_failed=max(0, failed) + 1, since=since)
    return LastRun(ended_well=state != _STANDING, since=since)
