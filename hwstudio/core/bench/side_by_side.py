"""Up to five runs side by side: same, faster, slower, or unsure; a verdict is never forced.

The ratio of two medians is drawn again and again from the samples (bootstrap). It is "same" only
when all of its 95 % interval lies within what two clean runs of one machine differ by, "faster" or
"slower" only when the interval leaves 1 out and the difference is larger than that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hwstudio.core.base.errors import UserError
from hwstudio.core.bench.compare import LESS_IS_BETTER, SAME_WITHIN
from hwstudio.core.bench.point_verdict import point_verdict
from hwstudio.core.bench.statistics import clean_only
from hwstudio.core.model.result import Metric, Outcome, Result

SAME, FASTER, SLOWER, UNSURE = "SAME", "FASTER", "SLOWER", "UNSURE"
MOST_RUNS = 5
DRAWS = 2000
FEWEST_SAMPLES = 5
MOST_SAMPLES = 2000  # drawn from; more change an interval of the median by nothing one can see
BELIEVED = ("ok", "throttled", "capped", "unstable")


@dataclass(frozen=True, slots=True)
class Pairing:
    """One metric of one run against the first run. ``ratio`` above 1 is faster."""

    metric: str
    unit: str
    run: int  # its place among the runs, the first is 0
    ratio: float | None
    low: float | None
    high: float | None
    word: str
    why: str = ""


def side_by_side(runs: Sequence[Result]) -> tuple[Pairing, ...]:
    """Compare every run with the first, metric by metric.

    Raises:
        UserError: there are fewer than two runs or more than five, or they share no metric.
    """
    if not 2 <= len(runs) <= MOST_RUNS:
        raise UserError(
            f"{len(runs)} runs cannot be compared", f"2 to {MOST_RUNS} are wanted", "Name others"
        )
    first = runs[0]
    found = [
        _pair(first, base, run, metric, place)
        for base in first.metrics
        for place, run in enumerate(runs[1:], 1)
        if run.bench == first.bench
        for metric in run.metrics
        if metric.name == base.name and metric.unit == base.unit
    ]
    if not found:
        is_one = any(run.bench == first.bench for run in runs[1:])
        raise UserError(
            "These runs have nothing in common",
            "no point has a number in both" if is_one else "they measured different things",
            "Compare runs of one benchmark with the same settings",
        )
    return tuple(found)


def _pair(first: Result, base: Metric, run: Result, metric: Metric, place: int) -> Pairing:
    why = _why_not(first, base) or _why_not(run, metric)
    if first.method_version != run.method_version:
        why = f"method {first.method_version} against method {run.method_version}"
    if why or base.median <= 0 or metric.median <= 0:
        return Pairing(
            metric.name, metric.unit, place, None, None, None, UNSURE, why or "no positive value"
        )
    ratio = metric.median / base.median
    low, high = _interval(_samples(first, base), base, _samples(run, metric), metric)
    if metric.unit in LESS_IS_BETTER:
        ratio, low, high = 1 / ratio, 1 / high, 1 / low
    return Pairing(metric.name, metric.unit, place, ratio, low, high, _word(ratio, low, high))


def _why_not(result: Result, metric: Metric) -> str:
    if result.outcome is not Outcome.FINISHED:
        return f"the run of {result.taken_at[:10]} on {result.machine} did not finish"
    verdict = point_verdict(result, metric.name)
    if verdict not in BELIEVED:
        return f"the run of {result.taken_at[:10]} on {result.machine} was {verdict}"
    return ""


def _word(ratio: float, low: float, high: float) -> str:
    edge = 1 + SAME_WITHIN
    if low >= 1 / edge and high <= edge:
        return SAME
    if low > 1 and ratio > edge:
        return FASTER
    if high < 1 and ratio < 1 / edge:
        return SLOWER
    return UNSURE


def _samples(result: Result, metric: Metric) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the undisturbed samples of a metric, few or none where they were not kept."""
    about = result.conditions.get("series")
    evidence = about.get(metric.name) if isinstance(about, dict) else None
    marks = evidence.get("clean") if isinstance(evidence, dict) else None
    values = result.samples.get(metric.name, [])
    clean = clean_only(values, marks if isinstance(marks, list) else [])
    step = max(1, len(clean) // MOST_SAMPLES)
    return np.array([value for value in sorted(clean)[::step] if value > 0], dtype=np.float64)


def _interval(
    base_samples: np.ndarray[tuple[int], np.dtype[np.float64]],
    base: Metric,
    samples: np.ndarray[tuple[int], np.dtype[np.float64]],
    metric: Metric,
) -> tuple[float, float]:
    if min(len(base_samples), len(samples)) < FEWEST_SAMPLES:
        # Only their own intervals are known: the widest ratio they allow.
        lowest = metric.low / base.high if base.high > 0 else 0.0
        return lowest, metric.high / base.low if base.low > 0 else float("inf")
    chance = np.random.default_rng(0)
    drawn = [
        np.median(chance.choice(each, (DRAWS, len(each))), axis=1)
        for each in (base_samples, samples)
    ]
    low, high = np.quantile(drawn[1] / drawn[0], (0.025, 0.975))
    return float(low), float(high)
