"""The plan against a second solver, HiGHS, on the whole catalogue.

    python -m benchmarks.plan.second_solver [--count 40] [--seed 0]
    python -m benchmarks.plan.second_solver --grid

Random questions, or a fixed grid of jobs, objectives and budgets. The integer programme
(``core/optimize/certify.py``) must reach the same objective for the same cents, or prove as well
that there is no build. Prints each disagreement; ends with 1 when there was one.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from decimal import Decimal

from benchmarks.plan.questions import Ground, draw_request, open_ground
from benchmarks.plan.random_solves import told
from hwstudio.core.model.wishes import Usage
from hwstudio.core.optimize.certify import prove
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.solve import solve

GRID_BUDGETS = (1500, 3000, 6000, 12000)
GRID_JOBS = ("llm_qlora_8b", "bert_base_train")


def grid(ground: Ground) -> Iterator[Request]:
    """Yield plain questions: two jobs, every objective, four budgets."""
    for job in ground.jobs:
        for objective in Objective if job.id in GRID_JOBS else ():
            for budget in GRID_BUDGETS:
                yield Request(
                    budget=Decimal(budget),
                    workload=job,
                    objective=objective,
                    predictor=ground.predictor,
                    usage=Usage(tariff_per_kwh=Decimal("0.17")),
                )


def drawn(ground: Ground, seed: int, count: int) -> Iterator[Request]:
    """Yield random questions, most of them with few wishes."""
    for number in range(seed, seed + count):
        yield draw_request(random.Random(f"second {number}"), ground, demands=(0.15, 0.3, 0.7))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--grid", action="store_true")
    args = parser.parse_args()
    ground = open_ground()
    asked = agreed = answered = unproven = 0
    seconds = [0.0, 0.0]
    for request in grid(ground) if args.grid else drawn(ground, args.seed, args.count):
        stock = ground.fresh_stock()
        solution = solve(request, stock)
        proof = prove(request, stock, solution)
        asked += 1
        agreed += proof.agrees is True
        unproven += proof.agrees is None
        answered += bool(solution.builds)
        seconds[0] += solution.seconds
        seconds[1] += proof.seconds
        if not proof.agrees:
            print(f"question {args.seed + asked - 1}: {proof.words} | {told(request)}", flush=True)
    print(f"{asked} questions: {agreed} agree, {asked - agreed - unproven} differ, ", end="")
    print(f"{unproven} came to no end; {answered} answered")
    print(f"seconds each: plan {seconds[0] / asked:.2f}, HiGHS {seconds[1] / asked:.2f}")
    sys.exit(int(agreed < asked))


if __name__ == "__main__":
    main()
