"""How often "fits", "tight" and "no" are right on rows that the fit never saw.

    python benchmarks/predict/verdicts.py DIR --keep HYPER_DIR [--seeds 3 6 7]

DIR and HYPER_DIR as for fit_speed.py. Two questions:

"own": every row of a device of known size, on that device. A row with a peak ran; an ``oom`` row
did not. Rows that did not run are in no fit.
"sizes": every row of tensors alone (allocated, active), on cards of common sizes. It cannot run
where its tensors are more than the room there is; it runs where they, the blocks around them and
the driver's context are less. What lies between nobody knows, and is left out.

Widths are those of the splits that the app's are of. Goal: 97 % of the verdicts right ("tight"
promises nothing and is told apart), at most 1 % of all that say "fits" when it does not.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from fit_speed import load
from intervals import SPLITS, widths_of
from process import Group, Trial, group_of, trial, whole_covariance

from hwstudio.core.base.units import GIB
from hwstudio.core.predict.fitted.clues import baseline
from hwstudio.core.predict.fitted.need import PEAK, memory_question_of
from hwstudio.core.predict.fitted.question import DeviceSheet, Question, device_of
from hwstudio.core.predict.fitted.room import (
    TENSORS_ALONE,
    need_behind,
    room_bytes,
    verdict_on,
)
from hwstudio.core.predict.fitted.widths import half_width
from hwstudio.core.predict.fitted.work import work_of
from hwstudio.core.predict.memory import Fit

CASES = {"seen": "pair", "model": "model", "device": "device", "both": "both"}
SIZES_GIB = (8, 12, 16, 24, 32, 40, 48, 80)
Told = tuple[Fit, Fit, bool]  # said, true, and whether the median alone says so


@dataclass
class Rows:
    """The memory group with the rows that did not run, which are in no fit."""

    group: Group
    did_run: np.ndarray


def rows_of(folder: Path) -> Rows:
    """Return all rows about memory."""
    with (folder / "workload_devices.csv").open(newline="") as file:
        devices = {row["device"]: device_of(row) for row in csv.DictReader(file)}
    with (folder / "memory.csv").open(newline="") as file:
        failed: list[tuple[Question, float]] = [
            (memory_question_of(row, devices[row["device"]]), 0.0)
            for row in csv.DictReader(file)
            if row["oom"] == "1" and row["device"] in devices
        ]
    group = group_of("memory", [*load(folder), *failed])
    names = {id(question) for question, _ in failed}
    did_run = np.array([id(question) not in names for question in group.questions])
    group.__dict__["is_possible"] = did_run & group.is_possible
    return Rows(group, did_run)


def said(
    rows: Rows, widths: dict[str, list[list[float]]], case: str, found: Trial
) -> Iterator[tuple[int, float, float]]:
    """Yield each left-out row with its answer (log bytes) and half-width (log)."""
    group = rows.group
    kinds, many = group.kinds, group.is_many
    for n in np.flatnonzero(np.isfinite(found.off)):
        question = group.questions[n]
        answer = found.off[n] + group.logs[n] + baseline(question, work_of(question))
        number = "many" if many[n] else "one"
        half = half_width(widths, case, kinds[n], number, float(found.support[n]))
        yield int(n), float(answer), half


def verdict(question: Question, answer: float, half: float) -> tuple[Fit, bool]:
    """Return what the app says of a device, and whether the median alone fits."""
    ends = (float(np.exp(answer + part)) for part in (-half, 0.0, half))
    need = need_behind(question.metric.removeprefix(PEAK), *ends)
    return verdict_on(need, question.device), need.median <= room_bytes(question.device)


def on_own(rows: Rows, answers: list[tuple[int, float, float]]) -> Iterator[Told]:
    """Yield what is said of every row's own device, and what happened there."""
    for n, answer, half in answers:
        question = rows.group.questions[n]
        if question.device.memory_bytes:
            word, middle = verdict(question, answer, half)
            yield word, Fit.FITS if rows.did_run[n] else Fit.NO, middle


def on_sizes(rows: Rows, answers: list[tuple[int, float, float]]) -> Iterator[Told]:
    """Yield what is said of cards of common sizes, where the tensors tell what would happen."""
    for n, answer, half in answers:
        question, group = rows.group.questions[n], rows.group
        measure = question.metric.removeprefix(PEAK)
        if measure not in TENSORS_ALONE or not rows.did_run[n]:
            continue
        live = float(np.exp(group.logs[n] + baseline(question, work_of(question))))
        surely = need_behind(measure, live, live, live).high
        for size in SIZES_GIB:
            card = _card(question.device, size)
            room = room_bytes(card)
            if live > room or surely <= room:
                word, middle = verdict(replace(question, device=card), answer, half)
                yield word, Fit.NO if live > room else Fit.FITS, middle


def _card(like: DeviceSheet, size_gib: int) -> DeviceSheet:
    return replace(like, vendor="NVIDIA", memory_bytes=size_gib * GIB / GIB * 1e9)


def line(name: str, told: list[Told]) -> str:
    """Return the shares of a list of verdicts in words."""
    count = Counter((word, true) for word, true, _ in told)
    total = len(told)
    tight = sum(n for (word, _), n in count.items() if word is Fit.TIGHT)
    right = count[Fit.FITS, Fit.FITS] + count[Fit.NO, Fit.NO]
    false_fits = count[Fit.FITS, Fit.NO]
    failed = sum(true is Fit.NO for _, true, _ in told)
    middle = sum(is_in == (true is Fit.FITS) for _, true, is_in in told)
    wrong_middle = sum(is_in and true is Fit.NO for _, true, is_in in told)
    return (
        f"{name:16} {total:6} verdicts ({failed} could not run): right {right / total:.1%}, "
        f"tight {tight / total:.1%}, false fits {false_fits / total:.1%}, false no "
        f"{count[Fit.NO, Fit.FITS] / total:.1%}; of those decided right "
        f"{right / max(1, total - tight):.1%}; by the median alone right {middle / total:.1%}, "
        f"false fits {wrong_middle / total:.1%}"
    )


def main() -> int:
    """Print the verdicts of every case."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[3, 6, 7])
    args = parser.parse_args()
    rows, hyper = rows_of(args.folder), torch.load(args.keep / "memory.pt")
    whole = whole_covariance(rows.group, hyper)
    for case, words in CASES.items():
        tried = [{case: trial(rows.group, hyper, whole, case, n)} for n in SPLITS]
        for each in tried:  # what did not run has no error
            each[case].off[~rows.did_run] = np.nan
        widths = widths_of(rows.group, tried)
        own: list[Told] = []
        sizes: list[Told] = []
        for seed in args.seeds:
            found = trial(rows.group, hyper, whole, case, seed)
            answers = list(said(rows, widths, case, found))
            own += on_own(rows, answers)
            sizes += on_sizes(rows, answers)
        print(line(f"{words}, own", own))
        print(line(f"{words}, sizes", sizes), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
