"""The recorder: takes a sample every second and keeps it, with no window and no Qt.

It runs as a process of its own (see ``recorder_control``), so history goes on while the window is
shut and a driver that crashes or hangs takes nothing else with it.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from hwstudio.core.base.log import logger
from hwstudio.core.base.version import VERSION
from hwstudio.core.model.sample import Device, Sample, numbers_of, shape_of
from hwstudio.core.monitor.live_channel import LiveWriter
from hwstudio.core.monitor.sampler import Sampler

SCHEMA = 2
_STATUS_EVERY = 30  # samples between two looks at the size of the history
_COMPACT_S = 0.02  # at most this much work on old hours after each sample
_PRUNE_EVERY_S = 900.0


class Sink(Protocol):
    """Where samples go: the history's writer. It never raises for a full or read-only disk."""

    @property
    def notice(self) -> str: ...
    def begin(self, boot_id: str, interval_s: float) -> None: ...
    def add(self, taken_s: float, values: Any) -> None: ...
    def gap(self, from_s: float, to_s: float, why: str) -> None: ...
    def remember_devices(self, devices: Sequence[Device]) -> None: ...
    def compact_some(self, now_s: float, budget_s: float) -> bool: ...
    def prune(self, now_s: float, budget_s: float) -> bool: ...
    def size_bytes(self) -> int: ...
    def close(self) -> None: ...


class Watcher(Protocol):
    """Something that looks at every sample while it is recorded: the alert rules."""

    def watch(self, sample: Sample) -> None: ...
    def save(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Files:
    """What the recorder shows to others: the newest sample, and the wish that it ends."""

    live: Path
    stop: Path


class Recorder:
    """Runs until told to stop; every error of a sensor or a disk is survived and said."""

    def __init__(
        self,
        files: Files,
        sink: Sink,
        *,
        sampler: Sampler,
        watchers: Sequence[Watcher] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._files = files
        self._sink = sink
        self._watchers = tuple(watchers)
        self._sampler = sampler
        self._clock = clock
        self._live = LiveWriter(files.live)
        self._stop = threading.Event()
        self._count = 0
        self._size_bytes = 0
        self._devices: tuple[Device, ...] = ()
        self._gaps_told = 0
        self._pruned_s = clock()
        self._has_to_prune = False  # a large shrink goes over many samples, a little with each
        self._started_s = time.time()
        self._live_notice = ""
        self._shape: tuple[object, ...] = ()
        self._document: dict[str, Any] = {}
        sampler.wants_processes = False

    def stop(self) -> None:
        """End after the present sample; safe from a signal handler."""
        self._stop.set()

    def run(self) -> None:
        """Record until ``stop``."""
        sampler = self._sampler
        sampler.start_feeds()
        self._sink.begin(boot_id(), sampler.interval_s)
        due_s = self._clock()
        try:
            while not self._stop.wait(max(0.0, due_s - self._clock())):
                self.step()
                late = max(0.0, self._clock() - due_s)
                due_s += sampler.interval_s * (1 + late // sampler.interval_s)
                if self._is_asked_to_stop():
                    break
        finally:
            sampler.stop_feeds()
            for watcher in self._watchers:
                watcher.save()
            self._live.close()
            self._sink.close()

    def step(self) -> None:
        """Take one sample, keep it, show it, and do a little of the tidying."""
        sampler = self._sampler
        try:
            sampler.tick()
        except Exception:  # noqa: BLE001 - a broken reading must not end the recording
            logger("monitor").exception("a sample failed")
            return
        sample = sampler.sample
        if sample is None or not sample.values:
            return
        self._keep(sample)
        for watcher in self._watchers:
            try:
                watcher.watch(sample)
            except Exception:  # noqa: BLE001 - an alert rule must not end the recording
                logger("monitor").exception("a rule failed")
        self._show(sample)
        self._count += 1
        self._tidy(sample.taken_s)

    def _keep(self, sample: Sample) -> None:
        sink = self._sink
        gaps = self._sampler.gaps
        for gap in gaps[self._gaps_told :] if self._gaps_told <= len(gaps) else gaps[-1:]:
            sink.gap(gap.from_s, gap.to_s, gap.why)
        self._gaps_told = len(gaps)
        if sample.devices is not self._devices:
            self._devices = sample.devices
            sink.remember_devices(sample.devices)
        sink.add(sample.taken_s, sample.values)

    def _show(self, sample: Sample) -> None:
        try:
            self._live.publish(self._document_of(sample), numbers_of(sample))
            self._live_notice = ""
        except OSError as error:
            if not self._live_notice:  # say it once, not every second
                logger("monitor").warning("the live file cannot be written: %s", error)
            self._live_notice = f"The window cannot follow the recorder: {error.strerror or error}."

    def _document_of(self, sample: Sample) -> dict[str, Any]:
        """Return all but the numbers; the same object while nothing of it is new."""
        is_due = self._count % _STATUS_EVERY == 0
        if is_due:
            self._live.come_back()
        shape = (
            tuple(sample.values), sample.missing, sample.devices, sample.words, sample.holders,
            self._sink.notice, self._live_notice,
        )  # fmt: skip
        if is_due or shape != self._shape:
            self._shape = shape
            self._document = {"schema": SCHEMA, **self.status(), "sample": shape_of(sample)}
        return self._document

    def _tidy(self, now_s: float) -> None:
        self._sink.compact_some(now_s, _COMPACT_S)
        is_time = self._clock() - self._pruned_s >= _PRUNE_EVERY_S
        if is_time or self._has_to_prune:
            self._pruned_s = self._clock()
            self._has_to_prune = self._sink.prune(now_s, _COMPACT_S)

    def status(self) -> dict[str, Any]:
        """Return what others want to know of the recorder itself."""
        if self._count % _STATUS_EVERY == 0:
            self._size_bytes = self._sink.size_bytes()
        return {
            "version": VERSION,
            "pid": os.getpid(),
            "started_s": self._started_s,
            "interval_s": self._sampler.interval_s,
            "size_bytes": self._size_bytes,
            "notice": self._sink.notice or self._live_notice,
            "costs": {name: list(pair) for name, pair in self._sampler.costs_s.items()},
        }

    def _is_asked_to_stop(self) -> bool:
        try:
            self._files.stop.stat()
        except OSError:
            return False
        return True


def boot_id() -> str:
    """Return something that changes with every start of the computer."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("utf-8").strip()
    except OSError:
        import psutil

        return f"booted-{psutil.boot_time():.0f}"
