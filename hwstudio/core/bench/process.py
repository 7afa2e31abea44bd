"""One worker process and its lines, in a group of its own so that nothing stays behind."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from hwstudio.core.bench import whole_machine
from hwstudio.core.bench.event import MAX_LINE, Event, read_event

LOG_LIMIT_BYTES = 1_000_000  # a worker that prints for ever must not fill the disk
TAIL_LINES = 40
IS_WINDOWS = os.name == "nt"
_CREATE_NO_WINDOW = 0x08000000
_CREATE_NEW_PROCESS_GROUP = 0x00000200


class WorkerProcess:
    """Starts a command, reads its events, keeps the tail of its log, ends it with its children."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        """Start.

        Raises:
            OSError: the program cannot be started.
        """
        self.events: queue.Queue[Event | None] = queue.Queue(maxsize=20_000)
        self.tail: deque[str] = deque(maxlen=TAIL_LINES)
        self.strays = 0  # lines on standard output that were no events
        self._is_closing = threading.Event()
        with contextlib.suppress(OSError):  # a disk that refuses costs the log, not the run
            log.parent.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(env),
            start_new_session=not IS_WINDOWS,
            creationflags=_CREATE_NO_WINDOW | _CREATE_NEW_PROCESS_GROUP if IS_WINDOWS else 0,
        )
        self._readers = [
            threading.Thread(target=self._read_events, name="bench-stdout", daemon=True),
            threading.Thread(target=self._read_log, args=(log,), name="bench-stderr", daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def poll(self) -> int | None:
        """Return the exit code, or None while it runs."""
        return self._process.poll()

    def send(self, line: str) -> None:
        """Write one line to its standard input; a dead process is noticed elsewhere."""
        stdin = self._process.stdin
        with contextlib.suppress(OSError, ValueError):
            if stdin is not None:
                stdin.write(line.encode() + b"\n")
                stdin.flush()

    def ask(self) -> None:
        """Ask it to end by closing its standard input."""
        stdin = self._process.stdin
        with contextlib.suppress(OSError, ValueError):
            if stdin is not None:
                stdin.close()

    def terminate(self) -> None:
        """Tell the whole group to end."""
        self._signal_group(signal.SIGTERM)

    def kill(self) -> None:
        """End the whole group, whatever it does."""
        self._signal_group(getattr(signal, "SIGKILL", signal.SIGTERM))

    def wait(self, timeout_s: float) -> int | None:
        """Return the exit code within a time, or None."""
        try:
            return self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None

    def hear_out(self, timeout_s: float) -> None:
        """Wait until all it said on standard error was read; a grandchild may hold the pipe open.

        A process is seen to be gone before a busy machine has read its last words.
        """
        self._readers[1].join(timeout_s)

    def hear_events(self, timeout_s: float) -> None:
        """Wait until all it said on standard output was read."""
        self._readers[0].join(timeout_s)

    def clear_away(self) -> None:
        """Make sure that nothing is left: children, zombies, open pipes."""
        self._is_closing.set()
        self.kill()
        self.wait(5.0)
        self.ask()
        for reader in self._readers:
            reader.join(2.0)
        for stream in (self._process.stdout, self._process.stderr):
            # A grandchild that survived outside the group may hold the pipe; do not wait for it.
            if stream is not None and not any(r.is_alive() for r in self._readers):
                stream.close()

    def _signal_group(self, number: int) -> None:
        if not IS_WINDOWS:
            # The group outlives its leader, so this also reaches orphaned children.
            with contextlib.suppress(OSError):
                os.killpg(self._process.pid, number)
            return
        whole_machine.end_family(self._process.pid)

    def _read_events(self) -> None:
        stream = self._process.stdout
        with contextlib.suppress(OSError, ValueError):
            for raw in _lines(stream):
                event = read_event(raw)
                if event is None:
                    self.strays += 1
                else:
                    self._put(event)
        self._put(None)

    def _put(self, event: Event | None) -> None:
        """Hand an event over; a full queue slows the worker down, unless nobody listens now."""
        while not self._is_closing.is_set():
            with contextlib.suppress(queue.Full):
                self.events.put(event, timeout=0.2)
                return

    def _read_log(self, log: Path) -> None:
        stream = self._process.stderr
        left = LOG_LIMIT_BYTES
        with contextlib.ExitStack() as stack:
            file: IO[bytes] | None = None
            with contextlib.suppress(OSError):  # a full disk costs the log, not the run
                # Unbuffered: a refused write must not come back as an error of the closing.
                file = stack.enter_context(log.open("ab", buffering=0))
            with contextlib.suppress(OSError, ValueError):
                for line in _lines(stream):
                    self.tail.append(line)
                    left -= len(line)
                    if file is not None and left > 0:
                        with contextlib.suppress(OSError):
                            file.write(line.encode() + b"\n")


def _lines(stream: IO[bytes] | None) -> list[str] | _LineReader:
    return _LineReader(stream) if stream is not None else []


class _LineReader:
    """Iterates over lines of bounded length."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> _LineReader:
        return self

    def __next__(self) -> str:
        raw = self._stream.readline(MAX_LINE)
        if not raw:
            raise StopIteration
        return raw.decode("utf-8", "replace").rstrip("\r\n")
