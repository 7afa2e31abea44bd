"""Fit the speed model on published measurements and say how far off it is where it never looked.

    python benchmarks/predict/fit_speed.py DIR [--only GROUP,...] [--steps N] [--out FILE]

DIR holds throughput.csv and workload_devices.csv. Needs torch (the ``bench`` extra). Written are
``resources/predict/speed.npz`` and, on the screen, the errors of every split. 20 to 40 minutes.

The model is a Gaussian process over log(measured / ideal). Its lengths and amplitudes are chosen by
what a model, a device, a pair, or models and devices at once, left out of the fit, would have been
off by (closed form for a Gaussian process), not by how well the rows are remembered. Outliers are
weighed down as a Student distribution with four degrees of freedom would. Then the process is
carried over to a few hundred supports: rows of sources with a licence, and means of rows of the
others, so that no measured row of a source without a licence is in the file.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from intervals import SPLITS, coverage_of, errors_of, widths_of
from process import (
    NOISE_FLOOR,
    Group,
    Hyper,
    centre_of,
    centre_of_kind,
    everybody,
    group_of,
    search,
    solve,
    tensors,
    trial,
    whole_covariance,
)
from splits import CASES

from hwstudio.core.predict.fitted.clues import WATTS, class_of
from hwstudio.core.predict.fitted.kernel import covariance
from hwstudio.core.predict.fitted.model import GROUP_OF, GROUPS, is_untold
from hwstudio.core.predict.fitted.need import UNNAMED, memory_question_of, stated_gib
from hwstudio.core.predict.fitted.question import Question, device_of, number, question_of
from hwstudio.core.predict.fitted.software_words import UNLICENSED

ROOT = Path(__file__).resolve().parents[2]
STEPS = 160
AT_THE_WALL = {"geerlingguy"}  # peak watts of the whole computer: another question

MOST_SUPPORTS = {
    "vision": 2500, "text": 1800, "pictures": 500, "other": 300, "target": 500, "memory": 700,
    "power": 500,
}  # fmt: skip


def load(folder: Path) -> list[tuple[Question, float]]:
    """Return questions and the log of what was measured: speeds, bytes and watts."""
    with (folder / "workload_devices.csv").open(newline="") as file:
        devices = {row["device"]: device_of(row) for row in csv.DictReader(file)}
    found: list[tuple[Question, float]] = []
    with (folder / "throughput.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            question = question_of(row, devices[row["device"]])
            found.append((question, float(np.log(float(row["value"])))))
            watts = number(row, "power_w")
            if watts and question.source not in AT_THE_WALL:
                found.append((replace(question, metric=WATTS), float(np.log(watts))))
    with (folder / "memory.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            device = devices.get(row["device"], UNNAMED)
            peak_gib = stated_gib(row, device)
            if peak_gib:
                question = memory_question_of(row, device)
                found.append((question, float(np.log(peak_gib * 2**30))))
    return found


def candidates(group: Group) -> dict[str, np.ndarray]:
    """Return where supports may lie: licensed rows, and means of rows without a licence.

    Rows that cannot be what they say lend their place alone: no value of theirs is in the weights.
    """
    free = np.array([q.source not in UNLICENSED for q in group.questions])
    rows = np.flatnonzero(free)
    out = {k: [v[rows]] for k, v in group.places.items()}
    heaps: dict[tuple[int, ...], list[int]] = defaultdict(list)
    names = ("unit", "model", "device", "framework", "precision", "source")
    for n in np.flatnonzero(~free):
        codes = (int(group.places[f"code {c}"][n]) for c in names)
        heaps[*codes, group.questions[n].count].append(int(n))
    for heap in heaps.values():
        heap.sort(key=lambda n: (group.questions[n].input_size or 0, group.questions[n].batch or 0))
        for some in np.array_split(heap, max(1, len(heap) // 2)):
            for k, v in group.places.items():
                mean = v[some].mean(0) if v.dtype == np.float32 else v[some[0]]
                out[k].append(mean[None].astype(v.dtype))
    return {k: np.concatenate(v) for k, v in out.items()}


def variances(hyper: Hyper, places: dict[str, np.ndarray]) -> np.ndarray:
    """Return the variance of every place by itself."""
    here = tensors(places)
    one_by_one = ({k: v[n : n + 1] for k, v in here.items()} for n in range(len(here["device"])))
    return np.array([covariance(torch, hyper, one, one)[0, 0].item() for one in one_by_one])


@torch.no_grad()
def chosen_supports(hyper: Hyper, places: dict[str, np.ndarray], most: int) -> np.ndarray:
    """Return the candidates that tell most about the others (pivoted Cholesky)."""
    here = tensors(places)
    count = len(places["device"])
    most = min(most, count)
    left = torch.from_numpy(variances(hyper, places))
    factor = torch.zeros(count, most, dtype=torch.float64)
    order: list[int] = []
    for step in range(most):
        pivot = int(torch.argmax(left))
        order.append(pivot)
        one = {k: v[pivot : pivot + 1] for k, v in here.items()}
        column = covariance(torch, hyper, here, one)[:, 0].double()
        column -= factor[:, :step] @ factor[pivot, :step]
        column /= torch.sqrt(left[pivot])
        factor[:, step] = column
        left = (left - column**2).clamp(min=1e-12)
        left[order] = 0
    return np.array(order)


@torch.no_grad()
def carried(
    group: Group, hyper: Hyper, supports: dict[str, np.ndarray]
) -> tuple[np.ndarray, float]:
    """Return the supports' weights, and how far their answers stray from the process (log)."""
    rows = np.flatnonzero(group.is_possible)
    y = (group.logs - centre_of(group, everybody(group)))[rows]
    whole = whole_covariance(group, hyper)[rows][:, rows]
    alpha, belief = solve(whole, hyper, y)
    here, there = tensors(group.places, rows), tensors(supports)
    cross = covariance(torch, hyper, here, there).double()
    inner = covariance(torch, hyper, there, there).double()
    noise = torch.exp(hyper["noise"]).double() + NOISE_FLOOR
    scaled = cross * (belief / noise)[:, None]
    system = cross.T @ scaled + inner + 1e-6 * torch.eye(len(inner), dtype=torch.float64)
    weights = torch.linalg.solve(system, scaled.T @ torch.from_numpy(y))
    return weights.numpy(), float((cross @ weights - whole.double() @ alpha).abs().median())


