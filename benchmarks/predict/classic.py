"""Trains classic methods with scikit-learn for real: seconds, memory, and how far off we are.

    python benchmarks/predict/classic.py [--interpreter PY] [--sizes rates|held|all] [--threads N]
        [--out FILE.jsonl]

Each case is a process of its own (``--interpreter`` needs scikit-learn and hwstudio on its path).
The peak is the kernel's own high-water mark, set back before the training (Linux only).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from hwstudio.core.model.classic_job import ClassicJob, Method

SEED = 20261129
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
# Not looked at before the formulas were final.
HELD = _cases({
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


def main() -> None:
    """Train, print a line a case, and keep them."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--interpreter", default=sys.executable)
    given.add_argument("--sizes", choices=("rates", "held", "all"), default="all")
    given.add_argument("--threads", type=int, default=1)
    given.add_argument("--out", type=Path)
    args = given.parse_args()
    cases = {"rates": RATES, "held": HELD, "all": RATES + HELD}[args.sizes]
    from hwstudio.core.predict.classic.work import operations

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
