"""Twelve charts over thirty days: asked of the history and drawn, as the window does it.

    python benchmarks/monitor/month.py --folder DIR [--days 30]

DIR holds the history that ``store.py --days 30 --folder DIR`` wrote. Time is from the question to
the finished picture of all charts, of which the question is asked in a worker thread in the
window; goal 100 ms in all.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

from store import CHARTS

GOAL_MS = 100.0
ROUNDS = 7


def main() -> int:
    """Measure and print; 0 when the goal is met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--days", type=int, default=30)
    args = parser.parse_args()
    if sys.platform.startswith("linux"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    file = next(args.folder.glob("*.db"), None)
    if file is None:
        print(f"no history in {args.folder}: run store.py --days {args.days} --folder DIR first")
        return 2
    return _measure(file, args.days)


def _measure(file: Path, days: int) -> int:
    from PySide6.QtCore import QCoreApplication

    from hwstudio.core.history.readings.query import ReadingHistory
    from hwstudio.core.model.sensor import sensor_of
    from hwstudio.core.monitor.labels import name_of
    from hwstudio.gui.app import make_app
    from hwstudio.gui.monitor.older import HistoryLookup
    from hwstudio.gui.monitor.pages import ChartSpec, LineSpec, PageSpec
    from hwstudio.gui.monitor.plots import PageCharts
    from hwstudio.gui.monitor.state import Picture

    make_app()
    history = ReadingHistory.open(file)
    span = history.span()
    history.close()
    if span is None:
        print("the history is empty")
        return 2
    end_s = span[1]
    start_s = end_s - days * 86400
    made = (
        ChartSpec(name_of(name), sensor_of(name).unit, (LineSpec(name, name),)) for name in CHARTS
    )
    page = PageSpec("own:Twelve", "Twelve", tuple(made), CHARTS)
    charts = PageCharts()
    charts.resize(1240, 620)
    charts.show()
    QCoreApplication.processEvents()
    lookup, asked_ms, drawn_ms = HistoryLookup(file), [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        older = lookup(CHARTS, start_s, end_s, 900)
        asked = time.perf_counter()
        picture = Picture(start_s, end_s, older.traces, older.gaps)
        charts.show_page(page, picture, is_live=False)
        QCoreApplication.processEvents()  # the charts paint themselves
        drawn_ms.append((time.perf_counter() - asked) * 1e3)
        asked_ms.append((asked - began) * 1e3)
    charts.close()
    asked_, drawn_ = statistics.median(asked_ms), statistics.median(drawn_ms)
    print(f"{len(page.charts)} charts, {len(CHARTS)} sensors, {days} days, medians of {ROUNDS}")
    print(f"asked {asked_:.1f} ms, drawn {drawn_:.1f} ms, together {asked_ + drawn_:.1f} ms")
    print(f"together / goal of {GOAL_MS:.0f} ms = {(asked_ + drawn_) / GOAL_MS:.2f}")
    return 0 if asked_ + drawn_ <= GOAL_MS else 1


if __name__ == "__main__":
    sys.exit(main())
