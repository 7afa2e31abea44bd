"""Holds the sampler and turns its samples into what the Monitor tab shows, once a second."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.extremes import Extremes
from hwstudio.core.monitor.limits.evidence import Verdict
from hwstudio.core.monitor.recorder_control import STOPPED, RecorderState
from hwstudio.core.monitor.sampler import Sampler
from hwstudio.core.probe.live import ProcessUse
from hwstudio.gui.kit.task import Task
from hwstudio.gui.monitor.facts import absent_of, cores_of, facts_of
from hwstudio.gui.monitor.judging import READING, LiveJudge
from hwstudio.gui.monitor.pages import PageSpec, own_page, page_of
from hwstudio.gui.monitor.sensors import rows_of
from hwstudio.gui.monitor.state import MonitorState, Picture, TimeRange, Trace
from hwstudio.gui.monitor.tiles import tiles_of

TAB, PANEL = "tab", "panel"
POINTS = 900  # asked of the history for one line: about one a pixel
_WRITTEN_MS = 11_000  # the recorder writes every ten seconds

Judge = Callable[[Sampler], Verdict]


@dataclass(frozen=True, slots=True)
class Older:
    """What the history says of a stretch of time; ``note`` says what it cannot."""

    traces: Mapping[str, Trace] = field(default_factory=dict)
    gaps: tuple[tuple[float, float, str], ...] = ()
    note: str = ""
    first_s: float | None = None  # the oldest reading that is kept


Lookup = Callable[[tuple[str, ...], float, float, int], Older]


def no_history(_names: tuple[str, ...], _from_s: float, _to_s: float, _points: int) -> Older:
    """Return nothing: there is no history to ask."""
    return Older()


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the model gets things from; each can be a fake in a test."""

    judge: Judge = field(default_factory=LiveJudge)
    lookup: Lookup = no_history
    recorder: Callable[[], RecorderState] = lambda: STOPPED
    feed: Callable[[Sample], None] = lambda _sample: None  # runs in the sampler's thread


