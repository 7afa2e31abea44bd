"""The planner against trying every build, on many random small stocks.

    python benchmarks/plan_oracle.py [INSTANCES]

Prints how many were solved, how many had no answer, and every disagreement (there must be none).
"""

from __future__ import annotations

import importlib.util
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from hwstudio.core.base.paths import catalog_file
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.optimize.brute import best_of_all
from hwstudio.core.optimize.classes import merit
from hwstudio.core.optimize.planner import Planner
from hwstudio.core.optimize.request import Objective, Request

MAKER = Path(__file__).parents[1] / "tests" / "core" / "optimize" / "conftest.py"
BUDGETS = (1200, 1800, 2600, 4500, 9000)
JOBS = ("llm_qlora_8b", "llm_chat_8b", "bert_base_train")


def maker() -> Any:
    """Return the part maker of the tests."""
    spec = importlib.util.spec_from_file_location("plan_stocks", MAKER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Maker()


def main() -> None:
    instances = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    catalog, make = Catalog.open(catalog_file()), maker()
    solved = hopeless = wrong = 0
    solver_s = 0.0
    for seed in range(5000, 5000 + instances):
        stock = make.random_stock(seed)
        request = Request(
            budget=Decimal(BUDGETS[seed % 5]),
            workload=catalog.workload(JOBS[seed % 3]),
            objective=tuple(Objective)[seed % 7 % 3],
            gpu_counts=(1, 2),
            mains="230V16A" if seed % 2 else "120V15A",
        )
        started = time.perf_counter()
        first = next(Planner(request, stock).ranked(), None)
        solver_s += time.perf_counter() - started
        oracle = best_of_all(request, stock)
        if oracle is None or first is None:
            hopeless += oracle is None and first is None
            is_same = (oracle is None) == (first is None)
        else:
            solved += 1
            is_cost = request.objective is Objective.COST
            same_merit = abs(merit(first.gpu_class, request) - oracle.merit) < 1e-9
            is_same = first.choice.cents == oracle.cents and (is_cost or same_merit)
        if not is_same:
            wrong += 1
            print(f"seed {seed}: planner {first and first.choice.cents}, oracle {oracle}")
    print(f"{instances} stocks: {solved} solved, {hopeless} without answer, {wrong} disagreements")
    print(f"planner {solver_s / instances * 1e3:.1f} ms each")


if __name__ == "__main__":
    main()
