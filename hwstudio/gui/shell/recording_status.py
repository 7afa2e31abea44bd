"""What goes on beside the window: a word on the recorder, the tray that switches it, budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from hwstudio.core.base.paths import Home
from hwstudio.core.base.safe_mode import is_safe_mode
from hwstudio.core.base.settings import Settings
from hwstudio.gui.kit.task import Task
from hwstudio.gui.kit.text import label
from hwstudio.gui.shell.budget_notices import BudgetNotices
from hwstudio.gui.shell.commands import Command

if TYPE_CHECKING:
    from hwstudio.gui.shell.tray import Tray
    from hwstudio.gui.window import MainWindow

_LOOK_MS = 5000


class RecordingStatus(QObject):
    """``begin`` is called once the window stands: nothing here may delay the first paint."""

    failed = Signal(str)

    def __init__(self, window: MainWindow, home: Home) -> None:
        super().__init__(window)
        self._window, self._home = window, home
        self.label = label("Recorder")  # on or off is not known before the first look
        self.label.setToolTip(
            "The recorder writes the monitor's history in the background, also while this window "
            "is shut."
        )
        self._tray: Tray | None = None
        self._budgets = BudgetNotices(home, self._settings, parent=self)
        self._task = Task(self)
        self._task.failed.connect(self.failed)
        self._task.busy_changed.connect(self._on_busy)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._on_look)

    def begin(self) -> None:
        """Look now and then, and show the tray where there is one."""
        from hwstudio.gui.shell.tray import Tray

        self._on_look()
        self._timer.start()
        if is_safe_mode():
            return
        self._budgets.begin()
        tray = Tray(self)
        if not tray.show():
            tray.close()
            return
        tray.open_wanted.connect(self._window.come_forward)
        tray.panel_wanted.connect(self._window.open_panel)
        tray.record_wanted.connect(self._on_record_wanted)
        tray.quit_wanted.connect(self._window.close)
        tray.opened.connect(self._on_look)
        self._tray = tray

    def _settings(self) -> Settings:
        return self._window.context.studio.settings

    @Slot()
    def _on_look(self) -> None:
        from hwstudio.core.monitor.recorder_control import is_recording

        is_on = is_recording(self._home)
        words = "Recorder on" if is_on else "Recorder off"
        words = f"Safe mode. {words}" if is_safe_mode() else words
        if self.label.text() != words:
            self.label.setText(words)
        if self._tray is not None:
            self._tray.show_recording(is_recording=is_on)

    @Slot(bool)
    def _on_record_wanted(self, is_wanted: bool) -> None:
        self.set_recording(is_wanted=is_wanted)

    def set_recording(self, *, is_wanted: bool) -> None:
        """Start or end the recorder without waiting for it; the wish is kept for the next start."""
        from hwstudio.core.base.errors import HwstudioError
        from hwstudio.core.base.settings import changed
        from hwstudio.core.monitor.recorder_control import begin_recording, stop_recorder

        home, studio = self._home, self._window.context.studio
        try:
            studio.save_settings(changed(studio.settings, recorder_wanted=is_wanted))
        except HwstudioError as error:
            self.failed.emit(error.sentence)
        self._task.start(lambda: (begin_recording if is_wanted else stop_recorder)(home))

    @Slot(bool)
    def _on_busy(self, is_busy: bool) -> None:
        if not is_busy:
            self._on_look()

    def commands(self) -> tuple[Command, ...]:
        """Return what the search offers of it."""
        return (
            Command("recorder.start", "Record the monitor's history", self._start, "", "recorder"),
            Command("recorder.stop", "Stop recording", self._stop, "", "recorder history"),
            Command("panel", "Open the side panel", self._window.open_panel, "", "monitor narrow"),
        )

    def _start(self) -> None:
        self.set_recording(is_wanted=True)

    def _stop(self) -> None:
        self.set_recording(is_wanted=False)

    def end(self) -> None:
        """Stop looking and take the tray away."""
        self._timer.stop()
        self._budgets.end()
        if self._tray is not None:
            self._tray.close()
            self._tray = None
