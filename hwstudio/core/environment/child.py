"""Runs one program that installs, hands its lines on, and ends it with all it started."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import IO, Protocol

from hwstudio.core.base.clock import monotonic_s
from hwstudio.core.base.errors import HostError
from hwstudio.core.bench import whole_machine

IS_WINDOWS = os.name == "nt"
_NO_WINDOW, _NEW_GROUP = 0x08000000, 0x00000200
_POLL_S = 0.1
_GRACE_S = 3.0
_MOST_LINE = 2000
Say = Callable[[str], None]


# Runs a program in the same group and ends the group once standard input is closed: hwstudio is
# gone then, however it went, and a download of gigabytes must not go on without it.
_GUARD = (
    "import os, subprocess, sys, threading\n"
    "def watch():\n"
    "    sys.stdin.buffer.read()\n"
    "    if hasattr(os, 'killpg'):\n        os.killpg(0, 9)\n"
    "    subprocess.call(['taskkill', '/PID', str(child.pid), '/T', '/F'])\n"
    "    os._exit(1)\n"
    "child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)\n"
    "threading.Thread(target=watch, daemon=True).start()\n"
    "code = child.wait()\n"
    "os._exit(code if 0 <= code < 256 else 1)\n"
)


def guarded(python: str, command: Sequence[str]) -> list[str]:
    """Return a command that runs another one, and ends it once hwstudio is gone."""
    return [python, "-I", "-c", _GUARD, *command]


class Stopped(Exception):  # noqa: N818 - not an error: the user's wish
    """The user stopped it."""


class Run(Protocol):
    """How a program is run: the border that tests replace."""

    def __call__(
        self, command: Sequence[str], env: Mapping[str, str], say: Say, stopped: threading.Event
    ) -> int:
        """Return its exit code; raises Stopped, HostError."""


def run_child(
    command: Sequence[str],
    env: Mapping[str, str],
    say: Say,
    stopped: threading.Event,
    limit_s: float | None = None,
) -> int:
    """Run a program to its end and return its exit code; ``say`` gets every line it prints.

    Raises:
        Stopped: ``stopped`` was set; the program and all it started are gone.
        HostError: it cannot be started, or is not done after ``limit_s``.
    """
    began_s = monotonic_s()
    if stopped.is_set():
        raise Stopped
    try:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,  # closed when hwstudio ends: see guarded
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(env),
            start_new_session=not IS_WINDOWS,
            creationflags=_NO_WINDOW | _NEW_GROUP if IS_WINDOWS else 0,
        )
    except OSError as error:
        why = error.strerror or str(error)
        raise HostError(f"{command[0]} cannot be started", why) from error
    lines: queue.Queue[str] = queue.Queue()
    reader = threading.Thread(target=_read, args=(process.stdout, lines), daemon=True)
    reader.start()
    try:
        while process.poll() is None:
            if stopped.is_set():
                raise Stopped
            if limit_s is not None and monotonic_s() - began_s > limit_s:
                raise HostError("It was ended", f"it was not done after {limit_s:.0f} s")
            _hand_on(lines, say)
        reader.join(_GRACE_S)
        _hand_on(lines, say, wait_s=0.0)
        return process.returncode
    finally:
        _end(process)
        reader.join(_GRACE_S)
        if process.stdin is not None:
            process.stdin.close()
        if process.stdout is not None and not reader.is_alive():
            process.stdout.close()


def _hand_on(lines: queue.Queue[str], say: Say, wait_s: float = _POLL_S) -> None:
    with suppress(queue.Empty):
        say(lines.get(timeout=wait_s) if wait_s else lines.get_nowait())
        while True:
            say(lines.get_nowait())


def _read(stream: IO[bytes] | None, lines: queue.Queue[str]) -> None:
    if stream is None:
        return
    with suppress(OSError, ValueError):
        while raw := stream.readline(_MOST_LINE):
            text = raw.decode("utf-8", "replace").rstrip().rpartition("\r")[2]
            if text:
                lines.put(text)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is left of it: asked first, then without asking. The group outlives its leader."""
    if IS_WINDOWS:
        if process.poll() is None:
            whole_machine.end_family(process.pid)
    else:
        with suppress(OSError):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_GRACE_S)
            os.killpg(process.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE_S)
