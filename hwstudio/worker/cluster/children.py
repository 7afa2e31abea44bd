"""The ranks of one computer: start them, pass their lines on, see how each ends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hwstudio.worker.channel import Channel
from hwstudio.worker.cluster import boot, starvation

LOOK_S = 0.1
STOPPED_S = 0.6  # so long in the stopped state is no accident of job control
STARVED_LOOKS = 100  # 10 s: on a busy machine a process is seconds in dying of lack of memory
TAIL_LINES = 60
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


@dataclass
class Child:
    """One rank and the last it printed."""

    rank: int
    process: subprocess.Popen[bytes]
    tail: deque[str] = field(default_factory=lambda: deque(maxlen=TAIL_LINES))
    readers: list[threading.Thread] = field(default_factory=list)
    stopped_since_s: float = 0.0
    is_told: bool = False


def is_stopped(pid: int) -> bool:
    """Say whether a process is paused by a signal or a debugger."""
    if Path("/proc/self/stat").exists():
        with contextlib.suppress(OSError, IndexError):
            text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
            return text.rpartition(")")[2].split()[0] in ("T", "t")
        return False
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        words = ["ps", "-o", "state=", "-p", str(pid)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=2, check=False)
        return done.stdout.strip().startswith("T")
    return False


class Children:
    """All ranks here."""

    def __init__(self, channel: Channel, mark: str) -> None:
        self._channel, self._mark = channel, mark
        self._children: list[Child] = []
        # Of the last looks only: another program may have run out of memory before.
        self._counter = starvation.counter_file()
        self._starved: deque[int] = deque(maxlen=STARVED_LOOKS)
        self._starved.append(starvation.count(self._counter))
        self._is_ending = threading.Event()
        self.left = 0  # ranks that could not be ended

    def start(self, jobs: list[dict[str, Any]]) -> list[int]:
        """Start one rank per job and return the process ids.

        Called in the main thread: Linux ends a child with the thread that started it.
        """
        head = boot.parcel(_boot_text(), boot.SENT["payload"], "rank")
        for job in jobs:
            process = subprocess.Popen(
                [sys.executable, "-I", "-c", boot.FIRST, self._mark],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=os.name != "nt",
            )
            child = Child(int(job["rank"]), process)
            self._children.append(child)
            for read in (self._relay, self._keep_tail):
                reader = threading.Thread(target=read, args=(child,), daemon=True)
                child.readers.append(reader)
                reader.start()
            self._write(child, head + json.dumps(job).encode() + b"\n")
        for action in (self._look, self._beat):
            threading.Thread(target=action, daemon=True).start()
        return [child.process.pid for child in self._children]

    def order(self, rank: int, order: dict[str, Any]) -> None:
        """Pass an order of the lead on."""
        for child in self._children:
            if child.rank == rank:
                self._write(child, json.dumps(order).encode() + b"\n")

    def end(self) -> None:
        """Kill every rank with its children; ``left`` then says how many are still there."""
        self._is_ending.set()
        for child in self._children:
            with contextlib.suppress(OSError):
                if os.name != "nt":
                    os.killpg(child.process.pid, _KILL)
                child.process.kill()
        self.left = 0
        for child in self._children:
            try:
                child.process.wait(1.0)
            except (OSError, subprocess.TimeoutExpired):
                self.left += 1

    def _write(self, child: Child, data: bytes) -> None:
        stdin = child.process.stdin
        with contextlib.suppress(OSError, ValueError):  # a dead rank is told by _look
            if stdin is not None:
                stdin.write(data)
                stdin.flush()

    def _beat(self) -> None:
        """Tell the ranks that we are there, as long as nothing ends."""
        while not self._is_ending.wait(0.5):
            for child in self._children:
                if not child.is_told:
                    self._write(child, b"\n")

    def _relay(self, child: Child) -> None:
        with contextlib.suppress(OSError, ValueError):
            for line in child.process.stdout or ():
                with contextlib.suppress(ValueError):
                    message = json.loads(line)
                    self._channel.emit("rank", rank=child.rank, message=message)

    def _keep_tail(self, child: Child) -> None:
        with contextlib.suppress(OSError, ValueError):
            for line in child.process.stderr or ():
                child.tail.append(line.decode("utf-8", "replace").rstrip()[:400])

    def _look(self) -> None:
        while not self._is_ending.wait(LOOK_S):
            for child in self._children:
                if not child.is_told:
                    self._look_at(child)
            self._starved.append(starvation.count(self._counter))

    def _look_at(self, child: Child) -> None:
        code = child.process.poll()
        if code is not None:
            for reader in child.readers:  # its last words first
                reader.join(0.3)
            self._tell(child, "ended", code)
        elif not is_stopped(child.process.pid):
            child.stopped_since_s = 0.0
        elif not child.stopped_since_s:
            child.stopped_since_s = time.monotonic()
        elif time.monotonic() - child.stopped_since_s > STOPPED_S:
            self._tell(child, "stopped", None)

    def _tell(self, child: Child, how: str, code: int | None) -> None:
        if self._is_ending.is_set():
            return
        child.is_told = True
        self._channel.emit(
            "rank_fell",
            rank=child.rank,
            how=how,
            code=code,
            is_starved=code == -9 and starvation.count(self._counter) > self._starved[0],
            tail=list(child.tail),
        )


def _boot_text() -> str:
    loader = boot.__loader__
    return str(loader.get_source(boot.__name__)) if loader is not None else ""  # type: ignore[attr-defined]
