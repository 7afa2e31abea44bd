"""The border of a worker thread that waits for long work: one shape for all of them."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger


class LongJob(QObject):
    """Moved to a QThread. ``failed`` carries a sentence; ``finished`` always comes, as the last.

    Cancel is the event, set directly from any thread: a signal would arrive when all is over.
    """

    failed = Signal(str)
    finished = Signal()
    room = "task"  # whose log a fault of ours is written to

    def __init__(self) -> None:
        super().__init__()
        self.cancel = threading.Event()

    @Slot()
    def run(self) -> None:
        """Do the work, then tell."""
        try:
            self.work()
        except HwstudioError as error:
            self.failed.emit(error.sentence)
        except Exception as error:  # noqa: BLE001 - the border of a worker thread
            logger(self.room).error("%s failed", type(self).__name__, exc_info=error)
            self.failed.emit(
                f"Something went wrong inside hwstudio: {error}. The log has the details."
            )
        finally:
            self.finished.emit()

    def work(self) -> None:
        """Do it; runs in the thread, and ends soon once ``cancel`` is set. Each job has its own."""
        raise TypeError(f"{type(self).__name__} has no work")
