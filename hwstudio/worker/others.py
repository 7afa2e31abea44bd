"""How much of the processor others used while we measure."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from hwstudio.worker.disturbance import STAT

LIMIT = 0.05  # of all cores' time
LEAST_TAKEN = 0.25  # of it, used by others: below that they are not why no core is idle
SCARCE = 0.1  # of it: less than that idle, and whoever wants a core has to wait for one
_USER, _SYSTEM = 11, 12  # after the name, in /proc/PID/stat
_IDLE, _IO_WAIT, _STOLEN = 3, 4, 7  # columns of /proc/stat


class Others:
    """Asked once per window: did other programs use more than a twentieth of the processor?"""

    def __init__(self, family: Callable[[], Iterable[int]], stat: Path = STAT) -> None:
        self._family, self._stat = family, stat
        self._before = self._now()

    def _now(self) -> tuple[int, int, int] | None:
        """Return the ticks of all, those busy, and those of our own processes."""
        try:
            with self._stat.open("rb") as file:
                columns = [int(word) for word in file.readline().split()[1:9]]
        except (OSError, ValueError):
            return None
        resting = columns[_IDLE] + columns[_IO_WAIT] + columns[_STOLEN]
        own = sum(_ticks(pid) for pid in (os.getpid(), *self._family()))
        return sum(columns), sum(columns) - resting, own

    def are_busy(self) -> bool:
        """Say so for the time since the last question; False where it is not counted."""
        found = self._shares()
        return found is not None and found[0] > LIMIT

    def leave_no_core(self) -> bool:
        """Say whether, since the last question, hardly a core was idle and others were why.

        The system's own threads, which finish what a drive is asked for, then wait as everybody
        does; no counter of ours shows it.
        """
        found = self._shares()
        return found is not None and found[1] < SCARCE and found[0] > LEAST_TAKEN

    def _shares(self) -> tuple[float, float] | None:
        """Return what others used and what nobody used, as shares of all cores' time."""
        now, before = self._now(), self._before
        self._before = now
        if now is None or before is None or now[0] <= before[0]:
            return None
        every = now[0] - before[0]
        busy, own = now[1] - before[1], now[2] - before[2]
        return (busy - own) / every, (every - busy) / every


def _ticks(pid: int) -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
        words = text.rpartition(")")[2].split()
        return int(words[_USER]) + int(words[_SYSTEM])
    return 0