def stored(group: Group, hyper: Hyper, widths: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the arrays and the words of one group, as the app reads them."""
    places = candidates(group)
    order = chosen_supports(hyper, places, MOST_SUPPORTS[group.name])
    supports = {
        k: v[order].astype(np.float16).astype(np.float32) if v.dtype == np.float32 else v[order]
        for k, v in places.items()
    }
    weights, stray = carried(group, hyper, supports)
    print(f"  {group.name}: {len(order)} supports, median stray {stray:.4f}", flush=True)
    arrays = {
        k: v.astype(np.float16) if v.dtype == np.float32 else v.astype(np.int16)
        for k, v in supports.items()
    }
    arrays |= {f"hyper {k}": v.numpy().astype(np.float32) for k, v in hyper.items()}
    arrays |= {f"mean {k}": v.astype(np.float32) for k, v in group.scales.means.items()}
    arrays |= {f"spread {k}": v.astype(np.float32) for k, v in group.scales.spreads.items()}
    arrays["weights"] = weights.astype(np.float32)
    arrays["own"] = variances(hyper, supports).astype(np.float32)
    return arrays, words_of(group, widths) | {"stray": round(stray, 4)}


def words_of(group: Group, widths: Any) -> dict[str, Any]:
    """Return what the app must know of a group beside its arrays."""
    everyone, units = everybody(group), group.places["code unit"]
    centre = centre_of(group, everyone)
    of_kinds = {
        word: round(centre_of_kind(group, group.places["code class"] == code, everyone), 5)
        for word, code in group.vocabulary["class"].items()
    }
    known: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for q in group.questions:
        known[class_of(q)]["model"].add(q.model)
        known[class_of(q)]["device"].add(q.device.name)
        known[class_of(q)]["framework"].add(q.framework)
    return {
        "names": {k: list(v) for k, v in group.scales.names.items()},
        "missing": list(group.scales.missing),
        "vocabulary": {k: list(v) for k, v in group.vocabulary.items()},
        "centre": of_kinds
        | {
            word: round(float(centre[units == code][0]), 5)
            for word, code in group.vocabulary["unit"].items()
        },
        "widths": widths,
        "known": {k: {c: sorted(s) for c, s in v.items()} for k, v in known.items()},
        "rows": len(group.logs),
        "refused_of_new_models": round(float(np.mean([is_untold(q) for q in group.questions])), 5),
    }


def main() -> int:
    """Fit, test, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default=",".join(GROUPS), help="others are kept as they are")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--check", action="store_true", help="test the intervals on other splits")
    parser.add_argument("--keep", type=Path, help="folder for the found lengths, to go on from")
    parser.add_argument("--start", type=Path, help="folder with lengths to start the search from")
    parser.add_argument("--out", type=Path, default=ROOT / "resources" / "predict" / "speed.npz")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    rows = load(args.folder)
    names = args.only.split(",")
    arrays, about = kept_of(args.out, names)
    about |= {"schema": 1, "rows": len(rows)}
    for name in names:
        began = time.monotonic()
        group = group_of(name, rows)
        own, words = fitted(group, about, args)
        arrays |= {f"{name}/{k}": v for k, v in own.items()}
        about["groups"][name] = words
        print(f"{name}: {len(group.logs)} rows, {time.monotonic() - began:.0f} s", flush=True)
    order = {name: place for place, name in enumerate(GROUPS)}
    about["groups"] = dict(sorted(about["groups"].items(), key=lambda each: order[each[0]]))
    about["errors"].sort(key=lambda line: order[GROUP_OF[line["kind"]]])
    about["coverage"].sort(key=lambda line: order[line["group"]])
    with (args.folder / "workload_devices.csv").open(newline="") as file:
        about["devices"] = list(csv.DictReader(file))
    arrays["about"] = np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    raw = io.BytesIO()
    np.savez_compressed(raw, **arrays)
    args.out.write_bytes(raw.getvalue())
    print(f"{args.out}: {len(raw.getvalue()) / 1024:.0f} KiB")
    return 0


