"""Takes a sample every second, without drift and without ever waiting for a slow sensor.

Where a recorder runs, its samples are taken over instead of asking every sensor a second time.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hwstudio.core.base.log import logger
from hwstudio.core.base.settings import Settings
from hwstudio.core.model.reading import Reading, Status, absent
from hwstudio.core.model.sample import GpuHolder, Sample
from hwstudio.core.monitor.ring import Ring
from hwstudio.core.monitor.snapshot import Snapshot, snapshot_of, with_gpu_use
from hwstudio.core.probe.feed import Feed, feeds_of
from hwstudio.core.probe.live import ProcessTable
from hwstudio.core.probe.nvml_absent import pass_on
from hwstudio.core.probe.probe import all_probes

if TYPE_CHECKING:
    from hwstudio.core.monitor.flat import Flattener

CAPACITY = 3600
SLEPT = "the computer slept or was too busy"
PROCESSES = "processes"
UNWATCHED_S = 5.0
PCIE_EVERY_S = 10.0
NOT_YET: Reading[ProcessTable] = absent(Status.STALE, "", "no answer yet")
_MAX_GAPS = 200
_JOIN_S = 5.0
_CLOCK_STEP_S = 2.0  # a wall clock that is set by more than this is followed
_FIRST_S = 0.25
_FIRST_LOOKS = 2  # a table of processes that is not there after these is not waited for
_BEHIND_S = 0.06  # look this long after the recorder's sample, so that it is there


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without samples (Unix time), and why."""

    from_s: float
    to_s: float
    why: str


def pcie_every_s(settings: Settings) -> float | None:
    """Return how often the settings want PCIe traffic read, in seconds; None = not at all."""
    return PCIE_EVERY_S if settings.monitor_pcie else None


