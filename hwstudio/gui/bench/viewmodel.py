"""The Benchmark tab without its window: choices in, one immutable state out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.bench.compare import against_earlier, against_reference
from hwstudio.core.bench.devices import Surroundings
from hwstudio.core.bench.last_check import last_check
from hwstudio.core.bench.profile import PROFILES, Profile
from hwstudio.core.bench.profile_run import ProfileRun
from hwstudio.core.bench.run import Place
from hwstudio.core.bench.side_by_side import MOST_RUNS
from hwstudio.core.bench.suites import SUITES, bench, benches
from hwstudio.core.bench.supervisor import Limits
from hwstudio.core.bench.take_in import is_imported
from hwstudio.core.history.store import History
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.result import Outcome, ReferenceResult, Result
from hwstudio.core.project.expected_range import ExpectedRange
from hwstudio.gui.bench.check import Check, begun, ended, of_run, running, with_ranges, with_result
from hwstudio.gui.bench.look import Look
from hwstudio.gui.bench.plan import CHOSEN, cannot_run, chosen_profile, repeated
from hwstudio.gui.bench.state import BenchState, LiveRun, Message, Phase
from hwstudio.gui.bench.worker import BenchWorker, Order
from hwstudio.gui.kit.task import Task

LEAVE_MS = 5000  # a cancelled run is over within a second


def _nothing_known(result: Result) -> Mapping[str, ExpectedRange]:
    del result
    return {}


@dataclass(frozen=True, slots=True)
class BenchStock:
    """What the tab needs of the studio."""

    history: History
    log_dir: Path
    match_gpu: Callable[[str, int | None], Gpu | None]
    references: Callable[[], tuple[ReferenceResult, ...]]
    interpreter: Callable[[], str]  # the setting, asked when needed
    expected: Callable[[Result], Mapping[str, ExpectedRange]] = _nothing_known
    limits: Limits = field(default_factory=Limits)


KEEP = "Keep it now"


class BenchViewModel(QObject):
    """Holds choices, the run and the history; ``changed`` carries the new BenchState."""

    changed = Signal(object)

    def __init__(self, stock: BenchStock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stock = stock
        self._thread: QThread | None = None
        self._worker: BenchWorker | None = None
        self._deleted: Result | None = None
        self._unkept: dict[str, Result] = {}  # the history did not take them: tried again
        self._before: tuple[Check | None, bool] = (None, False)  # what a refused start gives back
        self._is_awaited = False  # a test was asked for before a Python was found
        self._stop_looking = threading.Event()
        self._look_task = Task(self)
        self._look_task.done.connect(self._on_looked)
        self._look_task.failed.connect(self._on_look_failed)
        self._range_task = Task(self)
        self._range_task.done.connect(self._on_ranges)
        first = benches()[0]
        notice = stock.history.notice
        self.state = BenchState(
            bench=first,
            values=first.settle(),
            chosen=(first.id,),
            **_parted(stock.history),
            message=Message("warn", notice) if notice else None,
        )
        newest = next((each.bench for each in self.state.results if each.bench in SUITES), "")
        if newest:
            self._settings_of(newest)
        self._show_newest()
        before = last_check(self.state.results)
        if before is not None:
            self.state = replace(self.state, check=of_run(before), is_check_shown=True)
            self._look_up_ranges()

    def _set(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self.changed.emit(self.state)

    # --- choices -----------------------------------------------------------------------------

    @Slot()
    def look(self) -> None:
        """Find a Python with torch and its devices, off this thread."""
        if self.state.is_running:
            return
        self._set(surroundings=None)
        stock = self._stock
        self._look_task.start(Look(stock.interpreter, stock.log_dir, self._stop_looking))

    @Slot(object)
    def _on_looked(self, found: object) -> None:
        if isinstance(found, Surroundings):
            self._set(surroundings=found)
            if self._is_awaited:
                self._is_awaited = False
                self.start()

    @Slot(str)
    def _on_look_failed(self, sentence: str) -> None:
        self._set(surroundings=Surroundings(None, (), sentence))

    @Slot(str)
    def set_plan(self, plan: str) -> None:
        """Choose what the button starts: a profile, or the tests that are ticked."""
        if not self.state.is_running:
            self._set(plan=plan, message=None)

    @Slot(str, bool)
    def set_chosen(self, bench_id: str, is_chosen: bool) -> None:
        """Tick a test, or take the tick away."""
        others = tuple(each for each in self.state.chosen if each != bench_id)
        if not self.state.is_running:
            self._set(chosen=(*others, bench_id) if is_chosen else others)

    @Slot(str)
    def choose_bench(self, bench_id: str) -> None:
        """Choose whose settings are shown; its newest run is shown too."""
        if self.state.is_running or bench_id == self.state.bench.id:
            return
        self._settings_of(bench_id)
        self.state = replace(self.state, message=None)
        self._show_newest()
        self.changed.emit(self.state)

    def _settings_of(self, bench_id: str) -> None:
        chosen = bench(bench_id)
        own = self.state.own.get(bench_id, {})
        self.state = replace(self.state, bench=chosen, values=chosen.settle(own))

    @Slot(str, object)
    def set_value(self, name: str, value: object) -> None:
        """Set one parameter; text is read as the command line reads it."""
        chosen = self.state.bench
        try:
            checked = chosen.settle({name: value})[name]
        except HwstudioError as error:
            self._set(message=Message("warn", error.sentence))
            return
        values = {**self.state.values, name: checked}
        defaults = chosen.settle()
        changed = {n: v for n, v in values.items() if v != defaults[n]}
        message = None if self._is_hint() else self.state.message
        own = {**self.state.own, chosen.id: changed}
        self._set(values=values, own=own, message=message)

    def _is_hint(self) -> bool:
        message = self.state.message
        return message is not None and message.kind == "warn" and not message.action

    @Slot(bool)
    def set_quick(self, is_quick: bool) -> None:
        """Choose between the quick and the full profile."""
        self._set(is_quick=is_quick)

    @Slot()
    def read_again(self) -> None:
        """Read the runs anew, after files were taken in."""
        self._set(**_parted(self._stock.history))

    def say(self, message: Message | None) -> None:
        """Say something in place."""
        self._set(message=message)

    # --- the run -----------------------------------------------------------------------------

    @Slot()
    def start(self) -> None:
        """Start what is chosen, or say why it cannot run here."""
        if self.state.can_run:
            self._start(self.profile())
        elif why := cannot_run(self.state.interpreter, self.state.tests):
            self.say(Message("warn", why))

    def run_one(self, bench_id: str, values: Mapping[str, Any]) -> None:
        """Choose one test with these settings and start it, once a Python is found."""
        if self.state.is_running:
            return
        self._set(plan=CHOSEN, chosen=(bench_id,), message=None)
        self.choose_bench(bench_id)
        for name, value in values.items():
            self.set_value(name, value)
        self._is_awaited = self.state.surroundings is None
        self.start()

    def profile(self) -> Profile:
        """Return the row the button starts."""
        state = self.state
        if state.plan in PROFILES:
            return PROFILES[state.plan]
        return chosen_profile(state.chosen, state.own, is_quick=state.is_quick)

    def can_run_again(self) -> bool:
        """Say whether what is shown can be run again."""
        state = self.state
        if state.is_running or state.interpreter is None:
            return False
        return state.check is not None if state.is_check_shown else state.shown is not None

    @Slot()
    def run_again(self) -> None:
        """Run what is shown again: the row, or the one test with the settings it had."""
        state = self.state
        if not self.can_run_again():
            return
        if state.is_check_shown and state.check is not None:
            self._start(state.check.profile)
        elif state.shown is not None:
            self._start(repeated(state.shown))

    def _start(self, profile: Profile) -> None:
        found = self.state.interpreter
        if found is None:
            return
        stock = self._stock
        place = Place(
            interpreter=found, log_dir=stock.log_dir, match_gpu=stock.match_gpu, limits=stock.limits
        )
        check = begun(profile, found)
        self._before = (self.state.check, self.state.is_check_shown)
        self._begin(Order(profile, place))
        self._set(
            phase=Phase.RUNNING, live=LiveRun(tests=len(profile.steps)), check=check, message=None
        )

    def _begin(self, order: Order) -> None:
        self._keep_again()
        self._thread = QThread(self)
        self._worker = BenchWorker(order, self._stock.history)
        self._worker.moveToThread(self._thread)
        self._thread.started.connect(self._worker.run)
        self._worker.told.connect(self._on_told)
        self._worker.measured.connect(self._on_measured)
        self._worker.ended.connect(self._on_ended)
        self._worker.failed.connect(self._on_failed)
        self._worker.unkept.connect(self._on_unkept)
        self._worker.finished.connect(self._thread.quit)
        self._thread.finished.connect(self._on_thread_finished)
        self._thread.start()

    @Slot()
    def cancel(self) -> None:
        """Ask the run to end; it is over within a second."""
        if self._worker is not None and self.state.phase is Phase.RUNNING:
            self._worker.cancel.set()
            self._set(phase=Phase.STOPPING)

    @Slot(object)
    def _on_told(self, live: object) -> None:
        check = self.state.check
        if isinstance(live, LiveRun) and self.state.is_running and check is not None:
            self._set(live=live, check=running(check, live.test) if live.test else check)

    @Slot(object)
    def _on_measured(self, result: object) -> None:
        check = self.state.check
        if not isinstance(result, Result) or check is None:
            return
        self.state = replace(
            self.state,
            check=with_result(check, result),
            **_parted(self._stock.history),
        )
        fault = result.conditions.get("event_log_fault")
        if result.outcome is Outcome.COULD_NOT_START:
            self.state = replace(self.state, message=Message("error", result.words))
        elif fault and result.id not in self._unkept:
            self.state = replace(self.state, message=Message("warn", str(fault)))
        if not check.is_row and result.outcome is not Outcome.COULD_NOT_START:
            self._show(result)
        self.changed.emit(self.state)

    @Slot(object)
    def _on_ended(self, run: object) -> None:
        check = self.state.check
        if isinstance(run, ProfileRun) and check is not None:
            self._set(check=ended(check, run), is_check_shown=check.is_row)
            if check.is_row:
                self._look_up_ranges()

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._set(message=Message("error", sentence))

    @Slot(object, str)
    def _on_unkept(self, result: object, sentence: str) -> None:
        if isinstance(result, Result):
            self._unkept[result.id] = result
            self._set(message=Message("error", sentence, KEEP))

    def _keep_again(self) -> str:
        """Keep what the history did not take before; return why it still does not, or ""."""
        for ident, result in tuple(self._unkept.items()):
            try:
                self._stock.history.add_result(result)
            except HwstudioError as error:
                return error.sentence
            del self._unkept[ident]
        return ""

    @Slot()
    def act(self) -> None:
        """Do what the button beside the message offers."""
        message = self.state.message
        if message is None or message.action != KEEP:
            self.undo_delete()
            return
        why = self._keep_again()
        told = Message("error", why, KEEP) if why else Message("ok", "The result is kept now.")
        self.state = replace(self.state, **_parted(self._stock.history), message=told)
        self.changed.emit(self.state)

    def _look_up_ranges(self) -> None:
        """Ask what the numbers on the screen should be on this hardware, off this thread."""
        check = self.state.check
        steps = check.steps if check is not None else ()
        results = {step.result.id: step.result for step in steps if step.result is not None}
        if self.state.shown is not None:
            results[self.state.shown.id] = self.state.shown
        self._range_task.start(_Ranges(self._stock.expected, tuple(results.values())))

    @Slot(object)
    def _on_ranges(self, found: object) -> None:
        if not isinstance(found, dict):
            return
        check, shown = self.state.check, self.state.shown
        for ident, ranges in found.items():
            check = with_ranges(check, ident, ranges) if check is not None else None
        expected = found.get(shown.id, {}) if shown is not None else {}
        self._set(check=check, expected=expected)

    @Slot()
    def _on_thread_finished(self) -> None:
        if self._worker is not None:
            self._worker.deleteLater()
        if self._thread is not None:
            self._thread.deleteLater()
        self._worker = self._thread = None
        check = self.state.check
        is_over = check is not None and check.run is not None  # else it was refused, or failed
        if not is_over:
            check, was_shown = self._before
            self.state = replace(self.state, check=check, is_check_shown=was_shown)
        self._set(phase=Phase.IDLE, live=LiveRun())

    def leave(self) -> None:
        """End what runs, when the window closes; a cancelled run is kept."""
        self._keep_again()
        self._stop_looking.set()
        if self._worker is not None:
            self._worker.cancel.set()
        if self._thread is not None:
            self._thread.quit()
            self._thread.wait(LEAVE_MS)

    # --- results -----------------------------------------------------------------------------

    @Slot(str)
    def select(self, result_id: str) -> None:
        """Show one earlier run."""
        shown = self.state.shown
        if shown is not None and shown.id == result_id:
            if self.state.is_check_shown:
                self._set(is_check_shown=False)
            return
        try:
            result = self._stock.history.result(result_id)
        except HwstudioError as error:
            self._set(message=Message("error", error.sentence))
            return
        if result.bench != self.state.bench.id and not self.state.is_running:
            self._settings_of(result.bench)
        self._show(result)
        self.changed.emit(self.state)

    @Slot()
    def show_check(self) -> None:
        """Show the row that ran last."""
        if self.state.check is not None and self.state.check.run is not None:
            self._set(is_check_shown=True)

    def _show_newest(self) -> None:
        mine = [r for r in self.state.results if r.bench == self.state.bench.id]
        if mine:
            self._show(self._stock.history.result(mine[0].id))
        else:
            self.state = replace(
                self.state, shown=None, is_check_shown=False, earlier=(), published=(), expected={}
            )

    def _show(self, result: Result) -> None:
        about = result.conditions.get("device")
        name = about.get("device_name") if isinstance(about, dict) else None
        vram = about.get("vram_bytes") if isinstance(about, dict) else None
        gpu = self._stock.match_gpu(str(name), vram) if name else None
        self.state = replace(
            self.state,
            shown=result,
            is_check_shown=False,
            expected={},
            earlier=against_earlier(result, self.state.results),
            published=against_reference(result, self._stock.references(), gpu.id if gpu else None),
        )
        self._look_up_ranges()

    @Slot(str, bool)
    def set_compared(self, result_id: str, is_compared: bool) -> None:
        """Put a run beside others, or take it away; five at most."""
        others = tuple(each for each in self.state.compared if each != result_id)
        if is_compared and len(others) >= MOST_RUNS:
            words = f"{MOST_RUNS} runs can be compared at once. Take one away first."
            self._set(message=Message("warn", words))
            return
        self._set(compared=(*others, result_id) if is_compared else others)

    @Slot(str)
    def delete(self, result_id: str) -> None:
        """Delete one run; it can be taken back until the next one is deleted."""
        try:
            self._deleted = self._stock.history.result(result_id)
            self._stock.history.delete_result(result_id)
        except HwstudioError as error:
            self._set(message=Message("error", error.sentence))
            return
        self.state = replace(
            self.state,
            **_parted(self._stock.history),
            compared=tuple(each for each in self.state.compared if each != result_id),
            message=Message("info", "The run was deleted.", "Undo"),
        )
        if self.state.shown is not None and self.state.shown.id == result_id:
            self._show_newest()
        self.changed.emit(self.state)

    @Slot()
    def undo_delete(self) -> None:
        """Bring the deleted run back."""
        deleted, self._deleted = self._deleted, None
        if deleted is None:
            return
        try:
            self._stock.history.add_result(deleted)
        except HwstudioError as error:
            self._deleted = deleted
            self._set(message=Message("error", error.sentence, "Undo"))
            return
        self.state = replace(
            self.state,
            **_parted(self._stock.history),
            message=None,
        )
        self._show(deleted)
        self.changed.emit(self.state)


@dataclass(frozen=True, slots=True)
class _Ranges:
    """What each of some results should be (a job for the pool)."""

    expected: Callable[[Result], Mapping[str, ExpectedRange]]
    results: tuple[Result, ...]

    def __call__(self) -> dict[str, Mapping[str, ExpectedRange]]:
        return {each.id: self.expected(each) for each in self.results}


def _own_results(history: History) -> tuple[Result, ...]:
    """Return the runs of this computer: those of others are never shown as its own."""
    return tuple(each for each in history.results(with_samples=False) if not is_imported(each))


def _parted(history: History) -> dict[str, Any]:
    """Return the runs of this computer and those of others."""
    both = history.results(with_samples=False)
    return {
        "results": tuple(each for each in both if not is_imported(each)),
        "others": tuple(each for each in both if is_imported(each)),
    }
