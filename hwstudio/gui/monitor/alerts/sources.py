"""Where the Alerts page gets things from: the rules, the recorder's state, the history."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hwstudio.core.base.log import logger
from hwstudio.core.base.paths import Home
from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.alerts import state as kept_state
from hwstudio.core.monitor.alerts.event import EVENT_KIND, AlertEvent, of_document
from hwstudio.core.monitor.recorder_control import RecorderState


class WatchLike(Protocol):
    """What the page needs of the window's own watch."""

    active: tuple[AlertEvent, ...]
    events: tuple[AlertEvent, ...]

    @property
    def is_watching(self) -> bool:
        """Say whether it looks at the rules now."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Each can be a fake in a test. ``tell`` shows a desktop message and says whether it worked."""

    home: Home
    recorder: Callable[[], RecorderState]
    sample: Callable[[], Sample | None]
    watch: WatchLike | None
    tell: Callable[[str, str], bool]
    wall: Callable[[], float]
    start_recorder: Callable[[], object]


class ActiveFile:
    """The alerts that a recorder has raised, read again only when its file changed."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stamp: tuple[int, int] | None = None
        self._found: tuple[AlertEvent, ...] = ()

    def look(self) -> tuple[AlertEvent, ...]:
        """Return what is raised, the oldest first."""
        try:
            told = self._file.stat()
            stamp = (told.st_mtime_ns, told.st_size)
            if stamp != self._stamp:
                self._found = _raised(json.loads(self._file.read_text("utf-8")))
                self._stamp = stamp
        except FileNotFoundError:
            self._stamp, self._found = None, ()
        except (OSError, ValueError, RecursionError) as error:
            logger("alerts").warning("the state of the alerts cannot be read: %s", error)
        return self._found


def _raised(raw: object) -> tuple[AlertEvent, ...]:
    rows = kept_state.read(raw if isinstance(raw, dict) else None).values()
    found = []
    for row in rows:
        if row.get("is_raised") is True and isinstance(row.get("event"), dict):
            found += _events([row["event"]])
    return tuple(sorted(found, key=lambda event: event.since_s))


def stored_events(file: Path, most: int) -> tuple[AlertEvent, ...]:
    """Return the newest alerts that were kept, oldest first.

    Raises:
        UserError: the history is from a newer hwstudio.
        HostError: it cannot be read.
    """
    from hwstudio.core.history.readings.query import ReadingHistory

    if not file.is_file():
        return ()
    history = ReadingHistory.open(file)
    try:
        newest = history.events(EVENT_KIND)[-most:]
        return tuple(_events(event.document for event in newest))
    finally:
        history.close()


def _events(documents: Iterable[object]) -> list[AlertEvent]:
    found = []
    for document in documents:
        try:
            if isinstance(document, dict):
                found.append(of_document(document))
        except (KeyError, TypeError, ValueError):
            logger("alerts").warning("a stored alert cannot be read; it is left out")
    return found
