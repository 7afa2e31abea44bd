"""Holds the runs and works out what they used, in the background and only while it is seen."""

from __future__ import annotations

import math
import secrets
import time
from array import array
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.history.readings.query import ReadingHistory
from hwstudio.core.model.run import Run
from hwstudio.core.monitor.recorder_control import STOPPED, RecorderState
from hwstudio.core.monitor.runs.asked import Taught
from hwstudio.core.monitor.runs.facts import LATE_S, RunFacts, facts_of
from hwstudio.core.monitor.runs.last_sign import last_sign
from hwstudio.core.monitor.runs.money import Tariff
from hwstudio.core.monitor.runs.watch import RunWatch, Sign, begun, process_started_s
from hwstudio.gui.kit.task import Task
from hwstudio.gui.monitor.older import HistoryLookup
from hwstudio.gui.monitor.runs.run_charts import bands_of, page_of_run
from hwstudio.gui.monitor.runs.state import NO_PAGE, Band, RunPicture, RunRow, RunsState, StartWish
from hwstudio.gui.monitor.state import Picture, Trace
from hwstudio.gui.monitor.viewmodel import Older

_TICK_MS = 2000
_AGAIN_S = 10.0  # a run that goes on is summed up again this often,
_REST = 50  # but at most 1/50 of the time
_POINTS = 900
_MENDED_S = 20.0  # so long the recorder may put an end it saw in place of one that was guessed
_ID_BYTES = 3


class Store(Protocol):
    """Where runs are kept."""

    def all(self) -> tuple[Run, ...]: ...
    def open(self) -> tuple[Run, ...]: ...
    def put(self, run: Run) -> None: ...
    def delete(self, run_id: str) -> None: ...
    def get(self, run_id: str) -> Run: ...
    def end(self, run_id: str, at_s: float, words: str = "") -> Run | None: ...
    def correct_end(self, was: Run, at_s: float, note: str) -> bool: ...


def _no_tariff() -> Tariff | None:
    return None


def _price_now(_run: Run, now: Tariff | None) -> Tariff | None:
    return now


def _nothing(_run: Run) -> Taught | None:
    return None


@dataclass(frozen=True, slots=True)
class RunsSources:
    """Where the model gets things from; each can be a fake in a test."""

    store: Store
    readings: Path  # the file of the history of readings
    tariff: Callable[[], Tariff | None] = _no_tariff
    paid: Callable[[Run, Tariff | None], Tariff | None] = _price_now  # what a run ended with
    recorder: Callable[[], RecorderState] = lambda: STOPPED
    started_of: Callable[[int], float | None] = process_started_s
    clock: Callable[[], float] = time.time
    taught: Callable[[Run], Taught | None] = _nothing  # what a run taught the estimates


