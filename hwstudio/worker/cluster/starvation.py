"""How often Linux ended a process for lack of memory: told apart from a plain kill by that."""

from __future__ import annotations

import contextlib
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
PROC = Path("/proc")


def counter_file(proc: Path = PROC, groups: Path = GROUPS) -> Path | None:
    """Return the file that counts it for this process's own group, or for the whole system.

    The group's own count is the better one: another program's end does not touch it. It is not
    there on old systems, in the topmost group, and in some containers. None: nothing counts it.
    """
    with contextlib.suppress(OSError, ValueError):
        for line in (proc / "self" / "cgroup").read_text("utf-8").splitlines():
            _, kinds, place = line.split(":", 2)
            if not kinds:
                file = groups / place.strip("/") / "memory.events"
            elif "memory" in kinds.split(","):
                file = groups / "memory" / place.strip("/") / "memory.oom_control"
            else:
                continue
            if file.is_file():
                return file
    return proc / "vmstat" if (proc / "vmstat").is_file() else None


def count(file: Path | None) -> int:
    """Return the count of such a file, 0 where there is none."""
    with contextlib.suppress(OSError, ValueError):
        for line in file.read_text("ascii").splitlines() if file is not None else ():
            name, _, number = line.partition(" ")
            if name == "oom_kill":
                return int(number)
    return 0
