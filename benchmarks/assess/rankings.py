"""Does the score rank machines as published measurements do?

``python benchmarks/assess/rankings.py DIR`` with DIR the folder of throughput.csv: for each
published table, Spearman and Kendall rank correlation between the readiness score (weighted by the
kind of work the table measured) and the machines' published speed. A machine is a number of GPUs
of one kind, with plenty of everything else. Its published speed is its effect in ``log(speed) =
machine + test``, fitted by least squares over all tests of the table, because not every machine
ran every test. Where a table measured single jobs of the score only, the points of these jobs are
compared: how a machine does what was not measured says nothing about its place. The predictor
learned from these rows among others: this measures whether the score keeps their order, not how
well unseen machines are predicted (docs/predict.md has that).
"""

from __future__ import annotations

import csv
import math
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.assess.machines import App, a_machine, judge_for, opened
from hwstudio.core.assess.outcome import JobPoints
from hwstudio.core.assess.reference_job import JobGroup
from hwstudio.core.assess.steady import SteadySpeeds
from hwstudio.core.base.units import GIB
from hwstudio.core.model.part import Gpu

Row = dict[str, str]
Machine = tuple[str, int]  # device as published, number of them
LEAST_TESTS = 2  # of a machine, to be ranked
GOAL = 0.9


@dataclass(frozen=True, slots=True)
class Table:
    """One published table and the groups of jobs it is about."""

    title: str
    wanted: Callable[[Row], bool]
    weights: dict[str, float]
    jobs: tuple[str, ...] = ()  # those of the score that were measured; empty = the whole groups


TABLES = (
    Table(
        "llama.cpp, writing text (XiongjieDai/GPU-Benchmarks-on-LLM-Inference)",
        lambda r: r["source"] == "xiongjiedai" and r["task"] == "decode",
        {"chat": 100},
        jobs=("chat_8b_4bit", "llm_chat_8b"),
    ),
    Table(
        "timm, pictures (huggingface/pytorch-image-models)",
        lambda r: r["source"] == "timm" and r["precision"] == "amp-fp16",
        {"vision": 100},
    ),
    Table(
        "Lambda, training (lambdal/deeplearning-benchmark)",
        lambda r: r["source"] == "lambda",
        {"vision": 50, "full": 50},
    ),
)


def published(rows: Sequence[Row]) -> dict[Machine, float]:
    """Return the machines' effects; those with too few tests are left out."""
    cells: dict[tuple[Machine, str], list[float]] = defaultdict(list)
    for row in rows:
        machine = row["device"], int(row["num_devices"] or 1)
        test = "|".join(row[k] for k in ("task", "model", "method", "precision", "framework"))
        cells[machine, test].append(math.log(float(row["value"])))
    tests: dict[Machine, set[str]] = defaultdict(set)
    for machine, test in cells:
        tests[machine].add(test)
    kept = {machine for machine, names in tests.items() if len(names) >= LEAST_TESTS}
    told = {key: float(np.mean(v)) for key, v in cells.items() if key[0] in kept}
    machines, names = sorted(kept), sorted({test for _, test in told})
    place = {name: n for n, name in enumerate((*machines, *names))}
    matrix = np.zeros((len(told), len(place)))
    for n, (machine, test) in enumerate(told):
        matrix[n, [place[machine], place[test]]] = 1.0  # type: ignore[index]
    found = np.linalg.lstsq(matrix, np.array(list(told.values())), rcond=None)[0]
    return {machine: float(found[place[machine]]) for machine in machines}  # type: ignore[index]


def spearman(a: Sequence[float], b: Sequence[float]) -> float:
    """Return the correlation of ranks; equal values share their mean rank."""
    return float(np.corrcoef(_ranks(a), _ranks(b))[0, 1])


def _ranks(values: Sequence[float]) -> list[float]:
    return [sum(v < x for v in values) + (sum(v == x for v in values) - 1) / 2 for x in values]


def kendall(a: Sequence[float], b: Sequence[float]) -> float:
    """Return tau-b: pairs in the same order less those in the other, ties taken out."""
    pairs = list(combinations(range(len(a)), 2))
    signs = [(np.sign(a[i] - a[j]), np.sign(b[i] - b[j])) for i, j in pairs]
    same = sum(x * y for x, y in signs)
    free = sum(x != 0 for x, _ in signs) * sum(y != 0 for _, y in signs)
    return float(same / math.sqrt(free)) if free else math.nan


def scores(app: App, table: Table, machines: Sequence[Machine]) -> dict[Machine, float]:
    """Return the score of each machine whose GPU the catalogue knows, before rounding."""
    judge = judge_for(app, SteadySpeeds(app.predictor, app.gpus), table.weights)
    rows = {gpu.id: gpu for gpu in app.gpus}
    found: dict[Machine, float] = {}
    for machine in machines:
        gpu = row_of(app, machine[0])
        if gpu is not None:
            made = a_machine([gpu] * machine[1], ram_bytes=1024 * GIB, cores=64)
            site = judge.site(made, rows)
            found[machine] = (
                _of_jobs(judge.points(site), table.jobs) if table.jobs else judge.score(site).exact
            )
    return found


def _of_jobs(judged: list[tuple[JobGroup, list[JobPoints]]], jobs: Sequence[str]) -> float:
    found = [p.counted for _, each in judged for p in each if p.job.id in jobs]
    return 100 * sum(found) / len(found)


def row_of(app: App, device: str) -> Gpu | None:
    """Return the catalogue's row of a device as publishers name it."""
    return app.catalog.match_gpu(device) or app.catalog.match_gpu(device.split(" (", maxsplit=1)[0])


def main(argv: list[str]) -> int:
    """Print one line a table; 1 when one is below the goal."""
    if len(argv) != 1:
        print("Usage: python benchmarks/assess/rankings.py DIR (with throughput.csv)")
        return 2
    with (Path(argv[0]) / "throughput.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["metric"] != "minutes-to-target"]
    app, is_good = opened(), True
    for table in TABLES:
        speeds = published([row for row in rows if table.wanted(row)])
        for title, machines in (
            (table.title, list(speeds)),
            ("  one GPU each", [m for m in speeds if m[1] == 1]),
        ):
            judged = scores(app, table, machines)
            ours, theirs = list(judged.values()), [speeds[m] for m in judged]
            left_out = sorted({name for name, _ in machines} - {name for name, _ in judged})
            rank = spearman(ours, theirs) if len(ours) > 2 else math.nan
            is_good = is_good and not rank < GOAL
            print(f"{title}: {len(ours)} machines, Spearman {rank:.3f}, Kendall "
                  f"{kendall(ours, theirs):.3f}; not in the catalogue: {left_out}")  # fmt: skip
            if "-v" in sys.argv:
                for m in sorted(judged, key=lambda m: speeds[m]):
                    print(f"    {judged[m]:6.2f} {speeds[m]:6.2f} {m}")
    return 0 if is_good else 1


if __name__ == "__main__":
    raise SystemExit(main([a for a in sys.argv[1:] if a != "-v"]))
