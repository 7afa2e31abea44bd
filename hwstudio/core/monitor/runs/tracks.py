"""The recorded numbers of a run, as tracks: from whatever keeps them, at a fineness that fits."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from hwstudio.core.model.sensor import device_of, quantity_of, sensor_of
from hwstudio.core.monitor.runs.energy import Span
from hwstudio.core.monitor.runs.track import Track

# Up to so long a run is summed up from buckets of so many seconds; 1 = every sample.
_WIDTHS = ((7200, 1), (86400, 10), (10 * 86400, 60), (100 * 86400, 600), (math.inf, 3600))
_EDGE_S = 180.0  # at both ends of a long run the counters are read second by second
_LATE_S = 3600.0  # seconds that begin so much later than minutes do were thinned out already

_NOTHING = Track((), ())

OF_A_GPU = (
    "busy_share", "memory_busy_share", "vram_used_bytes", "vram_total_bytes", "power_w",
    "power_limit_w", "energy_j", "temperature_c", "memory_temperature_c", "sm_clock_hz",
)  # fmt: skip
OF_THE_COMPUTER = (
    "cpu.busy_share", "cpu.max_core_share", "memory.used_bytes", "memory.total_bytes",
    "disks.busy_share", "disks.read_bytes_per_s", "temperature_all.hottest_c",
)  # fmt: skip


class Samples(Protocol):
    """Every sample of one sensor: Unix seconds and values."""

    @property
    def times_s(self) -> array[float]:
        """Return the moments, ascending."""
        ...

    @property
    def values(self) -> array[float]:
        """Return the numbers."""
        ...


class Buckets(Protocol):
    """One sensor in buckets; ``times_s`` are their middles, a row of NaN is a break."""

    @property
    def times_s(self) -> array[float]:
        """Return the middles."""
        ...

    @property
    def low(self) -> array[float]:
        """Return the lowest of each."""
        ...

    @property
    def mean(self) -> array[float]:
        """Return the mean of each; of a counter its last value."""
        ...

    @property
    def high(self) -> array[float]:
        """Return the highest of each."""
        ...


class Missing(Protocol):
    """A stretch without readings and why."""

    @property
    def from_s(self) -> float:
        """Return its beginning."""
        ...

    @property
    def to_s(self) -> float:
        """Return its end."""
        ...

    @property
    def why(self) -> str:
        """Return the reason in words."""
        ...


class Reader(Protocol):
    """What keeps readings, as far as a run needs it."""

    def series(self) -> tuple[str, ...]:
        """Return the ids of all sensors."""
        ...

    def raws(self, names: Sequence[str], from_s: float, to_s: float) -> Mapping[str, Samples]:
        """Return every sample that is still kept, of the sensors that have any."""
        ...

    def trace(
        self,
        names: Sequence[str],
        from_s: float,
        to_s: float,
        points: int = 600,
        *,
        width_s: int | None = None,
    ) -> Mapping[str, Buckets]:
        """Return buckets of the sensors that have any readings there."""
        ...

    def gaps(self, from_s: float, to_s: float) -> Sequence[Missing]:
        """Return the stretches without readings of which the reason is known."""
        ...


@dataclass(frozen=True, slots=True)
class Recorded:
    """A run's tracks. ``basis_s``: each number is a mean over so many seconds; 1 = a sample.

    ``ends`` are the lowest and the highest of what the means were made of.
    """

    tracks: Mapping[str, Track]
    basis_s: int = 1
    ends: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def sensors_of(known: Iterable[str], devices: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the sensors that tell about a run on some GPUs (none named = all)."""
    return tuple(
        name
        for name in known
        if name in OF_THE_COMPUTER
        or (
            name.startswith("gpu.")
            and quantity_of(name) in OF_A_GPU
            and (not devices or device_of(name) in devices)
        )
    )


def tracks_of(reader: Reader, span: Span, devices: Sequence[str] = ()) -> Recorded:
    """Return what was recorded during a run.

    Raises whatever the reader raises where it cannot read.
    """
    names = sensors_of(reader.series(), devices)
    width_s = next(width for most_s, width in _WIDTHS if span.seconds <= most_s)
    if width_s == 1 and not _has_seconds(reader, names, span):
        width_s = 60
    if width_s == 1:
        return Recorded(_raws(reader, names, span.start_s - 5, span.end_s + 5))
    return _coarse(reader, names, span, width_s)


def _has_seconds(reader: Reader, names: Sequence[str], span: Span) -> bool:
    """Say whether the seconds of a run are still kept, judged by its first recorded sensor."""
    kept = reader.trace(names[:1], span.start_s, span.end_s, width_s=60)
    for name, buckets in kept.items():
        raw = reader.raws([name], span.start_s, span.end_s).get(name)
        first_s = raw.times_s[0] if raw is not None and raw.times_s else math.inf
        return first_s - buckets.times_s[0] < min(_LATE_S, max(120.0, span.seconds / 2))
    return True


def _raws(reader: Reader, names: Sequence[str], from_s: float, to_s: float) -> dict[str, Track]:
    found = reader.raws(names, from_s, to_s)
    return {name: Track(each.times_s, each.values) for name, each in found.items() if each.times_s}


def _coarse(reader: Reader, names: Sequence[str], span: Span, width_s: int) -> Recorded:
    found = reader.trace(names, span.start_s - width_s, span.end_s + width_s, width_s=width_s)
    counters = [name for name in names if sensor_of(name).is_counter]
    heads = _raws(reader, counters, span.start_s - 5, span.start_s + _EDGE_S)
    tails = _raws(reader, counters, span.end_s - _EDGE_S, span.end_s + 5)
    tracks: dict[str, Track] = {}
    ends: dict[str, tuple[float, float]] = {}
    for name, buckets in found.items():
        if sensor_of(name).is_counter:
            edges = heads.get(name, _NOTHING), tails.get(name, _NOTHING)
            tracks[name] = _counter(buckets, width_s, *edges)
            continue
        tracks[name] = Track(buckets.times_s, buckets.mean)
        inside = [n for n, at in enumerate(buckets.times_s) if span.start_s <= at <= span.end_s]
        lows = [buckets.low[n] for n in inside if math.isfinite(buckets.low[n])]
        highs = [buckets.high[n] for n in inside if math.isfinite(buckets.high[n])]
        if lows and highs:
            ends[name] = min(lows), max(highs)
    return Recorded(tracks, width_s, ends)


def _counter(buckets: Buckets, width_s: int, head: Track, tail: Track) -> Track:
    """Return a counter: each bucket's last value at the bucket's end, both edges by the second."""
    points = dict(zip(head.times_s, head.values, strict=True))
    points.update(zip(tail.times_s, tail.values, strict=True))
    first = max(head.times_s, default=-math.inf)
    last = min(tail.times_s, default=math.inf)
    for middle_s, value in zip(buckets.times_s, buckets.mean, strict=True):
        at = middle_s + width_s / 2 - 1
        if first < at < last and math.isfinite(value):
            points[at] = value
    ordered = sorted(points.items())
    return Track(array("d", [at for at, _ in ordered]), array("d", [v for _, v in ordered]))
