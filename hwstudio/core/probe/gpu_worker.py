"""One vendor's GPU probe in a thread of its own, asked once a second and never waited for long."""

from __future__ import annotations

import threading
from typing import Any

from hwstudio.core.base.log import logger
from hwstudio.core.model.reading import Reading, Status, absent
from hwstudio.core.probe.feed import guarded_read
from hwstudio.core.probe.probe import Probe

_JOIN_S = 0.5


class GpuWorker:
    """Reads when asked. While a read hangs, the last answer ages and then is lost."""

    def __init__(self, key: str, probe: Probe, deadline_s: float) -> None:
        self.key = key
        self.probe = probe
        self._deadline_s = deadline_s
        self._lock = threading.Condition()
        self._asked_s: float | None = None  # a read is wanted or under way since then
        self._is_stopping = False
        self._latest: Reading[Any] = absent(Status.STALE, probe.how, "no answer yet")
        self._thread: threading.Thread | None = None

    @property
    def is_busy(self) -> bool:
        """Say whether the last question is not answered yet."""
        with self._lock:
            return self._asked_s is not None

    def ask(self, now_s: float) -> bool:
        """Ask for a reading; False when an earlier question is still open."""
        with self._lock:
            if self._asked_s is not None:
                return False
            self._asked_s = now_s
            self._lock.notify_all()
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._run, name=f"hwstudio-gpu-{self.key}", daemon=True
            )
            self._thread.start()
        return True

    def answer(self, now_s: float, wait_s: float) -> Reading[Any]:
        """Return the newest reading, waiting for the one asked for at most ``wait_s``."""
        with self._lock:
            self._lock.wait_for(lambda: self._asked_s is None, wait_s)
            asked_s, latest = self._asked_s, self._latest
        if asked_s is not None and now_s - asked_s > self._deadline_s:
            why = f"no answer from the driver for {now_s - asked_s:.0f} s"
            return absent(Status.LOST, self.probe.how, why)
        return latest

    def stop(self) -> None:
        """Ask the thread to end. One that hangs in a driver is left behind as a daemon."""
        with self._lock:
            self._is_stopping = True
            self._lock.notify_all()
        if self._thread is None:
            return
        self._thread.join(_JOIN_S)
        if self._thread.is_alive():
            logger("probe").warning("%s does not answer and was left behind", self.key)

    def _run(self) -> None:
        while True:
            with self._lock:
                self._lock.wait_for(lambda: self._is_stopping or self._asked_s is not None)
                asked_s = self._asked_s
                if self._is_stopping or asked_s is None:
                    break
            reading = guarded_read(self.probe, asked_s)
            with self._lock:
                self._latest, self._asked_s = reading, None
                self._lock.notify_all()
        self.probe.close()
