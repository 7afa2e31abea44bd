"""Short jobs off the GUI thread: one idiom. Long jobs are processes (see core/bench)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger


class _Job(QRunnable):
    def __init__(self, task: Task, number: int, work: Callable[[], Any]) -> None:
        super().__init__()
        self._task, self._number, self._work = task, number, work

    def run(self) -> None:
        try:
            outcome, error = self._work(), None
        except Exception as caught:  # noqa: BLE001 - the border of a worker thread
            outcome, error = None, caught
        try:
            self._task.ended.emit(self._number, outcome, error)
        except RuntimeError:
            return  # the window closed meanwhile; nobody is left to tell


class Task(QObject):
    """Runs one kind of job; a newer start makes an older answer be dropped.

    ``done`` carries the answer, ``failed`` a sentence. Both arrive in the GUI thread.
    """

    ended = Signal(int, object, object)
    done = Signal(object)
    failed = Signal(str)
    busy_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self.is_busy = False
        self.ended.connect(self._on_ended)

    def start(self, work: Callable[[], Any]) -> None:
        """Run ``work`` in the pool."""
        self._number += 1
        if not self.is_busy:
            self.is_busy = True
            self.busy_changed.emit(True)
        QThreadPool.globalInstance().start(_Job(self, self._number, work))

    @Slot(int, object, object)
    def _on_ended(self, number: int, outcome: object, error: object) -> None:
        if number != self._number:
            return
        self.is_busy = False
        self.busy_changed.emit(False)
        if error is None:
            self.done.emit(outcome)
            return
        if isinstance(error, HwstudioError):
            self.failed.emit(error.sentence)
            return
        trace = error if isinstance(error, BaseException) else None
        logger("task").error("a background job failed: %r", error, exc_info=trace)
        self.failed.emit(f"Something went wrong inside hwstudio: {error}. The log has the details.")
