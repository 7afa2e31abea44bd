"""Learns how much healthy equal machines differ, and writes resources/bench/twin_noise.csv.

    python benchmarks/bench/twin_noise.py fleet_h100.csv resources/bench/twin_noise.csv

A factor analysis with missing values: log(score) = level of the test + loads x what the host
brings + noise, by expectation and maximisation from a fixed start, with weak priors that keep a
handful of machines from claiming a test without noise.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hwstudio.core.bench.twins.noise import FACTORS, MANY, Noise, Spread, kind_of
from hwstudio.core.bench.twins.score import Score, averaged, score_of

ROUNDS = 200
USUAL_SD, USUAL_COUNT = 0.004, 3.0  # as if three scores had been seen
LEAST_SD = 0.0012  # of the rounded values themselves
USUAL_LOAD = 0.02
WIDER_FOR_MANY = 1.4  # several devices: few machines to learn from, and heavy tails


def fit(scores: Sequence[Score]) -> Noise:
    """Return the spreads of these machines' tests."""
    scores = averaged(scores)
    units = sorted({(s.machine, s.setting) for s in scores})
    tests = sorted({s.key for s in scores})
    kinds = sorted({kind_of(s.test, s.dtype, s.count) for s in scores})
    unit = np.array([units.index((s.machine, s.setting)) for s in scores])
    test = np.array([tests.index(s.key) for s in scores])
    kind = np.array([kinds.index(kind_of(s.test, s.dtype, s.count)) for s in scores])
    y = np.log([s.value for s in scores])
    level = np.array([np.median(y[test == t]) for t in range(len(tests))])
    loads = np.random.default_rng(1).normal(0, 0.003, (len(kinds), FACTORS))
    variance = np.full(len(kinds), 0.01**2)
    for _ in range(ROUNDS):
        rest = y - level[test]
        mean = np.zeros((len(units), FACTORS))
        spread = np.zeros((len(units), FACTORS, FACTORS))
        for u in range(len(units)):
            here = unit == u
            own, weight = loads[kind[here]], 1 / variance[kind[here]]
            spread[u] = np.linalg.inv(np.eye(FACTORS) + (own * weight[:, None]).T @ own)
            mean[u] = spread[u] @ (own.T @ (weight * rest[here]))
        for k in range(len(kinds)):
            here = np.flatnonzero(kind == k)
            brought = mean[unit[here]]
            square = brought.T @ brought + spread[unit[here]].sum(0)
            square += np.eye(FACTORS) * variance[k] / USUAL_LOAD**2
            loads[k] = np.linalg.solve(square, brought.T @ rest[here])
            left = rest[here] - brought @ loads[k]
            doubt = np.einsum("k,nkl,l->n", loads[k], spread[unit[here]], loads[k])
            total = float(np.sum(left**2 + doubt)) + USUAL_COUNT * USUAL_SD**2
            variance[k] = max(total / (len(here) + USUAL_COUNT), LEAST_SD**2)
        brought = np.einsum("nk,nk->n", mean[unit], loads[kind])
        level = np.array([np.mean((y - brought)[test == t]) for t in range(len(tests))])
    wide = [WIDER_FOR_MANY if name[2] == MANY else 1.0 for name in kinds]
    return Noise(
        {
            name: Spread(float(np.sqrt(variance[k]) * wide[k]), tuple(map(float, loads[k])))
            for k, name in enumerate(kinds)
        }
    )


def main() -> None:
    """Fit and write."""
    source, target = map(Path, sys.argv[1:3])
    with source.open(encoding="utf-8", newline="") as opened:
        noise = fit([score_of(row) for row in csv.DictReader(opened)])
    with target.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(("test", "dtype", "devices", "sd", "load_1", "load_2"))
        for name, spread in sorted(noise.known.items()):
            writer.writerow((*name, *(f"{v:.5f}" for v in (spread.sd, *spread.loads))))


if __name__ == "__main__":
    main()
