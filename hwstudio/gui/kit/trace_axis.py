"""Ticks and words of a chart's axes: values with their unit, local clock times, "now -60 s"."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from hwstudio.core.base.units import significant

RELATIVE_UP_TO_S = 900.0  # a live chart longer than this shows clock times
_SECONDS_UP_TO = 120  # a chart this short counts in seconds alone
_SI = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""))
_BINARY = ((2.0**40, "Ti"), (2.0**30, "Gi"), (2.0**20, "Mi"), (2.0**10, "Ki"), (1.0, ""))
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = 86400
_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800)
_HOURS = (3600, 7200, 10800, 21600, 43200)
_DAYS = (1, 2, 3, 5, 7, 10, 14, 28, 56, 112)


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis and its words."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class TraceScale:
    """How a number is shown: times ``factor``, with an SI or binary prefix where asked for."""

    unit: str = ""
    factor: float = 1.0
    prefixes: str = ""  # "" | si | binary
    places: int | None = None  # digits after the point in a readout; None = 3 significant digits

    def prefix(self, value: float) -> tuple[float, str]:
        """Return the factor and letters that fit ``value``."""
        table = {"si": _SI, "binary": _BINARY}.get(self.prefixes)
        if table is None:
            return 1.0, ""
        return next((pair for pair in table if abs(value) >= pair[0]), (1.0, ""))

    def parts(self, value: float) -> tuple[str, str]:
        """Return a raw value as number and unit: ``("63", "%")``."""
        if not math.isfinite(value):
            return "–", ""
        shown = value * self.factor
        factor, letters = self.prefix(shown)
        shown /= factor
        if self.places is None:
            return significant(shown), letters + self.unit
        places = self.places + 1 if 0 < abs(shown) < 1 else self.places
        return f"{shown:,.{places}f}", letters + self.unit

    def text(self, value: float) -> str:
        """Return a raw value in words: ``"63 %"``."""
        number, unit = self.parts(value)
        return f"{number} {unit}".rstrip()


SHARE = TraceScale("%", 100.0, places=0)
BYTES = TraceScale("B", prefixes="binary")
BYTES_PER_S = TraceScale("B/s", prefixes="si")
HERTZ = TraceScale("Hz", prefixes="si")
WATTS = TraceScale("W", places=0)
CELSIUS = TraceScale("°C", places=0)
JOULES = TraceScale("J", prefixes="si")
_OF_UNIT = {
    "share": SHARE,
    "bytes": BYTES,
    "bytes_per_s": BYTES_PER_S,
    "hz": HERTZ,
    "w": WATTS,
    "c": CELSIUS,
    "j": JOULES,
    "v": TraceScale("V"),
    "s": TraceScale("s"),
    "rpm": TraceScale("rpm", places=0),
    "per_s": TraceScale("/s"),
    "count": TraceScale(places=0),
    "bits": TraceScale(places=0),
}


def scale_of(unit: str) -> TraceScale:
    """Return how a unit's values are shown: share, bytes, bytes_per_s, hz, w, c, j, v, s ..."""
    return _OF_UNIT.get(unit, TraceScale())


# --- values -------------------------------------------------------------------------------------


def nice_step(span: float, at_most: int, *, is_binary: bool = False) -> float:
    """Return a round step that fits into ``span`` at most ``at_most`` times."""
    least = span / max(1, at_most) * (1 - 1e-9)
    if is_binary:
        return 2.0 ** math.ceil(math.log2(least))
    size = 10.0 ** math.floor(math.log10(least))
    return next(size * step for step in (1.0, 2.0, 2.5, 5.0, 10.0) if size * step >= least)


def nice_top(highest: float, scale: TraceScale) -> float:
    """Return a round raw top a little above ``highest``."""
    wanted = highest * scale.factor * 1.05
    if not wanted > 0 or not math.isfinite(wanted):
        return 1.0 / scale.factor
    if scale.prefixes == "binary":
        size = 2.0 ** math.floor(math.log2(wanted))
        steps: tuple[float, ...] = (1.0, 1.5, 2.0)
    else:
        size = 10.0 ** math.floor(math.log10(wanted))
        steps = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
    return next(size * step for step in steps if size * step >= wanted) / scale.factor


class AutoTop:
    """A top that follows the data: up at once, down only when it was too high for a while."""

    PATIENCE_S = 10.0

    def __init__(self, scale: TraceScale, least: float = 0.0) -> None:
        self._scale, self._least = scale, least
        self._low_since: float | None = None
        self.top = self._nice(least)

    def start(self, highest: float) -> float:
        """Fit at once, for other data or another stretch of time."""
        self._low_since = None
        self.top = self._nice(highest)
        return self.top

    def feed(self, highest: float, time_s: float) -> float:
        """Return the top for data whose largest visible value is ``highest`` at ``time_s``."""
        wanted = self._nice(highest)
        if wanted > self.top:
            self._low_since, self.top = None, wanted
        elif wanted > self.top / 2:
            self._low_since = None
        elif self._low_since is None or time_s < self._low_since:
            self._low_since = time_s
        elif time_s - self._low_since >= self.PATIENCE_S:
            self._low_since, self.top = None, wanted
        return self.top

    def _nice(self, highest: float) -> float:
        if not math.isfinite(highest):
            highest = 0.0
        if highest <= self._least and self._least > 0:
            return self._least
        return nice_top(highest, self._scale)


