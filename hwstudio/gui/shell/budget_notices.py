"""Budget notices on the desktop while the window is open, where the user switched them on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from hwstudio.core.base.log import logger
from hwstudio.core.base.paths import Home
from hwstudio.core.base.settings import Settings
from hwstudio.gui.kit.task import Task

if TYPE_CHECKING:
    from hwstudio.core.cost.budget.notices import Notice

_FIRST_MS = 8_000  # after the window stands
_EVERY_MS = 10 * 60_000
Tell = Callable[[str, str], object]


def look(home: Home, settings: Settings) -> tuple[Notice, ...]:
    """Look for new notices; called in a worker thread."""
    from hwstudio.core.report.budget_watch import new_notices

    return new_notices(home, settings, datetime.now().astimezone().date())


class BudgetNotices(QObject):
    """Looks now and then, in the background. ``tell``: title and text to the desktop."""

    def __init__(
        self,
        home: Home,
        settings: Callable[[], Settings],
        tell: Tell | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._home, self._settings, self._tell = home, settings, tell
        self._task = Task(self)
        self._task.done.connect(self.on_found)
        self._task.failed.connect(self._on_failed)
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def begin(self) -> None:
        """Look soon, then now and then."""
        QTimer.singleShot(_FIRST_MS, self, self.look)
        self._timer.start()

    @Slot()
    def look(self) -> None:
        """Look now. Without a file of budgets there is nothing to look at."""
        if self._home.budgets_file.exists():
            self._task.start(partial(look, self._home, self._settings()))

    @Slot(object)
    def on_found(self, found: object) -> None:
        """Tell what is new."""
        from hwstudio.core.report.budget_watch import TITLE, headline

        if isinstance(found, tuple):
            for notice in found:
                self._telling()(TITLE, headline(notice))

    def _telling(self) -> Tell:
        if self._tell is None:
            from hwstudio.core.monitor.alerts.notify import Notifier

            self._tell = Notifier().tell_later
        return self._tell

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        logger("budgets").warning("notices: %s", sentence)

    def end(self) -> None:
        """Look no more."""
        self._timer.stop()
