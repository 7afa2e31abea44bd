"""Long questions to the planner: run in the background, with progress, ended by closing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from hwstudio.core.base.errors import UserError
from hwstudio.gui.kit.task import Task


class Working(QObject):
    """``done`` carries the answer, ``failed`` a sentence, ``told`` how far it is."""

    done = Signal(object)
    failed = Signal(str)
    told = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task = Task(self)
        self._stop = threading.Event()
        self._task.done.connect(self.done)
        self._task.failed.connect(self.failed)

    @property
    def is_busy(self) -> bool:
        """Say whether a question is at work."""
        return self._task.is_busy

    def start(self, work: Callable[[Callable[[str], None]], Any]) -> None:
        """Run ``work``, which is handed what to tell its progress to; an older one ends."""
        self._stop.set()
        self._stop = stop = threading.Event()

        def tell(words: str) -> None:
            if stop.is_set():
                raise UserError("Stopped")
            self.told.emit(words)

        self._task.start(lambda: work(tell))

    def stop(self) -> None:
        """End the question at its next step; its answer is dropped."""
        self._stop.set()