def value_ticks(
    bottom: float, top: float, at_most: int, scale: TraceScale
) -> tuple[tuple[Tick, ...], str]:
    """Return ticks at round values (``at`` raw) and the unit their numbers are in."""
    low, high = bottom * scale.factor, top * scale.factor
    factor, letters = scale.prefix(max(abs(low), abs(high)))
    unit = letters + scale.unit
    low, high = low / factor, high / factor
    if at_most < 1 or not high > low:
        return (), unit
    first = last = 0
    for count in (at_most, at_most + 1):  # one tick alone, most likely 0, would be no scale
        step = nice_step(high - low, count, is_binary=scale.prefixes == "binary")
        first = math.ceil(low / step - 1e-9)
        last = math.floor(high / step + 1e-9)
        if last > first:
            break
    raw = factor / scale.factor
    places = range(first, last + 1) if last - first <= at_most else (first, last)
    return tuple(Tick(n * step * raw, f"{n * step:,.15g}") for n in places), unit


# --- time ---------------------------------------------------------------------------------------


def ago(seconds: float, *, seconds_up_to: float = 59) -> str:
    """Return how long ago, short: ``-15 s``, ``-1 min``, ``-1:30 min``, ``now``."""
    whole = round(seconds)
    if whole <= 0:
        return "now"
    if whole <= seconds_up_to:
        return f"-{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"-{minutes}:{rest:02d} min" if rest else f"-{minutes} min"


def time_ticks(from_s: float, to_s: float, at_most: int, *, is_relative: bool) -> tuple[Tick, ...]:
    """Return ticks in Unix seconds at round local times, or at round distances from the end."""
    span = to_s - from_s
    if at_most < 1 or not span > 0:
        return ()
    if is_relative:
        step = next((s for s in _SECONDS if span / s <= at_most), span)
        count = math.floor(span / step + 1e-9)
        words = _SECONDS_UP_TO if span <= _SECONDS_UP_TO else 59
        return tuple(
            Tick(to_s - n * step, ago(n * step, seconds_up_to=words)) for n in range(count, -1, -1)
        )
    fitting = (s for s in (*_SECONDS, *_HOURS) if span / s <= at_most)
    step_s = next(fitting, 0)
    if step_s:
        return _clock_ticks(from_s, to_s, step_s)
    days = next((d for d in _DAYS if span / (d * _DAY) <= at_most), _DAYS[-1])
    return _day_ticks(from_s, to_s, days)


def _clock_ticks(from_s: float, to_s: float, step_s: int) -> tuple[Tick, ...]:
    """Return ticks at whole local multiples of ``step_s``, true across a change of the clocks."""
    found: list[Tick] = []
    at = _round_up(from_s, step_s)
    while at <= to_s:
        found.append(Tick(at, _clock_words(at, step_s, is_first=not found)))
        at = max(_round_up(at + 1, step_s), at + 1)
    return tuple(found)


def _round_up(at_s: float, step_s: int) -> float:
    offset = time.localtime(at_s).tm_gmtoff
    rounded = math.ceil((at_s + offset) / step_s) * step_s - offset
    behind = time.localtime(rounded).tm_gmtoff
    if behind != offset:  # the clocks changed in between
        rounded = math.ceil((rounded + behind) / step_s) * step_s - behind
    return float(rounded)


def _clock_words(at_s: float, step_s: int, *, is_first: bool) -> str:
    there = time.localtime(at_s)
    if step_s >= 60 and there.tm_hour == 0 and there.tm_min == 0 and not is_first:
        return day_words(at_s)
    if step_s < 60:
        return f"{there.tm_hour:02d}:{there.tm_min:02d}:{there.tm_sec:02d}"
    return f"{there.tm_hour:02d}:{there.tm_min:02d}"


def _day_ticks(from_s: float, to_s: float, days: int) -> tuple[Tick, ...]:
    there = time.localtime(from_s)
    found: list[Tick] = []
    # Counted from a fixed day, so that ticks stay on their dates while the chart is moved.
    skip = (-_day_number(there) - 1) % days + 1
    while True:
        date = (there.tm_year, there.tm_mon, there.tm_mday + skip, 0, 0, 0, 0, 0, -1)
        at = time.mktime(date)
        if at > to_s:
            return tuple(found)
        found.append(Tick(at, day_words(at)))
        skip += days


def _day_number(there: time.struct_time) -> int:
    import calendar

    return calendar.timegm((there.tm_year, there.tm_mon, there.tm_mday, 0, 0, 0)) // _DAY


def end_ticks(from_s: float, to_s: float) -> tuple[Tick, ...]:
    """Return ticks at both ends, for a chart too narrow for round times."""
    if to_s - from_s >= 2 * _DAY:
        return Tick(from_s, day_words(from_s)), Tick(to_s, day_words(to_s))
    return tuple(Tick(at, _clock_words(at, 60, is_first=True)) for at in (from_s, to_s))


def day_words(at_s: float) -> str:
    """Return the local date: ``3 May``."""
    there = time.localtime(at_s)
    return f"{there.tm_mday} {_MONTHS[there.tm_mon - 1]}"


def moment_words(at_s: float, *, now_s: float | None = None) -> str:
    """Return a local moment: ``3 May 14:05:09``, without the date when it is ``now_s``'s."""
    there = time.localtime(at_s)
    clock = f"{there.tm_hour:02d}:{there.tm_min:02d}:{there.tm_sec:02d}"
    if now_s is not None:
        today = time.localtime(now_s)
        if (today.tm_year, today.tm_yday) == (there.tm_year, there.tm_yday):
            return clock
    return f"{there.tm_mday} {_MONTHS[there.tm_mon - 1]} {clock}"


def span_words(seconds: float) -> str:
    """Return a stretch of time: ``60 s``, ``15 min``, ``6 h``, ``30 days``."""
    for size, word in ((_DAY, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or math.isclose(seconds, size):
            number = seconds / size
            return f"{number:.3g} {'day' if word == 'days' and number == 1 else word}"
    return f"{seconds:.3g} s"
