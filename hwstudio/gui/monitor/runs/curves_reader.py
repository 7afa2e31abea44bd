"""Reads a training log and works out what its charts show. It runs in a worker thread: no Qt."""

from __future__ import annotations

import math
import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hwstudio.core.monitor.curves.eta import eta, throughput
from hwstudio.core.monitor.curves.export import export_csv
from hwstudio.core.monitor.curves.follow import Log
from hwstudio.core.monitor.curves.marks import Mark, MarkKind
from hwstudio.core.monitor.curves.role import Role
from hwstudio.core.monitor.curves.series import Axis, Series
from hwstudio.core.monitor.curves.smooth import Smoothed
from hwstudio.core.monitor.runs.log_marks import Curve, curves_of, marks_in
from hwstudio.gui.monitor.runs.curves_drawing import KINDS, Drawing, choices_of, key_of
from hwstudio.gui.monitor.runs.curves_state import (
    CurveRow,
    CurvesPicture,
    CurvesWish,
    LogRun,
    Said,
)

_MARKS_EVERY_S = 2.0


@dataclass(slots=True)
class _Judged:
    """The marks of one state of the curves."""

    version: int
    at_s: float
    marks: tuple[Mark, ...]


class _Extremes:
    """The lowest and highest value of a growing curve; NaN without any."""

    def __init__(self) -> None:
        self.low = self.high = math.nan
        self._of: array[float] | None = None
        self._seen = 0

    def take(self, series: Series) -> None:
        """Take in what is new."""
        if self._of is not series.values:  # cut, thinned or read again
            self._of, self._seen = series.values, 0
            self.low = self.high = math.nan
        fresh = [value for value in series.values[self._seen :] if math.isfinite(value)]
        self._seen = len(series.values)
        if fresh:
            fresh += [each for each in (self.low, self.high) if not math.isnan(each)]
            self.low, self.high = min(fresh), max(fresh)


