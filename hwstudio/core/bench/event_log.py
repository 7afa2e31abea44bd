"""The log of a run's events: kept as they come, given up quietly where nothing can be written."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from types import TracebackType
from typing import IO

from hwstudio.core.bench.event import Event

LIMIT_BYTES = 50_000_000


class EventLog:
    """Writes one line per event. ``fault`` says why there is no whole log, "" when there is."""

    def __init__(self, file: Path) -> None:
        self.fault = ""
        self._written = 0
        self._waiting: list[bytes] = []
        self._file: IO[bytes] | None = None
        try:
            # Unbuffered: what a full disk refuses must not come back when the file is closed.
            self._file = file.open("wb", buffering=0)
        except OSError as error:
            self._give_up(error.strerror or str(error))

    def __enter__(self) -> EventLog:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.flush()
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()

    def write(self, event: Event) -> None:
        """Take one event; a heartbeat says nothing that is worth keeping."""
        if self._file is None or event.kind == "heartbeat":
            return
        text = event.line or json.dumps({"event": event.kind, **event.data})
        line = text.encode("utf-8", "replace") + b"\n"
        self._written += len(line)
        if self._written < LIMIT_BYTES:
            self._waiting.append(line)

    def flush(self) -> None:
        """Write what was taken: one write for a flood of events, not one each."""
        if self._file is None or not self._waiting:
            return
        lines = b"".join(self._waiting)
        self._waiting.clear()
        try:
            is_whole = self._file.write(lines) == len(lines)
        except OSError as error:
            self._give_up(error.strerror or str(error))
        else:
            if not is_whole:
                self._give_up("the disk is full")

    def _give_up(self, why: str) -> None:
        self.fault = why
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None
