"""Runs one benchmark in a thread of its own and pumps what it says to the screen.

The measuring happens in a process of its own; this object only waits for it. It is moved to a
QThread. Cancel is the event, set directly from any thread.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.base.clock import monotonic_s
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.bench.event import Event
from hwstudio.core.bench.gather import is_number
from hwstudio.core.bench.run import Place, run_bench
from hwstudio.core.bench.spec import Bench
from hwstudio.core.history.store import History
from hwstudio.core.model.result import Outcome
from hwstudio.gui.bench.state import LiveRun, LiveSeries

TELL_EVERY_S = 0.1  # a flood of events must not become a flood of paintings
STEP_EVERY_S = 0.02
POINTS = 240  # per line of the live chart; more cannot be seen


@dataclass(frozen=True, slots=True)
class Order:
    """What to run."""

    bench: Bench
    params: dict[str, Any]
    place: Place


class BenchWorker(QObject):
    """One run. ``ended`` carries the Result, ``failed`` a sentence; ``finished`` always comes."""

    told = Signal(object)
    ended = Signal(object)
    failed = Signal(str)
    finished = Signal()

    def __init__(self, order: Order, history: History) -> None:
        super().__init__()
        self.cancel = threading.Event()
        self._order, self._history = order, history
        self._samples: dict[str, tuple[str, list[float]]] = {}
        self._live = LiveRun()
        self._told_s = 0.0

    @Slot()
    def run(self) -> None:
        """Run to the end, keep the result, then tell."""
        try:
            result = run_bench(
                self._order.bench,
                self._order.params,
                on_event=self._take,
                cancel=self.cancel,
                place=self._order.place,
            )
            if result.outcome is not Outcome.COULD_NOT_START:
                self._keep(result)
            self.ended.emit(result)
        except Exception as error:  # noqa: BLE001 - the border of a worker thread
            logger("bench").error("a benchmark failed inside hwstudio", exc_info=error)
            self.failed.emit(
                error.sentence
                if isinstance(error, HwstudioError)
                else f"Something went wrong inside hwstudio: {error}. The log has the details."
            )
        finally:
            self.finished.emit()

    def _keep(self, result: Any) -> None:
        try:
            self._history.add_result(result)
        except HwstudioError as error:
            self.failed.emit(error.sentence)

    def _take(self, event: Event) -> None:
        if event.kind == "progress":
            self._progress(event)
        elif event.kind == "sample":
            self._sample(event)
        else:
            return
        now = monotonic_s()
        # A new step is told sooner than new samples: its name must not lag behind.
        pause_s = STEP_EVERY_S if event.kind == "progress" else TELL_EVERY_S
        if now - self._told_s >= pause_s:
            self._told_s = now
            self.told.emit(self._snapshot())

    def _progress(self, event: Event) -> None:
        left = event.data.get("eta_s")
        self._live = LiveRun(
            label=event.text("label"),
            done=_count(event.data.get("done")),
            total=_count(event.data.get("total")),
            end_s=monotonic_s() + float(left) if is_number(left) else None,  # type: ignore[arg-type]
        )

    def _sample(self, event: Event) -> None:
        name = event.text("series")
        values = self._samples.setdefault(name, (event.text("unit"), []))[1]
        fresh = event.data.get("values")
        values += [float(v) for v in (fresh if isinstance(fresh, list) else []) if is_number(v)]

    def _snapshot(self) -> LiveRun:
        live = self._live
        series = tuple(
            LiveSeries(name, unit, thin(values)) for name, (unit, values) in self._samples.items()
        )
        return LiveRun(live.label, live.done, live.total, live.end_s, series)


def thin(values: list[float], most: int = POINTS) -> tuple[float, ...]:
    """Return at most ``most`` values, evenly taken, so that a chart stays quick."""
    if len(values) <= most:
        return tuple(values)
    step = len(values) / most
    return tuple(values[int(number * step)] for number in range(most))


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
