"""Turns the curves of a log into the lines and marks of charts. No Qt; runs in a worker."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence

from hwstudio.core.monitor.curves.marks import Mark, MarkKind
from hwstudio.core.monitor.curves.role import Role
from hwstudio.core.monitor.curves.series import Axis, Series
from hwstudio.core.monitor.curves.smooth import Smoothed
from hwstudio.core.monitor.runs.log_marks import Curve
from hwstudio.gui.monitor.runs.curves_state import (
    ALL,
    CURVE,
    MOST_LINES,
    CurveLine,
    CurveMark,
    CurvesWish,
    Group,
    LogRun,
)

Marks = Mapping[tuple[str, str], tuple[Mark, ...]]
_GROUPS = (
    ("loss", "Loss", (Role.LOSS, Role.VALIDATION_LOSS)),
    ("accuracy", "Accuracy", (Role.ACCURACY, Role.VALIDATION_ACCURACY)),
    ("lr", "Learning rate", (Role.LEARNING_RATE,)),
    ("throughput", "Throughput", (Role.THROUGHPUT,)),
)
_MOST_CHARTS = 4
_LEAST_SMOOTHED = 3  # points
KINDS = {
    MarkKind.NOT_A_NUMBER: "error",
    MarkKind.DIVERGED: "error",
    MarkKind.OVERFIT: "warn",
    MarkKind.SPIKE: "warn",
    MarkKind.PLATEAU: "muted",
}


class Drawing:
    """Turns the curves into the lines of charts."""

    def __init__(
        self,
        smoothed: Callable[[Curve, float], Smoothed],
        wish: CurvesWish,
        axis: Axis,
        runs: tuple[LogRun, ...],
        shown: tuple[Curve, ...],
    ) -> None:
        self.is_behind = False
        self._smoothed, self._wish, self._axis = smoothed, wish, axis
        self._shown = shown
        self._colours = {run.name: run.colour for run in runs}
        self._has_many = len({curve.run for curve in shown}) > 1
        self._begins = _begins(shown) if axis is Axis.TIME else {}

    def groups(self, marks: Marks) -> tuple[Group, ...]:
        """Return the charts that are wished for, each with its lines and marks."""
        return tuple(
            self._group(key, title, curves, marks)
            for key, title, curves in _chosen(self._shown, self._wish.shown)
        )

    def span(self) -> tuple[float, float]:
        """Return the first and the last place on the axis."""
        ends = [end for curve in self._shown for end in self._ends(curve)]
        low, high = min(ends, default=0.0), max(ends, default=1.0)
        return (low, high) if high > low else (low - 0.5, low + 0.5)

    def _group(
        self,
        key: str,
        title: str,
        curves: Sequence[Curve],
        marks: Marks,
    ) -> Group:
        behind: list[CurveLine] = []
        front: list[CurveLine] = []
        found: list[CurveMark] = []
        names = {curve.series.name for curve in curves[:MOST_LINES]}
        for number, curve in enumerate(curves[:MOST_LINES]):
            colour = self._colours[curve.run] if self._has_many else number
            name = self._name(curve, has_names=len(names) > 1)
            self._lines(curve, name, colour, (behind, front))
            found += self._drawn_marks(curve, marks[key_of(curve)])
        left_out = max(0, len(curves) - MOST_LINES)
        return Group(key, title, (*behind, *front), tuple(found), left_out)

    def _name(self, curve: Curve, *, has_names: bool) -> str:
        if not self._has_many:
            return curve.series.name
        return f"{curve.run}: {curve.series.name}" if has_names else curve.run

    def _lines(
        self,
        curve: Curve,
        name: str,
        colour: int,
        into: tuple[list[CurveLine], list[CurveLine]],
    ) -> None:
        """Add the curve, with the raw one faint behind it where it is smoothed."""
        begin = self._begins.get(curve.run, 0.0)
        low, high = self._wish.window or (-math.inf, math.inf)
        if self._axis is Axis.TIME and not curve.series.has_times:
            return
        ask = (self._axis, low + begin, high + begin, self._wish.pixels)
        dashed = curve.series.role in (Role.VALIDATION_LOSS, Role.VALIDATION_ACCURACY)
        raw = curve.series.drawn(*ask)
        xs = _shifted(raw.xs, begin)
        if self._wish.smoothing <= 0 or len(curve.series) < _LEAST_SMOOTHED:
            into[1].append(CurveLine(name, colour, xs, raw.ys, is_dashed=dashed))
            return
        smoothed = self._smoothed(curve, self._wish.smoothing)
        line = smoothed.drawn(*ask)
        self.is_behind = self.is_behind or smoothed.is_behind
        into[0].append(CurveLine("", colour, xs, raw.ys, is_faint=True))
        xs = _shifted(line.xs, begin)
        into[1].append(CurveLine(name, colour, xs, line.ys, is_dashed=dashed))

    def _drawn_marks(self, curve: Curve, marks: Sequence[Mark]) -> list[CurveMark]:
        found = []
        for mark in marks:
            x = self._place(curve, mark.step)
            if x is not None:
                found.append(CurveMark(x, mark.kind.value, KINDS[mark.kind]))
        return found

    def _place(self, curve: Curve, step: float) -> float | None:
        if self._axis is Axis.STEP:
            return step
        series = curve.series
        at = bisect_left(series.steps, step, series.restarts[-1] if series.restarts else 0)
        at_s = series.times[at] if at < len(series) else math.nan
        return None if math.isnan(at_s) else at_s - self._begins.get(curve.run, 0.0)

    def _ends(self, curve: Curve) -> list[float]:
        series = curve.series
        if self._axis is Axis.STEP:
            xs, breaks, first = series.steps, series.restarts, 0
        else:
            xs, breaks, first = series.times, series.time_breaks, series.first_timed()
        if first >= len(xs):
            return []
        begin = self._begins.get(curve.run, 0.0)
        places = [first, len(xs) - 1, *breaks, *(place - 1 for place in breaks if place > first)]
        return [xs[place] - begin for place in places if not math.isnan(xs[place])]


def key_of(curve: Curve) -> tuple[str, str]:
    """Return what tells a curve from the others of its log."""
    return curve.run, curve.series.name


def _shifted(xs: array[float], begin: float) -> array[float]:
    return array("d", [x - begin for x in xs]) if begin else xs


def _begins(shown: Sequence[Curve]) -> dict[str, float]:
    """Return the first time of each run: runs are laid over each other from their starts."""
    found: dict[str, float] = {}
    for curve in shown:
        series: Series = curve.series
        if series.has_times:
            first_s = min(series.times[place] for place in (series.first_timed(),
                                                            *series.time_breaks))  # fmt: skip
            found[curve.run] = min(found.get(curve.run, math.inf), first_s)
    return found


def _chosen(shown: Sequence[Curve], wanted: str) -> list[tuple[str, str, list[Curve]]]:
    """Return key, title and curves of the wished charts."""
    if wanted.startswith(CURVE):
        name = wanted.removeprefix(CURVE)
        return [(wanted, name, [c for c in shown if c.series.name == name])]
    by_role = [
        (key, title, [curve for curve in shown if curve.series.role in roles])
        for key, title, roles in _GROUPS
    ]
    by_role = [group for group in by_role if group[2]]
    if wanted != ALL:
        return [group for group in by_role if group[0] == wanted] or by_role[:1]
    if by_role:
        return by_role
    names = dict.fromkeys(curve.series.name for curve in shown)
    return [
        (CURVE + name, name, [c for c in shown if c.series.name == name])
        for name in list(names)[:_MOST_CHARTS]
    ]


def choices_of(every: Sequence[Curve]) -> tuple[tuple[str, str], ...]:
    """Return the charts there can be, as keys and words."""
    roles = {curve.series.role for curve in every}
    groups = [(key, title) for key, title, those in _GROUPS if roles & set(those)]
    names = dict.fromkeys(curve.series.name for curve in every)
    return ((ALL, "All charts"), *groups, *((CURVE + name, name) for name in names))
