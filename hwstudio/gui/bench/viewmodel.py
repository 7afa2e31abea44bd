"""The Benchmark tab without its window: choices in, one immutable state out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.bench.compare import against_earlier, against_reference
from hwstudio.core.bench.devices import Surroundings, look_around
from hwstudio.core.bench.launch import Interpreter, choose_interpreter, probe
from hwstudio.core.bench.run import Place
from hwstudio.core.bench.suites import bench, benches
from hwstudio.core.bench.take_in import is_imported
from hwstudio.core.history.store import History
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.result import Outcome, ReferenceResult, Result
from hwstudio.gui.bench.state import BenchState, LiveRun, Message, Phase
from hwstudio.gui.bench.worker import BenchWorker, Order
from hwstudio.gui.kit.task import Task

LEAVE_MS = 5000  # a cancelled run is over within a second


@dataclass(frozen=True, slots=True)
class BenchStock:
    """What the tab needs of the studio."""

    history: History
    log_dir: Path
    match_gpu: Callable[[str, int | None], Gpu | None]
    references: Callable[[], tuple[ReferenceResult, ...]]
    interpreter: Callable[[], str]  # the setting, asked when needed


class BenchViewModel(QObject):
    """Holds choices, the run and the history; ``changed`` carries the new BenchState."""

    changed = Signal(object)

    def __init__(self, stock: BenchStock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stock = stock
        self._thread: QThread | None = None
        self._worker: BenchWorker | None = None
        self._deleted: Result | None = None
        self._stop_looking = threading.Event()
        self._look_task = Task(self)
        self._look_task.done.connect(self._on_looked)
        self._look_task.failed.connect(self._on_look_failed)
        first = benches()[0]
        notice = stock.history.notice
        self.state = BenchState(
            bench=first,
            values=first.settle(),
            results=_own_results(stock.history),
            message=Message("warn", notice) if notice else None,
        )
        self._show_newest()

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
        self._look_task.start(_Look(self._stock, self._stop_looking))

    @Slot(object)
    def _on_looked(self, found: object) -> None:
        if isinstance(found, Surroundings):
            self._set(surroundings=found)

    @Slot(str)
    def _on_look_failed(self, sentence: str) -> None:
        self._set(surroundings=Surroundings(None, (), sentence))

    @Slot(str)
    def choose_bench(self, bench_id: str) -> None:
        """Choose what to measure; its newest run is shown."""
        if self.state.is_running or bench_id == self.state.bench.id:
            return
        chosen = bench(bench_id)
        self.state = replace(self.state, bench=chosen, values=chosen.settle(), message=None)
        self._show_newest()
        self.changed.emit(self.state)

    @Slot(str, object)
    def set_value(self, name: str, value: object) -> None:
        """Set one parameter; text is read as the command line reads it."""
        try:
            checked = self.state.bench.settle({name: value})[name]
        except HwstudioError as error:
            self._set(message=Message("warn", error.sentence))
            return
        message = None if self._is_hint() else self.state.message
        self._set(values={**self.state.values, name: checked}, message=message)

    def _is_hint(self) -> bool:
        message = self.state.message
        return message is not None and message.kind == "warn" and not message.action

    @Slot(bool)
    def set_quick(self, is_quick: bool) -> None:
        """Choose between the quick and the full profile."""
        self._set(is_quick=is_quick)

    def say(self, message: Message | None) -> None:
        """Say something in place."""
        self._set(message=message)

    # --- the run -----------------------------------------------------------------------------

    @Slot()
    def start(self) -> None:
        """Start a run with the choices made."""
        around = self.state.surroundings
        if not self.state.can_run or around is None or around.interpreter is None:
            return
        place = Place(
            interpreter=around.interpreter,
            log_dir=self._stock.log_dir,
            match_gpu=self._stock.match_gpu,
        )
        self._begin(Order(self.state.bench, self.params(), place))
        self._set(phase=Phase.RUNNING, live=LiveRun(), message=None)

    def params(self) -> dict[str, Any]:
        """Return the parameters of the next run: the profile, then what was chosen."""
        chosen = self.state.bench
        defaults = chosen.settle()
        own = {n: v for n, v in self.state.values.items() if v != defaults[n]}
        return chosen.settle(own, is_quick=self.state.is_quick)

    def _begin(self, order: Order) -> None:
        self._thread = QThread(self)
        self._worker = BenchWorker(order, self._stock.history)
        self._worker.moveToThread(self._thread)
        self._thread.started.connect(self._worker.run)
        self._worker.told.connect(self._on_told)
        self._worker.ended.connect(self._on_ended)
        self._worker.failed.connect(self._on_failed)
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
        if isinstance(live, LiveRun) and self.state.is_running:
            self._set(live=live)

    @Slot(object)
    def _on_ended(self, result: object) -> None:
        if not isinstance(result, Result):
            return
        if result.outcome is Outcome.COULD_NOT_START:
            self._set(message=Message("error", result.words))
            return
        self.state = replace(self.state, results=_own_results(self._stock.history))
        self._show(result)
        self.changed.emit(self.state)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._set(message=Message("error", sentence))

    @Slot()
    def _on_thread_finished(self) -> None:
        if self._worker is not None:
            self._worker.deleteLater()
        if self._thread is not None:
            self._thread.deleteLater()
        self._worker = self._thread = None
        self._set(phase=Phase.IDLE, live=LiveRun())

    def leave(self) -> None:
        """End what runs, when the window closes; a cancelled run is kept."""
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
        if self.state.shown is not None and self.state.shown.id == result_id:
            return
        try:
            result = self._stock.history.result(result_id)
        except HwstudioError as error:
            self._set(message=Message("error", error.sentence))
            return
        if result.bench != self.state.bench.id and not self.state.is_running:
            chosen = bench(result.bench)
            self.state = replace(self.state, bench=chosen, values=chosen.settle())
        self._show(result)
        self.changed.emit(self.state)

    def _show_newest(self) -> None:
        mine = [r for r in self.state.results if r.bench == self.state.bench.id]
        if mine:
            self._show(self._stock.history.result(mine[0].id))
        else:
            self.state = replace(self.state, shown=None, earlier=(), published=())

    def _show(self, result: Result) -> None:
        about = result.conditions.get("device")
        name = about.get("device_name") if isinstance(about, dict) else None
        vram = about.get("vram_bytes") if isinstance(about, dict) else None
        gpu = self._stock.match_gpu(str(name), vram) if name else None
        self.state = replace(
            self.state,
            shown=result,
            earlier=against_earlier(result, self.state.results),
            published=against_reference(result, self._stock.references(), gpu.id if gpu else None),
        )

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
            results=_own_results(self._stock.history),
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
            results=_own_results(self._stock.history),
            message=None,
        )
        self._show(deleted)
        self.changed.emit(self.state)


class _Look:
    """Finds the interpreter and asks it for its devices (a job for the pool)."""

    def __init__(self, stock: BenchStock, cancel: threading.Event) -> None:
        self._stock, self._cancel = stock, cancel

    def __call__(self) -> Surroundings:
        wanted = self._stock.interpreter()
        interpreter = choose_interpreter(setting=wanted)
        found = look_around(interpreter, self._stock.log_dir, self._cancel)
        return replace(found, note=_passed_over(wanted, interpreter))


def _passed_over(wanted: str, used: Interpreter) -> str:
    """Say why the Python of the settings is not the one that measures, if it is not."""
    if not wanted:
        return ""
    asked = probe(wanted)
    if asked.can_measure or asked.path == used.path:
        return ""
    return (
        f"{wanted}, chosen in the settings, cannot run benchmarks: {asked.why_not}. "
        f"{used.title} at {used.path} is used instead."
    )


def _own_results(history: History) -> tuple[Result, ...]:
    """Return the runs of this computer: those of others stand under Machines."""
    return tuple(r for r in history.results(with_samples=False) if not is_imported(r))