class RunsViewModel(QObject):
    """``changed``: the state is new. ``picture_changed``: the charts' lines are.

    ``failed`` carries a sentence. Nothing is read or watched while hidden.
    """

    changed = Signal()
    picture_changed = Signal()
    failed = Signal(str)

    def __init__(self, sources: RunsSources, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sources = sources
        self._lookup = HistoryLookup(sources.readings)
        self._facts: dict[str, RunFacts] = {}
        self._summed: dict[str, tuple[float, float]] = {}  # id -> when, and what it cost
        self._early: frozenset[str] = frozenset()  # summed up before all of it was written
        self._window: tuple[float, float] | None = None
        self._is_shown = False
        self._look_until_s = 0.0
        self.state = RunsState()
        self.picture = RunPicture()
        self._watch = RunWatch(
            sources.store, self._sign_of, started_of=sources.started_of, clock=sources.clock
        )
        self._watching = self._job(self._on_watched)
        self._summing = self._job(self._on_summed)
        self._drawing = self._job(self._on_drawn)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_tick)

    def _job(self, done: Callable[[object], None]) -> Task:
        task = Task(self)
        task.done.connect(done)
        task.failed.connect(self.failed)
        return task

    # --- life --------------------------------------------------------------------------------

    def show(self) -> None:
        """Look at the runs now, and watch those that go on."""
        self._is_shown = True
        self._timer.start()
        self.reload()
        self._on_tick()
        self._draw()

    def hide(self) -> None:
        """Watch nothing until shown again; runs go on meanwhile."""
        self._is_shown = False
        self._timer.stop()

    def reload(self) -> None:
        """Read the runs anew."""
        try:
            runs = self._sources.store.all()
        except HwstudioError as error:
            self.failed.emit(error.sentence)
            return
        known = {run.id for run in runs}
        self._facts = {run_id: facts for run_id, facts in self._facts.items() if run_id in known}
        rows = tuple(RunRow(run, self._facts_for(run)) for run in runs)
        selected = self.state.selected if self.state.selected in known else ""
        if not selected and runs and self.state.log is None:
            selected = runs[0].id
        self._set(rows=rows, selected=selected)
        self._sum_up()

    def _facts_for(self, run: Run) -> RunFacts | None:
        """Return what is known of a run; older facts stay until newer ones are worked out."""
        facts = self._facts.get(run.id)
        return None if facts is None else replace(facts, run=run)

    def _set(self, **values: Any) -> None:
        before = self.state
        recorder = self._sources.recorder()
        state = replace(
            before,
            is_recording=recorder.is_running,
            has_history=self._sources.readings.is_file(),
            **values,
        )
        row = state.row
        facts = row.facts if row is not None else None
        taught = self._sources.taught(row.run) if row is not None else None
        page = page_of_run(facts) if facts is not None else NO_PAGE
        self.state = replace(
            state,
            page=before.page if page == before.page else page,
            is_whole=self._window is None,
            taught=taught,
        )
        self.changed.emit()
        if self.state.page is not before.page:
            self._draw()

    # --- what a person does ------------------------------------------------------------------

    def select(self, run_id: str) -> None:
        """Show a run; a log that was open without one is put away."""
        if run_id != self.state.selected or self.state.log is not None:
            self._window = None
            self._set(selected=run_id, log=None)
            self._sum_up()
            self._draw()

    def open_log(self, path: Path | None) -> None:
        """Look at a training log without a run; None puts it away."""
        if path is None:
            self._set(log=None)
            self.reload()
        else:
            self._set(log=path, selected="")

    def start(self, wish: StartWish) -> bool:
        """Begin a run; False when it was refused, which ``failed`` says."""
        with self._telling():
            run = begun(
                wish.title,
                secrets.token_hex(_ID_BYTES),
                pid=wish.pid,
                devices=wish.devices,
                log_path=wish.log_path,
                now_s=self._sources.clock(),
            )
            self._sources.store.put(run)
            self._window = None
            self.state = replace(self.state, selected=run.id, log=None)
            self.reload()
            return True
        return False

    def end(self, run_id: str) -> None:
        """End a run now."""
        with self._telling():
            self._sources.store.end(run_id, self._sources.clock())
        self.reload()

    def describe(self, run_id: str, title: str, note: str, ending: str | None = None) -> None:
        """Give a run another name and note, and say how it ended; None leaves that."""
        told: dict[str, Any] = {} if ending is None else {"ending": ending}
        self._change(
            run_id, lambda run: replace(run, title=title.strip(), note=note.strip(), **told)
        )

    def attach_log(self, run_id: str, path: str) -> None:
        """Say where a run's training log is; "" = it has none."""
        self._change(run_id, lambda run: replace(run, log_path=path))

    def attach_prediction(self, run_id: str, predicted: dict[str, Any]) -> None:
        """Lay a run over a prediction; {} takes it away."""
        self._change(run_id, lambda run: replace(run, predicted=predicted))
        self._draw()

    def delete(self, run_id: str) -> None:
        """Forget a run."""
        with self._telling():
            self._sources.store.delete(run_id)
        self.reload()

    def set_window(self, from_s: float, to_s: float) -> None:
        """Draw another stretch of time in the charts."""
        self._window = (from_s, to_s)
        self._set()
        self._draw()

    def show_whole(self) -> None:
        """Draw the whole run again."""
        self._window = None
        self._set()
        self._draw()

    def _change(self, run_id: str, change: Callable[[Run], Run]) -> None:
        with self._telling():
            self._sources.store.put(change(self._sources.store.get(run_id)))
        self.reload()

    def _telling(self) -> _Telling:
        return _Telling(self.failed.emit)

    # --- watching processes ------------------------------------------------------------------

    @Slot()
    def _on_tick(self) -> None:
        if not self._is_shown:
            return
        is_open = any(row.run.is_open and row.run.pid is not None for row in self.state.rows)
        may_change = is_open or time.monotonic() < self._look_until_s
        if may_change and not self._watching.is_busy:
            self._watching.start(self._look)
        if self._sources.recorder().is_running != self.state.is_recording:
            self._set()
        self._sum_up()

    def _look(self) -> frozenset[tuple[str, float | None]]:
        """Return every run's end; in a worker thread. The recorder may have ended some too."""
        self._watch.look()
        return _ends(self._sources.store.all())

    @Slot(object)
    def _on_watched(self, ends: object) -> None:
        if ends != _ends(row.run for row in self.state.rows):
            self._look_until_s = time.monotonic() + _MENDED_S
            self.reload()

    def _sign_of(self, run: Run, seen_s: float | None) -> Sign:
        """Return a run's last sign of life; called in a worker thread."""
        readings = ReadingHistory.open(self._sources.readings)
        try:
            return last_sign(run, readings, seen_s, self._sources.clock())
        finally:
            readings.close()

    # --- summing up --------------------------------------------------------------------------

    def _sum_up(self) -> None:
        """Work out the next run that needs it: the selected one first, then from the top."""
        if not self._is_shown or self._summing.is_busy:
            return
        rows = sorted(self.state.rows, key=lambda row: row.run.id != self.state.selected)
        run = next((row.run for row in rows if self._needs(row)), None)
        if run is not None:
            sources = self._sources
            self._summed[run.id] = time.monotonic(), 0.0
            price = sources.paid(run, sources.tariff())
            self._summing.start(_Sum(run, sources.readings, sources.clock(), price))

    def _needs(self, row: RunRow) -> bool:
        at_s, cost_s = self._summed.get(row.run.id, (-math.inf, 0.0))
        rested_s = time.monotonic() - at_s
        if row.facts is None:
            return rested_s >= _AGAIN_S  # it failed not long ago
        if row.run.is_open:
            return rested_s >= max(_AGAIN_S, _REST * cost_s)
        is_other = row.facts.span.end_s != row.run.ended_s
        return is_other or (row.run.id in self._early and rested_s >= max(_AGAIN_S, _REST * cost_s))

    @Slot(object)
    def _on_summed(self, outcome: object) -> None:
        if not isinstance(outcome, _Summed):
            return
        run = outcome.facts.run
        self._summed[run.id] = time.monotonic(), outcome.cost_s
        self._facts[run.id] = outcome.facts
        was_early = run.id in self._early
        is_early = run.ended_s is not None and outcome.at_s - run.ended_s < LATE_S
        self._early = self._early | {run.id} if is_early else self._early - {run.id}
        rows = tuple(
            RunRow(row.run, self._facts_for(row.run)) if row.run.id == run.id else row
            for row in self.state.rows
        )
        self._set(rows=rows)
        is_growing = run.is_open or is_early or was_early
        if run.id == self.state.selected and is_growing and self._window is None:
            self._draw()
        self._sum_up()

    # --- drawing -----------------------------------------------------------------------------

    def _draw(self) -> None:
        """Ask the history for the lines of the selected run's charts."""
        row, names = self.state.row, self.state.page.sensors
        if row is None or row.facts is None or not self._is_shown or not names:
            return
        span = row.facts.span
        from_s, to_s = self._window or (span.start_s, max(span.end_s, span.start_s + 10))
        lookup, run_id, bands = self._lookup, row.run.id, bands_of(row.facts)
        self._drawing.start(_Draw(lookup, names, (from_s, to_s), run_id, bands))

    @Slot(object)
    def _on_drawn(self, outcome: object) -> None:
        if isinstance(outcome, RunPicture) and outcome.run_id == self.state.selected:
            self.picture = outcome
            self.picture_changed.emit()


