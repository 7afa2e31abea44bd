"""The forecast of a data-parallel run from single machines at work and a link by itself."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from hwstudio.core.bench.scaling.link import Link
from hwstudio.core.bench.scaling.timeline import Step, simulate
from hwstudio.core.bench.statistics import median, quantile

DRAWS = 200
SEED = 7
TAIL = 0.05  # on either side of a 90 % interval
MODEL_ERROR = 0.04  # of the step's time; what the timeline leaves out (see docs/bench_suites.md)


@dataclass(frozen=True, slots=True)
class Work:
    """Seconds of single steps of each rank, none of them talking.

    ``alone``: one rank at a time; ``crowd``: all at once; ``step``: all at once with the gradients
    put into buckets, the median of each mark; ``step_s``: the seconds of those same steps.
    """

    alone_s: tuple[tuple[float, ...], ...]
    crowd_s: tuple[tuple[float, ...], ...]
    step: Step
    step_s: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """Shares between 0 and about 1, and the 90 % interval of the efficiency."""

    nproc: int
    efficiency: float
    low: float
    high: float
    compute_share: float
    communication_share: float
    step_s: float  # of the run together
    waited_s: float  # of it, backward over and gradients still under way


def forecast(work: Work, link: Link) -> Forecast:
    """Return what N ranks reach over a link; efficiency = compute share x communication share."""
    middle = _once(work, link)
    efficiencies = sorted(each.efficiency for each in _draws(work, link))
    low, high = quantile(efficiencies, TAIL), quantile(efficiencies, 1 - TAIL)
    return Forecast(
        link.nproc,
        middle.efficiency,
        min(low, middle.efficiency),
        max(high, middle.efficiency),
        middle.compute_share,
        middle.communication_share,
        middle.step_s,
        middle.waited_s,
    )


@dataclass(frozen=True, slots=True)
class _Once:
    """One forecast of one step."""

    efficiency: float
    compute_share: float
    communication_share: float
    step_s: float
    waited_s: float


def _once(work: Work, link: Link, stretch: float = 1.0) -> _Once:
    alone_rate = sum(1 / mean(each) for each in work.alone_s)
    crowd_rate = sum(1 / mean(each) for each in work.crowd_s)
    if not work.step.ready_s:
        together_s, waited_s = len(work.crowd_s) / crowd_rate, 0.0
    else:
        slowest_s = mean_of_slowest(work.step_s)
        line = simulate(work.step.times(slowest_s / work.step.step_s), link)
        together_s, waited_s = line.step_s * stretch, line.waited_s * stretch
    compute = crowd_rate / alone_rate
    communication = len(work.crowd_s) / together_s / crowd_rate
    return _Once(compute * communication, compute, communication, together_s, waited_s)


def _draws(work: Work, link: Link) -> list[_Once]:
    """Return forecasts from samples drawn anew, each with an error of the model's size."""
    source = random.Random(SEED)  # noqa: S311  (a forecast must be the same every time)

    def again(rows: tuple[tuple[float, ...], ...]) -> tuple[tuple[float, ...], ...]:
        return tuple(tuple(source.choices(row, k=len(row))) for row in rows)

    return [
        _once(
            Work(again(work.alone_s), again(work.crowd_s), work.step, again(work.step_s)),
            link,
            math.exp(source.gauss(0, MODEL_ERROR)),
        )
        for _ in range(DRAWS)
    ]


def mean(values: Sequence[float]) -> float:
    """Return the mean of at least one value."""
    return math.fsum(values) / len(values)


def mean_of_slowest(rows: Sequence[Sequence[float]]) -> float:
    """Return the mean of the slowest of one draw from each row: who shares a step waits for it."""
    if len(rows) == 1:
        return mean(rows[0])
    ordered = sorted({value for row in rows for value in row})
    counts = [sorted(row) for row in rows]
    total = before = 0.0
    places = [0] * len(rows)
    for value in ordered:
        share = 1.0
        for number, row in enumerate(counts):
            while places[number] < len(row) and row[places[number]] <= value:
                places[number] += 1
            share *= places[number] / len(row)
        total += value * (share - before)
        before = share
    return total


def middle_step(steps: Sequence[tuple[float, tuple[float, ...], tuple[float, ...]]]) -> Step:
    """Return the median of each mark over steps of (seconds, ready marks, bucket bytes)."""
    buckets = steps[-1][2]
    same = [each for each in steps if each[2] == buckets]
    marks = list(zip(*(each[1] for each in same), strict=True))
    ready = [median(each) for each in marks]
    step_s = median([each[0] for each in same])
    return Step(max(step_s, *ready), tuple(sorted(ready)), buckets)
