"""How much of the processor others used while we measure."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from hwstudio.worker.disturbance import STAT

LIMIT = 0.05  # of all cores' time
LEAST_TAKEN = 0.25  # of it, used by others: below that they are not why no core is idle
SCARCE = 0.1  # of it: less than that idle, and whoever wants a core has to wait for one
LOOK_BACK = 5  # windows: of a tenth of a second on two cores, one tick is a twentieth
_USER, _SYSTEM = 11, 12  # after the name, in /proc/PID/stat
_IDLE, _IO_WAIT, _STOLEN = 3, 4, 7  # columns of /proc/stat
_PROGRAMS = slice(0, 2)  # of them: what ran outside the kernel, at any priority


@dataclass(frozen=True, slots=True)
class Shares:
    """What happened in one window, as shares of the time of all cores that we may use."""

    others: float  # used by all but us, the system itself included
    programs: float  # of that, outside the kernel, where the system's own threads never are; in
    # this window and up to four before: one alone is short beside the ticks of the counter
    idle: float


@dataclass(frozen=True, slots=True)
class _Ticks:
    """Sums so far."""

    every: int
    busy: int
    programs: int
    own: int
    own_programs: int


class Others:
    """Asked once per window: what did other programs use of the processor?"""

    def __init__(self, family: Callable[[], Iterable[int]], stat: Path = STAT) -> None:
        self._family, self._stat = family, stat
        self._before = deque([self._now()], LOOK_BACK)

    def _now(self) -> _Ticks | None:
        try:
            columns = _columns(self._stat)
        except (OSError, ValueError):
            return None
        resting = columns[_IDLE] + columns[_IO_WAIT] + columns[_STOLEN]
        own = [_ticks(pid) for pid in (os.getpid(), *self._family())]
        own_programs = sum(user for user, _ in own)
        return _Ticks(
            sum(columns),
            sum(columns) - resting,
            sum(columns[_PROGRAMS]),
            own_programs + sum(system for _, system in own),
            own_programs,
        )

    def are_busy(self) -> bool:
        """Say for the time since the last question whether they used more than a twentieth.

        False where it is not counted.
        """
        found = self.shares()
        return found is not None and found.others > LIMIT

    def are_in_our_way(self, has_waited: bool) -> bool:
        """Say whether, since the last question, others took a core from us or from the system.

        Two signs, each with its reason to be others'. Hardly a core was idle: the system's own
        threads, which finish what a drive is asked for, then wait as everybody does, and no
        counter of ours shows it. Or a thread of ours waited (``has_waited``): by itself that is no
        sign, for the thread that the system woke to finish our request runs on our core too, some
        microseconds for each (a tenth of the time at 50,000 small writes a second). So programs
        must have run meanwhile. Where it is not counted who ran, having waited is all there is.
        """
        found = self.shares()
        if found is None:
            return has_waited
        is_much = found.others > LEAST_TAKEN
        return (is_much and found.idle < SCARCE) or (
            has_waited and (is_much or found.programs > LIMIT)
        )

    def shares(self) -> Shares | None:
        """Return what was used since the last question; None where it is not counted."""
        now, earlier, before = self._now(), self._before[0], self._before[-1]
        self._before.append(now)
        if now is None or before is None or earlier is None or now.every <= before.every:
            return None
        every, busy = now.every - before.every, now.busy - before.busy
        programs = now.programs - earlier.programs
        return Shares(
            others=(busy - (now.own - before.own)) / every,
            programs=(programs - (now.own_programs - earlier.own_programs))
            / (now.every - earlier.every),
            idle=(every - busy) / every,
        )


def _columns(stat: Path) -> list[int]:
    """Return the eight columns of the cores we may use; of all, where the system names no others.

    Raises:
        OSError: there is no such file.
        ValueError: it is not what Linux writes.
    """
    with stat.open("rb") as file:
        of_cores = itertools.takewhile(lambda line: line.startswith(b"cpu"), file)
        lines = [line.split()[:9] for line in of_cores]
    usable = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    names = {b"cpu%d" % number for number in usable}
    ours = [line for line in lines[1:] if line[0] in names]
    rows = ours if len(ours) < len(lines) - 1 else lines[:1]  # each row is rounded by itself
    counts = [[int(word) for word in row[1:]] for row in rows or lines[:1]]
    if not counts or len(counts[0]) < 8:
        raise ValueError("no counts of the processor")
    return [sum(column) for column in zip(*counts, strict=True)]


def _ticks(pid: int) -> tuple[int, int]:
    """Return what a process used outside and inside the kernel."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
        words = text.rpartition(")")[2].split()
        return int(words[_USER]), int(words[_SYSTEM])
    return 0, 0
