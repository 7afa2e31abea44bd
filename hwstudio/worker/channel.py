"""The worker's line to its supervisor: JSON lines out, one job in, and a dead-man's switch.

Standard output belongs to the events alone. Whatever a library prints goes to standard error.
When standard input ends the supervisor is gone or wants us to stop: the process then ends itself,
whatever the main thread is doing.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import IO, Any

SCHEMA = 1
HEARTBEAT_S = 1.0
GRACE_S = 0.3  # what a kernel gets to end by itself after a stop


class Failure(Exception):  # noqa: N818  (a word for people, not a bug)
    """A kernel that cannot go on, with words: ``kind`` is oom, no_torch, unsupported or error."""

    def __init__(self, kind: str, what: str, why: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.kind, self.what, self.why, self.remedy = kind, what, why, remedy


class Stopped(Exception):  # noqa: N818
    """The supervisor asked for an end."""


def _claim_stdout() -> IO[str]:
    """Keep the real standard output for us and let every other print go to standard error."""
    sys.stdout.flush()
    private = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return os.fdopen(private, "w", encoding="utf-8", newline="\n")


class Channel:
    """Sends events, beats, and watches standard input."""

    def __init__(self) -> None:
        self._out = _claim_stdout()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._on_stop: list[Callable[[], None]] = []
        self._lines: list[str] = []
        self._arrived = threading.Condition()
        self.heard_s = time.monotonic()  # when the supervisor last said anything

    def start(self) -> None:
        """Begin to beat and to listen."""
        threading.Thread(target=self._beat, name="heartbeat", daemon=True).start()
        threading.Thread(target=self._listen, name="stdin", daemon=True).start()

    def emit(self, event: str, **data: Any) -> None:
        """Send one event; ends the process when nobody can read it any more."""
        line = json.dumps({"event": event, **data}, ensure_ascii=True)
        try:
            with self._lock:
                self._out.write(line + "\n")
                self._out.flush()
        except (OSError, ValueError):
            self.end()

    def read_line(self) -> str:
        """Return the next line from the supervisor.

        Raises:
            Stopped: standard input ended.
        """
        with self._arrived:
            while not self._lines:
                if self._stop.is_set():
                    raise Stopped
                self._arrived.wait(0.5)
            return self._lines.pop(0)

    def check(self) -> None:
        """Raise Stopped when the supervisor asked for an end; kernels call this often."""
        if self._stop.is_set():
            raise Stopped

    def wait(self, seconds: float) -> None:
        """Sleep, but wake up at once for a stop.

        Raises:
            Stopped: the supervisor asked for an end.
        """
        if self._stop.wait(seconds):
            raise Stopped

    def on_stop(self, action: Callable[[], None]) -> None:
        """Call ``action`` (kill children, delete a file) before the process is ended."""
        self._on_stop.append(action)

    def _beat(self) -> None:
        while not self._stop.wait(HEARTBEAT_S):
            self.emit("heartbeat")

    def _listen(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            for line in sys.stdin:
                self.heard_s = time.monotonic()
                if not line.strip():  # only a sign that somebody is there
                    continue
                with self._arrived:
                    self._lines.append(line)
                    self._arrived.notify_all()
        self._stop.set()
        with self._arrived:
            self._arrived.notify_all()
        time.sleep(GRACE_S)
        self.end()

    def end(self) -> None:
        """End the process now; a kernel inside native code cannot be asked."""
        self._stop.set()
        for action in self._on_stop:
            with contextlib.suppress(Exception):
                action()
        os._exit(0)
