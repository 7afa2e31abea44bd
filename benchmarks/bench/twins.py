"""How surely a slow machine is found among equal ones, against a fixed 5 % rule, in one run.

    python benchmarks/bench/twins.py fleet_h100.csv [--rounds 20] [--seed 7]

Slow-downs are injected into real scores: 2 % in all tests of one machine; 3 % in one score. What
healthy machines differ by is learnt from two thirds of the machines (not from those it is tried
on), three ways round, so each machine is tried once. Pools of 5 hold only machines never learnt
from; the pool of all holds every machine, but slow-downs and false alarms count only on machines
never learnt from.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from twin_noise import fit

from hwstudio.core.bench.statistics import median
from hwstudio.core.bench.twins.judge import SLOW, judge_twins
from hwstudio.core.bench.twins.noise import Noise
from hwstudio.core.bench.twins.score import Score, score_of

FIXED = 0.95
Place = tuple[str, str, tuple[object, ...]]


def main() -> None:
    """Try pools of 5 and of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rounds", type=int, default=20, help="pools of each size and third")
    parser.add_argument("--seed", type=int, default=7, help="of the pools and the slow ones")
    args = parser.parse_args()
    with args.file.open(encoding="utf-8", newline="") as opened:
        scores = [score_of(row) for row in csv.DictReader(opened)]
    names = sorted({score.machine for score in scores})
    chance = np.random.default_rng(args.seed)
    order = list(chance.permutation(names))
    small: Counter[str] = Counter()
    large: Counter[str] = Counter()
    for third in range(3):
        fresh = order[third::3]
        noise = fit([s for s in scores if s.machine not in fresh])
        for _ in range(args.rounds):
            pool = list(chance.choice(fresh, 5, replace=False))
            small += tried([s for s in scores if s.machine in pool], fresh, noise, chance)
            large += tried(scores, fresh, noise, chance)
    show("pools of 5", small)
    show(f"pool of all {len(names)}", large)


def tried(
    scores: Sequence[Score], fresh: Sequence[str], noise: Noise, chance: np.random.Generator
) -> Counter[str]:
    """Try one pool: as it is, with one machine slow, with one score slow."""
    counts: Counter[str] = Counter()
    peers = machines_of_tests(scores)
    healthy = [s for s in scores if s.machine in fresh]
    counts["checks"] = sum(peers[s.key] >= 3 for s in healthy)
    ours, machines = slow_ones(scores, noise)
    counts["ours false"] = sum(place[0] in fresh for place in ours)
    counts["fixed false"] = sum(place[0] in fresh for place in fixed_rule(scores))
    counts["machines"] = len({s.machine for s in healthy})
    counts["machines false"] = len(machines & set(fresh))
    slow = str(chance.choice(sorted({s.machine for s in healthy})))
    changed = [replace(s, value=s.value * 0.98) if s.machine == slow else s for s in scores]
    counts["all"] = 1
    counts["all ours"] = slow in slow_ones(changed, noise)[1]
    counts["all fixed"] = sum(place[0] == slow for place in fixed_rule(changed)) >= 2
    can = [n for n, s in enumerate(scores) if s.machine in fresh and peers[s.key] >= 2]
    for number in chance.choice(can, 4, replace=False):
        one = scores[number]
        changed = list(scores)
        changed[number] = replace(one, value=one.value * 0.97)
        hit = place_of(one) in slow_ones(changed, noise)[0]
        fixed = place_of(one) in fixed_rule(changed)
        counts.update({"one": 1, "one ours": hit, "one fixed": fixed})
        if peers[one.key] >= 3:
            counts.update({"one of 3": 1, "one of 3 ours": hit, "one of 3 fixed": fixed})
    return counts


def place_of(score: Score) -> Place:
    """Return what names a score."""
    return (score.machine, score.setting, score.key)


def machines_of_tests(scores: Sequence[Score]) -> Counter[tuple[object, ...]]:
    """Return how many machines ran each test."""
    seen: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for score in scores:
        seen[score.key].add(score.machine)
    return Counter({key: len(machines) for key, machines in seen.items()})


def slow_ones(scores: Sequence[Score], noise: Noise) -> tuple[set[Place], set[str]]:
    """Return the scores and the machines we call slow."""
    found = judge_twins(scores, noise)
    places = {place_of(t.score) for m in found for t in m.tests if t.verdict == SLOW}
    return places, {m.machine for m in found if m.verdict == SLOW}


def fixed_rule(scores: Sequence[Score]) -> set[Place]:
    """Return the scores more than 5 % under the median of the others (three or more in all)."""
    by_test: dict[tuple[object, ...], list[Score]] = defaultdict(list)
    for score in scores:
        by_test[score.key].append(score)
    return {
        place_of(score)
        for group in by_test.values()
        if len(group) >= 3
        for score in group
        if score.value < FIXED * median([s.value for s in group if s is not score])
    }


def show(title: str, c: Counter[str]) -> None:
    """Print the shares."""
    print(f"\n{title}: {c['all']} pools tried                       ours    fixed 5 %")
    for name, words in (
        ("all", "machine 2 % slow in all tests found"),
        ("one", "score 3 % slow found (2+ machines)"),
        ("one of 3", "score 3 % slow found (3+ machines)"),
    ):
        ours, fixed = c[f"{name} ours"] / c[name], c[f"{name} fixed"] / c[name]
        print(f"  {words:<40} {ours:10.1%} {fixed:10.1%}")
    ours, fixed = c["ours false"] / c["checks"], c["fixed false"] / c["checks"]
    print(f"  {'false alarms, of healthy scores':<40} {ours:10.2%} {fixed:10.2%}")
    print(f"  {'false alarms against the fixed rule':<40} {ours / max(fixed, 1e-9):10.2f}")
    print(f"  {'healthy machines called slow':<40} {c['machines false'] / c['machines']:10.1%}")


if __name__ == "__main__":
    main()
