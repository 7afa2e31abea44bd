"""How long a run still takes, from the pace of its log: a time, an interval, or why not.

The pace is the median time a step took in the newest part of the log. Pauses that come again and
again (validation, checkpoints) are counted in at their usual rate; a pause that came once or twice
(a suspended computer, a restart) is not. The interval holds if the rest runs like the newest
tenths of the log did: from the 10th to the 90th percentile of their pace.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median

from hwstudio.core.base.units import duration, significant
from hwstudio.core.monitor.curves.series import Clock, Series

_NEWEST = 512  # points
_LEAST = 6
_PAUSE = 5.0  # a stretch this many times slower than usual is a pause
_REGULAR = 3  # this many pauses are a habit
_PARTS = 10
_STALE = 20.0  # no news for this many usual stretches, and ...
_QUIET = 3.0  # no news for this many stretches, less than one stretch before the end: finished
_FEW_S = 10.0
_STALE_S = 120.0  # ... at least this long: the pace says nothing about now


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds a step takes, pauses counted in, and the span it usually keeps within."""

    s_per_step: float
    low_s: float
    high_s: float

    @property
    def steps_per_s(self) -> float:
        """Return steps a second."""
        return 1.0 / self.s_per_step


@dataclass(frozen=True, slots=True)
class Eta:
    """Seconds left with their interval; ``refused`` says why there is none."""

    left_s: float | None
    low_s: float | None
    high_s: float | None
    steps_left: float | None
    pace: Pace | None
    refused: str = ""

    @property
    def sentence(self) -> str:
        """Return "about 2 h 10 min (1 h 50 min to 2 h 40 min)", or why not."""
        if self.left_s is None or self.low_s is None or self.high_s is None:
            return f"Time left unknown: {self.refused}"
        if self.left_s == 0:
            return "finished"
        if self.high_s < _FEW_S:
            return "a few seconds"
        left, low, high = (_shown(each) for each in (self.left_s, self.low_s, self.high_s))
        return f"about {left}" if low == high else f"about {left} ({low} to {high})"


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Steps between two marks, and the seconds they took."""

    steps: float
    seconds: float


def pace_of(series: Series) -> Pace | None:
    """Return how fast a run goes; None when its log has too few times to tell."""
    stretches = _stretches(series)
    if len(stretches) < _LEAST - 1:
        return None
    usual = median(each.seconds / each.steps for each in stretches)
    if usual <= 0:
        return None
    pauses = [each for each in stretches if each.seconds > _PAUSE * usual * each.steps]
    habit = len(pauses) >= _REGULAR
    counted = stretches if habit else [each for each in stretches if each not in pauses]
    parts = _parts(counted)
    middle = usual
    if habit:
        lost = median(each.seconds - usual * each.steps for each in pauses) * len(pauses)
        middle = usual + lost / sum(each.steps for each in stretches)
    else:
        middle = median([middle, sum(e.seconds for e in counted) / sum(e.steps for e in counted)])
    low, high = _quantile(parts, 0.1), _quantile(parts, 0.9)
    return Pace(middle, min(low, middle), max(high, middle))


def eta(series: Series, total_steps: float | None, now_s: float | None = None) -> Eta:
    """Return the time left of a run whose ``series`` is logged up to ``total_steps``.

    ``now_s`` is Unix time: the time since the newest point is taken off, and a log that has gone
    quiet is not believed.
    """
    if total_steps is None or not math.isfinite(total_steps) or total_steps <= 0:
        return _refused("the log does not say how many steps there will be; enter them")
    if not len(series):
        return _refused("nothing is logged yet")
    steps_left = total_steps - series.steps[-1]
    if steps_left <= 0:
        return Eta(0.0, 0.0, 0.0, 0.0, pace_of(series))
    if not series.has_times:
        return _refused("the log has no times; they are taken as new lines come in")
    pace = pace_of(series)
    if pace is None:
        return _refused(f"at least {_LEAST} points with different times are needed")
    gone_s = _gone(series, now_s)
    expected_s = median(each.seconds for each in _stretches(series))
    if gone_s > _QUIET * expected_s and steps_left <= max(1.0, _usual_steps(series)):
        return Eta(0.0, 0.0, 0.0, 0.0, pace)  # counted from 0, or every tenth step is logged
    if gone_s > max(_STALE * expected_s, _STALE_S):
        return _refused(
            f"nothing new for {duration(gone_s)}; before, a point came every {duration(expected_s)}"
        )
    low, middle, high = (
        max(each * steps_left - gone_s, 0.0) for each in (pace.low_s, pace.s_per_step, pace.high_s)
    )
    # A run that is a little late is not finished: its last step is still under way.
    return Eta(max(middle, pace.s_per_step), low, max(high, pace.high_s), steps_left, pace)


def throughput(series: Series) -> str:
    """Return "3.2 steps/s" or "4.1 s a step"; "" when it cannot be told."""
    pace = pace_of(series)
    if pace is None:
        return ""
    if pace.s_per_step > 1:
        return f"{significant(pace.s_per_step, 2)} s a step"
    return f"{significant(pace.steps_per_s, 2)} steps/s"


def rounded(seconds: float) -> float:
    """Return a time to about two digits: to 5 minutes beyond an hour, to 10 s beyond 5 minutes."""
    for least, unit in ((48 * 3600, 3600), (3600, 300), (600, 60), (300, 30), (60, 10), (0, 1)):
        if seconds >= least:
            return max(round(seconds / unit) * unit, unit if seconds else 0)
    return 0.0


def _stretches(series: Series) -> list[_Stretch]:
    """Return the newest stretches between points, since the last restart, that moved on."""
    first = max(
        series.restarts[-1] if series.restarts else 0,
        series.time_breaks[-1] if series.time_breaks else 0,
        series.first_timed(),
        len(series) - _NEWEST,
    )
    out: list[_Stretch] = []
    step, time_s = None, 0.0
    for at in range(first, len(series)):
        now, now_s = series.steps[at], series.times[at]
        if step is None:
            step, time_s = now, now_s
        elif now > step and now_s > time_s:
            out.append(_Stretch(now - step, now_s - time_s))
            step, time_s = now, now_s
    return out


def _parts(stretches: list[_Stretch]) -> list[float]:
    """Return the pace of each of up to ten parts with about as many steps."""
    count = min(_PARTS, len(stretches))
    size = len(stretches) / count
    out = []
    for place in range(count):
        part = stretches[round(place * size) : round((place + 1) * size)]
        out.append(sum(each.seconds for each in part) / sum(each.steps for each in part))
    return sorted(out)


def _quantile(ordered: list[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _usual_steps(series: Series) -> float:
    return median(each.steps for each in _stretches(series))


def _shown(seconds: float) -> str:
    return duration(rounded(seconds)) if seconds >= 1 else "0 s"


def _gone(series: Series, now_s: float | None) -> float:
    if now_s is None or series.clock not in (Clock.UNIX, Clock.ARRIVAL):
        return 0.0
    return max(now_s - series.times[-1], 0.0)


def _refused(why: str) -> Eta:
    return Eta(None, None, None, None, None, why)
