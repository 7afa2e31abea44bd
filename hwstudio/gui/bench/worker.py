"""Runs a row of benchmarks in a thread of its own and pumps what they say to the screen.

Each is measured in a process of its own, one after the other; this object only waits for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import Signal

from hwstudio.core.base.clock import monotonic_s
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.bench.event import Event
from hwstudio.core.bench.gather import is_number
from hwstudio.core.bench.profile import Profile
from hwstudio.core.bench.profile_run import Overall, run_profile
from hwstudio.core.bench.run import Place
from hwstudio.core.history.store import History
from hwstudio.core.model.result import Outcome, Result
from hwstudio.gui.bench.state import LiveRun, LiveSeries
from hwstudio.gui.kit.long_job import LongJob

TELL_EVERY_S = 0.1  # a flood of events must not become a flood of paintings
STEP_EVERY_S = 0.02
POINTS = 240  # per line of the live chart; more cannot be seen


@dataclass(frozen=True, slots=True)
class Order:
    """What to run."""

    profile: Profile
    place: Place


class BenchWorker(LongJob):
    """One row. ``measured`` carries each Result as it comes, ``ended`` the ProfileRun."""

    told = Signal(object)
    measured = Signal(object)
    ended = Signal(object)
    unkept = Signal(object, str)  # a result the history did not take, and why
    room = "bench"

    def __init__(self, order: Order, history: History) -> None:
        super().__init__()
        self._order, self._history = order, history
        self._samples: dict[str, tuple[str, list[float]]] = {}
        self._live = LiveRun()
        self._told_s = 0.0

    def work(self) -> None:
        """Run to the end, keep every result as it comes, then tell."""
        found = run_profile(
            self._order.profile,
            place=self._order.place,
            cancel=self.cancel,
            tell=self._overall,
            keep=self._keep,
            on_event=self._take,
        )
        self.ended.emit(found)

    def _keep(self, result: Result) -> None:
        if result.outcome is not Outcome.COULD_NOT_START:
            try:
                self._history.add_result(result)
            except HwstudioError as error:
                self.unkept.emit(result, error.sentence)
        self.measured.emit(result)

    def _overall(self, overall: Overall) -> None:
        """Take what the row says of itself: which test it is at, and the time left of the whole."""
        is_next = overall.number != self._live.test
        if is_next:
            self._samples.clear()
        self._live = replace(
            LiveRun() if is_next else self._live,
            test=overall.number,
            tests=overall.total,
            title=overall.title,
            bench=overall.bench,
            share=overall.share,
            end_s=monotonic_s() + overall.eta_s,
        )
        if is_next:
            self._told_s = 0.0  # the first samples of a test are told at once
            self.told.emit(self._live)

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
        self._live = replace(
            self._live,
            label=event.text("label"),
            done=_count(event.data.get("done")),
            total=_count(event.data.get("total")),
        )

    def _sample(self, event: Event) -> None:
        name = event.text("series")
        values = self._samples.setdefault(name, (event.text("unit"), []))[1]
        fresh = event.data.get("values")
        values += [float(v) for v in (fresh if isinstance(fresh, list) else []) if is_number(v)]

    def _snapshot(self) -> LiveRun:
        series = tuple(
            LiveSeries(name, unit, thin(values)) for name, (unit, values) in self._samples.items()
        )
        return replace(self._live, series=series)


def thin(values: list[float], most: int = POINTS) -> tuple[float, ...]:
    """Return at most ``most`` values, evenly taken, so that a chart stays quick."""
    if len(values) <= most:
        return tuple(values)
    step = len(values) / most
    return tuple(values[int(number * step)] for number in range(most))


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
