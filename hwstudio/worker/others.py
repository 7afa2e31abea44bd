"""How much of the processor others used, while several processes of our own share it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from hwstudio.worker.disturbance import STAT

LIMIT = 0.05  # of all cores' time
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
        now, before = self._now(), self._before
        self._before = now
        if now is None or before is None or now[0] <= before[0]:
            return False
        used = (now[1] - before[1]) - (now[2] - before[2])
        return used > LIMIT * (now[0] - before[0])


def _ticks(pid: int) -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
        words = text.rpartition(")")[2].split()
        return int(words[_USER]) + int(words[_SYSTEM])
    return 0
