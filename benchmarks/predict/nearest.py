"""The published values behind the speed model's supports, for "Nearest measurements".

    python benchmarks/predict/nearest.py DIR

DIR holds the published tables. The supports of ``resources/predict/speed.npz`` are looked for among
the rows of sources with a licence, by all their coordinates and names. Written is
``resources/predict/nearest.npz``; run it after every fit. Half a minute.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from fit_speed import ROOT, load

from hwstudio.core.predict.fitted.clues import class_of
from hwstudio.core.predict.fitted.coordinates import CODES, coordinates
from hwstudio.core.predict.fitted.measured import COLUMNS, SCHEMA, mark_of
from hwstudio.core.predict.fitted.model import GROUPS, SpeedGroup, SpeedModel
from hwstudio.core.predict.fitted.question import Question
from hwstudio.core.predict.fitted.software_words import UNLICENSED

SPEEDS = ("vision", "text", "pictures", "other", "target")
SAME = 0.01  # in half precision coordinates of up to 8 are off by 0.004


def values_of(
    group: SpeedGroup, rows: list[tuple[Question, float]]
) -> tuple[dict[str, np.ndarray], int]:
    """Return one value a support and how many have one; the median of rows that are the same."""
    free = [(q, v) for q, v in rows if q.source not in UNLICENSED]
    places = coordinates([q for q, _ in free], group.scales, group.vocabulary)
    blocks = [*group.scales.names, "missing"]
    where = np.concatenate([places[block] for block in blocks], axis=1)
    there = np.concatenate([group.supports[block] for block in blocks], axis=1)
    by_names: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for n in range(len(free)):
        by_names[tuple(int(places[f"code {c}"][n]) for c in CODES)].append(n)
    found = {column: np.zeros(len(there), dtype=np.float32) for column in COLUMNS}
    for support in range(len(there)):
        names = tuple(int(group.supports[f"code {c}"][support]) for c in CODES)
        kin = by_names.get(names, [])
        same = [n for n in kin if abs(where[n] - there[support]).max() < SAME]
        if same:
            question = free[same[0]][0]
            found["value"][support] = np.median([np.exp(free[n][1]) for n in same])
            found["year"][support] = question.year or 0
            found["batch"][support] = question.batch or 0
            found["count"][support] = question.count
    return found, int((found["value"] > 0).sum())


def main() -> int:
    """Look for every support and write what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = ROOT / "resources" / "predict"
    parser.add_argument("--out", type=Path, default=folder / "nearest.npz")
    args = parser.parse_args()
    model = SpeedModel.from_bytes((folder / "speed.npz").read_bytes())
    rows = load(args.folder)
    arrays: dict[str, Any] = {}
    marks: dict[str, int] = {}
    for name in SPEEDS:
        group = model.groups[name]
        own = [(q, v) for q, v in rows if class_of(q) in GROUPS[name]]
        values, count = values_of(group, own)
        arrays |= {f"{name}/{column}": found for column, found in values.items()}
        marks[name] = mark_of(group.weights)
        sources = group.vocabulary_words["source"]
        free = sum(sources[int(c)] not in UNLICENSED for c in group.supports["code source"])
        print(f"{name}: {count} of {free} supports of sources with a licence", flush=True)
    about = json.dumps({"schema": SCHEMA, "marks": marks}).encode()
    arrays["about"] = np.frombuffer(about, dtype=np.uint8)
    raw = io.BytesIO()
    np.savez_compressed(raw, **arrays)
    args.out.write_bytes(raw.getvalue())
    print(f"{args.out}: {len(raw.getvalue()) / 1024:.0f} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
