"""Keeps a probe harmless: cadence, cost, errors in words, and a deadline for those that hang."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from hwstudio.core.base.log import logger
from hwstudio.core.model.reading import Reading, Status, absent
from hwstudio.core.probe.probe import Probe

Clock = Callable[[], float]
DEADLINE_S = 3.0
_MAX_SHARE = 0.02  # a probe may use this part of one core before it is read less often
_SLOWEST_CADENCE_S = 60.0
_FIRST_S = 0.3
_JOIN_S = 0.5
# A device that is absent is asked again every few seconds: it may be plugged in later.
_NOT_HERE = (Status.UNSUPPORTED, Status.DENIED)
_NOT_HERE_S = 10.0
_NOTED: dict[str, str] = {}  # the last reason by probe, for the log


def demoted(cadence_s: float, cost_s: float) -> float:
    """Return a cadence at which a read of ``cost_s`` stays within 2 % of one core."""
    return min(max(cadence_s, cost_s / _MAX_SHARE), max(_SLOWEST_CADENCE_S, cadence_s))


def guarded_read(probe: Probe, now_s: float) -> Reading[Any]:
    """Read once; whatever goes wrong becomes a reading with the reason."""
    try:
        return probe.read(now_s)
    except PermissionError as error:
        return absent(Status.DENIED, probe.how, error.strerror or str(error))
    except Exception as error:  # noqa: BLE001 - a sensor must never stop the others
        _note(probe.name, repr(error))
        return absent(Status.LOST, probe.how, str(error) or type(error).__name__)


def _note(name: str, why: str) -> None:
    """Write the reason into the log once, not with every read of a sensor that never answers."""
    if _NOTED.get(name) != why:
        _NOTED[name] = why
        logger("probe").info("%s could not be read: %s", name, why)


class Feed:
    """The latest reading of one probe, read in the caller's thread when it is due."""

    def __init__(self, probe: Probe, clock: Clock = time.monotonic) -> None:
        self.probe = probe
        self.name = probe.name
        self.cadence_s = probe.cadence_s
        self.cost_s = 0.0
        self._reads = 0
        self._clock = clock
        self._due_s = float("-inf")
        self._latest: Reading[Any] = absent(Status.STALE, probe.how, "no answer yet")

    @property
    def is_waiting(self) -> bool:
        """Say whether there was no answer yet."""
        return False

    @property
    def is_half(self) -> bool:
        """Say whether rates or shares still wait for a second read."""
        is_half_read = bool(getattr(self.probe, "is_half_read", False))
        return self._latest.status is Status.STALE or is_half_read

    def start(self) -> None:
        """Make ready; nothing to do here."""

    def make_due(self) -> None:
        """Read again at the next poll, whatever the cadence."""
        self._due_s = float("-inf")

    def poll(self, now_s: float) -> Reading[Any]:
        """Return the latest reading, taken now if one is due."""
        if now_s + 0.05 >= self._due_s:
            began_s = self._clock()
            self._latest = guarded_read(self.probe, now_s)
            self._took(self._clock() - began_s)
            self._due_s = now_s + self._wait_s()
        return self._latest

    def _wait_s(self) -> float:
        """Return how long the reading just taken stands."""
        if self._latest.status in _NOT_HERE:
            return max(self.cadence_s, _NOT_HERE_S)
        if self.is_half and self._reads == 1:
            return min(self.cadence_s, _FIRST_S)
        return self.cadence_s

    def _took(self, cost_s: float) -> None:
        """Follow the cost. The first read also starts libraries and opens files: it is left out."""
        self._reads += 1
        if self._reads == 1:
            return
        self.cost_s = cost_s if self._reads == 2 else 0.7 * self.cost_s + 0.3 * cost_s
        self.cadence_s = demoted(self.probe.cadence_s, self.cost_s)

    def stop(self) -> None:
        """Give back what the probe holds."""
        self.probe.close()


class ThreadFeed(Feed):
    """A probe in a thread of its own; a read past the deadline is "lost", and nobody waits."""

    def __init__(
        self, probe: Probe, clock: Clock = time.monotonic, deadline_s: float = DEADLINE_S
    ) -> None:
        super().__init__(probe, clock)
        self._deadline_s = deadline_s
        self._began_s: float | None = None
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name=f"hwstudio-probe-{probe.name}", daemon=True
        )

    @property
    def is_waiting(self) -> bool:
        """Say whether there was no answer yet."""
        with self._lock:
            return self._latest.status is Status.STALE

    def start(self) -> None:
        """Begin reading."""
        self._thread.start()

    def poll(self, now_s: float) -> Reading[Any]:
        """Return the latest reading without ever waiting for one."""
        with self._lock:
            began_s, latest = self._began_s, self._latest
        if began_s is not None and now_s - began_s > self._deadline_s:
            return absent(
                Status.LOST,
                self.probe.how,
                f"no answer from the driver for {now_s - began_s:.0f} s",
            )
        return latest

    def _run(self) -> None:
        wait_s = 0.0
        while not self._stop.wait(wait_s):
            began_s = self._clock()
            with self._lock:
                self._began_s = began_s
            reading = guarded_read(self.probe, began_s)
            with self._lock:
                self._latest, self._began_s = reading, None
            took_s = self._clock() - began_s
            self._took(took_s)
            # Rates need a second read: do not let a slow cadence delay the first answer.
            cadence_s = self.cadence_s if reading.status is not Status.STALE else _FIRST_S
            if reading.status in _NOT_HERE:
                cadence_s = max(cadence_s, _NOT_HERE_S)
            wait_s = max(0.0, cadence_s - took_s)
        self.probe.close()

    def stop(self) -> None:
        """Ask the thread to end. One that hangs in a driver is left behind as a daemon."""
        self._stop.set()
        if not self._thread.is_alive():
            return
        self._thread.join(_JOIN_S)
        if self._thread.is_alive():
            logger("probe").warning("%s does not answer and was left behind", self.name)


def feeds_of(probes: Iterable[Probe], deadline_s: float = DEADLINE_S) -> tuple[Feed, ...]:
    """Return a feed for each probe: slow ones get a thread."""
    return tuple(
        ThreadFeed(probe, deadline_s=deadline_s) if probe.is_slow else Feed(probe)
        for probe in probes
    )
