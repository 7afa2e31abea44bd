"""A refresh in a process of its own, so that nothing a server sends can hold the window up.

It runs the command line's refresh and reads the one document that prints. Whatever happens in it,
it is ended with all it started once its time is up.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from hwstudio.core.base.clock import monotonic_s
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.paths import Home, is_frozen, worker_root
from hwstudio.core.cloud.refresh.limits import TOTAL_S

LIMIT_S = TOTAL_S + 20.0  # the start of the process, judging and keeping come on top
_POLL_S = 0.05
_MOST_BYTES = 32_000_000
_USER_ERROR, _HOST_ERROR = 2, 3
_NO_WINDOW, _NEW_GROUP = 0x08000000, 0x00000200
_READING = "reading "


def refresh_in_process(
    home: Home,
    words: Sequence[str],
    *,
    stopped: threading.Event,
    say: Callable[[str], None] = lambda _: None,
    limit_s: float = LIMIT_S,
) -> dict[str, Any]:
    """Return the document of ``hwstudio cloud refresh WORDS``; for a thread beside the window.

    Args:
        home: whose prices are refreshed.
        words: "--source", an id and so on, or "--file" and a name.
        stopped: set to end it.
        say: is told what is being read.
        limit_s: then it is ended.

    Raises:
        UserError, HostError: why nothing was refreshed.
    """
    command = [*_program(), f"--home={home.root}", "cloud", "refresh", "--json", "--say", *words]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
            start_new_session=sys.platform != "win32",
            creationflags=_NO_WINDOW | _NEW_GROUP if sys.platform == "win32" else 0,
        )
    except OSError as error:
        raise HostError("The refresh could not be started", error.strerror or str(error)) from error
    with process:
        return _Watch(process, say).document(stopped, limit_s)


def _program() -> list[str]:
    return [sys.executable] if is_frozen() else [sys.executable, "-m", "hwstudio"]


def _environment() -> dict[str, str]:
    if is_frozen():
        return dict(os.environ)
    known = os.environ.get("PYTHONPATH", "")
    root = str(Path(worker_root()))
    return {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{known}" if known else root}


class _Watch:
    """Reads what the process says until it ends or has to."""

    def __init__(self, process: subprocess.Popen[bytes], say: Callable[[str], None]) -> None:
        self._process, self._say = process, say
        self._out = bytearray()
        self._said: list[str] = []
        self._readers = [
            threading.Thread(target=self._read_out, name="refresh-out", daemon=True),
            threading.Thread(target=self._read_words, name="refresh-words", daemon=True),
        ]

    def document(self, stopped: threading.Event, limit_s: float) -> dict[str, Any]:
        """Return what it printed.

        Raises:
            UserError, HostError: it refused, was stopped, or took too long.
        """
        for reader in self._readers:
            reader.start()
        until_s = monotonic_s() + limit_s
        while self._process.poll() is None:
            if stopped.is_set() or monotonic_s() > until_s:
                self._kill()
                why = "you stopped it" if stopped.is_set() else f"it took over {limit_s:g} s"
                raise HostError("Nothing was refreshed; the prices in use stay", why)
            stopped.wait(_POLL_S)
        for reader in self._readers:
            reader.join(2.0)
        return self._answer(self._process.returncode)

    def _answer(self, code: int) -> dict[str, Any]:
        if code in (_USER_ERROR, _HOST_ERROR):
            words = self._said[-1] if self._said else "it gave no reason"
            raise (UserError if code == _USER_ERROR else HostError)(words)
        try:
            found = json.loads(bytes(self._out))
        except ValueError:
            found = None
        if not isinstance(found, dict):
            why = f"it ended with code {code}"
            raise HostError("Nothing was refreshed; the prices in use stay", why)
        return found

    def _kill(self) -> None:
        with suppress(OSError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _read_out(self) -> None:
        for chunk in _chunks(self._process.stdout):
            if len(self._out) < _MOST_BYTES:
                self._out += chunk

    def _read_words(self) -> None:
        stream = self._process.stderr
        with suppress(OSError, ValueError):
            while stream is not None and (raw := stream.readline(10_000)):
                line = raw.decode("utf-8", "replace").strip()
                if line.startswith(_READING):
                    self._say(line.removeprefix(_READING))
                elif line:
                    self._said = [*self._said[-20:], line.removeprefix("hwstudio: ").rstrip(".")]


def _chunks(stream: IO[bytes] | None) -> list[bytes] | Any:
    return [] if stream is None else iter(lambda: _read(stream), b"")


def _read(stream: IO[bytes]) -> bytes:
    with suppress(OSError, ValueError):
        return stream.read(65_536)
    return b""
