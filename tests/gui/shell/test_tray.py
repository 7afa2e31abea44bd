"""The tray's menu and the search switch the recorder as the button in the Monitor does."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QSystemTrayIcon

from hwstudio.core.base.errors import HostError
from hwstudio.core.base.settings import changed, load_settings
from hwstudio.core.monitor import recorder_control
from hwstudio.gui.window import MainWindow


class _Recorder:
    """Stands in for the process: runs or not, and may refuse."""

    def __init__(self):
        self.is_on = False
        self.refuses = ""

    def begin(self, _home):
        if self.refuses:
            raise HostError("The recorder did not start", self.refuses)
        self.is_on = True

    def stop(self, _home):
        self.is_on = False


@pytest.fixture
def recorder(monkeypatch):
    made = _Recorder()
    monkeypatch.setattr(recorder_control, "begin_recording", made.begin)
    monkeypatch.setattr(recorder_control, "stop_recorder", made.stop)
    monkeypatch.setattr(recorder_control, "is_recording", lambda _home: made.is_on)
    return made


@pytest.fixture
def window(qtbot, studio, theme, recorder, monkeypatch):
    """A window on a desktop with a tray, whose recorder is no real one."""
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    studio.save_settings(changed(studio.settings, first_run_done=True))
    made = MainWindow(studio, theme)
    qtbot.addWidget(made)
    made._recording.begin()
    yield made
    made.close()


def _command(window, name):
    return next(each for each in window.commands.all() if each.id == name)


def _entries(window):
    menu = window._recording._tray._menu
    menu.aboutToShow.emit()
    return {action.text(): action for action in menu.actions() if action.text()}


def _wish(window):
    return load_settings(window._studio.home.settings_file).recorder_wanted


def test_the_menu_starts_and_ends_the_recorder_and_the_wish_is_kept(qtbot, window, recorder):
    assert list(_entries(window)) == [
        "Open hwstudio", "Open the side panel", "Start recording", "Quit",
    ]  # fmt: skip
    _entries(window)["Start recording"].trigger()
    qtbot.waitUntil(lambda: window._recording.label.text() == "Recorder on")
    assert recorder.is_on
    assert _wish(window)  # it is started again with the window
    _entries(window)["Stop recording"].trigger()
    qtbot.waitUntil(lambda: window._recording.label.text() == "Recorder off")
    assert not recorder.is_on
    assert not _wish(window)  # ended by hand: the next window must not begin it again


def test_the_search_does_the_same_and_a_recorder_that_refuses_says_why(qtbot, window, recorder):
    recorder.refuses = "the disk is full"
    _command(window, "recorder.start").run()
    qtbot.waitUntil(lambda: "the disk is full" in window._message.text())
    assert window._recording.label.text() == "Recorder off"


def test_quit_leaves_the_recorder_running_and_takes_the_icon_away(qtbot, window, recorder):
    recorder.is_on = True
    entries = _entries(window)
    assert "Stop recording" in entries
    window.show()
    entries["Quit"].trigger()
    assert not window.isVisible()
    assert window._recording._tray is None
    assert recorder.is_on


def test_without_a_tray_all_is_in_the_window(qtbot, studio, theme, recorder, monkeypatch):
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: False)
    made = MainWindow(studio, theme)
    qtbot.addWidget(made)
    made._recording.begin()
    assert made._recording._tray is None
    assert _command(made, "recorder.start")
    made._recording.end()
