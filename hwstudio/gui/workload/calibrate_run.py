"""A calibration in a thread of its own: what is measured next, how far it is, and what came of it.

The measuring happens in processes of their own; the thread only waits for them. Cancel is an event,
set directly from any thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QThread, Signal, Slot

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.project.calibrating import Heard
from hwstudio.core.project.own_measurements import Calibrated

LEAVE_MS = 5000  # a cancelled measurement is over within a second

Measure = Callable[[Heard, threading.Event], Calibrated]


@dataclass(frozen=True, slots=True)
class Step:
    """What is measured now: its place among ``count`` from 0, and the seconds all of it takes."""

    title: str
    number: int
    count: int
    left_s: float


class CalibrateWorker(QObject):
    """One calibration. ``ended`` carries Calibrated, ``failed`` a sentence; ``finished`` always."""

    told = Signal(object)
    ended = Signal(object)
    failed = Signal(str)
    finished = Signal()

    def __init__(self, measure: Measure) -> None:
        super().__init__()
        self.cancel = threading.Event()
        self._measure = measure

    @Slot()
    def run(self) -> None:
        """Measure to the end, then tell."""
        try:
            self.ended.emit(self._measure(self._hear, self.cancel))
        except HwstudioError as error:
            self.failed.emit(error.sentence)
        except Exception as error:  # noqa: BLE001 - the border of a worker thread
            logger("predict").error("a calibration failed inside hwstudio", exc_info=error)
            self.failed.emit(f"Something went wrong inside hwstudio: {error}. See the log.")
        finally:
            self.finished.emit()

    def _hear(self, title: str, number: int, count: int, left_s: float) -> None:
        self.told.emit(Step(title, number, count, left_s))


class CalibrateRunner(QObject):
    """Starts and stops calibrations; it outlives the dialog that shows them."""

    told = Signal(object)  # Step
    ended = Signal(object)  # Calibrated
    failed = Signal(str)
    is_running_changed = Signal(bool)

    def __init__(self, measure: Measure, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._measure = measure
        self._thread: QThread | None = None
        self._worker: CalibrateWorker | None = None

    @property
    def is_running(self) -> bool:
        """Say whether something is being measured."""
        return self._thread is not None

    @property
    def is_stopping(self) -> bool:
        """Say whether an end was asked for."""
        return self._worker is not None and self._worker.cancel.is_set()

    @Slot()
    def start(self) -> None:
        """Begin, unless it has begun."""
        if self.is_running:
            return
        self._thread = QThread(self)
        self._worker = CalibrateWorker(self._measure)
        self._worker.moveToThread(self._thread)
        self._thread.started.connect(self._worker.run)
        self._worker.told.connect(self.told)
        self._worker.ended.connect(self.ended)
        self._worker.failed.connect(self.failed)
        self._worker.finished.connect(self._thread.quit)
        self._thread.finished.connect(self._on_thread_finished)
        self._thread.start()
        self.is_running_changed.emit(True)

    @Slot()
    def cancel(self) -> None:
        """Ask for an end; what was measured is kept."""
        if self._worker is not None:
            self._worker.cancel.set()

    @Slot()
    def _on_thread_finished(self) -> None:
        if self._worker is not None:
            self._worker.deleteLater()
        if self._thread is not None:
            self._thread.deleteLater()
        self._worker = self._thread = None
        self.is_running_changed.emit(False)

    def leave(self) -> None:
        """End what runs, when the window closes."""
        self.cancel()
        if self._thread is not None:
            self._thread.quit()
            self._thread.wait(LEAVE_MS)
