"""The small tables beside the numbers, as the recorder writes them: (SQL, values) to be run later.

They wait in the same queue as the ticks, so a disk that refuses for a while costs none of them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from hwstudio.core.history.readings.layout import clean
from hwstudio.core.model.sample import Device

Note = tuple[str, tuple[Any, ...]]

# How often it is written down that a device is still there.
_SEEN_AGAIN_S = 3600.0

_DEVICE = (
    "INSERT INTO device VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id, title, kind) DO UPDATE"
    " SET document = excluded.document, last_s = max(last_s, excluded.last_s)"
)


class Seen:
    """Which devices were written down, so that an unchanged one costs nothing."""

    def __init__(self) -> None:
        self._written: dict[str, tuple[Device, float]] = {}

    def notes(self, devices: Sequence[Device], now_s: float) -> list[Note]:
        """Return what has to be written about the devices that are there now."""
        found: list[Note] = []
        for device in devices:
            known, when_s = self._written.get(device.id, (None, 0.0))
            if known != device or not 0 <= now_s - when_s < _SEEN_AGAIN_S:
                self._written[device.id] = (device, now_s)
                found.append(device_note(device, now_s))
        return found

    def farewell(self, now_s: float) -> list[Note]:
        """Return how to keep that every device written down was there until now."""
        return [device_note(device, now_s) for device, _ in self._written.values()]


def device_note(device: Device, now_s: float) -> Note:
    """Return how to keep what a device is, and that it is there."""
    facts = [list(fact) for fact in device.facts]
    document = _json({"limits": dict(device.limits), "facts": facts})
    title, kind = clean(device.title), clean(device.kind)
    return _DEVICE, (clean(device.id), title, kind, document, now_s, now_s)


def gap_note(from_s: float, to_s: float, why: str) -> Note:
    """Return how to keep a stretch without readings."""
    return "INSERT INTO gap (from_s, to_s, why) VALUES (?, ?, ?)", (from_s, to_s, clean(why))


def event_note(kind: str, at_s: float, document: Mapping[str, Any]) -> tuple[int, Note]:
    """Return the id of a new event and how to keep it."""
    # Drawn here and at random: an event has its id at once, even while the disk refuses.
    number = int.from_bytes(os.urandom(7), "little")
    return number, (
        "INSERT INTO event (id, kind, at_s, document) VALUES (?, ?, ?, ?)",
        (number, clean(kind), at_s, _json(document)),
    )


def event_change(number: int, document: Mapping[str, Any]) -> Note:
    """Return how to replace an event's document."""
    return "UPDATE event SET document = ? WHERE id = ?", (_json(document), number)


def event_removal(number: int) -> Note:
    """Return how to forget an event."""
    return "DELETE FROM event WHERE id = ?", (number,)


def _json(document: Mapping[str, Any]) -> str:
    import json

    return json.dumps(document, separators=(",", ":"))
