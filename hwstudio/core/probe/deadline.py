"""Asks something that may hang, and does not wait longer than said."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class TooSlowError(Exception):
    """There was no answer in time."""


def within(seconds: float, work: Callable[[], T]) -> T:
    """Return ``work()``, run in a thread of its own.

    Raises:
        TooSlowError: it took longer; the thread is left behind as a daemon.
    """
    answer: list[T] = []
    trouble: list[BaseException] = []

    def run() -> None:
        try:
            answer.append(work())
        except BaseException as error:  # noqa: BLE001 - carried over to the caller's thread
            trouble.append(error)

    thread = threading.Thread(target=run, name="hwstudio-within", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise TooSlowError(f"no answer within {seconds:g} s")
    if trouble:
        raise trouble[0]
    return answer[0]


def output_of(command: tuple[str, ...], seconds: float, *, check: bool = True) -> str | None:
    """Return what a program prints, or None when it is missing, fails or is too slow.

    Without ``check`` a program may say at its end that something went wrong, as macOS' sysctl does
    when a single one of its values cannot be read.
    """
    import subprocess  # late: the recorder asks no program

    hidden = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows would flash a console window
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=seconds,
            check=check,
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
            creationflags=hidden,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout
