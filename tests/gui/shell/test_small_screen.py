"""At 200 % text a screen of 1280 pixels is 640 wide: everything can still be reached."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QWidget

from hwstudio.gui.kit.room import resize_within
from hwstudio.gui.monitor.view import MonitorView
from hwstudio.gui.shell.holders import scrolled
from hwstudio.gui.window import MainWindow


class _Screen:
    def __init__(self, width, height):
        self._size = QSize(width, height)

    def availableSize(self):
        return self._size


@pytest.mark.parametrize(
    ("screen", "least"), [((640, 360), (640, 360)), ((960, 500), (960, 500)), ((1920, 1040), None)]
)
def test_the_window_is_never_larger_than_its_screen(
    qtbot, studio, theme, monkeypatch, screen, least
):
    monkeypatch.setattr(MainWindow, "screen", lambda _self: _Screen(*screen))
    window = MainWindow(studio, theme)
    qtbot.addWidget(window)
    assert window.minimumSize() == QSize(*(least or (960, 600)))
    needed = window.centralWidget().minimumSizeHint()
    assert needed.width() <= screen[0]  # the tabs and buttons on top scroll instead of leaving it
    assert needed.height() <= screen[1]


def test_a_screen_that_needs_less_room_is_not_scrolled_sideways(qtbot):
    wide, narrow = QWidget(), QWidget()
    narrow.least = QSize(940, 0)
    for view, width in ((wide, 1180), (narrow, 940)):
        area = scrolled(view)
        qtbot.addWidget(area)
        assert view.minimumWidth() == width


def test_the_monitor_fits_a_screen_of_1920_pixels_at_200_percent(qtbot, context):
    view = MonitorView(context)
    qtbot.addWidget(view)
    assert view.minimumSizeHint().width() <= MonitorView.least.width() <= 960 - 10  # a scroll bar
    view.leave()


def test_a_dialog_begins_no_larger_than_its_screen(qtbot, monkeypatch):
    dialog = QDialog()
    qtbot.addWidget(dialog)
    for screen, size in (((640, 360), (460, 324)), ((1920, 1040), (460, 560))):
        monkeypatch.setattr(QDialog, "screen", lambda _self, size=screen: _Screen(*size))
        resize_within(dialog, 460, 560)
        assert dialog.size() == QSize(*size)