def _ends(runs: Iterable[Run]) -> frozenset[tuple[str, float | None]]:
    return frozenset((run.id, run.ended_s) for run in runs)


class _Telling(suppress):
    """Passes the sentence of an error on instead of raising it."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(HwstudioError)
        self._tell = tell

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        if isinstance(error, HwstudioError):
            self._tell(error.sentence)
        return super().__exit__(kind, error, trace)


@dataclass(frozen=True, slots=True)
class _Summed:
    """What a run came to, as of a moment."""

    facts: RunFacts
    cost_s: float
    at_s: float  # Unix time


@dataclass(frozen=True, slots=True)
class _Sum:
    """Sums up one run, in a worker thread."""

    run: Run
    file: Path
    now_s: float
    tariff: Tariff | None

    def __call__(self) -> _Summed:
        began_s = time.monotonic()
        readings = ReadingHistory.open(self.file)
        try:
            facts = facts_of(self.run, readings, self.now_s, self.tariff)
        finally:
            readings.close()
        return _Summed(facts, time.monotonic() - began_s, self.now_s)


@dataclass(frozen=True, slots=True)
class _Draw:
    """Asks for the lines of one run, in a worker thread."""

    lookup: Callable[[tuple[str, ...], float, float, int], Older]
    names: tuple[str, ...]
    span: tuple[float, float]
    run_id: str
    bands: dict[str, Band]

    def __call__(self) -> RunPicture:
        from_s, to_s = self.span
        found = self.lookup(self.names, from_s, to_s, _POINTS)
        nothing = Trace(array("d"), array("d"))
        traces = {name: found.traces.get(name, nothing) for name in self.names}
        picture = Picture(from_s, to_s, traces, found.gaps, found.note)
        return RunPicture(self.run_id, picture, self.bands)
