"""First paint of hwstudio against a bare PySide6 main window with tabs, in the same run.

Goal: at most 2x the bare window. Run: python benchmarks/first_paint.py [ROUNDS]
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile

BARE = """
import time; t = time.perf_counter()
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QTabWidget
from PySide6.QtCore import QTimer
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, app.quit)
app = QApplication([])
window = Window()
tabs = QTabWidget()
for n in range(6):
    tabs.addTab(QLabel(str(n)), f"Tab {n}")
window.setCentralWidget(tabs)
window.resize(1280, 800)
window.show()
app.exec()
print(time.perf_counter() - t)
"""

OURS = """
import time; t = time.perf_counter()
import sys
from hwstudio.gui.app import make_app, make_window
from hwstudio.core.studio import open_studio
from PySide6.QtCore import QTimer
import hwstudio.gui.window as w
painted = []
class Window(w.MainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        if not painted:
            painted.append(time.perf_counter() - t)
            QTimer.singleShot(0, self.done)
    def done(self):
        print(painted[0])
        import os
        sys.stdout.flush()
        os._exit(0)
studio = open_studio(sys.argv[1])
app = make_app()
from hwstudio.gui.shell.theme import Theme
theme = Theme(app, "light")
app.setProperty("hwstudio_theme", theme)
window = Window(studio, theme)
window.show()
app.exec()
"""


def once(code: str, *arguments: str) -> float:
    """Return the seconds one process took from its first line to its first paint."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1])


def main() -> None:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # both sides start from cached bytecode
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    if sys.platform.startswith("linux") and "DISPLAY" not in os.environ:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        once(BARE)
        once(OURS, home)
        pairs = [(once(BARE), once(OURS, home)) for _ in range(rounds)]
    bare = statistics.median(a for a, _ in pairs)
    ours = statistics.median(b for _, b in pairs)
    ratio = statistics.median(b / a for a, b in pairs)
    print(f"bare window {bare * 1e3:.0f} ms   hwstudio {ours * 1e3:.0f} ms   ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
