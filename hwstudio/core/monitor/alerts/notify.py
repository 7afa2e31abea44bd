"""A desktop notification without a window: the system's own program, by argument list.

Linux asks notify-send or gdbus, macOS osascript, Windows PowerShell (a toast) or msg. The texts
reach those programs as arguments or through the environment, never as a part of a command, so
that nothing in a process or device name can run. On macOS and Windows this was built against the
makers' documents and tried with stand-in programs only; notify-send and gdbus were run against a
real message bus.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hwstudio.core.base.log import logger

MOST_TITLE = 80
MOST_TEXT = 400
_MOST_IN_WINDOW = 5
_WINDOW_S = 60.0
_PATIENCE_S = 10.0

# A toast by the system's own classes; the texts come from the environment.
_TOAST = (
    "$ErrorActionPreference='Stop';"
    "[void][Windows.UI.Notifications.ToastNotificationManager,"
    "Windows.UI.Notifications,ContentType=WindowsRuntime];"
    "$x=[Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent("
    "[Windows.UI.Notifications.ToastTemplateType]::ToastText02);"
    "$t=$x.GetElementsByTagName('text');"
    "[void]$t.Item(0).AppendChild($x.CreateTextNode($env:HWSTUDIO_ALERT_TITLE));"
    "[void]$t.Item(1).AppendChild($x.CreateTextNode($env:HWSTUDIO_ALERT_TEXT));"
    "$n=[Windows.UI.Notifications.ToastNotification]::new($x);"
    "$id='{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}"
    "\\WindowsPowerShell\\v1.0\\powershell.exe';"
    "[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier($id).Show($n)"
)
_SCRIPT = (
    "on run argv",
    "display notification (item 2 of argv) with title (item 1 of argv)",
    "end run",
)


@dataclass(frozen=True, slots=True)
class Call:
    """A program to run: its arguments and what is added to the environment."""

    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


Run = Callable[[Call], bool]
Find = Callable[[str], str | None]


def cleaned(text: str, most: int) -> str:
    """Return one line without control characters, at most ``most`` letters."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    plain = " ".join(plain.split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def find_program(name: str) -> str | None:
    """Return where a program is, or None."""
    import shutil  # late: it brings every packer with it, and a recorder seldom needs it

    return shutil.which(name)


def calls(title: str, text: str, platform: str, find: Find = find_program) -> list[Call]:
    """Return the ways to show a notification here, best first; none = nothing is installed."""
    title, text = cleaned(title, MOST_TITLE), cleaned(text, MOST_TEXT)
    if platform == "darwin":
        return _macos(title, text, find)
    if platform == "win32":
        return _windows(title, text, find)
    return _linux(title, text, find)


def _linux(title: str, text: str, find: Find) -> list[Call]:
    made = []
    # Most desktops take markup in the text, so its signs are spelled out.
    body = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if program := find("notify-send"):
        # notify-send reads escapes such as \n in the text, but not in the title.
        escaped = body.replace("\\", "\\\\")
        made.append(Call((program, "--app-name=hwstudio", "--", title, escaped)))
    if program := find("gdbus"):
        made.append(
            Call(
                (
                    *(program, "call", "--session"),
                    *("--dest", "org.freedesktop.Notifications"),
                    *("--object-path", "/org/freedesktop/Notifications"),
                    *("--method", "org.freedesktop.Notifications.Notify", "--"),
                    *("'hwstudio'", "uint32 0", "''", _gvariant(title), _gvariant(body)),
                    *("@as []", "@a{sv} {}", "int32 -1"),
                )
            )
        )
    return made


def _gvariant(text: str) -> str:
    """Return a text as a GVariant literal, so that gdbus never guesses its type."""
    inside = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{inside}'"


def _macos(title: str, text: str, find: Find) -> list[Call]:
    program = find("osascript")
    if program is None:
        return []
    script = [word for line in _SCRIPT for word in ("-e", line)]
    # A text that begins with a hyphen would be taken for an option.
    return [Call((program, *script, _not_an_option(title), _not_an_option(text)))]


def _not_an_option(text: str) -> str:
    return f" {text}" if text.startswith("-") else text


def _windows(title: str, text: str, find: Find) -> list[Call]:
    made = []
    if program := find("powershell"):
        made.append(
            Call(
                (program, "-NoProfile", "-NonInteractive", "-WindowStyle", "Hidden",
                 "-Command", _TOAST),
                {"HWSTUDIO_ALERT_TITLE": title, "HWSTUDIO_ALERT_TEXT": text},
            )
        )  # fmt: skip
    if (program := find("msg")) and (user := os.environ.get("USERNAME")):
        words = f"{title}: {text}".replace("/", "∕")  # a slash would be read as an option
        made.append(Call((program, user, "/TIME:60", words)))
    return made


class Notifier:
    """Tells the desktop; at most five a minute, the rest is counted and said with the next.

    Args:
        platform: as ``sys.platform``.
        find: how a program is found.
        run: runs a call, True when it worked.
        clock: steady seconds.
    """

    def __init__(
        self,
        *,
        platform: str = sys.platform,
        find: Find = find_program,
        run: Run | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._platform, self._find, self._clock = platform, find, clock
        self._run = run or run_call
        self._lock = threading.Lock()
        self._told: deque[float] = deque(maxlen=_MOST_IN_WINDOW)
        self._held_back = 0
        self._has_complained = False

    def tell(self, title: str, text: str) -> bool:
        """Show a notification; return whether one was shown. Never raises.

        It may take ten seconds for each program that hangs; see ``tell_later``.
        """
        held_back = self._admitted()
        if held_back is None:
            return False
        if held_back:
            text = f"{text} ({held_back} more in the last minute; see the alert history)"
        ways = calls(title, text, self._platform, self._find)
        if any(self._try(way) for way in ways):
            return True
        self._complain("no program for it was found" if not ways else "the programs refused")
        return False

    def tell_later(self, title: str, text: str) -> threading.Thread:
        """Show a notification without waiting for the programs."""
        thread = threading.Thread(
            target=self.tell, args=(title, text), name="hwstudio-notify", daemon=True
        )
        thread.start()
        return thread

    def _admitted(self) -> int | None:
        """Return how many were held back before this one, or None when this one is too."""
        with self._lock:
            now_s = self._clock()
            if len(self._told) == _MOST_IN_WINDOW and now_s - self._told[0] < _WINDOW_S:
                self._held_back += 1
                return None
            self._told.append(now_s)
            held_back, self._held_back = self._held_back, 0
            return held_back

    def _try(self, way: Call) -> bool:
        try:
            return self._run(way)
        except Exception as error:  # noqa: BLE001 - a desktop that fails must not stop the recorder
            self._complain(str(error))
            return False

    def _complain(self, why: str) -> None:
        if not self._has_complained:
            self._has_complained = True
            logger("alerts").warning("desktop notifications do not work here: %s", why)


def run_call(call: Call) -> bool:
    """Run a notification program; True when it ended well within ten seconds.

    Raises:
        OSError: it cannot be started.
    """
    import subprocess

    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    try:
        done = subprocess.run(
            call.arguments,
            env={**os.environ, **call.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE_S,
            check=False,
            creationflags=flags,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def shown_words(ways: Sequence[Call]) -> str:
    """Return which programs would be asked, for a settings page."""
    names = [way.arguments[0] for way in ways]
    return ", ".join(names) if names else "none found"
