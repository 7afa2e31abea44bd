"""Predicted-against-measured points of the check, for the page that shows how far off it was.

    python benchmarks/predict/points.py DIR --keep HYPER_DIR [--only GROUP,...]

DIR holds the published tables; HYPER_DIR the lengths that ``fit_speed.py --keep`` found. The rows
are left out as in its check (first split). Written is ``resources/predict/points.npz``. About ten
minutes.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import torch
from fit_speed import ROOT, UNLICENSED, load
from intervals import widths_of
from process import Group, Trial, group_of, trial, whole_covariance
from splits import CASES

from hwstudio.core.predict.fitted.clues import baseline
from hwstudio.core.predict.fitted.model import GROUPS
from hwstudio.core.predict.fitted.widths import half_width
from hwstudio.core.predict.fitted.work import work_of

MOST = 60  # points of one kind, case and number of devices
COLUMNS = ("kind", "case", "many", "model", "device", "source", "metric", "measured", "off",
           "inside")  # fmt: skip

Point = tuple[str, str, bool, str, str, str, str, float, float, bool]


def points_of(
    group: Group,
    trials: dict[str, Trial],
    widths: Any,
    unlicensed: Collection[str],
    rng: np.random.Generator,
) -> list[Point]:
    """Return an even choice of left-out rows; none of a source without a licence."""
    out: list[Point] = []
    many = np.where(group.is_many, "many", "one")
    free = np.array([q.source not in unlicensed for q in group.questions])
    for case, each in trials.items():
        told = free & np.isfinite(each.off)
        for kind in sorted(set(group.kinds.tolist())):
            for some in ("one", "many"):
                rows = np.flatnonzero(told & (group.kinds == kind) & (many == some))
                for n in sorted(rng.permutation(rows)[:MOST].tolist()):
                    q = group.questions[n]
                    measured = float(np.exp(group.logs[n] + baseline(q, work_of(q))))
                    half = half_width(widths, case, kind, some, each.support[n])
                    off = float(each.off[n])
                    out.append(
                        (kind, case, some == "many", q.model, q.device.name, q.source, q.metric,
                         measured, off, abs(off) <= half)
                    )  # fmt: skip
    return out


def write_points(file: Path, points: list[Point]) -> None:
    """Write points as the app reads them (``core/predict/fitted/points.py``)."""
    words = ("kind", "case", "model", "device", "source", "metric")
    columns = dict(zip(COLUMNS, zip(*points, strict=True), strict=True))
    arrays: dict[str, np.ndarray] = {}
    vocabulary: dict[str, list[str]] = {}
    for name in words:
        vocabulary[name] = sorted(set(columns[name]))
        place = {word: n for n, word in enumerate(vocabulary[name])}
        arrays[name] = np.array([place[word] for word in columns[name]], dtype=np.int16)
    arrays["measured"] = np.array(columns["measured"], dtype=np.float32)
    arrays["off"] = np.array(columns["off"], dtype=np.float16)
    arrays["many"] = np.array(columns["many"], dtype=bool)
    arrays["inside"] = np.array(columns["inside"], dtype=bool)
    about = json.dumps({"schema": 1, "words": vocabulary}).encode()
    arrays["about"] = np.frombuffer(about, dtype=np.uint8)
    raw = io.BytesIO()
    np.savez_compressed(raw, **arrays)
    file.write_bytes(raw.getvalue())
    print(f"{file}: {len(points)} points, {len(raw.getvalue()) / 1024:.0f} KiB")


def kept_of(file: Path, kinds: Collection[str]) -> list[Point]:
    """Return the points of an earlier file that are of other kinds of work."""
    with np.load(file, allow_pickle=False) as found:
        words = json.loads(found["about"].tobytes())["words"]
        columns = [
            [words[name][n] for n in found[name]] if name in words else found[name].tolist()
            for name in COLUMNS
        ]
    return [point for point in zip(*columns, strict=True) if point[0] not in kinds]


def main() -> int:
    """Leave rows out again and write what was predicted of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--only", default=",".join(GROUPS), help="others are kept as they are")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=ROOT / "resources" / "predict" / "points.npz")
    args = parser.parse_args()
    rows, rng = load(args.folder), np.random.default_rng(args.seed)
    names = args.only.split(",")
    again = {kind for name in names for kind in GROUPS[name]}
    points = kept_of(args.out, again) if len(names) < len(GROUPS) else []
    for name in names:
        group, hyper = group_of(name, rows), torch.load(args.keep / f"{name}.pt")
        whole = whole_covariance(group, hyper)
        trials = {case: trial(group, hyper, whole, case, args.seed + 1) for case in CASES}
        points += points_of(group, trials, widths_of(group, [trials]), UNLICENSED, rng)
        print(f"{name}: {len(points)} points so far", flush=True)
    write_points(args.out, points)
    return 0


if __name__ == "__main__":
    sys.exit(main())
