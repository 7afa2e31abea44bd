"""Reads what a performance report needs out of an open history of readings."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hwstudio.core.base.log import logger
from hwstudio.core.history.readings.query import ReadingHistory
from hwstudio.core.model.sample import Device
from hwstudio.core.monitor.alerts.event import EVENT_KIND, AlertEvent, of_document
from hwstudio.core.monitor.export.history_rows import TraceLike, bucket_width
from hwstudio.core.monitor.export.shape import Span
from hwstudio.core.report.doubted import doubted
from hwstudio.core.report.maintenance import notices_of
from hwstudio.core.report.period import DAY_S, HOUR_S, Course, Notice, Period, RunNote

# Up to so long a period is read in buckets of so many seconds.
_WIDTHS = ((8 * DAY_S, 60), (40 * DAY_S, 300), (math.inf, 3600))
_BITS_BY_MINUTE_S = 100 * DAY_S
_WANTED = (
    "cpu.busy_share",
    "cpu.max_core_share",
    "cpu.wait_share",
    "memory.used_bytes",
    "memory.swap_used_bytes",
    "disks.busy_share",
    "disks.read_bytes_per_s",
    "disks.write_bytes_per_s",
    "network_all.receive_bytes_per_s",
    "network_all.send_bytes_per_s",
    "temperature_all.hottest_c",
)
_OF_A_GPU = frozenset(
    {"busy_share", "vram_used_bytes", "vram_total_bytes", "temperature_c", "power_w",
     "power_limit_w"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPeriod:
    """What to report on and what only others know. Times are Unix seconds."""

    host: str
    from_s: float
    to_s: float
    made_at: str
    utc_offset_s: float = 0.0
    runs: tuple[RunNote, ...] = ()
    notices: tuple[Notice, ...] = ()


def gather(history: ReadingHistory, wanted: ReportPeriod) -> Period:
    """Return the period with everything that was recorded in it.

    Raises:
        HostError: the history cannot be read.
    """
    from_s, to_s = wanted.from_s, wanted.to_s
    width_s = next(width for most_s, width in _WIDTHS if to_s - from_s <= most_s)
    every = history.series()
    names = [name for name in every if name in _WANTED or _is_of_a_gpu(name)]
    gaps = _gaps(history, wanted)
    traces = history.trace(names, from_s, to_s, width_s=width_s)
    courses = {n: course_of(t, width_s, (from_s, to_s), gaps) for n, t in traces.items()}
    counters = [n for n in every if n.startswith("gpu.") and n.endswith(".energy_j")]
    grown = {name: history.increase(name, from_s, to_s) for name in counters}
    counted = history.trace(counters, from_s, to_s, width_s=width_s)
    return Period(
        host=wanted.host,
        from_s=from_s,
        to_s=to_s,
        made_at=wanted.made_at,
        devices=_devices(history, wanted),
        courses=courses,
        bucket_s=float(width_s),
        increases={name: value for name, value in grown.items() if value is not None},
        doubted=doubted({**traces, **counted}, (from_s, to_s)),
        slowed_s=_slowed(history, every, wanted, gaps),
        gaps=gaps,
        alerts=_alerts(history, wanted),
        runs=wanted.runs,
        notices=(*wanted.notices, *notices_of(history, to_s)),
        utc_offset_s=wanted.utc_offset_s,
    )


def _is_of_a_gpu(name: str) -> bool:
    return name.startswith("gpu.") and name.rpartition(".")[2] in _OF_A_GPU


def _gaps(history: ReadingHistory, wanted: ReportPeriod) -> tuple[Span, ...]:
    """Return the gaps within the period; where two overlap, the later one begins later."""
    found: list[Span] = []
    reached_s = wanted.from_s
    for gap in history.gaps(wanted.from_s, wanted.to_s):
        begin_s, end_s = max(gap.from_s, reached_s), min(gap.to_s, wanted.to_s)
        if end_s > begin_s:
            found.append(Span(begin_s, end_s, gap.why))
            reached_s = end_s
    return tuple(found)


def course_of(
    trace: TraceLike, width_s: int, span: tuple[float, float], gaps: Sequence[Span]
) -> Course:
    """Return a trace as buckets with the seconds really recorded in each, within the span.

    Gaps come in order and do not overlap.
    """
    waiting = [*gaps, Span(math.inf, math.inf)]
    first = 0
    columns: tuple[list[float], ...] = ([], [], [], [], [])
    rows = zip(trace.times_s, trace.mean, trace.low, trace.high, strict=True)
    half = width_s / 2
    for middle_s, mean, low, high in rows:
        if mean != mean:  # a break
            continue
        begin, seconds = middle_s - half, float(width_s)
        if begin % width_s:  # all that is left of its time
            seconds = float(bucket_width(middle_s, width_s))
            begin = middle_s - seconds / 2
        end = begin + seconds
        while waiting[first].to_s <= begin:
            first += 1
        if begin < span[0] or end > span[1] or waiting[first].from_s < end:
            begin_in, end_in = max(begin, span[0]), min(end, span[1])
            seconds = end_in - begin_in - _missing_s(begin_in, end_in, waiting, first)
        if seconds > 0:
            for column, value in zip(columns, (begin, seconds, mean, low, high), strict=True):
                column.append(value)
    return Course(*columns)


def _missing_s(begin_s: float, end_s: float, gaps: Sequence[Span], first: int) -> float:
    total_s = 0.0
    while gaps[first].from_s < end_s:
        total_s += max(0.0, min(end_s, gaps[first].to_s) - max(begin_s, gaps[first].from_s))
        first += 1
    return total_s


def _devices(history: ReadingHistory, wanted: ReportPeriod) -> tuple[Device, ...]:
    """Return the devices by id: the one that was there in the period, else what is known of it."""
    found: dict[str, Device] = {}
    every = history.devices()  # the one seen last first
    there = [k for k in every if k.first_s < wanted.to_s and k.last_s >= wanted.from_s - HOUR_S]
    for known in (*there, *every):
        found.setdefault(known.device.id, known.device)
    return tuple(sorted(found.values(), key=lambda device: device.id))


def _slowed(
    history: ReadingHistory, every: Sequence[str], wanted: ReportPeriod, gaps: Sequence[Span]
) -> Mapping[str, Mapping[int, float]]:
    """Return how long each set of slow-down bits held, in the time for which that is still known.

    A minute in which the bits did not change says all; only the others are read by the second.
    """
    names = [n for n in every if n.startswith("gpu.") and n.endswith(".throttle_bits")]
    span = wanted.from_s, wanted.to_s
    width_s = 60 if wanted.to_s - wanted.from_s <= _BITS_BY_MINUTE_S else 3600
    found: dict[str, Mapping[int, float]] = {}
    for name, trace in history.trace(names, *span, width_s=width_s).items():
        held: defaultdict[int, float] = defaultdict(float)
        mixed: list[tuple[float, float]] = []
        course = course_of(trace, width_s, span, gaps)
        for start, seconds, low, high in zip(
            course.starts, course.seconds, course.lows, course.highs, strict=True
        ):
            if low == high:
                held[int(low)] += seconds
            else:
                mixed.append((start, start + width_s))
        for begin_s, end_s in _joined(mixed):
            raw = history.raw(name, max(begin_s, span[0]), min(end_s, span[1]))
            step_s = _pace_s(raw.times_s) or 1.0
            inside = _inside(raw.times_s, raw.values, mixed)
            for bits, count in Counter(map(int, inside)).items():
                held[bits] += count * step_s
        if held:
            found[name.rpartition(".")[0]] = dict(held)
    return found


def _joined(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return stretches of at most a day that hold all spans: few reads, little memory."""
    found: list[tuple[float, float]] = []
    for begin, end in spans:
        if found and begin - found[-1][1] <= HOUR_S and end - found[-1][0] <= DAY_S:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return found


def _inside(
    times_s: Sequence[float], values: Sequence[float], spans: Sequence[tuple[float, float]]
) -> Iterator[float]:
    """Yield the values whose time lies in one of the ascending spans."""
    begins = [begin for begin, _ in spans]
    at = bisect_right(begins, times_s[0]) - 1 if times_s else 0
    for time_s, value in zip(times_s, values, strict=True):
        while at + 1 < len(spans) and spans[at + 1][0] <= time_s:
            at += 1
        if at >= 0 and time_s < spans[at][1]:
            yield value


def _pace_s(times_s: Sequence[float]) -> float:
    """Return how far apart samples usually are."""
    steps = sorted(b - a for a, b in pairwise(times_s[:1000]))
    return steps[len(steps) // 2] if steps else 0.0


def _alerts(history: ReadingHistory, wanted: ReportPeriod) -> tuple[AlertEvent, ...]:
    found = []
    for event in history.events(EVENT_KIND, wanted.from_s, wanted.to_s):
        try:
            found.append(of_document(event.document))
        except (KeyError, TypeError, ValueError):
            logger("report").warning("a stored alert cannot be read; it is left out")
    return tuple(found)
