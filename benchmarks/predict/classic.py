"""Trains classic methods with scikit-learn for real: seconds, memory, and how far off we are.

    python benchmarks/predict/classic.py [--interpreter PY] [--sizes rates|more|held] [--threads N]
        [--out FILE.jsonl]
    python benchmarks/predict/classic.py --check FILE.jsonl --rates RESULT.json

The second holds what was kept against the estimates, without and with the rates of a result of
``hwstudio bench run classic_ml --json``.

Each case is a process of its own (``--interpreter`` needs scikit-learn and hwstudio on its path).
The peak is the kernel's own high-water mark, set back before the training (Linux only).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from hwstudio.core.model.classic_job import ClassicJob, Method
from hwstudio.core.predict.classic.answer import answer
from hwstudio.core.predict.classic.memory import working_set
from hwstudio.core.predict.classic.rates import Ground, Seen, seen_of
from hwstudio.core.predict.classic.work import operations
from hwstudio.core.project.classic_ground import rates_of

SEED = 20261129
LEAST_GROWTH_BYTES = 10 * 2**20  # less is rounding by the allocator
M = Method


def _cases(shapes: dict[Method, list[dict[str, Any]]]) -> list[tuple[Method, dict[str, Any]]]:
    return [(method, about) for method, found in shapes.items() for about in found]


def _of(rows: int, columns: int, **more: Any) -> dict[str, Any]:
    return {"rows": rows, "columns": columns, **more}


# Looked at while the formulas and ranges were written.
RATES = _cases({
    M.LINEAR: [_of(20_000, 50), _of(100_000, 100), _of(200_000, 30), _of(20_000, 400),
               _of(100_000, 100, precision="fp32")],
    M.LOGISTIC: [_of(20_000, 50), _of(200_000, 30), _of(100_000, 100),
                 _of(100_000, 100, precision="fp32"), _of(20_000, 400)],
    M.KMEANS: [_of(50_000, 20, clusters=8), _of(200_000, 30, clusters=16, iterations=50),
               _of(50_000, 100, clusters=32, iterations=50),
               _of(100_000, 30, clusters=8, precision="fp32")],
    M.FOREST: [_of(10_000, 20, trees=50), _of(50_000, 20, trees=20), _of(20_000, 100, trees=20),
               _of(50_000, 30, trees=20, depth=10), _of(20_000, 20, trees=20, flipped=0.2)],
    M.BOOSTING: [_of(20_000, 20), _of(100_000, 20), _of(100_000, 100, trees=50),
                 _of(50_000, 30, leaves=127, trees=50), _of(200_000, 20, trees=50, leaves=15)],
    M.SVM: [_of(2_000, 20), _of(5_000, 20), _of(10_000, 20), _of(5_000, 100),
            _of(5_000, 20, flipped=0.2)],
    M.NEIGHBOURS: [_of(20_000, 30, asked=2_000), _of(100_000, 50, asked=2_000),
                   _of(50_000, 200, asked=2_000), _of(50_000, 8, asked=5_000),
                   _of(50_000, 4, asked=20_000), _of(100_000, 14, asked=2_000)],
    M.PCA: [_of(50_000, 50), _of(20_000, 300), _of(200_000, 30), _of(3_000, 600),
            _of(50_000, 100, precision="fp32")],
})  # fmt: skip
# Looked at too: two weights (fp32, bins) were changed after these.
MORE = _cases({
    M.LINEAR: [_of(60_000, 70), _of(400_000, 40), _of(30_000, 250), _of(150_000, 60,
               precision="fp32")],
    M.LOGISTIC: [_of(60_000, 70), _of(400_000, 40), _of(30_000, 250, precision="fp32")],
    M.KMEANS: [_of(80_000, 40, clusters=12), _of(300_000, 15, clusters=20, iterations=40)],
    M.FOREST: [_of(30_000, 30, trees=30), _of(100_000, 15, trees=10, flipped=0.1),
               _of(40_000, 60, trees=30, depth=12), _of(15_000, 200, trees=30)],
    M.BOOSTING: [_of(60_000, 40), _of(300_000, 15, trees=60), _of(40_000, 150, trees=40,
                 leaves=63), _of(150_000, 30, precision="fp32", trees=60)],
    M.SVM: [_of(3_500, 40), _of(8_000, 15, flipped=0.1), _of(14_000, 30)],
    M.NEIGHBOURS: [_of(60_000, 40, asked=3_000), _of(150_000, 100, asked=1_500),
                   _of(80_000, 6, asked=10_000)],
    M.PCA: [_of(80_000, 80), _of(300_000, 40), _of(15_000, 450), _of(100_000, 120,
            precision="fp32")],
})  # fmt: skip

# Not looked at before the formulas were final.
HELD = _cases({
    M.LINEAR: [_of(80_000, 90), _of(250_000, 25), _of(40_000, 180), _of(90_000, 120,
               precision="fp32")],
    M.LOGISTIC: [_of(90_000, 90), _of(250_000, 25), _of(40_000, 180, precision="fp32")],
    M.KMEANS: [_of(120_000, 25, clusters=10, iterations=60), _of(60_000, 60, clusters=24),
               _of(90_000, 50, clusters=12, iterations=40, precision="fp32")],
    M.FOREST: [_of(25_000, 40, trees=30), _of(80_000, 12, trees=12, flipped=0.15),
               _of(60_000, 50, trees=15, depth=8), _of(12_000, 120, trees=40)],
    M.BOOSTING: [_of(90_000, 60, trees=80), _of(250_000, 12, trees=80), _of(30_000, 200,
                 trees=40, leaves=15), _of(120_000, 25, precision="fp32", leaves=63)],
    M.SVM: [_of(3_000, 60), _of(7_000, 25, flipped=0.15), _of(12_000, 12)],
    M.NEIGHBOURS: [_of(80_000, 60, asked=2_000), _of(40_000, 150, asked=3_000),
                   _of(60_000, 5, asked=20_000)],
    M.PCA: [_of(100_000, 60), _of(250_000, 25), _of(12_000, 250), _of(80_000, 90,
            precision="fp32"), _of(4_000, 800)],
})  # fmt: skip

CHILD = """
import json, sys, time, gc
from threadpoolctl import threadpool_limits
from hwstudio.worker.kernels.classic_tasks import task
asked = json.load(sys.stdin)
threadpool_limits(asked["threads"])
def kib(name):
    text = open("/proc/self/status").read()
    return int(text.split(name + ":")[1].split()[0])
