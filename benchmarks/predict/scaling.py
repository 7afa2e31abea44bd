"""How far off the speed of several devices is when a smaller number of them was measured.

    python benchmarks/predict/scaling.py DIR --keep HYPER_DIR

Model and device are left out of the fit together (case "seen": the pair), then the measured speed
of the smallest number moves the answer for a larger one by the same factor, or by half of it (log)
where the larger number shares every step (``carried``). Compared with that: as many times the
measured speed (what people reckon in their heads). Same model, device, software, precision, batch
of each device and length; 2 to 8 devices. Goal 5 %.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch
from fit_speed import load
from process import Group, group_of, trial, whole_covariance

from hwstudio.core.predict.fitted.clues import baseline
from hwstudio.core.predict.fitted.question import Question
from hwstudio.core.predict.fitted.shares import carried
from hwstudio.core.predict.fitted.work import is_step_shared, work_of

SPEEDS = ("vision", "text", "pictures", "other")
MOST = 8
CASES = ("seen", "device", "model")


def key_of(q: Question) -> tuple[object, ...]:
    """Return what has to be the same."""
    batch = q.batch or (q.global_batch / q.count if q.global_batch else None)
    return (q.model, q.device.name, q.framework, q.source, q.precision, q.task, q.method, q.metric,
            batch, q.input_size, q.generated, q.is_checkpointed)  # fmt: skip


def pairs_of(group: Group) -> list[tuple[int, int]]:
    """Return (smallest number, larger number) as rows of a group."""
    same: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for n, question in enumerate(group.questions):
        if question.count <= MOST:
            same[key_of(question)].append(n)
    found = []
    for rows in same.values():
        rows.sort(key=lambda n: group.questions[n].count)
        least = group.questions[rows[0]].count
        found += [(rows[0], n) for n in rows[1:] if group.questions[n].count > least]
    return found


def main() -> int:
    """Print the errors of every kind of work."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1, help="of the split")
    args = parser.parse_args()
    rows = load(args.folder)
    errors: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for name in SPEEDS:
        group, hyper = group_of(name, rows), torch.load(args.keep / f"{name}.pt")
        whole, kinds = whole_covariance(group, hyper), group.kinds
        logs = group.logs + np.array([baseline(q, work_of(q)) for q in group.questions])
        for case in CASES:
            off = trial(group, hyper, whole, case, args.seed).off
            for less, more in pairs_of(group):
                one, other = group.questions[less], group.questions[more]
                share = carried(
                    is_shared=is_step_shared(one), is_other_shared=is_step_shared(other)
                )
                wrong = off[more] - share * off[less]
                if not np.isfinite(wrong):
                    continue
                few, many = one.count, other.count
                linear = logs[less] + np.log(many / few) - logs[more]
                told = abs(np.expm1(wrong)), abs(np.expm1(linear))
                errors[case, str(kinds[more])].append((float(told[0]), float(told[1])))
    for (case, kind), found in sorted(errors.items()):
        ours, linear = np.array(found).T
        print(
            f"{case:7} {kind:22} {len(found):5} pairs: median {np.median(ours):6.1%} "
            f"(nine of ten {np.percentile(ours, 90):6.1%}), linear {np.median(linear):6.1%}"
        )
    for case in CASES:
        kinds_of = [np.array(v) for (c, _), v in errors.items() if c == case and len(v) >= 8]
        means = np.mean([np.median(each, axis=0) for each in kinds_of], axis=0)
        print(f"{case}: mean over kinds {means[0]:.1%}, linear {means[1]:.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
