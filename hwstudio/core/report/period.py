"""What a performance report is made of: readings of a period, events, prices, all as data.

A course is one sensor over time in buckets: their start, the seconds really recorded in them, and
the mean, lowest and highest value, in the sensor's unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from hwstudio.core.model.sample import Device
from hwstudio.core.monitor.alerts.event import AlertEvent
from hwstudio.core.monitor.export.shape import Span
from hwstudio.core.monitor.runs.energy import Energy

HOUR_S = 3600.0
DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class Course:
    """One sensor over the period; the columns have the same length, in order of time."""

    starts: Sequence[float]
    seconds: Sequence[float]
    means: Sequence[float]
    lows: Sequence[float]
    highs: Sequence[float]

    @property
    def recorded_s(self) -> float:
        """Return the seconds that were recorded."""
        return sum(self.seconds)

    @property
    def mean(self) -> float | None:
        """Return the mean over the recorded time."""
        total = self.recorded_s
        return self.integral / total if total > 0 else None

    @property
    def integral(self) -> float:
        """Return value times seconds, summed."""
        return sum(mean * seconds for mean, seconds in zip(self.means, self.seconds, strict=True))

    @property
    def highest(self) -> float | None:
        """Return the highest value seen."""
        return max(self.highs, default=None)

    def quantile(self, share: float) -> float | None:
        """Return the bucket mean below which ``share`` of the recorded time lies."""
        total = self.recorded_s
        if total <= 0:
            return None
        passed = 0.0
        for mean, seconds in sorted(zip(self.means, self.seconds, strict=True)):
            passed += seconds
            if passed >= share * total:
                return mean
        return max(self.means)

    def by_start(self) -> Mapping[float, tuple[float, float]]:
        """Return mean and seconds by the bucket's start."""
        return {
            start: (mean, seconds)
            for start, mean, seconds in zip(self.starts, self.means, self.seconds, strict=True)
        }

    def cut(self, step_s: float, origin_s: float) -> Iterator[tuple[int, Course]]:
        """Yield the parts of each stretch of ``step_s`` from ``origin_s``, with its number."""
        begin = 0
        while begin < len(self.starts):
            number = int((self.starts[begin] - origin_s) // step_s)
            end = begin
            while end < len(self.starts) and (self.starts[end] - origin_s) // step_s == number:
                end += 1
            part = slice(begin, end)
            yield number, Course(*(column[part] for column in self._columns()))
            begin = end

    def _columns(self) -> tuple[Sequence[float], ...]:
        return self.starts, self.seconds, self.means, self.lows, self.highs


NO_COURSE = Course((), (), (), (), ())


class RunEnd(StrEnum):
    """How a marked training run ended."""

    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RUNNING = "running"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RunNote:
    """A marked training run, Unix time."""

    title: str
    start_s: float
    end_s: float | None
    end: RunEnd


@dataclass(frozen=True, slots=True)
class Notice:
    """A maintenance notice from elsewhere: a drift that was found."""

    device: str
    sentence: str
    since_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What things cost, in one currency. None = not said, and then not guessed.

    ``machine_per_hour`` is what the machine costs for every hour, used or not: a rent, or the
    owner's yearly cost by 8760.
    """

    currency: str = "USD"
    per_kwh: Decimal | None = None
    per_kwh_source: str = ""
    as_of: str = ""
    machine_per_hour: Decimal | None = None
    cloud_bill: Decimal | None = None  # for the whole period
    purchase: Decimal | None = None
    resale: Decimal = Decimal(0)
    life_years: Decimal = Decimal(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Everything a report needs. Times are Unix seconds; ``made_at`` is the date it bears."""

    host: str
    from_s: float
    to_s: float
    made_at: str
    devices: tuple[Device, ...] = ()
    courses: Mapping[str, Course] = field(default_factory=dict)
    bucket_s: float = 60.0
    increases: Mapping[str, float] = field(default_factory=dict)  # of counters, by sensor
    doubted: Mapping[str, Energy] = field(default_factory=dict)  # GPUs whose counter may be wrong
    slowed_s: Mapping[str, Mapping[int, float]] = field(default_factory=dict)  # GPU: bits: seconds
    gaps: tuple[Span, ...] = ()
    alerts: tuple[AlertEvent, ...] = ()
    runs: tuple[RunNote, ...] = ()
    notices: tuple[Notice, ...] = ()
    utc_offset_s: float = 0.0  # local time less UTC, for where a day begins

    @property
    def length_s(self) -> float:
        """Return the period's length."""
        return self.to_s - self.from_s

    @property
    def recorded_s(self) -> float:
        """Return for how long anything at all was recorded."""
        return max((course.recorded_s for course in self.courses.values()), default=0.0)

    @property
    def gpus(self) -> tuple[Device, ...]:
        """Return the GPUs that have readings, in order of their number."""
        names = {name.rpartition(".")[0] for name in self.courses if name.startswith("gpu.")}
        known = {device.id: device for device in self.devices}
        return tuple(
            known.get(name, Device(name, f"GPU {name.partition('.')[2]}", "gpu"))
            for name in sorted(names, key=_in_order)
        )

    def course(self, name: str) -> Course:
        """Return a sensor's course; an empty one where nothing was recorded."""
        return self.courses.get(name, NO_COURSE)


def _in_order(name: str) -> tuple[int, str]:
    number = name.rpartition(".")[2]
    return (int(number) if number.isdigit() else 10**9, name)
