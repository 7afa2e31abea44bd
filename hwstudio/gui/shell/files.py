"""Opens projects the window is handed: on the command line, by a second start, by macOS."""

from __future__ import annotations

import sys

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Slot
from PySide6.QtGui import QFileOpenEvent

from hwstudio.gui.window import MainWindow


class FileOpener(QObject):
    """Waits until the first screen stands; then every file is opened in the Configure tab."""

    def __init__(self, window: MainWindow, first: str | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._waiting = [first] if first else []
        self._stands = False
        window.after_first_show(self._on_stands)

    def _on_stands(self) -> None:
        self._stands = True
        waiting, self._waiting = self._waiting, []
        for file in waiting:
            self.open(file)

    @Slot(str)
    def on_knocked(self, file: str) -> None:
        """Come forward for a second start, and open what it was given."""
        self._window.come_forward()
        if file:
            self.open(file)

    def open(self, file: str) -> None:
        """Open a project, or keep it until the window stands."""
        if not self._stands:
            self._waiting.append(file)
            return
        self._window.open_tab("configure")
        opener = getattr(self._window.view("configure"), "open_file", None)
        if callable(opener):
            opener(file)

    def listen(self, app: QCoreApplication) -> None:
        """Take what macOS sends the application.

        Other systems send nothing there, and Python for each event of each widget is dear: 4,000
        calls until the first picture, and every kind of event Qt knows made known to Python (2 MB).
        """
        if sys.platform == "darwin":
            app.installEventFilter(self)

    def stop_listening(self, app: QCoreApplication) -> None:
        """Undo ``listen``; does nothing where it did nothing."""
        app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take macOS's "open this file" (a double click on a project)."""
        if isinstance(event, QFileOpenEvent) and event.file():
            self.open(event.file())
            return True
        return super().eventFilter(watched, event)
