"""The packaged app that is looked at, and how its programs are started and judged."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIMIT_S = 600  # a build machine that does other work too may be slow
FATAL = (
    "unhandled error",
    "Traceback (most recent call last)",
    "Fatal Python error",
    "Failed to execute script",
    "ModuleNotFoundError",
    "Could not load the Qt platform plugin",
    "could not connect to display",
    "undefined symbol",
    "Segmentation fault",
    "QObject::killTimer",
    "QThread: Destroyed",
)


class SmokeError(Exception):
    """One check found something wrong; the message says what."""


class LeftOutError(Exception):
    """A check cannot be made on this computer; the message says what it lacks."""


@dataclass(frozen=True)
class Product:
    """The packaged app, a home of its own for it, and an outside Python that has torch.

    Without ``interpreter`` the app measures with the PyTorch it holds itself (full edition).
    """

    folder: Path
    home: Path
    interpreter: str

    def program(self, name: str) -> str:
        """Return the path of one of the three executables."""
        return str(self.folder / (f"{name}.exe" if os.name == "nt" else name))

    def command(self, *arguments: str) -> list[str]:
        """Return a hwstudio-cli command that writes only into the throw-away home."""
        return [self.program("hwstudio-cli"), "--home", str(self.home), *arguments]

    @property
    def measuring(self) -> list[str]:
        """Return the options that say which Python measures."""
        return ["--interpreter", self.interpreter] if self.interpreter else []


def environment(**extra: str) -> dict[str, str]:
    """Return this process's environment without what would steer Python, Qt or a screen."""
    mine = ("PYTHON", "QT_", "DISPLAY", "WAYLAND_", "VIRTUAL_ENV", "HWSTUDIO_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(mine)}
    return {**kept, **extra}


def start(command: list[str], expected: tuple[int, ...] = (0,), **extra: str) -> tuple[str, str]:
    """Run a command to its end; return its output and its messages."""
    try:
        done = subprocess.run(
            command,
            env=environment(**extra),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise SmokeError(f"no end within {LIMIT_S} s") from error
    judge(done.returncode, done.stdout, done.stderr, expected)
    return done.stdout, done.stderr


def judge(code: int, out: str, said: str, expected: tuple[int, ...] = (0,)) -> None:
    """Stop where a program ended otherwise than expected, or said what only broken ones say."""
    fatal = [mark for mark in FATAL if mark in out + said]
    if fatal or code not in expected:
        words = (out[-1000:] + said[-2000:]).strip()
        raise SmokeError(f"exit {code}, {fatal or 'no fatal marker'}:\n{words}")


def document(text: str, *keys: str) -> dict[str, Any]:
    """Read the one JSON document and check that these keys are in it."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise SmokeError(f"not one JSON document: {text[:200]!r}") from error
    missing = [key for key in keys if key not in found]
    if missing:
        raise SmokeError(f"the document lacks {missing}; it has {list(found)}")
    return dict(found)
