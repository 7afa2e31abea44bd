"""Waits in a thread of its own for the worker that reckons a module, and tells the screen."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.bench.launch import choose_interpreter
from hwstudio.core.predict.module.result import ModuleQuestion
from hwstudio.core.project.module_run import ModuleRunner


class ModuleWorker(QObject):
    """One question. ``ended`` carries a ModuleMemory, or None when stopped; then ``finished``."""

    told = Signal(str)
    ended = Signal(object)
    failed = Signal(str)
    finished = Signal()

    def __init__(self, question: ModuleQuestion, log_dir: Path, interpreter: str) -> None:
        super().__init__()
        self.cancel = threading.Event()
        self._question, self._log_dir, self._interpreter = question, log_dir, interpreter

    @Slot()
    def run(self) -> None:
        """Find a Python with torch, reckon, tell."""
        try:
            self.told.emit("Looking for a Python that has torch")
            python = choose_interpreter("", self._interpreter)
            runner = ModuleRunner(python, self._log_dir, cancel=self.cancel)
            self.ended.emit(runner.run(self._question, self.told.emit))
        except HwstudioError as error:
            self.failed.emit(error.sentence)
        except Exception as error:  # noqa: BLE001 - the border of a worker thread
            logger("predict").error("a module could not be reckoned", exc_info=error)
            self.failed.emit(
                f"Something went wrong inside hwstudio: {error}. The log has the details."
            )
        finally:
            self.finished.emit()
