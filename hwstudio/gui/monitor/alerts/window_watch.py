"""Watches the alert rules on the window's own samples, while no recorder does it.

While a recorder runs, that process watches; here only its falling silent is noticed.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.base.log import logger
from hwstudio.core.base.paths import Home
from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.alerts.event import AlertEvent, Kind, Sink, StoredEvents, deliver
from hwstudio.core.monitor.alerts.notify import Notifier
from hwstudio.core.monitor.alerts.watcher import AlertPlaces, AlertWatcher
from hwstudio.core.monitor.recorder_control import RecorderState
from hwstudio.gui.monitor.alerts.silence import SilenceWatch

_KEPT = 500


@dataclass(frozen=True, slots=True)
class Outlets:
    """Where events go, and the clocks; each can be a fake in a test. None: the usual one."""

    sink: Sink | None = None
    tell: Callable[[str, str], object] | None = None
    steady: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time


class WindowWatch(QObject):
    """Give every sample to ``feed``, from one thread. ``raised`` carries a sentence to show."""

    raised = Signal(str)
    changed = Signal()  # ``active`` or ``events`` are new

    def __init__(
        self,
        home: Home,
        recorder: Callable[[], RecorderState],
        outlets: Outlets | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._home = home
        self._recorder = recorder
        self._outlets = outlets or Outlets()
        keep = partial(keep_event, home.monitor_file)
        self._sink = self._outlets.sink or StoredEvents(keep)
        self._tell = self._outlets.tell or Notifier().tell_later
        self._silence = SilenceWatch(home.alerts_file, home.monitor_live_file)
        self._watcher: AlertWatcher | None = None
        self._fed_s: float | None = None
        self._lock = threading.Lock()  # feeding against leaving
        self._is_over = False
        self._kept: deque[AlertEvent] = deque(maxlen=_KEPT)
        # Replaced whole, so that the window reads them without waiting.
        self.active: tuple[AlertEvent, ...] = ()
        self.events: tuple[AlertEvent, ...] = ()

    @property
    def is_watching(self) -> bool:
        """Say whether the rules are looked at here, because no recorder does."""
        return self._watcher is not None

    def feed(self, sample: Sample) -> None:
        """Look at a sample; runs in whatever thread samples come from, always the same one."""
        with self._lock:
            if self._is_over:
                return
            try:
                self._look(sample)
            except Exception:  # noqa: BLE001 - an alert rule must not end the monitor
                logger("alerts").exception("a rule failed")

    def _look(self, sample: Sample) -> None:
        state = self._recorder()
        events = self._silence.look(state, self._outlets.wall(), self._outlets.steady())
        deliver(events, self._sink, self._tell)
        if state.is_running:
            # Not saved: the recorder has taken the state over, and the file is its own now.
            self._watcher = None
        elif sample.taken_s != self._fed_s:
            events += self._watching().look(sample)
        self._fed_s = sample.taken_s
        self._publish(events)

    def _watching(self) -> AlertWatcher:
        """Return the watcher, begun where the recorder's last state left off."""
        if self._watcher is None:
            places = AlertPlaces(self._home.alerts_file, self._home.alerts_state_file)
            self._watcher = AlertWatcher(places, self._sink, self._tell, clock=self._outlets.steady)
        return self._watcher

    def _publish(self, events: Iterable[AlertEvent]) -> None:
        new = tuple(events)
        mine = self._watcher.engine.active if self._watcher is not None else ()
        active = (*mine, *self._silence.active)
        is_changed = bool(new) or active != self.active
        self.active = active
        if new:
            self._kept.extend(new)
            self.events = tuple(self._kept)
        if is_changed:
            self.changed.emit()
        for event in new:
            if event.kind in (Kind.RAISED, Kind.REPEATED) and not event.is_silent:
                self.raised.emit(event.sentence)

    @Slot(bool)
    def on_recorder_wanted(self, is_wanted: bool) -> None:
        """Take note of a person starting or ending the recorder: an end is no alarm."""
        if not is_wanted:
            self._silence.was_ended()

    def leave(self) -> None:
        """Stop watching and keep where the rules stand; the window closes."""
        with self._lock:
            self._is_over = True
            if self._watcher is not None:
                self._watcher.save()
                self._watcher = None


def keep_event(file: Path, kind: str, at_s: float, document: Mapping[str, Any]) -> None:
    """Write an event into the history while no recorder has it open.

    Raises:
        UserError: the history is from a newer hwstudio.
    """
    from hwstudio.core.history.readings.writer import ReadingWriter

    writer = ReadingWriter.open(file)
    writer.add_event(kind, at_s, document)
    writer.close()
    if writer.notice:
        logger("alerts").warning("an alert could not be kept: %s", writer.notice)
