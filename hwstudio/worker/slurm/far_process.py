"""A rank on another node, seen through its line as if it were a process started here."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any


class FarProcess:
    """One task's line. ``is_lost``: the line ended although nobody said that the rank is gone."""

    def __init__(self, line: socket.socket, stream: Any, about: dict[str, Any]) -> None:
        self.about = about
        self.pid = 0
        self.is_lost = False
        self.stdin = line.makefile("w", encoding="utf-8", newline="\n")
        self._line, self._stream = line, stream
        self._gone = threading.Event()
        self._code: int | None = None

    @property
    def node(self) -> str:
        """Return the node's name as Slurm has it."""
        return str(self.about["node"])

    @property
    def stdout(self) -> Iterator[str]:
        """Yield the rank's lines; the last one tells how it went away."""
        with contextlib.suppress(OSError, ValueError):
            for words in self._stream:
                if words.startswith('{"event": "gone"'):
                    self._leave(int(json.loads(words)["code"]))
                else:
                    yield words
        self.is_lost = self._code is None
        self._leave(1)

    def _leave(self, code: int) -> None:
        if self._code is None:
            self._code = code
        self._gone.set()

    def poll(self) -> int | None:
        """Return how it ended, None while it runs."""
        return self._code

    def kill(self) -> None:
        """Close the line: the task at its other end takes the rank down."""
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)

    def wait(self, timeout_s: float) -> int | None:
        """Wait until the line has ended, and put it away."""
        self._gone.wait(timeout_s)
        for each in (self.stdin, self._stream, self._line):
            with contextlib.suppress(OSError, ValueError):
                each.close()
        return self._code
