"""How a run in the terminal is stopped: Ctrl-C, an end from outside, or a terminal that closes."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


@contextlib.contextmanager
def stop_on_signal() -> Iterator[threading.Event]:
    """Give an event that the first signal sets; further ones change nothing, the run ends anyway.

    After a signal the handlers stay: an impatient Ctrl-C must not cost the result while it is
    printed and stored, nor leave a traceback while the program ends.
    """
    cancel = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield cancel
        return

    def stop(number: int, frame: object) -> None:
        del number, frame
        if not cancel.is_set():
            cancel.set()
            say("\nStopping; the points that were finished are kept.")

    before = {number: signal.signal(number, stop) for number in _numbers()}
    try:
        yield cancel
    finally:
        if not cancel.is_set():
            for number, handler in before.items():
                signal.signal(number, handler)


def _numbers() -> list[signal.Signals]:
    """Return the signals that mean "stop" here; a hang-up that nohup turned off stays off."""
    found = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    hang_up = getattr(signal, "SIGHUP", None)
    return [n for n in found if n != hang_up or signal.getsignal(n) != signal.SIG_IGN]


def say(text: str) -> None:
    """Say something on stderr, if somebody still listens (it may be called amid another print)."""
    with contextlib.suppress(OSError, RuntimeError, ValueError):
        print(text, file=sys.stderr, flush=True)


def silence_output() -> None:
    """Send what is still unprinted nowhere: its reader is gone, and the end must be quiet."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
