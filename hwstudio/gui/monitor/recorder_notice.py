"""What the recorder has to say above the tab: its troubles, and that it is of another version."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from hwstudio.core.monitor.recorder_control import RecorderState
from hwstudio.gui.kit.card import Notice

RESTART = "Restart the recorder"
_OTHER = (
    "The recorder that runs was started by another version of hwstudio. It goes on writing, but "
    "{what}. Restarting it takes a few seconds; nothing that was recorded is lost."
)
_OVER = "Readings are kept again, and those that were held have been written."
_UNREADABLE = "this window cannot read it and asks every sensor a second time"
_OLD = "without what this version has added or mended"


class RecorderNotice(QObject):
    """Says each thing once: a notice that was closed stays closed."""

    def __init__(
        self,
        notice: Notice,
        restart: Callable[[RecorderState], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._notice, self._restart = notice, restart
        self._told = ""
        self._has_offered = False
        self._state: RecorderState | None = None
        notice.acted.connect(self._on_acted)

    def show_state(self, state: RecorderState) -> None:
        """Say what is new of the recorder's state."""
        self._state = state
        if state.is_other_version is not self._has_offered:
            self._has_offered = state.is_other_version
            if self._has_offered:
                what = _OLD if state.is_running else _UNREADABLE
                self._notice.say("warn", _OTHER.format(what=what), RESTART)
            elif self._notice.action == RESTART:
                self._notice.clear()
        if state.notice != self._told:
            before, self._told = self._told, state.notice
            if self._told:
                self._notice.say("warn", self._told, "Close")
            elif state.is_running and self._is_shown(before):
                self._notice.say("info", _OVER, "Close")

    def _is_shown(self, words: str) -> bool:
        return not self._notice.isHidden() and self._notice.accessibleName() == words

    @Slot()
    def _on_acted(self) -> None:
        wants_restart = self._notice.action == RESTART
        self._notice.clear()
        if wants_restart and self._state is not None:
            self._restart(self._state)
