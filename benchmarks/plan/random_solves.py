"""Random questions to the planner over the whole catalogue, every answer judged.

    python -m benchmarks.plan.random_solves [--count 10000] [--seed 0] [--minutes 12]

Questions come in groups of ten that differ in the budget, as when a slider moves. Every build of
every answer goes through ``judge.py``; of every question without an answer the named reason is put
to the test (``reasons.py``): with the named change the planner must find a build. Prints violations
(there must be none), the share answered, distinct answers, and seconds; ends with 1 on a violation.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal

from benchmarks.plan.judge import faults
from benchmarks.plan.questions import Ground, draw_budget, draw_request, not_varied, open_ground
from benchmarks.plan.reasons import kind_of_reason, untrue
from hwstudio.core.model.workload import Workload
from hwstudio.core.optimize.request import Request
from hwstudio.core.optimize.solve import Solution, solve
from hwstudio.core.optimize.stock import Stock

GROUP = 10
FRESH_EVERY = 10  # groups that share one stock, and with it what was prepared
HIDDEN = ("workload", "predictor")


@dataclass(slots=True)
class Tally:
    """What was seen so far."""

    violations: int = 0
    answered: int = 0
    untested: int = 0
    answers: set[frozenset[str]] = field(default_factory=set)
    reasons: Counter[str] = field(default_factory=Counter)
    seconds: list[tuple[float, int]] = field(default_factory=list)  # with the question's number


def questions(seed: int, ground: Ground) -> list[Request]:
    """Return the questions of a seed: one request at ten budgets."""
    r = random.Random(f"solves {seed}")
    first = draw_request(r, ground)
    return [replace(first, budget=draw_budget(r)) for _ in range(GROUP)]


def judged(
    request: Request, solution: Solution, stock: Stock, tally: Tally, *, reasons: bool
) -> tuple[str, ...]:
    """Return what is wrong with a solution, and count it."""
    found = faults(solution, request, stock)
    if solution.builds:
        tally.answered += 1
        for planned in solution.builds:
            ids = {f"{line.quantity} {line.part.id}" for line in planned.build.lines()}
            tally.answers.add(frozenset(ids))
    else:
        tally.reasons[kind_of_reason(solution)] += 1
        if reasons:
            found = (*found, *untrue(request, solution, stock))
        else:
            tally.untested += 1
    tally.violations += len(found)
    return found


def told(request: Request) -> str:
    """Return the wishes of a request that are not the defaults."""
    usual = Request(budget=Decimal(1), workload=request.workload)
    asked = [
        f"{f.name}={_short(getattr(request, f.name))}"
        for f in fields(request)
        if f.name not in HIDDEN and getattr(request, f.name) != getattr(usual, f.name)
    ]
    return f"{request.workload.id} {' '.join(asked)}"


def _short(value: object) -> object:
    """Return jobs by their ids, everything else as it is."""
    jobs = value if isinstance(value, tuple) else ()
    return [job.id for job in jobs if isinstance(job, Workload)] or value


def report(count: int, tally: Tally, slowest: int, ground: Ground) -> None:
    """Print the figures."""
    spent = sorted(tally.seconds)
    share = tally.answered / count
    print(f"{count} questions: {tally.violations} violations, {share:.0%} answered, ", end="")
    print(
        f"{len(tally.answers)} distinct best builds; {tally.untested} reasons not put to the test"
    )
    for name, number in tally.reasons.most_common():
        print(f"  not answered: {number:5} {name}")
    at = [spent[min(len(spent) - 1, int(len(spent) * q))][0] for q in (0.5, 0.95, 0.99, 1.0)]
    over = sum(seconds > 1 for seconds, _ in spent)
    print("processor seconds a solve: p50 {:.3f}, p95 {:.3f}, p99 {:.3f}, most {:.3f}".format(*at))
    print(f"over 1 s: {over}")
    for seconds, number in spent[::-1][:slowest]:
        print(
            f"  {seconds:.3f} {number}: {told(questions(number // GROUP, ground)[number % GROUP])}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0, help="number of the first group of ten")
    parser.add_argument("--slowest", type=int, default=10)
    parser.add_argument("--minutes", type=float, default=math.inf, help="ask no more after these")
    parser.add_argument("--reasons-every", type=int, default=5, help="test every n-th reason")
    args = parser.parse_args()
    ground = open_ground()
    print(f"fields of a request left at their defaults: {', '.join(not_varied()) or 'none'}")
    tally, stock = Tally(), ground.fresh_stock()
    asked, until = 0, time.monotonic() + 60 * args.minutes
    for seed in range(args.seed, args.seed + args.count // GROUP):
        if time.monotonic() > until:
            break
        if (seed - args.seed) % FRESH_EVERY == 0:
            stock = ground.fresh_stock()
        for index, request in enumerate(questions(seed, ground)):
            started = time.process_time()
            solution = solve(request, stock)
            tally.seconds.append((time.process_time() - started, seed * GROUP + index))
            is_tested = asked % args.reasons_every == 0
            for words in judged(request, solution, stock, tally, reasons=is_tested):
                print(f"question {seed * GROUP + index}: {words} | {told(request)}", flush=True)
            asked += 1
            if asked % 500 == 0:
                print(f"... {asked} asked, {tally.violations} violations", flush=True)
    report(asked, tally, args.slowest, ground)
    sys.exit(int(tally.violations > 0))


if __name__ == "__main__":
    main()