class CurvesReader:
    """One log and what was worked out of it. Used by one thread at a time."""

    def __init__(self, log: Log, path: Path, unix_clock: Callable[[], float] = time.time) -> None:
        self.log = log
        self.path = path
        self._clock = unix_clock
        self._smoothed: dict[tuple[str, str], Smoothed] = {}
        self._smoothing = -1.0
        self._judged: dict[tuple[str, str], _Judged] = {}
        self._extremes: dict[tuple[str, str], _Extremes] = {}
        self._last: CurvesPicture | None = None
        self._shown: tuple[Curve, ...] = ()

    def read(self, wish: CurvesWish, budget_s: float = 0.05) -> CurvesPicture:
        """Read what is new for about ``budget_s`` and return the picture."""
        has_news = self.log.poll(budget_s)
        last = self._last
        if last is not None and not has_news and last.wish == wish and not self._is_late(last):
            left, pace, _ = self._left(_main(self.log, self._shown), wish)
            self._last = replace(last, left=left, pace=pace, notices=self.log.notices)
            return self._last
        self._last = self._picture(wish)
        return self._last

    def _is_late(self, last: CurvesPicture) -> bool:
        """Say whether the picture lacks points or marks of what was read already."""
        return last.is_behind or any(
            (judged := self._judged.get(key_of(curve))) is None
            or judged.version != curve.series.version
            for curve in self._shown
        )

    def _picture(self, wish: CurvesWish) -> CurvesPicture:
        every = curves_of(self.log)
        runs = tuple(
            LogRun(run.name, run.kind.value, run.points, number)
            for number, run in enumerate(self.log.runs)
        )
        shown = tuple(curve for curve in every if curve.run not in wish.hidden)
        self._shown = shown
        has_times = any(curve.series.has_times for curve in shown)
        axis = wish.axis if has_times else Axis.STEP
        marks = {key_of(curve): self._marks(curve, every) for curve in shown}
        drawing = Drawing(self.smoothed, wish, axis, runs, shown)
        main = _main(self.log, shown)
        left, pace, wants_total = self._left(main, wish)
        return CurvesPicture(
            path=self.path,
            wish=wish,
            runs=runs,
            choices=choices_of(every),
            groups=drawing.groups(marks),
            rows=tuple(self._row(curve) for curve in shown),
            span=drawing.span(),
            said=_said(shown, marks, has_many=len({curve.run for curve in shown}) > 1),
            left=left,
            pace=pace,
            wants_total=wants_total,
            notices=self.log.notices,
            has_times=has_times,
            is_behind=self.log.is_behind or drawing.is_behind,
        )

    def export(self, path: Path) -> int:
        """Write every point as CSV; return how many there are.

        Raises:
            HostError: the file cannot be written.
        """
        return export_csv(self.log, path)

    def smoothed(self, curve: Curve, weight: float) -> Smoothed:
        """Return a curve's smoothed values, kept as long as the smoothing stays."""
        if weight != self._smoothing:
            self._smoothed, self._smoothing = {}, weight
        key = key_of(curve)
        found = self._smoothed.get(key)
        if found is None or found.series is not curve.series:
            found = self._smoothed[key] = Smoothed(curve.series, weight)
        return found

    def _marks(self, curve: Curve, every: tuple[Curve, ...]) -> tuple[Mark, ...]:
        """Return a curve's marks, judged anew at most every 2 s while it grows.

        As long as a log is not read to its end, it is not judged: half a curve misleads.
        """
        key, now_s = key_of(curve), self._clock()
        known = self._judged.get(key)
        if self.log.is_behind:
            return known.marks if known is not None else ()
        if known is not None and (
            known.version == curve.series.version or 0 <= now_s - known.at_s < _MARKS_EVERY_S
        ):
            return known.marks
        found = marks_in(curve, every)
        self._judged[key] = _Judged(curve.series.version, now_s, found)
        return found

    def _row(self, curve: Curve) -> CurveRow:
        series = curve.series
        ends = self._extremes.setdefault(key_of(curve), _Extremes())
        ends.take(series)
        return CurveRow(
            curve.run,
            series.name,
            series.role.value,
            len(series),
            series.steps[-1],
            series.values[0],
            series.values[-1],
            ends.low,
            ends.high,
        )

    def _left(self, main: Curve | None, wish: CurvesWish) -> tuple[str, str, bool]:
        if main is None:
            return "", "", False
        totals = next((run.totals for run in self.log.runs if run.name == main.run), {})
        total = wish.total_steps or totals.get("steps")
        pace = throughput(main.series)
        if total is None:
            return "", pace, True
        words = eta(main.series, total, self._clock()).sentence
        return words, pace, totals.get("steps") is None


def _main(log: Log, shown: Sequence[Curve]) -> Curve | None:
    """Return the curve the time left is told from: the loss of the run written to last."""
    newest = {run.name: run.modified_s for run in log.runs}
    if not shown:
        return None
    name = max({curve.run for curve in shown}, key=lambda run: (newest.get(run, 0.0), run))
    mine = [curve for curve in shown if curve.run == name]
    return max(mine, key=lambda curve: (curve.series.role is Role.LOSS, len(curve.series)))


def _said(
    shown: Sequence[Curve],
    marks: dict[tuple[str, str], tuple[Mark, ...]],
    *,
    has_many: bool,
) -> tuple[Said, ...]:
    """Return a sentence per mark, the gravest first; spikes of one curve share a sentence."""
    found = []
    for curve in shown:
        name = f"{curve.run}, {curve.series.name}" if has_many else curve.series.name
        spikes = [m for m in marks[key_of(curve)] if m.kind is MarkKind.SPIKE]
        found += [
            Said(KINDS[mark.kind], f"{name}: {_lower(mark.sentence)}.")
            for mark in marks[key_of(curve)]
            if mark.kind is not MarkKind.SPIKE
        ]
        if spikes:
            many = f"{len(spikes)} spikes, the last at step {spikes[-1].step:,.10g}"
            words = many if len(spikes) > 1 else _lower(spikes[0].sentence)
            found.append(Said("warn", f"{name}: {words}."))
    return tuple(sorted(found, key=lambda each: ("error", "warn", "muted").index(each.kind)))


def _lower(sentence: str) -> str:
    """Return a sentence to go on with; a curve's own name keeps its letters."""
    is_word = sentence.startswith(("No ", "Lowest ", "Climbing ", "A spike"))
    return sentence[0].lower() + sentence[1:] if is_word else sentence
