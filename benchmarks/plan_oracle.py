"""The planner against two judges: every build of small stocks, and HiGHS on the whole catalogue.

    python benchmarks/plan_oracle.py [INSTANCES]

Speeds by the fitted process. First many random small stocks: the planner, the integer programme
and brute force must agree. Then the bundled catalogue at several budgets, jobs and objectives: the
planner and the integer programme must agree to the cent. Prints every disagreement (there must be
none) and the seconds.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from hwstudio.core.base.paths import catalog_file, resource_bytes
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.part import PartKind
from hwstudio.core.optimize.brute import best_of_all
from hwstudio.core.optimize.certify import certify, prove
from hwstudio.core.optimize.classes import merit
from hwstudio.core.optimize.limits import KINDS_BOUGHT
from hwstudio.core.optimize.planner import Planner
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.solve import solve
from hwstudio.core.optimize.stock import Stock
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.predictor import FittedPredictor
from hwstudio.core.predict.predictor import Predictor

MAKER = Path(__file__).parents[1] / "tests" / "core" / "optimize" / "conftest.py"
BUDGETS = (1200, 1800, 2600, 4500, 9000)
JOBS = ("llm_qlora_8b", "llm_chat_8b", "bert_base_train")
REAL_BUDGETS = (1500, 3000, 6000, 12000)
REAL_JOBS = ("llm_qlora_8b", "bert_base_train")


def maker() -> Any:
    """Return the part maker of the tests."""
    spec = importlib.util.spec_from_file_location("plan_stocks", MAKER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Maker()


def request_for(seed: int, catalog: Catalog, predictor: Predictor) -> Request:
    """Return the seed's question."""
    return Request(
        budget=Decimal(BUDGETS[seed % 5]),
        workload=catalog.workload(JOBS[seed % 3]),
        objective=tuple(Objective)[seed % 7 % 3],
        gpu_counts=(1, 2),
        mains="230V16A" if seed % 2 else "120V15A",
        predictor=predictor,
    )


def answers(request: Request, stock: Stock) -> tuple[list[tuple[float, int] | None], list[float]]:
    """Return merit and cents of planner, programme and brute force, and their seconds."""
    found: list[tuple[float, int] | None] = []
    seconds = []
    is_cost = request.objective is Objective.COST
    started = time.perf_counter()
    first = next(Planner(request, stock).ranked(), None)
    seconds.append(time.perf_counter() - started)
    found.append((merit(first.gpu_class, request), first.choice.cents) if first else None)
    started = time.perf_counter()
    proven = certify(request, stock)
    seconds.append(time.perf_counter() - started)
    gpu_class = proven.gpu_class
    found.append((merit(gpu_class, request), proven.cents) if gpu_class else None)
    started = time.perf_counter()
    oracle = best_of_all(request, stock)
    seconds.append(time.perf_counter() - started)
    found.append((oracle.merit, oracle.cents) if oracle else None)
    return [one and (0.0 if is_cost else round(one[0], 9), one[1]) for one in found], seconds


def small_stocks(instances: int, catalog: Catalog, predictor: Predictor) -> int:
    """Judge random small stocks; return the disagreements."""
    make = maker()
    solved = wrong = 0
    spent = [0.0, 0.0, 0.0]
    for seed in range(5000, 5000 + instances):
        found, seconds = answers(request_for(seed, catalog, predictor), make.random_stock(seed))
        spent = [total + one for total, one in zip(spent, seconds, strict=True)]
        solved += found[0] is not None
        if len(set(found)) > 1:
            wrong += 1
            print(f"seed {seed}: planner, HiGHS, brute force {found}")
    print(f"{instances} stocks: {solved} solved, {wrong} disagreements")
    each = " ".join(f"{total / instances * 1e3:.1f}" for total in spent)
    print(f"planner, HiGHS, brute force: {each} ms each")
    return wrong


def whole_catalogue(catalog: Catalog, predictor: Predictor) -> int:
    """Judge the bundled catalogue; return the disagreements."""
    groups = [catalog.parts(PartKind(kind)) for kind in KINDS_BOUGHT]
    wrong = 0
    print(f"{sum(len(g) for g in groups)} parts; seconds from a cold start")
    print(f"{'job':18}{'objective':10}{'budget':>8}{'plan s':>8}{'HiGHS s':>8}  answer")
    for job in REAL_JOBS:
        for objective in Objective:
            for budget in REAL_BUDGETS:
                request = Request(
                    budget=Decimal(budget),
                    workload=catalog.workload(job),
                    objective=objective,
                    predictor=predictor,
                )
                stock = Stock.from_parts(*groups)
                solution = solve(request, stock)
                proof = prove(request, stock, solution)
                wrong += not proof.agrees
                print(
                    f"{job:18}{objective:10}{budget:8}{solution.seconds:8.2f}{proof.seconds:8.2f}"
                    f"  {solution.status} {proof.price or ''} {proof.words}",
                    flush=True,
                )
    return wrong


def main() -> None:
    instances = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    catalog = Catalog.open(catalog_file())
    model = SpeedModel.from_bytes(resource_bytes("predict/speed.npz"))
    predictor = FittedPredictor(model, catalog.gpus())
    wrong = small_stocks(instances, catalog, predictor) + whole_catalogue(catalog, predictor)
    print(f"{wrong} disagreements in all")
    sys.exit(int(wrong > 0))


if __name__ == "__main__":
    main()
