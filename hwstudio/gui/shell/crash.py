"""What happens on our own bugs: logged, shown once in words, and the window lives on."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import (
    QObject,
    QThread,
    QtMsgType,
    Signal,
    Slot,
    qInstallMessageHandler,
    qVersion,
)
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from hwstudio.core.base.crash_report import crash_report, keep_report, watch_for_native
from hwstudio.core.base.log import logger

_kept: list[object] = []
_WHAT = "Something went wrong inside hwstudio. Your work is kept; you can go on."
_AT_START = "hwstudio could not start. Your work is kept."


class Crash(QObject):
    """Carries a bug from any thread to the GUI thread; the same bug is shown once a run."""

    caught = Signal(str, str)  # which bug, its traceback

    def __init__(self, parent: QObject, log_dir: Path) -> None:
        super().__init__(parent)
        self._log_dir = log_dir
        self._is_showing = False
        self._seen: set[str] = set()
        self.caught.connect(self._on_caught)

    @Slot(str, str)
    def _on_caught(self, which: str, text: str) -> None:
        if self._is_showing or which in self._seen:
            return
        self._seen.add(which)
        report = crash_report(text, self._log_dir, further=surroundings())
        keep_report(self._log_dir, report)
        self._is_showing = True
        try:
            self._show(report)
        finally:
            self._is_showing = False

    def _show(self, report: str) -> None:
        from hwstudio.gui.shell.crash_dialog import Answer, CrashDialog
        from hwstudio.gui.shell.restart import start_again
        from hwstudio.gui.shell.restart_wish import ask_to_restart

        is_up = QThread.currentThread().loopLevel() > 0
        answers = (Answer.RESTART, Answer.QUIT, *((Answer.GO_ON,) if is_up else ()))
        dialog = CrashDialog(
            _WHAT if is_up else _AT_START, report, answers, QApplication.activeWindow()
        )
        dialog.exec()
        answer = dialog.answer
        dialog.deleteLater()
        if answer is Answer.RESTART and is_up:
            ask_to_restart()
        elif answer is Answer.RESTART:
            start_again()
        elif answer is Answer.QUIT and is_up:
            QApplication.quit()


def surroundings() -> str:
    """Return Qt's version and what draws the window."""
    return f"Qt {qVersion()}, {QGuiApplication.platformName() or 'no'} screen"


def install_crash_hooks(log_dir: Path) -> None:
    """Catch exceptions of every thread, native crashes and Qt's own messages."""
    app = QApplication.instance()
    if app is None:
        return
    crash = Crash(app, log_dir)
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
        crash.caught.emit(_which(kind, trace), text)

    def thread_report(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            report(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    sys.excepthook = report
    threading.excepthook = thread_report
    sys.unraisablehook = _on_unraisable
    qInstallMessageHandler(_on_qt_message)
    watch_for_native(log_dir, _kept.append)


def _which(kind: type[BaseException], trace: TracebackType | None) -> str:
    """Name a bug by its kind and its last line of code."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    at = "" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
    return f"{kind.__qualname__} {at}"


def _on_unraisable(found: sys.UnraisableHookArgs) -> None:
    """An error where nothing can be raised (an object being swept) is for the log only."""
    error = found.exc_value
    logger("crash").error(
        "error that could not be raised: %s", found.err_msg or repr(found.object), exc_info=error
    )


def _on_qt_message(kind: QtMsgType, _context: object, message: str) -> None:
    log = logger("qt")
    if kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg):
        log.error(message)
    else:
        log.info(message)
