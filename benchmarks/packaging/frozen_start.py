"""From the start of the process to the first paint: packaged, from source, and a bare window.

``python benchmarks/packaging/frozen_start.py --dist dist/hwstudio [--rounds 9] [--keep FOLDER]``.
Goals: the packaged app at most 1.3 times the source, and at most 2 times a bare packaged PySide6
window, which is built here with PyInstaller (a minute; ``--keep`` builds it once). The kinds take
turns, so that a busy machine hits all alike; the ratios are medians over rounds.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 120.0
MARK = "first paint"
BARE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QTabWidget


class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        sys.stderr.write("first paint\\n")
        sys.stderr.flush()
        QTimer.singleShot(0, app.quit)


app = QApplication(sys.argv)
window = Window()
tabs = QTabWidget()
for number in range(7):
    tabs.addTab(QLabel(str(number)), f"Tab {number}")
window.setCentralWidget(tabs)
window.resize(1280, 800)
window.show()
app.exec()
"""


def bare_window(folder: Path) -> str:
    """Package a bare window in a folder, unless it is there, and return its program."""
    program = folder / "bare" / ("bare.exe" if os.name == "nt" else "bare")
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        script = folder / "bare.py"
        script.write_text(BARE, encoding="utf-8")
        command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"]
        command += ["--distpath", str(folder), "--workpath", str(folder / "work")]
        command += ["--specpath", str(folder), "--windowed", str(script)]
        subprocess.run(command, check=True)
    return str(program)


def surroundings() -> dict[str, str]:
    """Return an environment in which a window says when it painted."""
    env = {name: text for name, text in os.environ.items() if not name.startswith("PYTHON")}
    env["HWSTUDIO_READY_LINE"] = "1"
    if sys.platform.startswith("linux") and "DISPLAY" not in env:
        env["QT_QPA_PLATFORM"] = "offscreen"
    return env


def first_paint_s(command: list[str], folder: Path = ROOT) -> float:
    """Start a window and return the seconds until it says that it paints; then end it."""
    began = time.perf_counter()
    started = subprocess.Popen(
        command, cwd=folder, env=surroundings(), stderr=subprocess.PIPE, text=True
    )
    try:
        for line in started.stderr or ():
            if MARK in line:
                return time.perf_counter() - began
            if time.perf_counter() - began > LIMIT_S:
                break
        raise SystemExit(f"{command[0]} never painted")
    finally:
        started.kill()
        started.wait()


def measure(kinds: dict[str, list[str]], rounds: int) -> dict[str, list[float]]:
    """Start each kind once to fill the caches, then take turns."""
    for command in kinds.values():
        first_paint_s(command)
    found: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(rounds):
        for name, command in kinds.items():
            found[name].append(first_paint_s(command))
    return found


def ratio(found: dict[str, list[float]], other: str) -> float:
    """Return how many times as long the packaged app takes, the median over the rounds."""
    pairs = zip(found["packaged"], found[other], strict=True)
    return statistics.median(ours / theirs for ours, theirs in pairs)


def tell(found: dict[str, list[float]]) -> None:
    """Print the medians, the fastest, and the two ratios with their goals."""
    for name, times in found.items():
        middle, least = statistics.median(times) * 1e3, min(times) * 1e3
        print(f"{name:12} median {middle:5.0f} ms, fastest {least:5.0f} ms, n={len(times)}")
    print(f"packaged / source        {ratio(found, 'source'):.2f}  (goal: at most 1.3)")
    print(f"packaged / bare packaged {ratio(found, 'bare'):.2f}  (goal: at most 2.0)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dist", type=Path, default=ROOT / "dist" / "hwstudio")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--keep", type=Path, help="where the bare window is, or is to be built")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
        home = Path(work) / "home"
        home.mkdir()
        (home / "settings.json").write_text('{"schema": 1, "first_run_done": true}')
        ours = ["--home", str(home)]
        program = options.dist.resolve() / ("hwstudio.exe" if os.name == "nt" else "hwstudio")
        kinds = {
            "packaged": [str(program), *ours],
            "source": [sys.executable, "-m", "hwstudio", *ours],
            "bare": [bare_window(options.keep or Path(work) / "bare")],
        }
        tell(measure(kinds, options.rounds))


if __name__ == "__main__":
    main()