def fitted(
    group: Group, about: dict[str, Any], args: argparse.Namespace
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return one group's arrays and words; its errors go into ``about``."""
    hyper = found_or_kept(group, args)
    whole = whole_covariance(group, hyper)
    trials = [
        {case: trial(group, hyper, whole, case, args.seed + n) for case in CASES} for n in SPLITS
    ]
    about["errors"] += errors_of(group, trials[0])
    widths = widths_of(group, trials)
    if args.check:
        again = {case: trial(group, hyper, whole, case, args.seed + 3) for case in CASES}
        about["coverage"] += coverage_of(group, trials, again)
    return stored(group, hyper, widths)


def kept_of(out: Path, names: list[str]) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return what an earlier file has of the groups that are not fitted again."""
    about: dict[str, Any] = {"groups": {}, "errors": [], "coverage": []}
    others = set(GROUPS) - set(names)
    if not (others and out.exists()):
        return {}, about
    with np.load(out, allow_pickle=False) as stored_file:
        found = json.loads(bytes(stored_file["about"]).decode())
        arrays = {k: stored_file[k] for k in stored_file.files if k.partition("/")[0] in others}
    kinds = {kind for name in others for kind in GROUPS[name]}
    about["groups"] = {name: words for name, words in found["groups"].items() if name in others}
    about["errors"] = [line for line in found["errors"] if line["kind"] in kinds]
    about["coverage"] = [line for line in found["coverage"] if line["group"] in others]
    return arrays, about


def found_or_kept(group: Group, args: argparse.Namespace) -> Hyper:
    """Return the lengths and amplitudes, searched for unless they were kept."""
    kept = args.keep / f"{group.name}.pt" if args.keep else None
    if kept and kept.exists():
        hyper: Hyper = torch.load(kept)
        return hyper
    begun = args.start / f"{group.name}.pt" if args.start else None
    start = torch.load(begun) if begun and begun.exists() else None
    hyper = search(group, args.steps, args.seed, start)
    if kept:
        torch.save(hyper, kept)
    return hyper


if __name__ == "__main__":
    sys.exit(main())