def make(about):
    return task(asked["method"], about, asked["threads"], asked["seed"], about.get("flipped", 0.05))
small = dict(asked["about"], rows=500, columns=min(20, asked["about"]["columns"]), asked=100,
             trees=2, iterations=3, clusters=min(8, asked["about"].get("clusters", 8)))
make(small).train()
gc.collect()
bare = kib("VmRSS")
made = make(asked["about"])
gc.collect()
before = kib("VmRSS")
open("/proc/self/clear_refs", "w").write("5")
begin = time.perf_counter(); found = made.train(); first = time.perf_counter() - begin
peak = kib("VmHWM")
spans = [first]
while sum(spans) < asked["cap_s"] and len(spans) < 5:
    begin = time.perf_counter(); found = made.train(); spans.append(time.perf_counter() - begin)
passes = getattr(found, "n_iter_", None)
passes = int(max(passes)) if hasattr(passes, "__len__") else passes
trees = getattr(found, "estimators_", None)
nodes = sum(t.tree_.node_count for t in trees) if asked["method"] == "random_forest" else None
print(json.dumps(dict(seconds=sorted(spans)[len(spans)//2], first=first, bare=bare*1024,
    before=before*1024, peak=peak*1024, passes=passes, score=made.check(found), nodes=nodes,
    support=int(found.n_support_.sum()) if hasattr(found, "n_support_") else None)))
"""


def seen(python: str, method: Method, about: dict[str, Any], threads: int) -> dict[str, Any]:
    """Train one case in a process of its own."""
    asked = {"method": method.value, "about": about, "threads": threads, "seed": SEED, "cap_s": 3.0}
    around = {**os.environ, "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}
    done = subprocess.run(
        [python, "-c", CHILD], input=json.dumps(asked), capture_output=True, text=True, env=around,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr)
    return {"method": method.value, **about, "threads": threads, **json.loads(done.stdout)}


def job_of(row: dict[str, Any]) -> ClassicJob:
    """Return the job of a row, with the passes that really ran."""
    known = {name: row[name] for name in ClassicJob.__slots__ if name in row and name != "method"}
    job = ClassicJob(method=Method(row["method"]), **known)
    if job.method in (M.LOGISTIC, M.KMEANS) and row["passes"]:
        job = replace(job, iterations=row["passes"])
    return job


def check(file: Path, rates: Path) -> None:
    """Print the error of time and memory, method by method."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    told = json.loads(rates.read_text("utf-8"))
    bare = Ground(name="this computer", cores=64, memory_bytes=None)
    own = replace(bare, seen=seen_in(told["metrics"], told["conditions"]["series"]))
    total: dict[str, list[float]] = {}
    for method in Method:
        found: dict[str, list[float]] = {}
        for row in (each for each in rows if each["method"] == method):
            for name, value in _errors(row, bare, own).items():
                found.setdefault(name, []).append(value)
                total.setdefault(name, []).append(value)
        print(f"{method.value:20} {_line(found)}")
    print(f"{'all':20} {_line(total)}")


def seen_in(metrics: list[dict[str, Any]], series: dict[str, Any]) -> dict[Method, Seen]:
    """Return the rates of a result as ``bench run --json`` prints it."""
    kept = [(m["name"], m["median"]) for m in metrics]
    return {m: s for m, r in rates_of(kept, series).items() if (s := seen_of(r)) is not None}


def _errors(row: dict[str, Any], bare: Ground, own: Ground) -> dict[str, float]:
    job = replace(job_of(row), processes=row["threads"])
    without, measured = answer(job, bare), answer(job, own)
    grown = row["peak"] - row["before"]
    kept = sum(i.usual for i in working_set(job, row["threads"]))
    # The table as it is in memory; the peak of the process is Python, the table and the growth.
    peak, seconds = row["bare"] + job.data_bytes + grown, row["seconds"]
    need = measured.memory
    growth = {"growth": abs(kept / grown - 1)} if grown > LEAST_GROWTH_BYTES else {}
    return {
        "time": abs(measured.time.median / seconds - 1),
        "time in range": float(measured.time.low <= seconds <= measured.time.high),
        "reckoned in range": float(without.time.low <= seconds <= without.time.high),
        "peak": abs(need.median / peak - 1),
        "peak in range": float(need.low <= peak <= need.high),
        **growth,
    }


def _line(found: dict[str, list[float]]) -> str:
    def one(name: str, values: list[float]) -> str:
        if name.endswith("in range"):
            return f"{name} {sum(values):.0f} of {len(values)}"
        ordered = sorted(values)
        return f"{name} {statistics.median(values):.1%} (worst {ordered[-1]:.1%})"

    return ", ".join(one(name, values) for name, values in found.items())


def main() -> None:
    """Train, print a line a case, and keep them."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--interpreter", default=sys.executable)
    given.add_argument("--sizes", choices=("rates", "more", "held"), default="held")
    given.add_argument("--threads", type=int, default=1)
    given.add_argument("--out", type=Path)
    given.add_argument("--check", type=Path)
    given.add_argument("--rates", type=Path)
    args = given.parse_args()
    if args.check:
        check(args.check, args.rates)
        return
    cases = {"rates": RATES, "more": MORE, "held": HELD}[args.sizes]
    for method, about in cases:
        row = seen(args.interpreter, method, about, args.threads)
        row["at"] = time.strftime("%Y-%m-%d")
        rate = operations(job_of(row)) / row["seconds"]
        growth = (row["peak"] - row["before"]) / 2**20
        print(f"{method.value:20} {about} {row['seconds']:.3f} s {rate / 1e9:.3f} Gop/s "
              f"+{growth:.0f} MiB passes {row['passes']} score {row['score']:.2f} "
              f"nodes {row['nodes']} sv {row['support']}", flush=True)  # fmt: skip
        if args.out:
            with args.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
