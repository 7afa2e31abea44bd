"""How long a moved budget takes until its answer is painted, and how long the frontier grows.

python benchmarks/plan/slider.py [WORKLOAD ...] [--moves N]

The real window and tab, offscreen, over the full catalogue; seconds of the wall clock, and in
brackets the thread's own processor time, for machines others use too. For each job: seconds from
the new job until its whole frontier is known, and then N moves of the slider (200; by random jumps
and by single keys): from the move to the end of the repaint it causes. A move that was not answered
by then is counted and told. At the end, what an answer takes while another frontier grows.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from hwstudio.core.base.settings import changed
from hwstudio.core.studio import open_studio
from hwstudio.gui.app import keep_smooth, make_app, make_window
from hwstudio.gui.configure.view import ConfigureView

GOAL_MOVE_MS, GOAL_FRONTIER_S, GOAL_SOLVE_S = 50, 10, 1
JOBS = ("resnet50_train", "llm_qlora_8b", "llm_chat_8b")
STEPS = 1000  # of the slider


def wait(until: Callable[[], bool], limit_s: float = 120.0) -> float:
    """Run the event loop until something holds; return the seconds it took."""
    started = time.perf_counter()
    while not until():
        if time.perf_counter() - started > limit_s:
            raise SystemExit("the window did not come to rest")
        loop = QEventLoop()
        QTimer.singleShot(5, loop.quit)
        loop.exec()
    return time.perf_counter() - started


def is_whole(view: ConfigureView) -> bool:
    """Say whether the frontier on the screen is that of the wishes on the screen, and whole."""
    found, project = view.model.state.frontier, view.model.state.project
    return (
        found is not None
        and found.is_ready
        and found.asked.workload_id == project.workload_id
        and not view.model.state.is_updating
    )


def moved(view: ConfigureView, step: int) -> tuple[float, float, bool]:
    """Move the slider; return the seconds until it is painted, those of the processor, and
    whether it was answered."""
    started, busy = time.perf_counter(), time.thread_time()
    view.controls.budget.slider.setValue(step)
    QApplication.processEvents()  # lays out, then paints what changed
    QApplication.sendPostedEvents(None, QEvent.Type.UpdateRequest)  # ... if it was not yet
    took, busy = time.perf_counter() - started, time.thread_time() - busy
    state = view.model.state
    is_answered = state.answer.asked.budget == state.project.budget and not state.is_updating
    return took, busy, is_answered


def measure_moves(view: ConfigureView, name: str, steps: list[int]) -> None:
    """Print the times of some moves."""
    took, busy, answered = zip(*(moved(view, step) for step in steps), strict=True)
    sorted_ms = sorted(1e3 * each for each in took)
    p95 = sorted_ms[round(0.95 * (len(sorted_ms) - 1))]
    verdict = "held" if sorted_ms[-1] <= GOAL_MOVE_MS and all(answered) else "NOT held"
    print(
        f"  {name:12} p50 {statistics.median(sorted_ms):5.1f} ms  p95 {p95:5.1f} ms  "
        f"max {sorted_ms[-1]:5.1f} ms (processor {1e3 * statistics.median(busy):.1f}, "
        f"{1e3 * max(busy):.1f} ms)  {sum(answered)} of {len(steps)} answered   "
        f"goal {GOAL_MOVE_MS} ms {verdict}"
    )


def measure_job(view: ConfigureView, job: str, moves: int) -> None:
    """Print one job's figures."""
    draw = random.Random(job)
    busy, started = time.process_time(), time.perf_counter()
    view.model.set_workload(job)
    answer_s = wait(lambda: not view.model.state.is_updating)
    wait(lambda: is_whole(view))
    frontier_s, busy = time.perf_counter() - started, time.process_time() - busy
    points = view.model.state.frontier.points
    verdict = "held" if frontier_s <= GOAL_FRONTIER_S else "NOT held"
    print(
        f"{job}: answer {answer_s:.2f} s, frontier {frontier_s:.2f} s ({busy:.2f} s of processor), "
        f"{len(points)} steps   goal {GOAL_FRONTIER_S} s {verdict}"
    )
    measure_moves(view, "jumps", [draw.randrange(STEPS + 1) for _ in range(moves)])
    start = draw.randrange(STEPS - moves)
    measure_moves(view, "single keys", list(range(start, start + moves)))


def measure_while_growing(view: ConfigureView) -> None:
    """Print what an answer takes while a frontier grows."""
    view.model.set_gpu_count(1)
    wait(lambda: view.model.state.frontier is not None and not view.model.state.is_updating)
    if view.model.state.frontier.is_ready:
        print("an answer while the frontier grows: it was whole before the slider could move")
        return
    started = time.perf_counter()
    view.model.set_budget(Decimal(4321))
    wait(lambda: not view.model.state.is_updating)
    took = time.perf_counter() - started - 0.3  # the tab waits for further moves so long
    verdict = "held" if took <= GOAL_SOLVE_S else "NOT held"
    print(f"an answer while the frontier grows: {took:.2f} s   goal {GOAL_SOLVE_S} s {verdict}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("jobs", nargs="*", default=JOBS)
    parser.add_argument("--moves", type=int, default=200)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        studio = open_studio(home)
        studio.save_settings(changed(studio.settings, first_run_done=True))
        window = make_window(make_app(), studio)
        window.resize(1280, 720)
        window.show()
        window.open_tab("configure")
        view = window.findChild(ConfigureView)
        wait(lambda: is_whole(view))
        keep_smooth()
        for job in asked.jobs:
            measure_job(view, job, asked.moves)
        measure_while_growing(view)
        sys.stdout.flush()
        view.leave()
    os._exit(0)


if __name__ == "__main__":
    main()
