"""Readings of the whole computer: by psutil, and without it (a run kit) by what the system gives.

What cannot be read is None, never a guess.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from pathlib import Path
from typing import Any

try:
    import psutil as _psutil
except ImportError:  # a run kit meets Pythons with nothing but the standard library
    _psutil = None

psutil: Any = _psutil

STAT = Path("/proc/stat")
MEMORY = Path("/proc/meminfo")


def cores() -> int | None:
    """Return the physical cores; None where nobody says."""
    found = psutil.cpu_count(logical=False) if psutil is not None else None
    return int(found) if found else None


def memory_bytes() -> tuple[int | None, int | None]:
    """Return the memory of the computer and what of it is free for a new program."""
    if psutil is not None:
        memory = psutil.virtual_memory()
        return int(memory.total), int(memory.available)
    table = {}
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in MEMORY.read_text("ascii", "replace").splitlines():
            name, _, rest = line.partition(":")
            table[name] = int(rest.split()[0]) * 1024
    if "MemTotal" in table:
        return table["MemTotal"], table.get("MemAvailable")
    with contextlib.suppress(AttributeError, OSError, ValueError):  # macOS; Windows has none
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), None
    return None, None


def cpu_percent(interval_s: float | None) -> float | None:
    """Return how busy all processors together were while it listened, 0 to 100.

    Without an interval it is the time since the last question; the first answer says nothing.
    """
    if psutil is not None:
        return float(psutil.cpu_percent(interval_s))
    if interval_s is None:
        return None
    before = _processor_time()
    time.sleep(interval_s)
    after = _processor_time()
    if before is None or after is None or after[1] <= before[1]:
        return None
    return round(100.0 * (after[0] - before[0]) / (after[1] - before[1]), 1)


def _processor_time() -> tuple[int, int] | None:
    """Return the ticks that all processors worked, and all their ticks (Linux)."""
    try:
        ticks = [int(word) for word in STAT.read_text("ascii").split("\n", 1)[0].split()[1:9]]
        return sum(ticks) - ticks[3] - ticks[4], sum(ticks)  # idle, and waiting for a drive
    except (OSError, ValueError, IndexError):
        return None


def cpu_mhz() -> int | None:
    """Return the clock of the processor now."""
    if psutil is None:
        return None
    try:
        clock = psutil.cpu_freq()
    except (OSError, RuntimeError):
        return None
    return round(clock.current) if clock is not None and clock.current else None


def on_battery() -> bool | None:
    """Say whether the computer runs from its battery; None without one."""
    if psutil is None:
        return None
    try:
        battery = psutil.sensors_battery()
    except (AttributeError, OSError, RuntimeError):
        return None
    return None if battery is None else not battery.power_plugged


def end_family(pid: int) -> None:
    """End a process with everything it started (Windows, which has no process groups)."""
    if psutil is None:
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            order = ["taskkill", "/PID", str(pid), "/T", "/F"]
            hidden = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # else a console flashes
            subprocess.run(
                order, capture_output=True, timeout=10, check=False, creationflags=hidden
            )
        return
    with contextlib.suppress(psutil.Error, OSError):
        family = psutil.Process(pid)
        for child in (*family.children(recursive=True), family):
            with contextlib.suppress(psutil.Error):
                child.kill()
