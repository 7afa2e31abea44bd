"""A pair of hands at the real window: real X events by xdotool, and an eye that only looks.

Needs Linux, Xvfb and xdotool (Debian: ``apt install xvfb xdotool``).
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60.0
_LOOK_EVERY_S = 0.08
_STILL = """
import sys
from PySide6.QtGui import QGuiApplication
app = QGuiApplication([])
app.primaryScreen().grabWindow(0).save(sys.argv[1])
"""
Item = dict[str, Any]


class WalkError(Exception):
    """Something a person looks for is not there, or cannot be reached."""


class Eye:
    """Asks the window what can be seen."""

    def __init__(self, name: str) -> None:
        self._name = name

    def look(self) -> Item:
        """Return everything visible."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(PATIENCE_S)
            line.connect(self._name)
            line.sendall(b"look\n")
            answer = b""
            while not answer.endswith(b"\n"):
                piece = line.recv(1 << 20)
                if not piece:
                    raise WalkError("The window has gone.")
                answer += piece
        return dict(json.loads(answer))


class Hands:
    """Finds by name what can be seen, and presses real keys and buttons there."""

    def __init__(self, display: str, eye: Eye) -> None:
        self._env = {**os.environ, "DISPLAY": display}
        self.eye = eye
        self.keys_pressed = self.clicks = self.turns = 0

    def xdo(self, *words: str | int) -> None:
        """Send real X events."""
        subprocess.run(["xdotool", *map(str, words)], env=self._env, check=True)

    def key(self, *names: str) -> None:
        """Press keys one after another."""
        self.keys_pressed += len(names)
        self.xdo("key", "--delay", 25, *names)
        time.sleep(0.06)

    def type(self, text: str) -> None:
        """Type a text."""
        self.keys_pressed += len(text)
        self.xdo("type", "--delay", 12, text)
        time.sleep(0.05)

    def click(self, item: Item, *, times: int = 1) -> None:
        """Press the left button in the middle of something."""
        x, y, width, height = item["rect"]
        self.clicks += times
        self.xdo("mousemove", x + width // 2, y + height // 2)
        self.xdo("click", "--repeat", times, "--delay", 60, 1)
        time.sleep(0.1)

    def wheel(self, item: Item, turns: int) -> None:
        """Turn the wheel over something; positive is down."""
        x, y, width, height = item["rect"]
        self.turns += abs(turns)
        self.xdo("mousemove", x + width // 2, y + height // 2)
        self.xdo("click", "--repeat", abs(turns), "--delay", 30, 5 if turns > 0 else 4)
        time.sleep(0.15)

    def give_focus(self, title: str = "hwstudio") -> None:
        """Do what every desktop does when a dialog closes: focus the window beneath it.

        A bare X server has no window manager, so the keys would go nowhere.
        """
        time.sleep(0.3)
        if self.eye.look()["window"]:
            return
        command = ["xdotool", "search", "--onlyvisible", "--name", title]
        found = subprocess.run(command, env=self._env, capture_output=True, text=True, check=False)
        if found.stdout.split():
            self.xdo("windowfocus", "--sync", found.stdout.split()[-1])
            time.sleep(0.2)

    def picture(self, file: Path) -> None:
        """Save the screen."""
        env = {**self._env, "QT_QPA_PLATFORM": "xcb"}
        subprocess.run([sys.executable, "-c", _STILL, str(file)], env=env, check=True)

    def all(self, pattern: str, role: str = "", **more: Any) -> list[Item]:
        """Return what can be seen whose name or text matches, top to bottom."""
        return matching(self.eye.look()["items"], pattern, role, **more)

    def find(self, pattern: str, role: str = "", **more: Any) -> Item:
        """Return what can be seen, waiting for it."""
        found: list[Item] = []

        def is_there() -> bool:
            found[:] = self.all(pattern, role, **more)
            return bool(found)

        self.until(is_there, f"{role or 'thing'} called {pattern!r}")
        return found[0]

    def until(self, holds: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
        """Wait until something holds."""
        end = time.monotonic() + patience_s
        while not holds():
            if time.monotonic() > end:
                raise WalkError(f"Not within {patience_s:.0f} s: {what}")
            time.sleep(_LOOK_EVERY_S)


def matching(items: list[Item], pattern: str, role: str = "", **more: Any) -> list[Item]:
    """Return the items whose name or text matches."""
    test = re.compile(pattern, re.IGNORECASE)
    return [
        item
        for item in items
        if (not role or item["is"] == role)
        and (test.search(item["name"]) or test.search(item["text"]))
        and all(item.get(key) == value for key, value in more.items())
    ]


@contextlib.contextmanager
def screen(size: str) -> Iterator[str]:
    """Give a virtual screen of its own."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24"]
    server = subprocess.Popen(
        [*command, "-nolisten", "tcp"], pass_fds=(writing,), stderr=subprocess.DEVNULL
    )
    os.close(writing)
    try:
        yield ":" + os.read(reading, 16).decode().strip()
    finally:
        os.close(reading)
        server.terminate()
        server.wait(10)


@contextlib.contextmanager
def at_the_window(home: Path, size: str = "1280x720") -> Iterator[Hands]:
    """Start the window on a screen of its own; give the hands and the eye."""
    with screen(size) as display, tempfile.TemporaryDirectory() as folder:
        name = str(Path(folder) / "eye")
        env = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "HOME": str(home)}
        env["PYTHONPATH"] = str(ROOT)
        script = str(Path(__file__).with_name("window.py"))
        window = subprocess.Popen([sys.executable, script, str(home), name], env=env, cwd=ROOT)
        try:
            hands = Hands(display, Eye(name))
            hands.until(lambda: _is_up(window, name), "the window")
            yield hands
        finally:
            window.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                window.wait(10)
            window.kill()


def _is_up(window: subprocess.Popen[bytes], name: str) -> bool:
    if window.poll() is not None:
        raise WalkError(f"The window ended with {window.returncode}.")
    return Path(name).exists()
