"""Starts and stops the recorder process from the window, without waiting for it."""

from __future__ import annotations

import time

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from hwstudio.core.base.paths import Home
from hwstudio.core.base.units import duration, significant
from hwstudio.core.monitor.recorder_control import (
    RecorderState,
    begin_recording,
    restart_recorder,
    stop_recorder,
)
from hwstudio.gui.kit.icon import set_icon
from hwstudio.gui.kit.task import Task
from hwstudio.gui.kit.theme_access import tokens

_OFF_TIP = (
    "Write every reading to the history, also while this window is shut. It is a small process of "
    "its own: about 0.15 % of one core and 20 MB."
)


class RecordButton(QPushButton):
    """``wanted`` tells what the user chose, so that it can be kept for the next start."""

    wanted = Signal(bool)
    failed = Signal(str)

    def __init__(self, home: Home, parent: QWidget | None = None) -> None:
        super().__init__("Record", parent)
        self._home = home
        self._shown: tuple[object, ...] = ()
        self._is_running = False
        self._task = Task(self)
        self._task.busy_changed.connect(self._on_busy)
        self._task.failed.connect(self.failed)
        self.clicked.connect(self._on_clicked)

    @property
    def is_running(self) -> bool:
        """Say whether the recorder runs, as last seen."""
        return self._is_running

    def show_state(self, state: RecorderState) -> None:
        """Show whether it runs, since when, and how much it holds."""
        is_on = self._is_running = state.is_running or state.is_other_version
        shown = (is_on, state.size_bytes, self._task.is_busy)
        if shown == self._shown:
            return
        self._shown = shown
        self.setText("Stop recording" if is_on else "Record")
        self.setToolTip(_tip(state))
        set_icon(self, "stop" if is_on else "play", tokens().muted)

    def start(self) -> None:
        """Start the recorder, as the settings wish it."""
        home = self._home
        self._task.start(lambda: begin_recording(home))

    @Slot(object)
    def restart(self, state: RecorderState) -> None:
        """End the recorder that runs and start this version's, at its pace."""
        home, interval_s = self._home, state.interval_s
        self._task.start(lambda: restart_recorder(home, interval_s))

    @Slot()
    def _on_clicked(self) -> None:
        home = self._home
        if self._is_running:
            self._task.start(lambda: stop_recorder(home))
        else:
            self._task.start(lambda: begin_recording(home))
        self.wanted.emit(not self._is_running)

    @Slot(bool)
    def _on_busy(self, is_busy: bool) -> None:
        self.setEnabled(not is_busy)
        self._shown = ()

    def recolour(self) -> None:
        """Take the theme's colours again."""
        self._shown = ()


def _tip(state: RecorderState) -> str:
    if state.is_other_version and not state.is_running:
        return "A recorder of another version of hwstudio runs."
    if not state.is_running or state.started_s is None:
        return _OFF_TIP
    size = f"{significant((state.size_bytes or 0) / 1e6)} MB on disk"
    since = duration(max(0.0, time.time() - state.started_s))
    return f"The recorder has run for {since}; the history holds {size}. {state.notice}".strip()
