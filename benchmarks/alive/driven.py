"""The real window with somebody at work in it, for ``kills.py``: edits, a benchmark, the recorder.

Each edit gives the project a new number as its name; each is told on stdout after it was made:
"edit NUMBER SECONDS". "kept COUNT" tells how many results the history holds.
"""

from __future__ import annotations

import os
import random
import sys
import time
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.monitor.recorder_control import is_recording, start_recorder
from hwstudio.gui.app import make_app, run
from hwstudio.gui.window import MainWindow

_EVERY_MS = (40, 400)  # between two edits
_BUDGET_EVERY = 9  # edits; a new budget is solved, a new name is not
_BENCH = "numpy_matmul"


def tell(words: str) -> None:
    """Write a line at once: it must be out when the next moment kills this process."""
    os.write(1, f"{words}\n".encode())


class Hands(QObject):
    """Works in the window as soon as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self._number = 0
        self._window: MainWindow | None = None
        self._results = -1
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_turn)
        self._timer.start(50)

    @Slot()
    def _on_turn(self) -> None:
        if self._window is None:
            self._look_for_window()
        else:
            self._edit()
            self._measure()
        self._timer.start(random.randint(*_EVERY_MS))

    def _look_for_window(self) -> None:
        found = [each for each in make_app().topLevelWidgets() if isinstance(each, MainWindow)]
        if not found or found[0].view(_first_tab(found[0])) is None:
            return
        self._window = found[0]
        self._window.open_tab("bench")
        self._window.open_tab("configure")
        name = self._configure().state.project.name
        self._number = int(name) if name.isdigit() else 0
        tell(f"back {self._number}")
        home = self._window.context.studio.home
        if not is_recording(home):
            try:
                start_recorder(home, 0.5)
            except HwstudioError as error:
                tell(f"trouble {error.sentence}")
        bench = self._bench()
        bench.choose_bench(_BENCH)
        bench.set_value("sizes", "64,128")
        bench.set_plan("chosen")
        for each in bench.state.chosen:
            bench.set_chosen(each, each == _BENCH)
        bench.set_chosen(_BENCH, True)
        bench.set_quick(True)

    def _configure(self) -> Any:
        return self._window.view("configure").model

    def _bench(self) -> Any:
        return self._window.view("bench").model

    def _edit(self) -> None:
        self._number += 1
        model = self._configure()
        if self._number % _BUDGET_EVERY == 0:
            model.set_budget(Decimal(random.randint(900, 6000)))
        model.rename(str(self._number))
        tell(f"edit {self._number} {time.time():.4f}")

    def _measure(self) -> None:
        bench = self._bench()
        if bench.state.can_run:
            bench.start()
        if len(bench.state.results) != self._results:
            self._results = len(bench.state.results)
            tell(f"kept {self._results}")


def _first_tab(window: MainWindow) -> str:
    from hwstudio.gui.shell.tabs import TABS

    return TABS[window.tabs.currentIndex()].id


if __name__ == "__main__":
    app = make_app()
    hands = Hands()
    code = run(sys.argv[1])
    sys.stdout.flush()
    os._exit(code)
