"""Puts the recorder together: sensors, history, alert rules, ends of runs. For its process only."""

from __future__ import annotations

from hwstudio.core.base.paths import Home
from hwstudio.core.base.settings import Settings, load_settings
from hwstudio.core.history.each_time import EachTime
from hwstudio.core.history.readings.retention import Retention
from hwstudio.core.history.readings.writer import ReadingWriter
from hwstudio.core.history.runs import Runs
from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.alerts.event import StoredEvents
from hwstudio.core.monitor.alerts.notify import Notifier
from hwstudio.core.monitor.alerts.watcher import AlertPlaces, AlertWatcher
from hwstudio.core.monitor.recorder import Files, Recorder
from hwstudio.core.monitor.runs.end_watcher import EndWatcher
from hwstudio.core.monitor.sampler import PROCESSES, Sampler, pcie_every_s
from hwstudio.core.probe.feed import feeds_of
from hwstudio.core.probe.probe import PROBES, all_probes

_GB = 1e9
_LOOK_EVERY_S = 60.0


def make_recorder(home: Home, interval_s: float) -> Recorder:
    """Return a recorder that is ready to run.

    Raises:
        UserError: the history is from a newer hwstudio.
    """
    writer = ReadingWriter.open(
        home.monitor_file, retention=retention_of(load_settings(home.settings_file))
    )
    names = tuple(name for name in PROBES.names() if name != PROCESSES)
    sampler = Sampler(feeds_of(all_probes(names)), interval_s=interval_s, capacity=60)
    watcher = AlertWatcher(
        AlertPlaces(home.alerts_file, home.alerts_state_file),
        StoredEvents(writer.add_event),
        Notifier().tell_later,
        interval_s=interval_s,
    )
    files = Files(home.monitor_live_file, home.recorder_stop)
    wishes = SettingsWatch(home, writer, sampler)
    history = EachTime(home.history_file)
    ends = EndWatcher(Runs(history), history.stamp)
    return Recorder(files, writer, sampler=sampler, watchers=(watcher, wishes, ends))


class SettingsWatch:
    """Follows the settings while the recorder runs: how long history is kept, what is read."""

    def __init__(self, home: Home, writer: ReadingWriter, sampler: Sampler) -> None:
        self._file = home.settings_file
        self._writer, self._sampler = writer, sampler
        sampler.set_pcie(pcie_every_s(load_settings(self._file)))
        self._stamp = self._stamp_now()
        self._due_s = 0.0

    def watch(self, sample: Sample) -> None:
        """Look once a minute whether the settings are others."""
        if sample.taken_s < self._due_s:
            return
        self._due_s = sample.taken_s + _LOOK_EVERY_S
        stamp = self._stamp_now()
        if stamp != self._stamp:
            self._stamp = stamp
            settings = load_settings(self._file)
            self._writer.retention = retention_of(settings)
            self._sampler.set_pcie(pcie_every_s(settings))

    def save(self) -> None:
        """Keep nothing."""

    def _stamp_now(self) -> int:
        try:
            return self._file.stat().st_mtime_ns
        except OSError:
            return 0


def retention_of(settings: Settings) -> Retention:
    """Return how long the history is kept, as the settings say."""
    return Retention(
        raw_days=settings.history_second_days,
        minute_days=settings.history_minute_days,
        hour_days=settings.history_hour_days,
        most_bytes=int(settings.history_most_gb * _GB),
    )
