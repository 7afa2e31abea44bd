"""How long one plan takes over the whole catalogue, from a cold start and for a moved slider.

python benchmarks/plan_speed.py [WORKLOAD]
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from decimal import Decimal

from hwstudio.core.base.paths import catalog_file
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.part import PartKind
from hwstudio.core.optimize.limits import KINDS_BOUGHT
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.solve import solve
from hwstudio.core.optimize.stock import Stock

BUDGETS = (1500, 3000, 6000, 12000)


def main() -> None:
    catalog = Catalog.open(catalog_file())
    workload = catalog.workload(sys.argv[1] if len(sys.argv) > 1 else "llm_qlora_8b")
    groups = [catalog.parts(PartKind(kind)) for kind in KINDS_BOUGHT]
    print(f"{workload.id}, {sum(len(g) for g in groups)} parts")
    print(f"{'objective':10} {'budget':>8} {'cold s':>8} {'again s':>8}  answer")
    for objective in Objective:
        for budget in BUDGETS:
            stock = Stock.from_parts(*groups)
            request = Request(budget=Decimal(budget), workload=workload, objective=objective)
            cold = solve(request, stock)
            started = time.perf_counter()
            solve(replace(request, budget=Decimal(budget + 37)), stock)
            again = time.perf_counter() - started
            best = cold.builds[0].build if cold.builds else None
            answer = f"{best.card_count} x {best.card.gpu.name}" if best and best.card else ""
            print(
                f"{objective:10} {budget:8} {cold.seconds:8.3f} {again:8.3f}  "
                f"{cold.status} {answer}"
            )


if __name__ == "__main__":
    main()
