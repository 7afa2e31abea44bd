"""Has a number changed at equal work? Hours become days, the last days are held to the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from hwstudio.core.monitor.limits.evidence import Evidence
from hwstudio.core.monitor.limits.thresholds import Threshold

DAY_S = 86400.0
TABLE: Mapping[str, Threshold] = {
    "temperature_c": Threshold(4.0, "c", "a change of room or season by this much is usual"),
    "fan_share": Threshold(0.12, "share", "fans follow temperature in steps of this size"),
    "clock_share": Threshold(0.06, "share", "clocks of one card spread by less at equal power"),
    "spread": Threshold(3.0, "count", "times the usual spread of days: not by chance"),
    "reference_days": Threshold(14.0, "count", "what is usual is learned on these first days"),
    "fewest_days": Threshold(7.0, "count", "fewer days say nothing about what is usual"),
    "recent_days": Threshold(3.0, "count", "two of three days must agree: one odd day is none"),
    "hours_a_day": Threshold(3.0, "count", "fewer hours of work make no day"),
    "hours_a_step": Threshold(4.0, "count", "work seen this often before can be compared with"),
    "power_step": Threshold(0.10, "share", "of the power limit: work counts as equal within"),
    "power_least": Threshold(0.25, "share", "of the power limit: rest says little about cooling"),
    "load_step": Threshold(0.10, "share", "of the processor: load counts as equal within"),
    "load_least": Threshold(0.20, "share", "of the processor: rest says little about cooling"),
    "error_days": Threshold(7.0, "count", "corrected errors are counted over a week"),
    "errors_least": Threshold(10.0, "count", "a few corrected errors a week are usual"),
    "errors_spread": Threshold(4.0, "count", "times the spread of a count: not by chance"),
}
AT = {name: threshold.value for name, threshold in TABLE.items()}


@dataclass(frozen=True, slots=True)
class Drift:
    """One slow change. ``since_s`` is the day it began, in the clock of the rows."""

    kind: str  # info warn error
    device: str  # device id, "" = all GPUs alike
    quantity: str  # temperature_c fan_share sm_clock_hz celsius_c, or a counter's
    shift: float  # in the quantity's unit (clocks: as a share); errors: how many came
    since_s: float
    sentence: str
    advice: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """What the last days differ by from the first: ``usual`` and ``now`` are medians."""

    usual: float
    now: float
    spread: float
    since_s: float

    @property
    def size(self) -> float:
        """Return by how much it changed; positive = more than usual."""
        return self.now - self.usual


def shift_of(
    times_s: Sequence[float],
    values: Sequence[float],
    work: Sequence[float],
    least_work: float,
    step: float,
) -> Shift | None:
    """Return how the last days differ from the first at equal ``work``; None = too few hours.

    Each hour's number is held to what was usual at its work; work comes in steps of ``step``, and
    hours below ``least_work`` do not count.
    """
    hours = [
        (moment, value, int(load / step))
        for moment, value, load in zip(times_s, values, work, strict=True)
        if value == value and load == load and load >= least_work
    ]
    if not hours:
        return None
    first_days = _days([(moment, value) for moment, value, _ in hours])
    if len(first_days) < AT["fewest_days"] + AT["recent_days"]:
        return None
    count = int(min(AT["reference_days"], len(first_days) - AT["recent_days"]))
    until_s = first_days[count - 1][0] + DAY_S
    usual = _usual(hours, until_s)
    centre = median(usual.values()) if usual else 0.0
    rest = [(moment, value - usual[at]) for moment, value, at in hours if at in usual]
    days = _days(rest)
    before = [value for moment, value in days if moment < until_s]
    after = [day for day in days if day[0] >= until_s]
    if len(before) < AT["fewest_days"] or len(after) < AT["recent_days"]:
        return None
    middle = median(before)
    spread = 1.4826 * median(abs(value - middle) for value in before)
    recent = [value for _, value in after[-int(AT["recent_days"]) :]]
    now = median(recent)
    since_s = _began(after, middle, now)
    return Shift(centre + middle, centre + now, spread, since_s)


def _usual(hours: list[tuple[float, float, int]], until_s: float) -> dict[int, float]:
    """Return the usual value at each step of work seen often enough in the first days."""
    seen: dict[int, list[float]] = {}
    for moment, value, at in hours:
        if moment < until_s:
            seen.setdefault(at, []).append(value)
    return {at: median(v) for at, v in seen.items() if len(v) >= AT["hours_a_step"]}


def _days(hours: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return each day with enough hours as its beginning and its median."""
    days: dict[int, list[float]] = {}
    for moment, value in hours:
        days.setdefault(int(moment // DAY_S), []).append(value)
    return [
        (day * DAY_S, median(values))
        for day, values in sorted(days.items())
        if len(values) >= AT["hours_a_day"]
    ]


def _began(days: list[tuple[float, float]], usual: float, now: float) -> float:
    """Return the first day of the unbroken stretch that is nearer to now than to usual."""
    since_s = days[-1][0]
    half = (now + usual) / 2
    for moment, value in reversed(days):
        if (value - half) * (now - usual) < 0:
            break
        since_s = moment
    return since_s


def is_real(shift: Shift | None, least: float, *, down: bool = False) -> bool:
    """Tell whether a shift is larger than what matters and than chance."""
    if shift is None:
        return False
    size = -shift.size if down else shift.size
    return size >= max(least, AT["spread"] * shift.spread)
