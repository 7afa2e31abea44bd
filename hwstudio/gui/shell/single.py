"""The open window hears of second starts (see core/base/handover)."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal, Slot

from hwstudio.core.base.handover import take_wishes
from hwstudio.core.base.log import logger

_LOOK_MS = 1000  # where the system cannot tell of changes (a disc over a network)


class Door(QObject):
    """``knocked`` carries the file a second start was given ("" = only come forward)."""

    knocked = Signal(str)

    def __init__(self, inbox: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._inbox = inbox
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self.look)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)

    def open(self) -> None:
        """Take what waits already, and listen."""
        try:
            self._inbox.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            logger("start").warning("second starts cannot be heard: %s", error)
            return
        if not self._watcher.addPath(str(self._inbox)):
            self._timer.start()
        self.look()

    def close(self) -> None:
        """Listen no more."""
        self._timer.stop()
        self._watcher.removePath(str(self._inbox))

    @Slot()
    def look(self) -> None:
        """Take the wishes that lie there."""
        for file in take_wishes(self._inbox):
            self.knocked.emit(file)
