"""What the rule of ``core/predict/fitted/accumulation.py`` does for cards left out of the fit.

    python benchmarks/predict/accumulation.py DIR --keep HYPER_DIR [--only text,vision]

DIR holds the published tables; HYPER_DIR the lengths that ``fit_speed.py --keep`` found. Printed is
the median error on workstation cards and their like, left out with other devices as in the check,
with their stated rate and with the one that is felt. One core: ten minutes.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from fit_speed import load
from process import Group, Hyper, centre_of, group_of, solve, tensors, whole_covariance
from splits import splits_of

from hwstudio.core.predict.fitted.accumulation import OFTEN, felt, is_unhalved
from hwstudio.core.predict.fitted.clues import baseline, class_of
from hwstudio.core.predict.fitted.coordinates import coordinates
from hwstudio.core.predict.fitted.kernel import covariance
from hwstudio.core.predict.fitted.question import Question
from hwstudio.core.predict.fitted.work import work_of

SPEEDS = "vision,text,pictures,other,target"


def met_in(group: Group, fit: np.ndarray) -> Counter[tuple[str, str]]:
    """Return how many of such cards the fitted rows know, by kind of work and of model."""
    rows: Counter[tuple[tuple[str, str], str]] = Counter()
    for n in np.flatnonzero(fit):
        question = group.questions[n]
        if is_unhalved(question.device):
            rows[(class_of(question), question.family), question.device.name] += 1
    return Counter(such for (such, _), count in rows.items() if count >= OFTEN)


def known_in(group: Group, fit: np.ndarray) -> set[tuple[str, str, str]]:
    """Return kinds of work and of model with the devices the fitted rows know there."""
    told = (group.questions[n] for n in np.flatnonzero(fit))
    return {(class_of(q), q.family, q.device.name) for q in told}


def as_felt(question: Question, met: Counter[tuple[str, str]]) -> Question:
    """Return the question as the app looks at it."""
    return replace(question, device=felt(question.device, met[class_of(question), question.family]))


@torch.no_grad()
def errors(group: Group, hyper: Hyper, case: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the log errors of such cards' rows: by the stated rate, and by the one felt."""
    whole = whole_covariance(group, hyper)
    special = np.array([is_unhalved(question.device) for question in group.questions])
    plain, mended = (np.full(len(group.logs), np.nan) for _ in range(2))
    for fit, test in splits_of(group.questions, case, seed):
        centre = centre_of(group, fit)
        asked = np.flatnonzero(test & np.isfinite(centre) & special)
        if not len(asked) or fit.sum() < 20:
            continue
        rows = np.flatnonzero(fit)
        here, met, known = torch.from_numpy(rows), met_in(group, fit), known_in(group, fit)
        alpha, _ = solve(whole[here][:, here], hyper, group.logs[rows] - centre[rows])
        questions = [group.questions[n] for n in asked]
        looked = [
            q if (class_of(q), q.family, q.device.name) in known else as_felt(q, met)
            for q in questions
        ]
        shift = np.array(
            [baseline(a, work_of(a)) - baseline(b, work_of(b))
             for a, b in zip(looked, questions, strict=True)]
        )  # fmt: skip
        there = tensors(group.places, rows)
        places = tensors(coordinates(looked, group.scales, group.vocabulary))
        moved = (covariance(torch, hyper, places, there).double() @ alpha).numpy()
        stated = (whole[torch.from_numpy(asked)][:, here].double() @ alpha).numpy()
        plain[asked] = stated + centre[asked] - group.logs[asked]
        mended[asked] = moved + centre[asked] + shift - group.logs[asked]
    return plain, mended


def median_error(off: np.ndarray) -> float:
    """Return the median of how far off, as a share."""
    return float(np.median(np.expm1(abs(off))))


def main() -> int:
    """Leave devices out and print both errors."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--only", default=SPEEDS)
    parser.add_argument("--seeds", default="1,3")
    args = parser.parse_args()
    rows = load(args.folder)
    print("| Left out | kind of work | devices | rows | stated | felt |")
    print("|---|---|---|---:|---:|---:|")
    for name in args.only.split(","):
        group, hyper = group_of(name, rows), torch.load(args.keep / f"{name}.pt")
        kinds = np.array([class_of(question) for question in group.questions])
        for case in ("device", "both"):
            found = [errors(group, hyper, case, int(seed)) for seed in args.seeds.split(",")]
            plain, mended = (np.concatenate(each) for each in zip(*found, strict=True))
            for kind in sorted(set(kinds.tolist())):
                for is_many in (False, True):
                    chosen = np.tile((kinds == kind) & (group.is_many == is_many), len(found))
                    chosen &= np.isfinite(plain)
                    if chosen.any():
                        told = (median_error(off[chosen]) for off in (plain, mended))
                        shown = " | ".join(f"{error:.1%}" for error in told)
                        many = "several" if is_many else "one"
                        print(
                            f"| {case} | {kind} | {many} | {chosen.sum()} | {shown} |", flush=True
                        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
