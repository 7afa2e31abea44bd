"""What is told at a start after a bad end: what happened, and how to get further."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMessageBox

from hwstudio.core.base.crash_report import crash_report, keep_report
from hwstudio.core.base.last_run import LastRun
from hwstudio.core.base.paths import Home
from hwstudio.core.base.safe_mode import is_safe_mode
from hwstudio.gui.shell.crash import surroundings
from hwstudio.gui.shell.crash_dialog import Answer, CrashDialog
from hwstudio.gui.shell.restart_wish import ask_to_restart
from hwstudio.gui.window import MainWindow

_OFFER = (
    "hwstudio did not come up the last {} times. Start it in safe mode?\n\nSafe mode leaves out "
    "the recorder, the tray, the readings of GPUs, the last project and the window's last place. "
    "Nothing is lost: the next usual start has it all again."
)


def wants_safe_mode(last: LastRun) -> bool:
    """Ask whether to start in safe mode, after starts that failed."""
    answer = QMessageBox.question(None, "hwstudio", _OFFER.format(last.starts_failed))
    return answer is QMessageBox.StandardButton.Yes


def clear_safe_leftovers(home: Home) -> None:
    """Begin every safe run afresh: its window place and project are its own, and are dropped."""
    for file in (home.window_file, home.autosave_file):
        file.unlink(missing_ok=True)


class AfterCrash(QObject):
    """Shows one dialog over the window when the last run ended badly.

    ``native`` is what the interpreter wrote while it died ("" = it was ended from outside).
    ``show_versions`` opens the earlier versions.
    """

    def __init__(
        self, window: MainWindow, home: Home, native: str, show_versions: Callable[[], object]
    ) -> None:
        super().__init__(window)
        self._window, self._home, self._show_versions = window, home, show_versions
        self.report = ""
        if native:
            self.report = crash_report(native, home.log_dir, further=surroundings())
            keep_report(home.log_dir, self.report)
        self.dialog: CrashDialog | None = None

    def show(self) -> None:
        """Show it, if there is anything to tell. The window can be used below it at once."""
        saved = saved_words(self._home)
        if not self.report and (not saved or is_safe_mode()):
            return  # nothing was open, so nothing is missed
        what = "crashed" if self.report else "did not end properly"
        why = "" if self.report else " (a power cut, or it was ended from outside)"
        answers = [Answer.SAFE] if self.report and not is_safe_mode() else []
        answers += [Answer.VERSIONS] if saved else []
        self.dialog = CrashDialog(
            f"hwstudio {what} last time{why}. {saved}".rstrip(),
            self.report,
            (*answers, Answer.GO_ON),
            self._window,
        )
        self.dialog.finished.connect(self._on_answered)
        self.dialog.open()

    @Slot(int)
    def _on_answered(self, _code: int) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is None:
            return
        answer = dialog.answer
        dialog.deleteLater()
        if answer is Answer.SAFE:
            ask_to_restart(is_safe=True)
        elif answer is Answer.VERSIONS:
            self._show_versions()


def saved_words(home: Home) -> str:
    """Say as of when the project is back; "" when none was open."""
    if is_safe_mode():
        return ""
    try:
        changed_s = home.autosave_file.stat().st_mtime
    except OSError:
        return ""
    at = datetime.fromtimestamp(changed_s, UTC).astimezone()
    return f"Your project is back as it was on {at:%Y-%m-%d at %H:%M:%S}."
