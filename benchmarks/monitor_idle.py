"""What the live monitor costs: per cent of one core, window visible and hidden, whole process.

    python benchmarks/monitor_idle.py [SECONDS]

Prints CPU time of all threads over wall time, for a bare Qt window with a 1 Hz timer (the floor),
the Monitor tab visible at 1 Hz, each device's charts, and the tab hidden; and the ratios to the
goal of 3 % of one core.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time

GOAL_PERCENT = 3.0
WARM_UP_S = 4.0


def main() -> int:
    """Measure and print; 0 when the goal is met."""
    if sys.platform.startswith("linux"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    from hwstudio.gui.app import make_app

    app = make_app()
    floor = _bare(seconds)
    print(f"bare window, 1 Hz timer      {floor:6.2f} % of a core")
    with tempfile.TemporaryDirectory() as home:
        worst = _monitor(app, home, seconds)
    print(f"goal {GOAL_PERCENT:.0f} % of a core, worst visible / goal = {worst / GOAL_PERCENT:.2f}")
    return 0 if worst <= GOAL_PERCENT else 1


def _bare(seconds: float) -> float:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QLabel, QMainWindow

    window = QMainWindow()
    text = QLabel("0")
    window.setCentralWidget(text)
    window.resize(1280, 720)
    timer = QTimer(window)
    timer.timeout.connect(lambda: text.setText(str(time.monotonic())))
    timer.start(1000)
    window.show()
    _spin(1.0)
    used = _cost(seconds)
    window.close()
    window.deleteLater()
    return used


def _monitor(app: object, home: str, seconds: float) -> float:
    from hwstudio.core.base.settings import changed
    from hwstudio.core.studio import open_studio
    from hwstudio.gui.app import make_window

    studio = open_studio(home)
    studio.save_settings(changed(studio.settings, first_run_done=True, theme="light"))
    window = make_window(app, studio)  # type: ignore[arg-type]
    window.resize(1280, 720)
    window.show()
    window.open_tab("monitor")
    _spin(WARM_UP_S)
    view = window.view("monitor")
    worst = 0.0
    for device in ("cpu", "memory", "disks", "network"):
        view.model.select(device)  # type: ignore[union-attr]
        _spin(1.5)
        used = _cost(seconds)
        worst = max(worst, used)
        print(f"visible, {device:<20}{used:6.2f} % of a core")
    window.open_tab("machine")
    _spin(2.0)
    print(f"tab hidden, still sampling   {_cost(seconds):6.2f} % of a core")
    for name, (cost_s, cadence_s) in view.model.sampler.costs_s.items():  # type: ignore[union-attr]
        print(f"  sensor {name:<14}{cost_s * 1e3:8.2f} ms every {cadence_s:g} s")
    window.close()
    studio.close()
    return worst


def _cost(seconds: float) -> float:
    """Return per cent of a core used while the event loop runs for ``seconds``."""
    cpu, wall = time.process_time(), time.monotonic()
    _spin(seconds)
    return 100 * (time.process_time() - cpu) / (time.monotonic() - wall)


def _spin(seconds: float) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


if __name__ == "__main__":
    sys.exit(main())
