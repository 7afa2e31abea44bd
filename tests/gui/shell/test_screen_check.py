"""Without a screen hwstudio says so in one line; Qt never gets the chance to abort."""

from __future__ import annotations

from hwstudio.gui.shell.screen_check import why_no_window


def test_without_a_display_the_reason_is_said():
    assert "no screen" in why_no_window({}, "linux")


def test_a_display_that_cannot_be_opened_is_named():
    assert ":987" in why_no_window({"DISPLAY": ":987"}, "linux")


def test_offscreen_is_a_window_too():
    assert why_no_window({"QT_QPA_PLATFORM": "offscreen"}, "linux") == ""


def test_windows_and_macos_always_have_a_screen():
    assert why_no_window({}, "win32") == ""
    assert why_no_window({}, "darwin") == ""
