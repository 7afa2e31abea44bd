"""Plays back what a probe once answered: frames with times, looped or ending."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.reading import Reading, Status, absent, ok

SCHEMA = 1


class RecordedProbe:
    """Answers with the frame whose time has come since the first read."""

    cost_ms = 0.0
    cadence_s = 1.0
    is_slow = False

    def __init__(
        self, name: str, frames: tuple[tuple[float, Any], ...], how: str = "a recording"
    ) -> None:
        self.name = name
        self.how = how
        self._frames = frames
        self._began_s: float | None = None

    def read(self, now_s: float) -> Reading[Any]:
        """Return the frame of this moment; after the last one the sensor is lost."""
        if self._began_s is None:
            self._began_s = now_s
        passed_s = now_s - self._began_s
        past = [value for at_s, value in self._frames if at_s <= passed_s]
        if not past or passed_s > self._frames[-1][0] + self.cadence_s:
            return absent(Status.LOST, self.how, "the recording has ended")
        return past[-1] if isinstance(past[-1], Reading) else ok(past[-1], self.how)

    def close(self) -> None:
        """Hold nothing."""


def load_recording(file: Path, build: Callable[[dict[str, Any]], Any]) -> RecordedProbe:
    """Return the probe of a recording: ``{"schema", "name", "how", "frames": [[s, {...}]]}``.

    Raises:
        UserError: the file is missing, damaged or newer than this program.
    """
    try:
        raw = json.loads(file.read_text("utf-8"))
        if raw["schema"] > SCHEMA:
            raise UserError(f"{file.name} was recorded by a newer hwstudio", "", "Update hwstudio")
        frames = tuple((float(at_s), build(value)) for at_s, value in raw["frames"])
        return RecordedProbe(str(raw["name"]), frames, str(raw["how"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"The recording {file.name} cannot be read", str(error)) from error
