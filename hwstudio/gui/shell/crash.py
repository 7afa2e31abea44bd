"""What happens on our own bugs: logged, shown once in words, and the window lives on."""

from __future__ import annotations

import faulthandler
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import IO

from PySide6.QtCore import QObject, QtMsgType, Signal, Slot, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from hwstudio.core.base.log import logger

_kept: list[IO[str]] = []


class _Crash(QObject):
    """Carries a bug from any thread to the GUI thread."""

    caught = Signal(str)

    def __init__(self, parent: QObject, log_dir: Path) -> None:
        super().__init__(parent)
        self._log_dir = log_dir
        self._is_showing = False
        self.caught.connect(self._on_caught)

    @Slot(str)
    def _on_caught(self, text: str) -> None:
        if self._is_showing:
            return
        from PySide6.QtWidgets import QMessageBox

        self._is_showing = True
        box = QMessageBox(QApplication.activeWindow())
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("hwstudio")
        box.setText("Something went wrong inside hwstudio. Your work is kept; you can go on.")
        box.setInformativeText(f"A report was written to {self._log_dir}. Nothing was sent.")
        box.setDetailedText(text)
        box.exec()
        self._is_showing = False


def install_crash_hooks(log_dir: Path) -> None:
    """Catch exceptions of every thread, native crashes and Qt's own messages."""
    app = QApplication.instance()
    if app is None:
        return
    crash = _Crash(app, log_dir)
    log = logger("crash")

    def report(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        import traceback

        text = "".join(traceback.format_exception(kind, error, trace))
        log.error("unhandled error\n%s", text)
        crash.caught.emit(text)

    def thread_report(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            report(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    sys.excepthook = report
    threading.excepthook = thread_report
    qInstallMessageHandler(_on_qt_message)
    try:
        log_dir.mkdir(parents=True, exist_ok=True)
        _kept.append((log_dir / "native-crash.txt").open("w", encoding="utf-8"))
        faulthandler.enable(_kept[-1])
    except OSError:
        faulthandler.enable()


def _on_qt_message(kind: QtMsgType, _context: object, message: str) -> None:
    log = logger("qt")
    if kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg):
        log.error(message)
    else:
        log.info(message)
