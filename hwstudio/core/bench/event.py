"""What a worker says, a line at a time, read with distrust: a library may print anything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SCHEMA = 1  # of the protocol; the worker names its own in "hello"
MAX_LINE = 1 << 20  # a longer line is not ours


@dataclass(frozen=True, slots=True)
class Event:
    """One message. Kinds: hello heartbeat condition progress sample series done failed stopped."""

    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)
    line: str = field(default="", compare=False, repr=False)  # as it came, for the log

    def text(self, name: str) -> str:
        """Return a field as text, "" when missing."""
        value = self.data.get(name, "")
        return value if isinstance(value, str) else str(value)


def read_event(line: str) -> Event | None:
    """Return the event of one line, or None when the line is something else."""
    if len(line) > MAX_LINE or not line.startswith("{"):
        return None
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return None
    kind = data.pop("event", None) if isinstance(data, dict) else None
    return Event(kind, data, line) if isinstance(kind, str) else None
