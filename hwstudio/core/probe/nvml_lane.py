"""Looks at the GPUs one after the other in a thread that is left behind when a GPU hangs in it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue

from hwstudio.core.model.reading import Status
from hwstudio.core.probe.live import GpuProcess, GpuUse
from hwstudio.core.probe.nvml_device import NvmlDevice

Work = Callable[[], None]


class Seat:
    """A GPU with whether its driver is answering just now."""

    def __init__(self, device: NvmlDevice) -> None:
        self.device = device
        self.busy_since_s: float | None = None

    def look(self, now_s: float) -> None:
        """Ask the GPU what is due."""
        self.busy_since_s = time.monotonic()
        try:
            self.device.tick(now_s)
        finally:
            self.busy_since_s = None

    def silent_s(self) -> float:
        """Return for how long its driver has not answered."""
        since_s = self.busy_since_s
        return 0.0 if since_s is None else time.monotonic() - since_s

    def answer(self, deadline_s: float) -> tuple[GpuUse, tuple[GpuProcess, ...]]:
        """Return its latest readings, all of them lost once it was silent for too long."""
        silent_s = self.silent_s()
        if silent_s <= deadline_s:
            return self.device.latest
        why = f"no answer from the driver for {silent_s:.0f} s"
        return self.device.all_absent(Status.LOST, why), ()


class Round:
    """One look at some GPUs in turn, by whoever runs it, until it is left."""

    def __init__(self, seats: deque[Seat], now_s: float) -> None:
        self._seats = seats
        self._now_s = now_s
        self._current: Seat | None = None
        self._is_left = False
        self.done = threading.Event()

    def run(self) -> None:
        """Look at each GPU."""
        try:
            while self._seats and not self._is_left:
                self._current = self._seats.popleft()
                self._current.look(self._now_s)
        finally:
            self.done.set()

    def ends(self, patience_s: float) -> bool:
        """Wait for the end; False: one GPU kept silent for longer, the round was left to it."""
        while not self.done.wait(patience_s):
            if self._current is not None and self._current.silent_s() >= patience_s:
                self._is_left = True
                return False
        return True


class Lane:
    """Runs work in a daemon thread; ``end`` (also from a finalizer) ends it after the last one."""

    def __init__(self, name: str) -> None:
        self._works: SimpleQueue[Work | None] = SimpleQueue()
        threading.Thread(target=_run, args=(self._works,), name=name, daemon=True).start()

    def put(self, work: Work) -> None:
        """Let the thread do this next."""
        self._works.put(work)

    def end(self) -> None:
        """End the thread when its work is done."""
        self._works.put(None)


def _run(works: SimpleQueue[Work | None]) -> None:
    while (work := works.get()) is not None:
        work()
        del work  # a lane at rest must not keep alive what it last worked for
