"""The planner against every build of random small catalogues of real parts.

    python -m benchmarks.plan.brute [--count 1000] [--seed 0]

Each catalogue holds two or three real parts of every kind, each question may ask anything. The
plan must reach the same merit for the same cents as the best of all builds, tried one by one
(``core/optimize/brute.py``, written apart from the search), or both must find nothing. Prints each
disagreement with the seed that makes it again; ends with 1 when there was one.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from benchmarks.plan.questions import Ground, draw_request, not_varied, open_ground
from benchmarks.plan.stocks import draw_core, draw_stock, plausible_budget
from hwstudio.core.model.build import Build, total_of
from hwstudio.core.model.wishes import DataDrives
from hwstudio.core.optimize.brute import Best, best_of_all
from hwstudio.core.optimize.certify import Reached, reached
from hwstudio.core.optimize.classes import merit
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.solve import Solution, solve
from hwstudio.core.optimize.stock import Stock

SAME = 1e-9
JOBS_TRIED = 3


@dataclass(frozen=True, slots=True)
class Trial:
    """One catalogue and question, both answers, and their seconds."""

    request: Request
    stock: Stock
    solution: Solution
    oracle: Best | None
    plan_s: float
    brute_s: float

    @property
    def found(self) -> Reached | None:
        """Return what the plan claims."""
        return reached(self.solution)

    @property
    def agrees(self) -> bool:
        """Return whether both find nothing, or the same merit for the same cents."""
        found, oracle = self.found, self.oracle
        if found is None or oracle is None:
            return found is None and oracle is None
        if self.solution.status != "optimal" or found.cents != oracle.cents:
            return False
        if self.request.objective is Objective.COST:
            return True
        if self.request.objective is Objective.OWNERSHIP:
            return found.owning == oracle.merit
        mine = merit(found.gpu_class, self.request)
        return abs(mine - oracle.merit) <= SAME * max(1.0, abs(mine))


def question(seed: int, ground: Ground) -> tuple[Request, Stock]:
    """Return the small catalogue and the question of a seed.

    Most catalogues hold a computer for the job, if one was found by trying, and most questions
    let old parts in: of parts drawn blindly few go together, and an answer teaches more than none.
    """
    r = random.Random(seed)
    is_easy = r.random() < 0.8
    job, core = r.choice(ground.jobs), None
    for _ in range(JOBS_TRIED if is_easy else 0):
        core = draw_core(r, ground, job)
        if core is not None:
            break
        job = r.choice(ground.jobs)
    stock = draw_stock(r, ground, core)
    least = plausible_budget(r, stock)
    if core is not None and r.random() < 0.6:
        least = float(total_of(core).amount) * r.choice((0.9, 1.0, 1.05, 1.3, 2.0, 10.0))
    budget = Decimal(round(least * 100)) / 100
    fixed: dict[str, Any] = {"budget": max(budget, Decimal(1)), "workload": job}
    if is_easy and r.random() < 0.8:
        fixed["released_since"] = 2010
    if r.random() < 0.7:  # else the usual one to four cards, or what the question asks for
        fixed["gpu_counts"] = r.choice(((1,), (1, 2), (2, 1), (2,), (2, 3), (4, 2), (1, 4)))
    fixed |= _kind_wishes(r, stock, core)
    demands = (0.0, 0.15, 0.3, 0.7) if is_easy else (0.3, 0.7, 1.0)
    return draw_request(r, ground, stock, demands, **fixed), stock


def _kind_wishes(r: random.Random, stock: Stock, core: Build | None) -> dict[str, Any]:
    """Return a few wishes a small catalogue often meets; those drawn blindly it seldom does."""
    found: dict[str, Any] = {}
    if core is not None and r.random() < 0.25:
        lines = r.sample(list(core.lines()), r.choice((1, 1, 2, 3)))
        found["owned"] = tuple(line.part.id for line in lines for _ in range(r.choice((1, 1, 2))))
    if r.random() < 0.25:
        drive = r.choice(stock.storages)
        wanted = round(drive.capacity_bytes * r.choice((0.5, 1.0, 1.0, 2.0, 3.0)))
        level = r.choice(("none", "none", "0", "1", "1", "5", "6", "10"))
        found["data_drives"] = DataDrives(drive.drive_kind, wanted, level)
    if r.random() < 0.25:
        found["brands"] = tuple(
            sorted({(part.kind.value, part.maker) for part in r.choice(stock.groups())[:2]})
        )
    if r.random() < 0.25:
        found["power_limit_w"] = r.choice((150.0, 250.0, 350.0))
    return found


def trial(seed: int, ground: Ground) -> Trial:
    """Ask both about the catalogue of a seed."""
    request, stock = question(seed, ground)
    started = time.perf_counter()
    solution = solve(request, stock)
    middle = time.perf_counter()
    oracle = best_of_all(request, stock)
    ended = time.perf_counter()
    return Trial(request, stock, solution, oracle, middle - started, ended - middle)


def told(one: Trial, seed: int) -> str:
    """Return a disagreement in words: merit and cents of the plan, and of all builds."""
    found = one.found
    mine = "nothing"
    if found is not None:
        reached_merit = found.owning or merit(found.gpu_class, one.request)
        mine = f"{reached_merit:g} {found.cents}"
    other = "nothing" if one.oracle is None else f"{one.oracle.merit:g} {one.oracle.cents}"
    return f"seed {seed} {one.request.objective}: plan {one.solution.status} {mine}, all {other}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    ground = open_ground()
    print(f"fields of a request left at their defaults: {', '.join(not_varied()) or 'none'}")
    agreed = feasible = 0
    seconds = [0.0, 0.0]
    cards: Counter[int] = Counter()
    for seed in range(args.seed, args.seed + args.count):
        one = trial(seed, ground)
        agreed += one.agrees
        if one.oracle is not None:
            feasible += 1
            cards[one.oracle.build.card_count] += 1
        seconds[0] += one.plan_s
        seconds[1] += one.brute_s
        if not one.agrees:
            print(told(one, seed), flush=True)
        if (seed + 1 - args.seed) % 100 == 0:
            print(f"... {seed + 1 - args.seed} catalogues, {agreed} agree", flush=True)
    print(f"{args.count} catalogues: {agreed} agree, {args.count - agreed} differ")
    print(f"feasible {feasible / args.count:.0%}; by number of cards {dict(sorted(cards.items()))}")
    print(f"seconds: plan {seconds[0]:.1f}, all builds {seconds[1]:.1f}")
    sys.exit(int(agreed < args.count))


if __name__ == "__main__":
    main()
