"""Asks whether a window can open before Qt is touched: Qt aborts the process when it cannot."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

_APT = (
    "libgl1 libegl1 libxkbcommon0 libxkbcommon-x11-0 libfontconfig1 libdbus-1-3 "
    "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0"
)
_APT_WAYLAND = "libwayland-client0 libwayland-cursor0 libwayland-egl1"
_DRAWN_TO_MEMORY = ("offscreen", "minimal", "vnc")
_WAYLAND = ("wayland", "wayland-egl")
_WITHOUT_DESKTOP = ("eglfs", "linuxfb", "minimalegl", "vkkhrdisplay")
# Elsewhere the desktop is always there; only these names are Qt's own.
_DESKTOP_NAMES = {
    "win32": ("windows", "direct2d", "offscreen", "minimal"),
    "darwin": ("cocoa", "offscreen", "minimal"),
}
_ANSWER_S = 2.0  # what a Wayland compositor gets to take the call


@dataclass(frozen=True, slots=True)
class Screen:
    """Whether a window can open, and how Qt must be told to open it."""

    reason: str = ""  # why it cannot; "" = it can
    platform: str = ""  # what QT_QPA_PLATFORM must say; "" = leave it alone


def why_no_window(environment: Mapping[str, str], platform: str = sys.platform) -> str:
    """Return a sentence that says why no window can open, or "" when one can."""
    return find_screen(environment, platform).reason


def find_screen(environment: Mapping[str, str], platform: str = sys.platform) -> Screen:
    """Try every way Qt would take, in its order, and return the first that works."""
    if find_spec("PySide6") is None:
        return Screen("The window needs PySide6, which is not installed (pip install hwstudio).")
    said = environment.get("QT_QPA_PLATFORM", "")
    asked = [part.strip() for part in said.split(";") if _name(part)]
    if platform in _DESKTOP_NAMES:
        return _on_desktop(asked, _DESKTOP_NAMES[platform])
    ways = _with_x(asked, environment) or _usual(environment)
    if not ways:
        return Screen("There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set).")
    reasons: list[str] = []
    for way in ways:
        reason = _why_not(_name(way), environment)
        if not reason:
            is_settled = way == said or (not said and not reasons)
            return Screen(platform="" if is_settled else way)
        reasons.append(reason)
    return Screen(" ".join(dict.fromkeys(reasons)))


def _name(way: str) -> str:
    """Return the plug-in's name of "name:option=value"."""
    return way.partition(":")[0].strip().casefold()


def _usual(environment: Mapping[str, str]) -> list[str]:
    ways = (("WAYLAND_DISPLAY", "wayland"), ("DISPLAY", "xcb"))
    return [name for variable, name in ways if environment.get(variable)]


def _with_x(asked: list[str], environment: Mapping[str, str]) -> list[str]:
    """Let a wish for Wayland alone end at the X server where there is one."""
    names = {_name(way) for way in asked}
    is_wayland = bool(names & set(_WAYLAND)) and "xcb" not in names
    return [*asked, "xcb"] if is_wayland and environment.get("DISPLAY") else asked


def _on_desktop(asked: list[str], known: tuple[str, ...]) -> Screen:
    if asked and not any(_name(way) in known for way in asked):
        return Screen(_unknown(asked[0]))
    return Screen()


def _why_not(name: str, environment: Mapping[str, str]) -> str:
    """Return why one of Qt's ways cannot be taken, or "" when it can."""
    if name in _DRAWN_TO_MEMORY:
        return _why_no_qt()
    if name in _WAYLAND:
        return _why_no_wayland_socket(environment) or _why_no_qt() or _why_no_wayland(name)
    if name == "xcb":
        return _why_no_qt() or _why_no_x(environment.get("DISPLAY", ""))
    if name in _WITHOUT_DESKTOP:
        return (
            f"QT_QPA_PLATFORM is '{name}', which hwstudio does not support because it needs a "
            "desktop (start it as: env -u QT_QPA_PLATFORM hwstudio)."
        )
    return _unknown(name)


def _unknown(name: str) -> str:
    return (
        f"QT_QPA_PLATFORM is '{name}', which is no name Qt knows "
        "(start it as: env -u QT_QPA_PLATFORM hwstudio)."
    )


def _why_no_qt() -> str:
    """Try the part of Qt that needs system libraries; an ImportError is a plain Python error."""
    try:
        from hwstudio.gui.quick_qt import load_gui

        load_gui()
    except ImportError as error:
        return _missing(error, _APT)
    return ""


def _missing(error: Exception, packages: str) -> str:
    return f"A system library is missing ({error}). Install it: sudo apt install {packages}."


def _plugin(folder: str, file: str) -> Path:
    import PySide6

    return Path(PySide6.__file__).parent / "Qt" / "plugins" / folder / file


def _load(*files: Path) -> OSError | None:
    """Load what Qt will load; another layout of folders than the wheel's is not judged."""
    try:
        for file in files:
            if file.is_file():
                ctypes.CDLL(str(file))
    except OSError as error:
        return error
    return None


def _why_no_wayland_socket(environment: Mapping[str, str]) -> str:
    """Call the compositor where Qt would call it."""
    import socket

    name = environment.get("WAYLAND_DISPLAY") or "wayland-0"
    folder = environment.get("XDG_RUNTIME_DIR", "")
    if not folder and not Path(name).is_absolute():
        return f"The Wayland screen {name} cannot be found (XDG_RUNTIME_DIR is not set)."
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as call:
            call.settimeout(_ANSWER_S)
            call.connect(str(Path(folder) / name))
    except OSError as error:
        why = (error.strerror or str(error)).casefold()
        return f"The Wayland screen {name} cannot be opened ({why})."
    return ""


def _why_no_wayland(name: str) -> str:
    files = [_plugin("platforms", "libqwayland.so")]
    if name == "wayland-egl":
        files.append(_plugin("wayland-graphics-integration-client", "libqt-plugin-wayland-egl.so"))
    error = _load(*files)
    return _missing(error, f"{_APT} {_APT_WAYLAND}") if error else ""


def _xcb() -> ctypes.CDLL:
    """Return the library the plug-in has loaded; asking the system for its name starts a program.

    Raises:
        OSError: it is not there.
    """
    try:
        return ctypes.CDLL("libxcb.so.1")
    except OSError:
        from ctypes.util import find_library

        other = find_library("xcb")
        if other is None:
            raise
        return ctypes.CDLL(other)


def _why_no_x(display: str) -> str:
    """Load Qt's X plug-in and connect to the X server the way Qt will, without Qt's abort."""
    if not display:
        return "There is no X screen here (DISPLAY is not set)."
    error = _load(_plugin("platforms", "libqxcb.so"))
    if error:
        return _missing(error, _APT)
    try:
        xcb = _xcb()
    except OSError as missing:
        return _missing(missing, _APT)
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(errors="surrogateescape"), None)
    failed = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return f"The screen {display} cannot be opened." if failed else ""
