"""Ends a process on another computer whose lead has fallen silent.

A cut cable closes no connection: without this the process would wait for ever.
"""

from __future__ import annotations

import ctypes
import sys
import threading
import time
from collections.abc import Callable

BEAT_S = 0.5  # how often the lead says that it is there
LIMIT_S = 6.0  # after so much silence it is gone
_PR_SET_PDEATHSIG = 1
_SIGKILL = 9


def watch(heard_s: Callable[[], float], end: Callable[[], None], limit_s: float = LIMIT_S) -> None:
    """Call ``end`` once nothing was heard for a time.

    Counted are the beats missed while this thread runs, not the clock: a process that was paused,
    or kept from running by native code, has not lost its lead.

    Args:
        heard_s: when something was last heard, by the monotonic clock.
        end: ends the process.
        limit_s: the silence that is allowed.
    """

    def look() -> None:
        missed, last = 0, heard_s()
        while missed * BEAT_S < limit_s:
            time.sleep(BEAT_S)
            now = heard_s()
            missed = missed + 1 if now == last else 0
            last = now
        end()

    threading.Thread(target=look, name="dead-man", daemon=True).start()


def die_with_parent() -> None:
    """Ask Linux to end this process with the one that started it, even while it is stopped."""
    if sys.platform.startswith("linux"):
        try:
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, _SIGKILL)
        except (OSError, AttributeError):
            return
