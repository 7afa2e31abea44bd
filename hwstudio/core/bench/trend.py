"""One test of one machine over time: its medians, what was changed in between, and what follows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from hwstudio.core.base.units import percent
from hwstudio.core.bench.compare import LESS_IS_BETTER, NEUTRAL, SAME_WITHIN, SIZES, sized
from hwstudio.core.bench.point_verdict import point_verdict
from hwstudio.core.bench.side_by_side import BELIEVED
from hwstudio.core.bench.statistics import median
from hwstudio.core.model.result import Metric, Outcome, Result

FEWEST_BEFORE = 3  # runs to hold the newest against; of fewer nobody knows how much they differ
STEADY, FASTER, SLOWER, UNSURE, SHORT = "steady", "faster", "slower", "unsure", "too short"
# Where a fact stands in a result's conditions, and its name for people. A change of one of these
# explains a change of speed, so it is marked.
_FACTS = (
    (("cpu",), "Processor"),
    (("device", "device_name"), "Device"),
    (("device", "threads"), "Threads"),
    (("memory_bytes",), "Memory"),
    (("gpu_driver",), "GPU driver"),
    (("device", "cuda"), "CUDA"),
    (("device", "torch"), "torch"),
    (("device", "library"), "Library"),
    (("python",), "Python"),
    (("os",), "System"),
    (("cpu_governor",), "Power mode"),
    (("on_battery",), "On battery"),
)


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One run of the test. ``changes``: what differs from the run before, in words."""

    result_id: str
    taken_at: str  # ISO UTC
    median: float
    low: float
    high: float
    n: int
    verdict: str
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trend:
    """One metric over time, oldest first.

    ``word``: steady, faster, slower or unsure, of the newest run against those before it since the
    last change; "too short" while there are under three. ``ratio`` above 1 is faster.
    """

    machine: str
    bench: str
    metric: str
    unit: str
    device: str
    points: tuple[TrendPoint, ...]
    word: str
    ratio: float | None
    sentence: str


def trends(results: Sequence[Result]) -> tuple[Trend, ...]:
    """Return the trend of every test that was run the same way at least twice, longest first.

    Runs of another method, other settings or another kind of device make a trend of their own; a
    new driver, library or processor stays in the same one, and is marked.
    """
    rows: dict[tuple[str, ...], list[tuple[Result, Metric]]] = {}
    for result in sorted(results, key=_taken_at):
        if result.outcome is Outcome.FINISHED:
            for metric in result.metrics:
                if point_verdict(result, metric.name) in BELIEVED:
                    key = (*_key(result), metric.name, metric.unit)
                    rows.setdefault(key, []).append((result, metric))
    found = [_trend(row) for row in rows.values() if len(row) > 1]
    return tuple(sorted(found, key=_length, reverse=True))


def _taken_at(result: Result) -> str:
    return result.taken_at


def _length(trend: Trend) -> int:
    return len(trend.points)


def _key(result: Result) -> tuple[str, ...]:
    kept = {
        name: value
        for name, value in result.params.items()
        if name not in NEUTRAL and name not in ("device", "threads")
    }
    kind = str(_fact(result, ("device", "device")) or "").partition(":")[0]
    params = json.dumps(kept, sort_keys=True, default=str)
    return (result.machine, result.bench, str(result.method_version), kind, params)


def _trend(row: Sequence[tuple[Result, Metric]]) -> Trend:
    points = []
    before: Result | None = None
    for result, metric in row:
        points.append(
            TrendPoint(
                result.id,
                result.taken_at,
                metric.median,
                metric.low,
                metric.high,
                metric.n,
                point_verdict(result, metric.name),
                changes(before, result) if before is not None else (),
            )
        )
        before = result
    newest, metric = row[-1]
    word, ratio, sentence = _judged(points, metric)
    return Trend(
        newest.machine, newest.bench, metric.name, metric.unit, newest.device, tuple(points),
        word, ratio, sentence,
    )  # fmt: skip


def changes(before: Result, after: Result) -> tuple[str, ...]:
    """Return what is different on the machine: "torch 2.12.0 → 2.13.0"; unknown is no change."""
    found = []
    for path, name in _FACTS:
        old, new = _fact(before, path), _fact(after, path)
        if old not in (None, "") and new not in (None, "") and old != new:
            found.append(f"{name} {_shown(path, old)} → {_shown(path, new)}")
    return tuple(found)


def _shown(path: tuple[str, ...], value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if path == ("memory_bytes",) and isinstance(value, (int, float)):
        return f"{value / 2**30:.1f} GiB"
    return str(value)


def _fact(result: Result, path: tuple[str, ...]) -> object:
    found: object = result.conditions
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _judged(points: Sequence[TrendPoint], metric: Metric) -> tuple[str, float | None, str]:
    """Return the word, the ratio and the sentence of the newest run against those before it."""
    newest = points[-1]
    if newest.changes:
        what = ", ".join(newest.changes)
        ratio = _speed_ratio(newest.median, points[-2].median, metric.unit)
        times = _times(ratio, metric.unit)
        return UNSURE, ratio, f"Since the run before, this changed: {what}. {times}"
    start = max((n for n, each in enumerate(points) if each.changes), default=0)
    earlier = points[start:-1]
    if len(earlier) < FEWEST_BEFORE:
        wanted = FEWEST_BEFORE - len(earlier)
        more = "one more run" if wanted == 1 else f"{wanted} more runs"
        return SHORT, None, f"Too few runs to speak of a trend; {more} would do."
    ratio = _speed_ratio(newest.median, median([each.median for each in earlier]), metric.unit)
    count = f"the median of the {len(earlier)} runs before it"
    if ratio is None:
        return UNSURE, None, "No trend can be told from these values."
    if abs(ratio - 1) <= SAME_WITHIN:
        alike = "as large" if metric.unit in SIZES else "as fast"
        return STEADY, ratio, f"The newest run is {alike} as {count}."
    is_apart = all(newest.low > each.high or newest.high < each.low for each in earlier)
    if not is_apart:
        return UNSURE, ratio, f"The newest run differs from {count}, but not from each of them."
    word = FASTER if ratio > 1 else SLOWER
    said = _by(word, ratio, metric.unit)
    return word, ratio, f"The newest run is {said} than {count}; no change is known."


def _speed_ratio(new: float, old: float, unit: str) -> float | None:
    if new <= 0 or old <= 0:
        return None
    return old / new if unit in LESS_IS_BETTER else new / old


def _times(ratio: float | None, unit: str) -> str:
    if ratio is None:
        return ""
    if abs(ratio - 1) <= SAME_WITHIN:
        return f"The {'size' if unit in SIZES else 'speed'} is the same."
    return f"It is {_by(FASTER if ratio > 1 else SLOWER, ratio, unit)} than then."


def _by(word: str, ratio: float, unit: str) -> str:
    """Return "3.1 % slower"; a size is told by itself, not by the speed it stands for."""
    times = 1 / ratio if unit in SIZES and unit in LESS_IS_BETTER else ratio
    return f"{percent(abs(times - 1), 1)} {sized(word, unit)}"