class MonitorViewModel(QObject):
    """``changed``: the state is new. ``picture_changed``: draw every line anew.

    Between two pictures the view appends each new sample itself. Nothing is made while hidden.
    """

    changed = Signal()
    picture_changed = Signal()
    _sampled = Signal()

    def __init__(self, sampler: Sampler, sources: Sources, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sampler = sampler
        self._sources = sources
        self._watchers: set[str] = set()
        self._own: tuple[str, str, tuple[str, ...]] | None = None
        self._older = Older()
        self._asked: tuple[object, ...] = ()
        self.extremes = Extremes()
        self.wants_sensors = False  # the table of every sensor is on the screen
        self._page_key: tuple[object, ...] = ()
        self.state = MonitorState(READING)
        self.picture = Picture(0.0, 0.0)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_WRITTEN_MS)
        self._again.timeout.connect(self._on_written)
        self._task = Task(self)
        self._task.done.connect(self._on_older)
        self._task.failed.connect(self._on_no_older)
        self._sampled.connect(self._on_sampled)
        sampler.wants_processes = False
        sampler.on_sample = self._take

    @property
    def is_shown(self) -> bool:
        """Say whether anything is made for the screen."""
        return bool(self._watchers)

    @property
    def sampler(self) -> Sampler:
        return self._sampler

    # --- life --------------------------------------------------------------------------------

    def show(self, who: str = TAB) -> None:
        """Begin sampling on first use, and work for the screen of ``who`` from now on."""
        was_hidden = not self._watchers
        self._watchers.add(who)
        self._sampler.wants_processes = TAB in self._watchers
        if was_hidden:
            self._wake_up()
        self._sampler.start()
        self._renew()
        self._redraw()

    def hide(self, who: str = TAB) -> None:
        """Stop working for a screen; sampling goes on, so that the ring has no hole."""
        self._watchers.discard(who)
        self._sampler.wants_processes = TAB in self._watchers
        if not self._watchers:
            self._sampler.set_watched(is_watched=False)

    def _wake_up(self) -> None:
        """Begin to look again. A followed recorder was looked at seldom: its history knows more."""
        sampler = self._sampler
        if sampler.is_following and not sampler.is_watched:
            sampler.ring.clear()
            self._asked = ()
            self._again.start()
        sampler.set_watched(is_watched=True)

    @Slot()
    def _on_written(self) -> None:
        """Ask the history again once the recorder has written what was missing of it."""
        self._asked = ()
        self._redraw()

    def is_shown_to(self, who: str) -> bool:
        """Say whether the screen of ``who`` is worked for."""
        return who in self._watchers

    def leave(self) -> None:
        """Stop everything, for good."""
        self._watchers.clear()
        self._again.stop()
        self._sampler.stop()

    def _take(self) -> None:
        """Take a sample in; runs in the sampler's thread."""
        sample = self._sampler.sample
        if sample is None:
            return
        self.extremes.add(sample.taken_s, sample.values)
        self._sources.feed(sample)
        if self.is_shown:
            self._sampled.emit()

    # --- what a person does ------------------------------------------------------------------

    def toggle_pause(self) -> None:
        """Pause or resume sampling."""
        if self._sampler.is_paused:
            self._sampler.resume()
        else:
            self._sampler.pause()
        self._renew()

    def select(self, page_id: str) -> None:
        """Show another device's page."""
        self._own = None
        self._renew(page_id)
        self._redraw()

    def select_own(self, page_id: str, title: str, sensors: tuple[str, ...]) -> None:
        """Show a page of the user's own choice."""
        self._own = (page_id, title, sensors)
        self._renew(page_id)
        self._redraw()

    def set_range(self, wanted: TimeRange) -> None:
        """Show another stretch of time."""
        self.state = replace(self.state, range=wanted)
        self._redraw()
        self.changed.emit()

    def start_extremes_again(self) -> None:
        """Forget the lowest, mean and highest values so far."""
        self.extremes.clear()
        self._renew()

    # --- the state ---------------------------------------------------------------------------

    @Slot()
    def _on_sampled(self) -> None:
        if self.is_shown:
            self._renew()

    def _renew(self, page_id: str = "") -> None:
        sampler, old = self._sampler, self.state
        sample = sampler.sample
        if sample is None:
            self.state = replace(old, selected=page_id or old.selected)
            return
        tiles = tiles_of(sampler.ring, sample)
        known = tuple(tile.id for tile in tiles)
        chosen = self._own[0] if self._own else _chosen(page_id or old.selected, known)
        page = self._page(chosen, sample, old.page)
        table = sampler.processes
        rows: tuple[ProcessUse, ...] = table.value.processes if table.value else ()
        self.state = MonitorState(
            verdict=self._sources.judge(sampler),
            sample=sample,
            tiles=tiles,
            selected=chosen,
            page=page,
            absent=absent_of(chosen, page, sample),
            facts=facts_of(chosen, sample),
            cores=cores_of(chosen, sample),
            sensors=rows_of(page.sensors, sample, self.extremes) if self.wants_sensors else (),
            processes=rows,
            process_note=_note(table.value.count, len(rows)) if table.value else table.why,
            range=old.range,
            is_paused=sampler.is_paused,
            recorder=self._sources.recorder(),
        )
        if page is not old.page:
            self._redraw()
        self.changed.emit()

    def _page(self, chosen: str, sample: Sample, old: PageSpec) -> PageSpec:
        """Return the page; one that did not change is the same object, so nothing is rebuilt."""
        key = (chosen, self._own, sample.devices, sample.values.keys())
        if key == self._page_key:
            return old
        self._page_key = key
        own = self._own
        found = own_page(*own, sample) if own is not None else page_of(chosen, sample)
        return old if found == old else found

    def set_wants_sensors(self, is_wanted: bool) -> None:
        """Say whether the table of every sensor is on the screen."""
        self.wants_sensors = is_wanted
        self._renew()

    # --- the picture -------------------------------------------------------------------------

    def _redraw(self) -> None:
        """Make the lines from the ring, and ask the history for what is older than the ring."""
        sample = self._sampler.sample
        if sample is None or not self.is_shown:
            return
        shown = self.state.range
        to_s = shown.to_s if shown.to_s is not None else sample.taken_s
        from_s = to_s - shown.span_s
        names = tuple(line.sensor for chart in self.state.page.charts for line in chart.lines)
        ring = self._sampler.ring.since(0, names)
        first_s = ring.times_s[0] if len(ring.times_s) else to_s
        asked = (names, from_s, to_s)
        if from_s < first_s - 1.5 * self._sampler.interval_s and names:
            if asked != self._asked:
                self._older = Older()
                self._asked = asked
                end_s = min(to_s, first_s)
                lookup = self._sources.lookup
                self._task.start(lambda: lookup(names, from_s, end_s, POINTS))
        else:
            self._older, self._asked = Older(), ()
        traces = {
            name: _joined(self._older.traces.get(name), ring.times_s, ring.columns[name])
            for name in names
        }
        older = self._older
        self.picture = Picture(from_s, to_s, traces, older.gaps, older.note, older.first_s)
        self.picture_changed.emit()

    @Slot(object)
    def _on_older(self, older: object) -> None:
        if isinstance(older, Older):
            self._older = older
            self._redraw()

    @Slot(str)
    def _on_no_older(self, sentence: str) -> None:
        self._older = Older(note=sentence)
        self._redraw()


def _joined(older: Trace | None, times: array[float], values: array[float]) -> Trace:
    """Return the history's line with the ring's behind it."""
    if older is None or not len(older.times_s):
        return Trace(times, values)
    first_s = times[0] if len(times) else float("inf")
    end = bisect_left(older.times_s, first_s)
    low = older.low if older.low is not None else older.values
    high = older.high if older.high is not None else older.values
    return Trace(
        older.times_s[:end] + times,
        older.values[:end] + values,
        low[:end] + values,
        high[:end] + values,
    )


def _chosen(wanted: str, known: tuple[str, ...]) -> str:
    """Return the wanted page, or what took its place when GPUs came or went."""
    if wanted in known:
        return wanted
    if wanted.startswith("gpu"):
        return next(name for name in known if name.startswith("gpu"))
    return known[0]


def _note(count: int, shown: int) -> str:
    if count <= shown:
        return "1 process" if count == 1 else f"{count} processes"
    return f"the {shown} busiest and largest of {count}"
