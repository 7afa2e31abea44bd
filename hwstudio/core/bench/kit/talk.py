"""How the run kit speaks and is stopped; nobody may be there to listen."""

from __future__ import annotations

import signal
import sys
import threading

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


def say(text: str) -> None:
    """Print a line; the result file is what counts, so nobody has to read it."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except OSError:
        pass


def stop_on_signal() -> threading.Event:
    """Return an event that Ctrl-C, an end from outside or a closed terminal sets."""
    cancel = threading.Event()
    for name in NAMES:
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, lambda _number, _frame: cancel.set())
    return cancel
