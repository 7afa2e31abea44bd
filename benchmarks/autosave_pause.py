"""Measure the longest pause of the window's thread while the autosave writes to a slow disk.

Run: python benchmarks/autosave_pause.py [FSYNC_S] (default 0.2: a busy hard disk or network home).
A 1 ms timer ticks in the window's thread; the longest gap between two ticks while a save is under
way is the pause. Offscreen; nothing of the user's is touched.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

SAVES = 12


def main() -> None:
    """Print one line: the longest pause of each save, in ms."""
    wait_s = float(sys.argv[1]) if len(sys.argv) > 1 else 0.2
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    app = QApplication([])
    model = _model(Path(tempfile.mkdtemp()))
    real = os.fsync

    def slow(handle: int) -> None:
        real(handle)
        time.sleep(wait_s)

    os.fsync = slow
    gaps, last, ticker = [0.0], [time.perf_counter()], QTimer()

    def tick() -> None:
        now = time.perf_counter()
        gaps[-1], last[0] = max(gaps[-1], now - last[0]), now

    ticker.timeout.connect(tick)
    ticker.start(1)
    for number in range(SAVES):
        gaps.append(0.0)
        model.rename(f"Name {number}")
        until = time.perf_counter() + 1.2 + wait_s
        while time.perf_counter() < until:
            app.processEvents()
            time.sleep(0.0002)
    found = sorted(gap * 1e3 for gap in gaps[1:])
    print(
        f"fsync + {wait_s * 1e3:.0f} ms, {SAVES} saves: longest pause of the window "
        f"{found[-1]:.1f} ms, median of the saves {found[len(found) // 2]:.1f} ms"
    )
    sys.stdout.flush()
    os._exit(0)


def _model(folder: Path):  # noqa: ANN202
    from hwstudio.core.project.versions import VersionStore
    from hwstudio.core.studio import open_studio
    from hwstudio.gui.configure.tools import Tools
    from hwstudio.gui.configure.viewmodel import ConfigureViewModel
    from hwstudio.gui.kit.task import Task

    studio = open_studio(str(folder))
    tools = Tools(
        planner=None,
        overlay=studio.overlay,
        solve=Task(None),
        look=Task(None),
        why=Task(None),
        curve=Task(None),
        autosave_file=folder / "autosave.hws",
        versions=VersionStore(folder / "versions"),
    )
    return ConfigureViewModel(tools)


if __name__ == "__main__":
    main()
