"""How far off memory is on rows that state all a formula needs, and on the others.

    python benchmarks/predict/memory_full.py DIR --keep HYPER_DIR [--case seen] [--seeds 1 2]

DIR and HYPER_DIR as for fit_speed.py. "Full": software, precision, samples on each device and their
size (pixels or tokens), in training the method as well; the model is always stated. Goal 8 %.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch
from fit_speed import load
from process import group_of, trial, whole_covariance
from splits import CASES

from hwstudio.core.predict.fitted.question import Question
from hwstudio.core.predict.fitted.work import is_training

FEWEST = 8  # rows of a kind that count in the mean


def is_full(question: Question) -> bool:
    """Say whether a row states all that its memory follows from."""
    told = (question.framework, question.precision, question.batch, question.input_size)
    return all(told) and bool(question.method or not is_training(question))


def main() -> int:
    """Print the errors of every kind of work."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--case", choices=CASES, default="seen")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    args = parser.parse_args()
    group, hyper = group_of("memory", load(args.folder)), torch.load(args.keep / "memory.pt")
    whole = whole_covariance(group, hyper)
    full = np.array([is_full(q) for q in group.questions])
    errors: dict[tuple[str, str], list[float]] = defaultdict(list)
    for seed in args.seeds:
        off = trial(group, hyper, whole, args.case, seed).off
        for n in np.flatnonzero(np.isfinite(off)):
            devices = "several" if group.is_many[n] else "one"
            name = f"{group.kinds[n]}, {devices}"
            errors[name, "full" if full[n] else "part"].append(abs(float(np.expm1(off[n]))))
    for (name, told), found in sorted(errors.items()):
        print(f"{name:38} {told:5} {len(found):5} answers: median {np.median(found):6.1%}")
    for told in ("full", "part"):
        kinds = [v for (_, t), v in errors.items() if t == told and len(v) >= FEWEST]
        rows = [error for (_, t), v in errors.items() if t == told for error in v]
        mean = np.mean([np.median(v) for v in kinds])
        print(f"{told}: median of all {np.median(rows):.1%}, mean over kinds {mean:.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
