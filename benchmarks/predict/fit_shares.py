"""Search the shares of ``core/predict/fitted/shares.py`` by what three observations then mend.

    python benchmarks/predict/fit_shares.py DIR --keep HYPER_DIR [--cache DIR] [--seeds 1 2]

DIR and HYPER_DIR as for fit_speed.py. Devices are left out and three rows of each stand in for
probes, as in after_probes.py: with their own software, and as if with another. One share after the
other takes the value with which the other rows are off least (mean over kinds of work of the
error's log, cut at 0.7), until none changes. Test on a split that was not searched on:
``after_probes.py --seeds 3``. About ten minutes, splits in the cache.

``--models`` instead prints what the errors of models that were left out have in common on
different devices: the share of a new model (mean products of standardised errors).
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

import numpy as np
from after_probes import tried
from left_out import LeftOut, Row

from hwstudio.core.predict.fitted import shares

GRID = {
    "ALIKE": (0.3, 0.5, 0.7, 0.85),
    "BANDWIDTH": (0.0, 0.05, 0.1, 0.2),
    "ARITHMETIC": (0.0, 0.05, 0.1),
    "RUN_HERE": (0.3, 0.5, 0.7, 0.85),
    "MODEL_HERE": (0.0, 0.1, 0.2),
    "CORE": (0.2, 0.3, 0.5),
    "NEAR": (0.5, 1.0, 2.0),
}
MOST = 0.7  # log: what is off by more counts no more
PAIRS, CLIP = 400, 3.0


def goal(splits: Sequence[list[Row]]) -> float:
    """Return the mean over kinds of work of how far off the rows are after three observations."""
    found = []
    for rows in splits:
        for is_own_software in (False, True):
            for is_drawn in (False, True):
                kinds = tried(rows, is_drawn=is_drawn, is_own_software=is_own_software, draws=3)
                found.append(fmean(_off(each.after) for each in kinds.values()))
    return fmean(found)


def _off(logs: Sequence[float]) -> float:
    return float(np.minimum(np.abs(logs), MOST).mean())


def is_whole(name: str, value: float) -> bool:
    """Say whether shares stay shares of one whole."""
    told = {each: getattr(shares, each) for each in GRID} | {name: value}
    return (
        told["ALIKE"] + max(told["BANDWIDTH"], told["ARITHMETIC"]) <= 1.0
        and told["RUN_HERE"] + told["MODEL_HERE"] <= 1.0
    )


def search(splits: Sequence[list[Row]]) -> float:
    """Leave the best shares in ``shares``; return what they reach."""
    best = goal(splits)
    print(f"shipped: {best:.4f}", flush=True)
    is_better = True
    while is_better:
        is_better = False
        for name, values in GRID.items():
            for value in values:
                before = getattr(shares, name)
                if value == before or not is_whole(name, value):
                    continue
                setattr(shares, name, value)
                now = goal(splits)
                if now < best - 1e-5:
                    best, is_better = now, True
                    print(f"{name} {value}: {best:.4f}", flush=True)
                else:
                    setattr(shares, name, before)
    return best


def of_new_models(rows: Sequence[Row], seed: int = 0) -> tuple[float, float]:
    """Return what a model's errors on two devices have in common: other software, and the same."""
    rng = np.random.default_rng(seed)
    scaled = np.clip([row.off / row.spread for row in rows], -CLIP, CLIP)
    heaps: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        heaps[f"{row.question.model}|{row.kind}"].append(place)
    products: dict[bool, list[float]] = {False: [], True: []}
    weights: dict[bool, list[float]] = {False: [], True: []}
    for heap in heaps.values():
        for a, b in rng.choice(heap, (PAIRS, 2)):
            one, other = rows[a].question, rows[b].question
            if one.device.name != other.device.name:
                is_same = (one.framework, one.source) == (other.framework, other.source)
                products[is_same].append(scaled[a] * scaled[b])
                weights[is_same].append(len(heap) ** 0.5 / PAIRS)
    whole = float(np.mean(scaled**2))
    return tuple(  # type: ignore[return-value]
        float(np.average(products[each], weights=weights[each])) / whole for each in (False, True)
    )


def main() -> int:
    """Search and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--keep", type=Path, required=True, help="the lengths fit_speed.py kept")
    parser.add_argument("--cache", type=Path, help="folder for the errors of the splits")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--models", action="store_true", help="the share of a new model only")
    args = parser.parse_args()
    source = LeftOut(args.folder, args.keep, args.cache)
    if args.models:
        for seed in args.seeds:
            other, same = of_new_models(source.rows("model", seed))
            print(f"models left out, split {seed}: {other:.2f}, with the same software {same:.2f}")
        return 0
    search([source.rows("device", seed) for seed in args.seeds])
    print(", ".join(f"{name} {getattr(shares, name)}" for name in GRID))
    return 0


if __name__ == "__main__":
    sys.exit(main())
