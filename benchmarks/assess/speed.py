"""How long judging takes: ``python benchmarks/assess/speed.py``; the first time, and again."""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.assess.machines import a_machine, opened
from hwstudio.core.assess.change import Parts
from hwstudio.core.assess.readiness import Terms, assess


def main() -> None:
    """Print wall and processor time of a machine without, with one and with two GPUs."""
    app = opened()
    catalog = app.catalog
    parts = Parts(catalog.cards(), catalog.rams(), catalog.storages())
    card = next(gpu for gpu in app.gpus if gpu.name == "GeForce RTX 4090")
    for title, gpus in (("no GPU", []), ("one GPU", [card]), ("two GPUs", [card] * 2)):
        for when in ("first", "again"):
            wall_s, busy_s = time.perf_counter(), time.process_time()
            found = assess(
                a_machine(gpus), catalog.workload("llm_qlora_8b"), gpus=app.gpus,
                workloads=catalog.workloads(), parts=parts,
                terms=Terms(app.jobs, None, catalog.match_cpu, app.predictor),
            )  # fmt: skip
            wall_s, busy_s = time.perf_counter() - wall_s, time.process_time() - busy_s
            score = found.score
            print(f"{title}, {when}: {wall_s:.2f} s, {busy_s:.2f} s of processor time; "
                  f"{score.total} ({score.low} to {score.high})")  # fmt: skip


if __name__ == "__main__":
    main()
