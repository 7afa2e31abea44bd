"""Without a screen hwstudio says so in one line; Qt never gets the chance to abort."""

from __future__ import annotations

import shutil
import socket
import tempfile
from pathlib import Path

import pytest

from hwstudio.gui.shell import screen_check
from hwstudio.gui.shell.screen_check import Screen, find_screen, why_no_window


@pytest.fixture
def x_works(monkeypatch):
    """Let every X display open."""
    monkeypatch.setattr(screen_check, "_why_no_x", _no_reason)


@pytest.fixture
def compositor(monkeypatch):
    """Return the environment of a Wayland compositor that takes calls."""
    monkeypatch.setattr(screen_check, "_why_no_wayland", _no_reason)
    folder = tempfile.mkdtemp(prefix="hws")  # a socket's path must be short
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as ear:
        ear.bind(f"{folder}/wl-5")
        ear.listen(1)
        yield {"WAYLAND_DISPLAY": "wl-5", "XDG_RUNTIME_DIR": folder}
    shutil.rmtree(folder)


def _no_reason(_way: str) -> str:
    return ""


def test_without_a_display_the_reason_is_said():
    assert "no screen" in why_no_window({}, "linux")


def test_a_display_that_cannot_be_opened_is_named():
    assert ":987" in why_no_window({"DISPLAY": ":987"}, "linux")


def test_offscreen_is_a_window_too():
    assert why_no_window({"QT_QPA_PLATFORM": "offscreen"}, "linux") == ""


def test_windows_and_macos_always_have_a_screen():
    assert why_no_window({}, "win32") == ""
    assert why_no_window({}, "darwin") == ""


def test_on_windows_a_platform_qt_does_not_have_is_refused_too():
    assert "'xcb'" in why_no_window({"QT_QPA_PLATFORM": "xcb"}, "win32")
    assert why_no_window({"QT_QPA_PLATFORM": "windows:darkmode=1"}, "win32") == ""


@pytest.mark.parametrize(
    "environment",
    [
        {"WAYLAND_DISPLAY": "wl-77"},
        {"WAYLAND_DISPLAY": "wl-77", "XDG_RUNTIME_DIR": "/no/such/folder"},
        {"WAYLAND_DISPLAY": "/no/such/wl-77"},
        {"WAYLAND_DISPLAY": "wl-77", "QT_QPA_PLATFORM": "wayland"},
        {"WAYLAND_DISPLAY": "wl-77", "XDG_RUNTIME_DIR": "/" + "x" * 200},
    ],
)
def test_a_wayland_screen_without_a_compositor_is_refused_by_name(environment):
    said = why_no_window(environment, "linux")
    assert "wl-77" in said
    assert "\n" not in said


def test_a_wayland_socket_nobody_listens_to_is_refused(compositor):
    file = Path(compositor["XDG_RUNTIME_DIR"]) / "wl-6"
    file.touch()
    assert "wl-6" in why_no_window({**compositor, "WAYLAND_DISPLAY": "wl-6"}, "linux")


def test_a_wayland_compositor_that_answers_opens_the_window(compositor):
    assert find_screen(compositor, "linux") == Screen()
    whole = f"{compositor['XDG_RUNTIME_DIR']}/wl-5"
    assert find_screen({"WAYLAND_DISPLAY": whole}, "linux") == Screen()


def test_missing_wayland_libraries_are_named(compositor, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(screen_check, "_load", lambda *_: OSError("libwayland-cursor.so.0"))
    assert "libwayland-cursor0" in why_no_window(compositor, "linux")


@pytest.mark.parametrize("said", ["", "wayland", "wayland;xcb", "foo;xcb"])
def test_a_dead_wayland_beside_a_working_x_server_goes_to_x(said, x_works):
    environment = {"WAYLAND_DISPLAY": "wl-77", "DISPLAY": ":0", "QT_QPA_PLATFORM": said}
    assert find_screen(environment, "linux") == Screen(platform="xcb")


def test_a_wish_that_can_be_met_is_left_alone(x_works):
    asked = {"DISPLAY": ":0", "QT_QPA_PLATFORM": "xcb:nograb"}
    assert find_screen(asked, "linux") == Screen()
    assert find_screen({"DISPLAY": ":0"}, "linux") == Screen()


@pytest.mark.parametrize("name", ["foo", "Cocoa", "windows"])
def test_a_platform_qt_does_not_know_is_refused_by_name(name):
    said = why_no_window({"QT_QPA_PLATFORM": name, "DISPLAY": ":0"}, "linux")
    assert f"'{name.casefold()}'" in said
    assert "env -u QT_QPA_PLATFORM" in said


@pytest.mark.parametrize("name", ["eglfs", "linuxfb", "minimalegl", "vkkhrdisplay"])
def test_a_screen_without_a_desktop_is_not_supported_and_says_how_to_unset_it(name):
    said = why_no_window({"QT_QPA_PLATFORM": name, "DISPLAY": ":0"}, "linux")
    assert "does not support" in said
    assert "env -u QT_QPA_PLATFORM" in said


def test_x_without_a_display_is_refused():
    assert "DISPLAY is not set" in why_no_window({"QT_QPA_PLATFORM": "xcb"}, "linux")
