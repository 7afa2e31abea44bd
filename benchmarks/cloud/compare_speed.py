"""How long own or rent takes: the draws, every offer for a job, a moved slider until it is painted.

python benchmarks/cloud/compare_speed.py [WORKLOAD ...] [--moves N]

Milliseconds: middle and slowest of many by the wall clock, and the middle by the processor, which
others on the same machine do not stretch. The slider is moved in the real tab at
1280 x 720 (offscreen unless a display is chosen) and is done when sentence, numbers and chart are
painted; the offers table, which follows once the slider rests, is a line of its own.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

DRAWS_MS, OFFERS_MS, SLIDER_MS = 1000.0, 100.0, 50.0


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("workloads", nargs="*", default=["llm_qlora_8b", "resnet50_train"])
    wanted.add_argument("--moves", type=int, default=40)
    args = wanted.parse_args()
    if sys.platform.startswith("linux"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    print(f"{'what':58} {'middle':>9} {'slowest':>9} {'cpu':>9} {'bar':>7}  ms")
    with tempfile.TemporaryDirectory() as home:
        for workload in args.workloads:
            core(home, workload)
        window(home, args.workloads[0], args.moves)
    sys.stdout.flush()
    os._exit(0)  # the window's threads need no farewell


Time = tuple[float, float]  # wall clock and processor, ms


def say(what: str, times: list[Time], bar_ms: float | None = None) -> None:
    """Print one line."""
    bar = "" if bar_ms is None else f"{bar_ms:,.0f}"
    walls, cpus = zip(*times, strict=True)
    middle, cpu = statistics.median(walls), statistics.median(cpus)
    print(f"{what:58} {middle:9.1f} {max(walls):9.1f} {cpu:9.1f} {bar:>7}")


def timed_once(work: Callable[[], Any]) -> Time:
    """Return how long one call takes."""
    began, busy = time.perf_counter(), time.thread_time()
    work()
    return (time.perf_counter() - began) * 1000, (time.thread_time() - busy) * 1000


def timed(work: Callable[[], Any], times: int) -> list[Time]:
    """Return how long each of so many calls takes."""
    return [timed_once(work) for _ in range(times)]


def core(home: str, workload_id: str) -> None:
    """Time the draws and all offers without a window."""
    from hwstudio.core.assess.market_table import Terms, offer_costs
    from hwstudio.core.assess.own_machine import own_gpu
    from hwstudio.core.assess.own_or_rent import Question, Shapes, odds_case, speed_ratio
    from hwstudio.core.catalog.cloud_tables import grids_of
    from hwstudio.core.cost.draw import Band
    from hwstudio.core.cost.odds import odds
    from hwstudio.core.cost.odds_case import DRAWS
    from hwstudio.core.cost.options import Choice, Work
    from hwstudio.core.cost.spot_terms import SpotTerms
    from hwstudio.core.studio import open_studio

    studio = open_studio(home)
    catalog = studio.catalog
    gpu = catalog.match_gpu("GeForce RTX 4090")
    assert gpu is not None
    question = Question(own=own_gpu(gpu, catalog.cards()), hours_per_month=120, price_per_kwh=0.165)
    offers, workload = catalog.offers(), catalog.workload(workload_id)
    shapes = Shapes(workload, catalog.gpus(), studio.predictors.now())
    once = timed(lambda: shapes.prepare(offers, {1}), 1)
    say(f"{workload_id}: speeds of every offer, once", once)
    own_speed = shapes.own_speed(question.own)
    work = Work(120, workload.job_units, own_speed)
    choice = Choice(filter(shapes.fits, offers), shapes.speed)
    rental = choice.best(work)[0]
    ratio = speed_ratio(rental, question.own, own_speed)
    assert ratio is not None
    case = odds_case(question, rental, ratio)
    first = timed(lambda: odds(case, seed=1), 1)
    say(f"{workload_id}: {DRAWS:,} draws, the first time", first, DRAWS_MS)
    moved_case = iter(range(100))
    again = timed(lambda: odds(replace(case, hours_per_month=Band.certain(next(moved_case)))), 30)
    say(f"{workload_id}: {DRAWS:,} draws, one input moved", again, DRAWS_MS)
    terms, grids = Terms(kind="on_demand", spot=SpotTerms()), grids_of(catalog.table("carbon"))
    fresh = Shapes(workload, catalog.gpus(), shapes.predictor)
    cold = timed(lambda: offer_costs(offers, fresh, work, terms, grids), 1)
    say(f"{workload_id}: {len(offers):,} offers for one job, first", cold, OFFERS_MS)
    again = timed(lambda: offer_costs(offers, shapes, work, terms, grids), 20)
    say(f"{workload_id}: {len(offers):,} offers for one job", again, OFFERS_MS)
    sound = timed(lambda: Choice(filter(shapes.fits, offers), shapes.speed), 10)
    say(f"{workload_id}: a sound offer for each way to pay", sound)
    studio.close()


def window(home: str, workload_id: str, moves: int) -> None:
    """Time sliders in the tab."""
    from hwstudio.core.base.settings import changed
    from hwstudio.core.studio import open_studio
    from hwstudio.gui.app import make_app, make_window
    from hwstudio.gui.cloud.view import CloudView
    from hwstudio.gui.shots import _settle

    studio = open_studio(home)
    studio.save_settings(changed(studio.settings, first_run_done=True))
    make_app()
    opened = make_window(_app(), studio)
    opened.resize(1280, 720)
    opened.show()
    opened.open_tab("cloud")
    view = opened.findChild(CloudView)
    assert view is not None
    for _ in range(40):
        _settle(250)
        if not view.model.state.is_waiting:
            break
    view.model.choose_workload(workload_id)
    _settle(1500)
    for name in ("hours", "tariff", "resale", "ratio", "discount"):
        slider = getattr(view.own, name).slider
        places = range(200, 800, max(1, 600 // moves))
        say(f"slider to repaint: {name}", list(moved(view, slider, places)), SLIDER_MS)
    _settle(500)
    say("the offers table, once the slider rests", timed(lambda: rest(view), 5))


def _app() -> Any:
    from PySide6.QtWidgets import QApplication

    return QApplication.instance()


def moved(view: Any, slider: Any, places: Iterable[int]) -> Iterable[Time]:
    """Move a slider through places; yield the time of each until everything is painted."""

    def move(place: int) -> None:
        slider.setValue(place)
        for painted in (view.own, view.top, view.top.plot.view.viewport()):
            painted.repaint()

    move(150)
    for place in places:
        yield timed_once(partial(move, place))


def rest(view: Any) -> None:
    """Change the hours and fill the table at once."""
    view.model.set_hours(view.model.state.wish.hours_per_month % 700 + 5)
    view.why.show_rows()
    view.why.table.viewport().repaint()


if __name__ == "__main__":
    main()
