"""The icon in the system's tray: open the window, start and stop recording, quit."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from hwstudio.core.base.paths import resource_dir

_ICON_PX = 64
_REASONS = (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick)


class Tray(QObject):
    """Shown where the desktop has a tray; without one nothing is missed, all is in the window."""

    open_wanted = Signal()
    panel_wanted = Signal()
    record_wanted = Signal(bool)
    quit_wanted = Signal()
    opened = Signal()  # the menu is about to be read: say whether the recorder runs

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icon = QSystemTrayIcon(_program_icon(), self)
        self._menu = QMenu()
        self._is_recording = False
        self.record = QAction("Start recording", self._menu)
        for words, slot in (
            ("Open hwstudio", self.open_wanted.emit),
            ("Open the side panel", self.panel_wanted.emit),
        ):
            action = self._menu.addAction(words)
            action.triggered.connect(slot)
        self._menu.addAction(self.record)
        self._menu.addSeparator()
        self._menu.addAction("Quit").triggered.connect(self.quit_wanted.emit)
        self.record.triggered.connect(self._on_record)
        self._menu.aboutToShow.connect(self.opened)
        self._icon.activated.connect(self._on_activated)
        self._icon.setContextMenu(self._menu)
        self._icon.setToolTip("hwstudio")

    def show(self) -> bool:
        """Show the icon; False where the desktop has no tray."""
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return False
        self._icon.show()
        return True

    def show_recording(self, *, is_recording: bool) -> None:
        """Show whether the recorder runs."""
        if is_recording is not self._is_recording:
            self._is_recording = is_recording
            self.record.setText("Stop recording" if is_recording else "Start recording")
            self._icon.setToolTip("hwstudio: recording" if is_recording else "hwstudio")

    @Slot()
    def _on_record(self) -> None:
        self.record_wanted.emit(not self._is_recording)

    @Slot(object)
    def _on_activated(self, reason: object) -> None:
        if reason in _REASONS:
            self.open_wanted.emit()

    def close(self) -> None:
        """Take the icon away."""
        self._icon.hide()
        self._menu.deleteLater()


def _program_icon() -> QIcon:
    """Return the icon at the size of the largest trays; the drawing's own takes 260 kB."""
    drawing = QIcon(str(resource_dir() / "icons" / "hwstudio.svg"))
    return QIcon(drawing.pixmap(_ICON_PX, _ICON_PX))
