"""How much other programs took from us, asked of the system itself.

CPU time does not show it: while one thread waits for a core, its siblings spin and use CPU time.
Linux counts for every thread how long it was ready to run and had to wait; that is the loss.
"""

from __future__ import annotations

import contextlib
import importlib
import os
from pathlib import Path
from typing import Any

TASKS = Path("/proc/self/task")
STAT = Path("/proc/stat")
_STEAL = 7  # the column of /proc/stat: time a virtual machine's host gave to others

resource: Any = None  # Windows keeps no such counters
with contextlib.suppress(ImportError):
    resource = importlib.import_module("resource")


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def involuntary_switches() -> int | None:
    """Return how often the system took a core away from this process, all threads together."""
    if resource is None:
        return None
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw)


def thread_waits_ns(tasks: Path = TASKS) -> dict[str, int] | None:
    """Return per thread how long it has waited for a core so far; None where it is not counted."""
    waits: dict[str, int] = {}
    try:
        names = os.listdir(tasks)  # noqa: PTH208  (called between samples: it must be quick)
    except OSError:
        return None
    for name in names:
        # A thread that ends meanwhile has nothing to say.
        with (
            contextlib.suppress(OSError, ValueError, IndexError),
            open(f"{tasks}/{name}/schedstat", "rb") as file,  # noqa: PTH123
        ):
            waits[name] = int(file.read().split()[1])
    return waits or None


def longest_wait_s(before: dict[str, int] | None, after: dict[str, int] | None) -> float | None:
    """Return the longest wait of any one thread between two readings."""
    if before is None or after is None:
        return None
    return max(after[name] - before.get(name, 0) for name in after) / 1e9


def cpu_times(stat: Path = STAT) -> tuple[int, int] | None:
    """Return stolen and total time of all cores in ticks; None where it is not counted."""
    try:
        with stat.open("rb") as file:
            columns = [int(word) for word in file.readline().split()[1:]]
        return columns[_STEAL], sum(columns[: _STEAL + 1])
    except (OSError, ValueError, IndexError):
        return None


def stolen_share(before: tuple[int, int] | None, after: tuple[int, int] | None) -> float | None:
    """Return the share of time that the host of a virtual machine gave to others."""
    if before is None or after is None or after[1] <= before[1]:
        return None
    return (after[0] - before[0]) / (after[1] - before[1])