def _iso(wall_s: float) -> str:
    """Return a Unix time as ``2026-11-20T12:34:56Z``, without a date object for each second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(wall_s))


def _nobody() -> Sample | None:
    return None


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Clocks:
    """A clock that never runs backwards, and the one on the wall (Unix seconds)."""

    steady: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time


class Sampler:
    """A thread that fills ``ring`` and keeps the newest ``sample``.

    ``follow`` returns the newest sample of a running recorder, or None. ``on_sample`` is called
    from the sampler's own thread after each sample.
    """

    def __init__(
        self,
        feeds: Sequence[Feed] | None = None,
        *,
        interval_s: float = 1.0,
        capacity: int = CAPACITY,
        clocks: Clocks | None = None,
        follow: Callable[[], Sample | None] = _nobody,
        on_sample: Callable[[], None] = _nothing,
    ) -> None:
        self.ring = Ring(capacity)
        self.interval_s = interval_s
        self.latest: Snapshot | None = None
        self.sample: Sample | None = None
        self.on_sample = on_sample
        self.is_watched = True  # while nobody looks, a recorder is followed less often
        self.wants_processes = True  # the process table is nine tenths of the cost of a tick
        self._given = tuple(feeds) if feeds is not None else None
        self._feeds: tuple[Feed, ...] = self._given if self._given is not None else ()
        self._are_ready = False
        self._pcie_every_s: float | None = None
        self._wants_all_processes = False
        self._holders: tuple[GpuHolder, ...] = ()
        self._follow = follow
        self._is_following = False
        self._clocks = clocks or Clocks()
        self._offset_s = self._clocks.wall() - self._clocks.steady()
        self._flatten: Flattener | None = None  # where a recorder is followed it does the work
        self._gaps: deque[Gap] = deque(maxlen=_MAX_GAPS)
        self._last_s: float | None = None
        self._paused_s: float | None = None
        self._wake = threading.Condition()
        self._is_stopping = False
        self._has_news = False  # somebody begins to look: do not wait for the next due moment
        self._thread: threading.Thread | None = None

    @property
    def is_paused(self) -> bool:
        return self._paused_s is not None

    @property
    def is_following(self) -> bool:
        """Say whether the samples are a recorder's."""
        return self._is_following

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Return the stretches without samples, oldest first."""
        return tuple(self._gaps)

    @property
    def costs_s(self) -> dict[str, tuple[float, float]]:
        """Return seconds per read and seconds between reads of every feed."""
        return {feed.name: (feed.cost_s, feed.cadence_s) for feed in self._feeds}

    @property
    def processes(self) -> Reading[ProcessTable]:
        """Return the latest process table, or why there is none."""
        return self.latest.processes if self.latest is not None else NOT_YET

    # --- life --------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin; does nothing when already running."""
        if self._thread is not None:
            return
        self._thread = threading.Thread(target=self._run, name="hwstudio-sampler", daemon=True)
        self._thread.start()

    def set_watched(self, *, is_watched: bool) -> None:
        """Say whether somebody looks; one who begins to look does not wait."""
        with self._wake:
            if is_watched is self.is_watched:
                return
            self.is_watched = is_watched
            self._has_news = is_watched
            self._wake.notify_all()

    def pause(self) -> None:
        """Stop reading until ``resume``; what was sampled stays."""
        with self._wake:
            if self._paused_s is None:
                self._paused_s = self._clocks.steady()

    def resume(self) -> None:
        """Go on after a pause; the pause is kept as a gap."""
        with self._wake:
            if self._paused_s is None:
                return
            self._gap(self._paused_s, self._clocks.steady(), "paused")
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
        self.stop_feeds()

    def start_feeds(self) -> None:
        """Make the sensors ready; ``tick`` does it when it has to."""
        if self._are_ready:
            return
        self._are_ready = True
        if self._given is None:
            self._feeds = feeds_of(all_probes())
        for feed in self._feeds:
            feed.start()
        self._pass_on_pcie()
        self._pass_on_processes()

    def set_all_processes(self, *, is_wanted: bool) -> None:
        """Have every process in the table, or only the busiest and largest, which costs less."""
        self._wants_all_processes = is_wanted
        self._pass_on_processes()

    def _pass_on_processes(self) -> None:
        for feed in self._feeds:
            probe: Any = feed.probe
            if hasattr(probe, "wants_all"):
                probe.wants_all = self._wants_all_processes
                probe.wanted = frozenset(one.pid for one in self._holders)

    def _note_holders(self, sample: Sample) -> None:
        """Have the processes on GPUs in the table, idle and small as they may be."""
        if sample.holders != self._holders:
            self._holders = sample.holders
            self._pass_on_processes()

    def set_pcie(self, every_s: float | None) -> None:
        """Sample the PCIe traffic of GPUs that often; None = not at all (20 ms a direction)."""
        self._pcie_every_s = every_s
        self._pass_on_pcie()

    def _pass_on_pcie(self) -> None:
        for feed in self._feeds:
            pass_on(feed.probe, self._pcie_every_s)

    def stop_feeds(self) -> None:
        """Give back every sensor."""
        for feed in self._feeds:
            feed.stop()
        self._feeds, self._are_ready = (self._given or ()), False

    # --- one sample --------------------------------------------------------------------------

    def tick(self) -> None:
        """Take one sample now and keep it."""
        now_s = self._clocks.steady()
        followed = self._follow()
        if followed is not None:
            self._take_over(followed, now_s)
            return
        if self._is_following:
            self._is_following = False
            self.stop_feeds()
        self.start_feeds()
        readings = {feed.name: feed.poll(now_s) for feed in self._feeds if self._is_wanted(feed)}
        snapshot = snapshot_of(_iso(self._clocks.wall()), now_s, readings)
        taken_s = self._unix(now_s)
        if self._last_s is not None and now_s - self._last_s > 2.5 * self.interval_s:
            self._gap(self._last_s, now_s, SLEPT)
        sample = self._flattener().sample(snapshot, taken_s)
        self.ring.append(taken_s, sample.values)
        self._last_s = now_s
        self.latest, self.sample = snapshot, sample
        self._note_holders(sample)

    def _flattener(self) -> Flattener:
        if self._flatten is None:
            from hwstudio.core.monitor.flat import Flattener

            self._flatten = Flattener()
        return self._flatten

    def _take_over(self, sample: Sample, now_s: float) -> None:
        """Keep a recorder's sample; only the process table is read here, and only if wanted."""
        if not self._is_following:
            self._is_following = True
            self.stop_feeds()
            if self._given is None:
                self._feeds = feeds_of(all_probes((PROCESSES,)))
            for feed in self._feeds:
                feed.start()
            self._are_ready = True
            self._pass_on_processes()
        wanted = [f for f in self._feeds if f.name == PROCESSES and self.wants_processes]
        readings = {feed.name: feed.poll(now_s) for feed in wanted}
        if PROCESSES in readings:
            held = [(one.pid, one.vram_bytes, one.busy_share) for one in sample.holders]
            readings[PROCESSES] = with_gpu_use(readings[PROCESSES], held)
        self.latest = snapshot_of(_iso(self._clocks.wall()), now_s, readings)
        if self.sample is None or sample.taken_s > self.sample.taken_s:
            self.ring.append(sample.taken_s, sample.values)
        self.sample = sample
        self._last_s = now_s
        self._note_holders(sample)

    def _is_wanted(self, feed: Feed) -> bool:
        return self.wants_processes or feed.name != PROCESSES

    def _unix(self, now_s: float) -> float:
        """Return the Unix time of a steady one; small corrections of the clock are let pass."""
        offset_s = self._clocks.wall() - self._clocks.steady()
        if abs(offset_s - self._offset_s) > _CLOCK_STEP_S:
            self._offset_s = offset_s
        return now_s + self._offset_s

    # --- the thread --------------------------------------------------------------------------

    def _run(self) -> None:
        due_s = self._clocks.steady()
        while self._wait_until(due_s):
            try:
                self.tick()
                self.on_sample()
            except Exception:  # noqa: BLE001 - a broken reading must not end the monitor
                logger("monitor").exception("a sample failed")
            due_s = self._next(due_s)

    def _next(self, due_s: float) -> float:
        """Return when to look next: late ticks are dropped, not queued."""
        now_s = self._clocks.steady()
        if self._is_following and self.sample is not None:
            # Keep step with the recorder, a moment behind it.
            shown_s = self.sample.taken_s - self._unix(0.0)
            if not self.is_watched:
                return now_s + max(self.interval_s, UNWATCHED_S)
            step_s = shown_s + self.interval_s + _BEHIND_S
            is_new = self.ring.end <= _FIRST_LOOKS and self.wants_processes
            if is_new and any(feed.is_half for feed in self._feeds if feed.name == PROCESSES):
                step_s = min(step_s, now_s + _FIRST_S)  # the table needs a second read
            return step_s if now_s < step_s <= now_s + 2 * self.interval_s else now_s + 0.1
        if self.ring.end == 1:  # rates and shares need a second read: do not let people wait
            return now_s + min(_FIRST_S, self.interval_s)
        late = max(0.0, now_s - due_s)
        return due_s + self.interval_s * (1 + late // self.interval_s)

    def _wait_until(self, due_s: float) -> bool:
        """Wait for the next tick; False when it is time to end."""
        with self._wake:
            while not self._is_stopping:
                if self._paused_s is not None:
                    self._wake.wait()
                    continue
                left_s = due_s - self._clocks.steady()
                if left_s <= 0 or (self._has_news and self._is_following):
                    self._has_news = False
                    return True
                self._wake.wait(left_s)
        return False

    def _gap(self, from_s: float, to_s: float, why: str) -> None:
        if to_s - from_s > self.interval_s:
            begun_s, ended_s = self._unix(from_s), self._unix(to_s)
            self._gaps.append(Gap(begun_s, ended_s, why))
            self.ring.append((begun_s + ended_s) / 2, {})  # an empty sample breaks the line
