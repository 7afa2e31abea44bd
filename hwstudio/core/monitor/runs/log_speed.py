"""How fast a run went by its own training log: a curve of throughput, or the times of its steps.

A guess by the names of curves, so it is shown and confirmed before anything rests on it. Curves of
validation are passed over.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from hwstudio.core.model.run import Run
from hwstudio.core.monitor.curves.eta import pace_of
from hwstudio.core.monitor.curves.follow import Log, open_log
from hwstudio.core.monitor.curves.follow import Run as LogRun
from hwstudio.core.monitor.curves.role import Role
from hwstudio.core.monitor.curves.series import Clock, Series

STEPS = "steps"
_UNITS = {
    "tokens": frozenset(("tok", "toks", "token", "tokens")),
    "images": frozenset(("img", "imgs", "image", "images")),
    "sequences": frozenset(("seq", "seqs", "sequence", "sequences", "sentences")),
    "samples": frozenset(("sample", "samples", "example", "examples")),
    STEPS: frozenset(("it", "its", "iter", "iters", "iterations", "step", "steps")),
}
_HELD_OUT = frozenset(("val", "valid", "validation", "eval", "evaluation", "test", "dev"))
_EACH = frozenset(("gpu", "device", "rank"))
_SPLIT = re.compile(r"[^a-z0-9]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SLACK_S = 60.0  # clocks differ


@dataclass(frozen=True, slots=True)
class LogSpeed:
    """A speed that a log tells: ``unit`` is images, sequences, samples, tokens or steps."""

    curve: str
    unit: str
    per_s: float
    is_each: bool = False  # of one GPU, not of all together


def log_speeds(log: Log, run: Run) -> tuple[LogSpeed, ...]:
    """Return the speeds that a log tells of a run, at most one of each unit, the surest first."""
    every = [series for each in _newest(log) for series in log.series(each)]
    found: dict[str, LogSpeed] = {}
    for series in every:
        told = _of_curve(series, run)
        known = None if told is None else found.get(told.unit)
        if told is not None and (known is None or (known.is_each and not told.is_each)):
            found[told.unit] = told
    paced = None if STEPS in found else _of_steps(every, run)
    if paced is not None:
        found[STEPS] = paced
    return tuple(sorted(found.values(), key=lambda each: each.unit == STEPS))


def read_log(path: str, run: Run) -> tuple[LogSpeed, ...]:
    """Read a log to its end; may take seconds.

    Raises:
        UserError: there is nothing at that path.
    """
    log = open_log(Path(path))
    log.poll()
    while log.is_behind:
        log.poll()
    return log_speeds(log, run)


def _newest(log: Log) -> list[LogRun]:
    """Return the newest run of a log: older ones lie in the same folder."""
    return sorted(log.runs, key=lambda each: each.modified_s)[-1:]


def _of_curve(series: Series, run: Run) -> LogSpeed | None:
    words = set(_SPLIT.split(_HUMP.sub("_", series.name).lower()))
    if series.role is not Role.THROUGHPUT or words & _HELD_OUT:
        return None
    unit = next((unit for unit, names in _UNITS.items() if words & names), None)
    values = [value for value in _during(series, run) if math.isfinite(value) and value > 0]
    if unit is None or not values:
        return None
    return LogSpeed(series.name, unit, median(values), bool(words & _EACH))


def _during(series: Series, run: Run) -> Iterable[float]:
    """Return the values written during a run, where a log's times can say."""
    if series.clock is not Clock.UNIX or not series.has_times or run.ended_s is None:
        return series.values
    low, high = run.started_s - _SLACK_S, run.ended_s + _SLACK_S
    pairs = zip(series.times, series.values, strict=True)
    return [value for at_s, value in pairs if low <= at_s <= high]


def _of_steps(every: list[Series], run: Run) -> LogSpeed | None:
    """Return the pace of the longest curve that has times of its own."""
    timed = [
        each
        for each in every
        if each.clock in (Clock.UNIX, Clock.ELAPSED) and (each.role is Role.LOSS) and each.has_times
    ]
    longest = max(timed, key=len, default=None)
    if longest is None or not list(_during(longest, run)):
        return None
    pace = pace_of(longest)
    return None if pace is None else LogSpeed(longest.name, STEPS, pace.steps_per_s)
