"""Takes a snapshot every second, without drift and without ever waiting for a slow sensor."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.log import logger
from hwstudio.core.monitor.ring import Ring
from hwstudio.core.monitor.snapshot import Snapshot, series_of, snapshot_of
from hwstudio.core.probe.feed import Feed, feeds_of
from hwstudio.core.probe.probe import all_probes

CAPACITY = 3600
_MAX_GAPS = 200
_JOIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without samples (monotonic seconds), and why."""

    from_s: float
    to_s: float
    why: str


class Sampler:
    """A thread that fills ``ring`` and keeps the ``latest`` snapshot."""

    def __init__(
        self,
        feeds: Sequence[Feed] | None = None,
        *,
        interval_s: float = 1.0,
        capacity: int = CAPACITY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.ring = Ring(capacity)
        self.interval_s = interval_s
        self.latest: Snapshot | None = None
        self._feeds = tuple(feeds) if feeds is not None else feeds_of(all_probes())
        self._clock = clock
        self._gaps: deque[Gap] = deque(maxlen=_MAX_GAPS)
        self._last_s: float | None = None
        self._paused_s: float | None = None
        self._wake = threading.Condition()
        self._is_stopping = False
        self._thread: threading.Thread | None = None

    @property
    def is_paused(self) -> bool:
        return self._paused_s is not None

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Return the stretches without samples, oldest first."""
        return tuple(self._gaps)

    @property
    def costs_s(self) -> dict[str, tuple[float, float]]:
        """Return seconds per read and seconds between reads of every feed."""
        return {feed.name: (feed.cost_s, feed.cadence_s) for feed in self._feeds}

    def start(self) -> None:
        """Begin; does nothing when already running."""
        if self._thread is not None:
            return
        for feed in self._feeds:
            feed.start()
        self._thread = threading.Thread(target=self._run, name="hwstudio-sampler", daemon=True)
        self._thread.start()

    def pause(self) -> None:
        """Stop reading until ``resume``; what was sampled stays."""
        with self._wake:
            if self._paused_s is None:
                self._paused_s = self._clock()

    def resume(self) -> None:
        """Go on after a pause; the pause is kept as a gap."""
        with self._wake:
            if self._paused_s is None:
                return
            self._gap(self._paused_s, self._clock(), "paused")
            self._paused_s = self._last_s = None
            self._wake.notify_all()

    def stop(self) -> None:
        """End the thread and give back every sensor. Safe to call twice."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        with self._wake:
            self._is_stopping = True
            self._wake.notify_all()
        thread.join(_JOIN_S)
        for feed in self._feeds:
            feed.stop()

    def tick(self) -> Snapshot:
        """Take one snapshot now and keep it."""
        now_s = self._clock()
        readings = {feed.name: feed.poll(now_s) for feed in self._feeds}
        snapshot = snapshot_of(iso_now(), now_s, readings)
        if self._last_s is not None and now_s - self._last_s > 2.5 * self.interval_s:
            self._gap(self._last_s, now_s, "the computer slept or was too busy")
        self.ring.append(now_s, series_of(snapshot))
        self._last_s = now_s
        self.latest = snapshot
        return snapshot

    def _run(self) -> None:
        due_s = self._clock()
        while self._wait_until(due_s):
            try:
                self.tick()
            except Exception:  # noqa: BLE001 - a broken reading must not end the monitor
                logger("monitor").exception("a snapshot failed")
            # The next multiple of the interval from the start: late ticks are dropped, not queued.
            late = max(0.0, self._clock() - due_s)
            due_s += self.interval_s * (1 + late // self.interval_s)

    def _wait_until(self, due_s: float) -> bool:
        """Wait for the next tick; False when it is time to end."""
        with self._wake:
            while not self._is_stopping:
                if self._paused_s is not None:
                    self._wake.wait()
                    continue
                left_s = due_s - self._clock()
                if left_s <= 0:
                    return True
                self._wake.wait(left_s)
        return False

    def _gap(self, from_s: float, to_s: float, why: str) -> None:
        if to_s - from_s > self.interval_s:
            self._gaps.append(Gap(from_s, to_s, why))
            self.ring.append((from_s + to_s) / 2, {})  # an empty sample breaks the line
