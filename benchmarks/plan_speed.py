"""How long one plan takes over the whole catalogue, from a cold start and for a moved slider.

python benchmarks/plan_speed.py [WORKLOAD] [counted]

Speeds by the fitted process, worked out anew for every cold start; ``counted``: by the estimate
that needs no file. Seconds of the wall clock, and of the processor where others use it too.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from decimal import Decimal

from hwstudio.core.model.part import PartKind
from hwstudio.core.model.wishes import Usage
from hwstudio.core.optimize.limits import KINDS_BOUGHT
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.solve import solve
from hwstudio.core.optimize.stock import Stock
from hwstudio.core.predict.fitted.predictor import FittedPredictor
from hwstudio.core.predict.predictor import COUNTED, Predictor
from hwstudio.core.studio import Studio, open_studio

BUDGETS = (1500, 3000, 6000, 12000)


def predictor_of(studio: Studio, *, is_counted: bool) -> Predictor:
    """Return a predictor that has answered nothing yet."""
    return COUNTED if is_counted else FittedPredictor(studio.speed_model, studio.catalog.gpus())


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        studio = open_studio(home)
        began = time.perf_counter()
        studio.speed_model.groups["text"]
        print(f"reading the speed model: {time.perf_counter() - began:.3f} s, once")
        measure(studio)
        studio.close()


def measure(studio: Studio) -> None:
    """Print a line for each objective and budget."""
    catalog = studio.catalog
    words = [word for word in sys.argv[1:] if word != "counted"]
    workload = catalog.workload(words[0] if words else "llm_qlora_8b")
    groups = [catalog.parts(PartKind(kind)) for kind in KINDS_BOUGHT]
    print(f"{workload.id}, {sum(len(g) for g in groups)} parts")
    print(f"{'objective':10} {'budget':>8} {'cold s':>8} {'cpu s':>8} {'again s':>8}  answer")
    for objective in Objective:
        for budget in BUDGETS:
            stock = Stock.from_parts(*groups)
            request = Request(
                budget=Decimal(budget),
                workload=workload,
                objective=objective,
                usage=Usage(tariff_per_kwh=Decimal("0.165")),
                predictor=predictor_of(studio, is_counted="counted" in sys.argv),
            )
            busy = time.process_time()
            cold = solve(request, stock)
            busy = time.process_time() - busy
            started = time.perf_counter()
            solve(replace(request, budget=Decimal(budget + 37)), stock)
            again = time.perf_counter() - started
            best = cold.builds[0].build if cold.builds else None
            answer = f"{best.card_count} x {best.card.gpu.name}" if best and best.card else ""
            print(
                f"{objective:10} {budget:8} {cold.seconds:8.3f} {busy:8.3f} {again:8.3f}  "
                f"{cold.status} {answer}"
            )


if __name__ == "__main__":
    main()
