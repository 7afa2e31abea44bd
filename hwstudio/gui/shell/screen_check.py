"""Asks whether a window can open before Qt is touched: Qt aborts the process when it cannot."""

from __future__ import annotations

import ctypes
import ctypes.util
import sys
from importlib.util import find_spec
from pathlib import Path

_APT = (
    "libgl1 libegl1 libxkbcommon0 libxkbcommon-x11-0 libfontconfig1 libdbus-1-3 "
    "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0"
)


def why_no_window(environment: dict[str, str], platform: str = sys.platform) -> str:
    """Return a sentence that says why no window can open, or "" when one can."""
    if find_spec("PySide6") is None:
        return "The window needs PySide6, which is not installed (pip install hwstudio)."
    if platform in ("win32", "darwin"):
        return ""
    chosen = environment.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if chosen in ("offscreen", "minimal", "vnc"):
        return _why_no_qt()
    display = environment.get("DISPLAY", "")
    wayland = environment.get("WAYLAND_DISPLAY", "")
    if not display and not wayland:
        return "There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set)."
    missing = _why_no_qt()
    if missing or (wayland and not display) or chosen == "wayland":
        return missing
    return _why_no_x(display)


def _why_no_qt() -> str:
    """Try the part of Qt that needs system libraries; an ImportError is a plain Python error."""
    try:
        import PySide6.QtGui  # noqa: F401
    except ImportError as error:
        return f"A system library is missing ({error}). Install it: sudo apt install {_APT}."
    return ""


def _why_no_x(display: str) -> str:
    """Load Qt's X plug-in and connect to the X server the way Qt will, without Qt's abort."""
    import PySide6

    plugin = Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    try:
        if plugin.is_file():
            ctypes.CDLL(str(plugin))
        xcb = ctypes.CDLL(ctypes.util.find_library("xcb") or "libxcb.so.1")
    except OSError as error:
        return f"A system library is missing ({error}). Install it: sudo apt install {_APT}."
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    failed = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return f"The screen {display} cannot be opened." if failed else ""
