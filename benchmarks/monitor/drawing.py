"""What drawing costs: 12 charts x 600 points at 1 Hz and 10 Hz, ours beside pyqtgraph.

    python benchmarks/monitor/drawing.py [SECONDS]

Each contestant runs in a process of its own: a window of 12 charts is filled, and each tick brings
one new value per chart. Printed: CPU milliseconds per tick (all threads of the process, less those
of the same window and timer without charts), resident memory, and the ratio of ours to pyqtgraph.
Offscreen always; on an X server too when DISPLAY is set.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from array import array
from collections.abc import Callable
from pathlib import Path
from statistics import median

CHARTS, POINTS = 12, 600
GOAL_MS = 1.5
RATES = ((POINTS, 1.0), (POINTS, 10.0))  # points shown, ticks per second
WINDOW = (1200, 800)
ROUNDS = 3
Tick = Callable[[float, float], None]


def main() -> int:
    """Measure and print; 0 when ours keeps to the goal at 1 Hz."""
    if len(sys.argv) > 1 and sys.argv[1] == "--child":
        return _child(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5]))
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 12.0
    platforms = ["offscreen"] + (["xcb"] if os.environ.get("DISPLAY") else [])
    worst = 0.0
    for platform in platforms:
        where = f"{platform}: {CHARTS} charts in {WINDOW[0]}x{WINDOW[1]}"
        print(f"{where}, CPU ms per tick, median of {ROUNDS} rounds")
        for points, hertz in RATES:
            worst = max(worst, _row(platform, points, hertz, seconds))
    print(f"goal {GOAL_MS} ms of CPU per second at 1 Hz, worst / goal = {worst / GOAL_MS:.2f}")
    return 0 if worst <= GOAL_MS else 1


def _row(platform: str, points: int, hertz: float, seconds: float) -> float:
    """Print one line; return our CPU ms per second at 1 Hz (0 at other rates)."""
    found: dict[str, list[dict[str, float]]] = {}
    for _ in range(ROUNDS):
        for name in ("bare", "ours", "pyqtgraph"):
            found.setdefault(name, []).append(_run(platform, name, points, hertz, seconds))
    cost = {name: median(one["ms"] for one in runs) for name, runs in found.items()}
    rss = {name: median(one["rss_mb"] for one in runs) for name, runs in found.items()}
    ours, theirs = cost["ours"] - cost["bare"], cost["pyqtgraph"] - cost["bare"]
    print(
        f"  {points:4d} points at {hertz:4.0f} Hz: ours {ours:6.2f}, pyqtgraph {theirs:6.2f}, "
        f"ratio {ours / theirs:5.3f}; bare window {cost['bare']:.2f}; "
        f"RSS MB {rss['ours']:.0f} / {rss['pyqtgraph']:.0f} / bare {rss['bare']:.0f}"
    )
    return ours if hertz == 1.0 else 0.0


def _run(platform: str, name: str, points: int, hertz: float, seconds: float) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, "--child", name, str(points), str(hertz), str(seconds)],
        env={**os.environ, "QT_QPA_PLATFORM": platform},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


# --- in the child -------------------------------------------------------------------------------


def _child(name: str, points: int, hertz: float, seconds: float) -> int:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

    app = QApplication(sys.argv[:1])
    window = QWidget()
    window.resize(*WINDOW)
    grid = QGridLayout(window)
    begin = 1_790_000_000.0
    makers = {"ours": _ours, "pyqtgraph": _pyqtgraph, "bare": _bare}
    ticks = makers[name](grid, _data(begin, points), points)
    window.show()
    state = {"n": 0}

    def tick() -> None:
        state["n"] += 1
        at = begin + state["n"]
        for number, one in enumerate(ticks):
            one(at, _value(points + state["n"], number))

    timer = QTimer()
    timer.timeout.connect(tick)
    timer.start(round(1000 / hertz))
    _spin(1.5)
    before, cpu = state["n"], time.process_time()
    _spin(max(seconds, 3 / hertz))
    used, count = time.process_time() - cpu, state["n"] - before
    timer.stop()
    print(json.dumps({"ms": 1000 * used / max(1, count), "rss_mb": _rss_mb()}))
    sys.stdout.flush()
    window.close()
    del app
    os._exit(0)  # pyqtgraph's teardown crashes some bare scripts; nothing is left to save


def _value(n: int, chart: int) -> float:
    """Return a load that rises, falls and jitters, the same in every run."""
    slow = (n * (3 + chart) % 200) / 200
    jitter = (n * 2654435761 % 1000) / 1000
    return 0.7 * abs(2 * slow - 1) + 0.25 * jitter


def _data(begin: float, points: int) -> list[tuple[array[float], array[float]]]:
    times = array("d", (begin - points + 1 + n for n in range(points)))
    return [(times, array("d", (_value(n, chart) for n in range(points)))) for chart in range(12)]


def _bare(grid: object, data: object, points: int) -> list[Tick]:  # noqa: ARG001
    """Take values and draw nothing."""
    return [lambda _at, _value: None] * CHARTS


def _ours(grid: object, data: list[tuple[array[float], array[float]]], points: int) -> list[Tick]:
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from hwstudio.gui.kit.trace_axis import SHARE
    from hwstudio.gui.kit.trace_chart import TimeWindow, TraceChart, TraceLine, TraceLook

    ticks: list[Tick] = []
    for number, (times, values) in enumerate(data):
        chart = TraceChart(TraceLook(f"Load {number}", SHARE, 1.0, is_framed=True))
        chart.set_window(TimeWindow(times[-1] - points + 1, times[-1]))
        chart.set_lines([TraceLine("load", times, values)])
        grid.addWidget(chart, number // 3, number % 3)  # type: ignore[attr-defined]
        ticks.append(lambda at, value, chart=chart: chart.append(at, (value,)))
    return ticks


def _pyqtgraph(
    grid: object, data: list[tuple[array[float], array[float]]], points: int
) -> list[Tick]:
    """Draw with fixed ranges and thin pens without smoothing: pyqtgraph at its best."""
    import numpy as np
    import pyqtgraph as pg

    pg.setConfigOptions(antialias=False, useOpenGL=False, background="w")
    ticks: list[Tick] = []
    for number, (times, values) in enumerate(data):
        plot = pg.PlotWidget(title=f"Load {number}")
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setXRange(-points + 1, 0, padding=0)
        plot.setYRange(0, 1, padding=0)
        curve = plot.plot(pen=pg.mkPen("#0072B2", width=1))
        x = np.asarray(times) - times[-1]
        y = np.asarray(values).copy()

        def tick(_at: float, value: float, curve=curve, x=x, y=y) -> None:  # noqa: ANN001
            y[:-1] = y[1:]
            y[-1] = value
            curve.setData(x, y)

        grid.addWidget(plot, number // 3, number % 3)  # type: ignore[attr-defined]
        ticks.append(tick)
    return ticks


def _spin(seconds: float) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def _rss_mb() -> float:
    import psutil

    return float(psutil.Process().memory_info().rss) / 1e6


if __name__ == "__main__":
    sys.exit(main())
