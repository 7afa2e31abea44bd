"""Say how far apart published speeds are that no predictor could tell apart.

    python benchmarks/predict/floor.py DIR

Three floors for each kind of work, half of the rows (nine of ten; rows): a row against the median
of others that differ in nothing but publisher, version and build of the software; a row against
the line through the next smaller and the next larger batch of the same job; and a row of one device
against another device of the same publisher at the same job, times the factor between the two that
fits all their jobs best, as somebody would know it who had measured both.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

import numpy as np
from fit_speed import load

from hwstudio.core.predict.fitted.clues import class_of, stack_of
from hwstudio.core.predict.fitted.question import Question

FEWEST_ROWS, FEWEST_JOBS = 8, 3
Row = tuple[Question, float]
Errors = dict[str, list[float]]


def job_of(q: Question) -> tuple[object, ...]:
    """Return all that a publisher states of a job but the batch, the software and the device."""
    return (
        class_of(q), q.metric, q.model, q.task, q.method, q.precision, q.count, q.input_size,
        q.depth, q.is_checkpointed, q.parallelism, q.interconnect,
    )  # fmt: skip


def repeated(rows: Iterable[Row]) -> Errors:
    """Return each row against the median of its repetitions."""
    heaps: dict[object, list[float]] = defaultdict(list)
    for q, value in rows:
        stack = stack_of(q.framework)
        batch = (q.batch, q.global_batch, q.generated)
        heaps[job_of(q), stack, batch, q.device.name].append(value)
    found: Errors = defaultdict(list)
    for (job, *_), heap in heaps.items():  # type: ignore[misc]
        for place, value in enumerate(heap):
            others = heap[:place] + heap[place + 1 :]
            if others:
                found[job[0]].append(value - float(np.median(others)))
    return found


def between_batches(rows: Iterable[Row]) -> Errors:
    """Return each row against the line through its neighbours in the batch."""
    heaps: dict[object, dict[float, float]] = defaultdict(dict)
    for q, value in rows:
        if q.batch:
            heaps[job_of(q), q.framework, q.source, q.device.name][float(np.log(q.batch))] = value
    found: Errors = defaultdict(list)
    for (job, *_), heap in heaps.items():  # type: ignore[misc]
        places = sorted(heap)
        for low, here, high in zip(places, places[1:], places[2:], strict=False):
            line = np.interp(here, [low, high], [heap[low], heap[high]])
            found[job[0]].append(heap[here] - float(line))
    return found


def between_devices(rows: Iterable[Row]) -> Errors:
    """Return each job on one device against the same on another, less their usual difference."""
    heaps: dict[object, dict[str, float]] = defaultdict(dict)
    for q, value in rows:
        batch = (q.batch and round(float(np.log2(q.batch))), q.generated if q.depth else None)
        heaps[job_of(q), q.framework, q.source, batch][q.device.name] = value
    pairs: dict[object, list[float]] = defaultdict(list)
    for (job, _, source, _), heap in heaps.items():  # type: ignore[misc]
        for one, other in combinations(sorted(heap), 2):
            pairs[job[0], source, one, other].append(heap[other] - heap[one])
    found: Errors = defaultdict(list)
    for (kind, *_), gaps in pairs.items():  # type: ignore[misc]
        if len(gaps) >= FEWEST_JOBS:
            found[kind] += (np.array(gaps) - np.median(gaps)).tolist()
    return found


def cell(off: list[float]) -> str:
    """Return half, nine of ten, rows."""
    if len(off) < FEWEST_ROWS:
        return "–"
    error = abs(np.expm1(np.array(off)))
    return f"{np.median(error):.0%} ({np.percentile(error, 90):.0%}; {len(off):,})"


def main() -> int:
    """Print the floors of speeds as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    rows = load(parser.parse_args().folder)
    for words, is_asked in (("one", lambda n: n == 1), ("several", lambda n: n > 1)):
        some = [(q, v) for q, v in rows if is_asked(q.count) and ":" not in class_of(q)]
        floors = [each(some) for each in (repeated, between_batches, between_devices)]
        print(f"\n| Kind of work, {words} device(s) | repeated | between batches | two devices |")
        print("|---|---:|---:|---:|")
        for kind in sorted({class_of(q) for q, _ in some}):
            print(f"| {kind} | " + " | ".join(cell(each.get(kind, [])) for each in floors) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
