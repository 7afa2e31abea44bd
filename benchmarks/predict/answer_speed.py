"""How long an answer takes: one, the whole hardware table, the whole Workload screen, a big table.

    python benchmarks/predict/answer_speed.py [ROUNDS]

Floor: the earlier estimate (one efficiency for each kind of work) over the same GPUs. Goals: one
answer at most 1 ms, the table at most 50 ms.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable

from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.fitted.job import (
    question_for,
    sheet_of,
    speeds,
)
from hwstudio.core.predict.fitted.predictor import FittedPredictor
from hwstudio.core.predict.fitted.software import usual_software
from hwstudio.core.predict.job_maker import job_of, usual_wish
from hwstudio.core.predict.speed import predict_speed
from hwstudio.core.studio import open_studio
from hwstudio.gui.workload.reckon import Reckoner
from hwstudio.gui.workload.state import Stock, Wish


def median_ms(work: Callable[[], object], rounds: int) -> float:
    """Return the median of some rounds, after one that warms up."""
    work()
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1e3)
    return statistics.median(took)


def main() -> int:
    """Print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as home:
        studio = open_studio(home)
        began = time.perf_counter()
        model = studio.speed_model
        print(f"reading the model        {(time.perf_counter() - began) * 1e3:8.1f} ms, once")
        catalog = studio.catalog
        gpus = catalog.gpus()
        models = {each.id: each for each in catalog.ai_models()}
        llama = models["llama-3.1-8b"]
        wish = usual_wish(llama, Mode.QLORA)
        job = job_of(llama, wish)
        sheets = [sheet_of(gpu, model.devices.values()) for gpu in gpus]
        software = usual_software(model, job)
        question = question_for(job, sheets[0], 1, software)
        assert question is not None
        stock = Stock(tuple(models.values()), gpus, catalog.cards(), (), 0.165, "USD", "")
        reckoner = Reckoner(stock, model)
        asked = Wish("text", llama, wish, gpu_id=gpus[0].id)
        one = median_ms(lambda: model.answer([question]), rounds)
        table = median_ms(lambda: speeds(model, job, sheets, 1, software), rounds)
        floor = median_ms(lambda: [predict_speed(job, gpu) for gpu in gpus], rounds)
        software_ms = median_ms(lambda: usual_software(model, job), rounds)
        fresh = median_ms(lambda: FittedPredictor(model, gpus).speed(job, gpus[0]), rounds)
        screen = median_ms(lambda: reckoner.state(asked, ""), rounds)
        print(f"one answer               {one:8.2f} ms, goal 1")
        print(f"which software           {software_ms:8.1f} ms, once a job")
        print(f"a new predictor's first  {fresh:8.1f} ms: data sheets, software and the table")
        print(f"table of {len(gpus)} GPUs         {table:8.1f} ms, goal 50")
        print(
            f"the earlier estimate     {floor:8.1f} ms: this is {table / floor:.1f} times as long"
        )
        print(f"the whole screen         {screen:8.1f} ms")
        studio.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
