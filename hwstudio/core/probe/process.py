"""The process table on every system; Linux has its own much cheaper reader."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.live import ProcessTable, ProcessUse
from hwstudio.core.probe.probe import Probe

TOP = 30  # processes kept by CPU, and as many by memory


def process_probe() -> Probe:
    """Return the reader that fits this system."""
    if Path("/proc/self/stat").is_file():
        from hwstudio.core.probe.process_linux import LinuxProcessProbe

        return LinuxProcessProbe()
    return PortableProcessProbe()


def top(found: Mapping[int, tuple[float, int]], count: int = TOP) -> tuple[int, ...]:
    """Return the busiest by CPU share and the largest by memory, busiest first, by PID."""
    by_cpu = heapq.nsmallest(count, found, key=lambda pid: (-found[pid][0], -found[pid][1], pid))
    by_memory = heapq.nsmallest(count, found, key=lambda pid: (-found[pid][1], pid))
    return tuple(dict.fromkeys((*by_cpu, *by_memory)))


class PortableProcessProbe:
    """Reads through psutil, every 5 s and in its own thread: 25 ms and more for 400 processes."""

    name = "processes"
    how = "operating system process list"
    cost_ms = 30.0
    cadence_s = 5.0
    is_slow = True

    def __init__(self) -> None:
        self._before: dict[tuple[int, float], float] = {}
        self._before_s = 0.0
        self.wants_all = False  # every process, not only the busiest and largest
        self.wanted: frozenset[int] = frozenset()  # shown however idle and small: GPU programs

    def read(self, now_s: float) -> Reading[ProcessTable]:
        """Return the table; CPU shares are means since the last read."""
        import psutil

        fields = ["pid", "name", "username", "cpu_times", "memory_info", "create_time"]
        before, passed_s = self._before, now_s - self._before_s
        now: dict[tuple[int, float], float] = {}
        found: list[ProcessUse] = []
        for process in psutil.process_iter(fields):
            info = process.info
            key = (info["pid"], info["create_time"] or 0.0)
            now[key] = _cpu_s(info["cpu_times"])
            used_s = now[key] - before.get(key, now[key])
            found.append(_use(info, max(0.0, used_s) / passed_s if before else 0.0))
        self._before, self._before_s = now, now_s
        if not before:
            return absent(Status.STALE, self.how, "a share needs two reads")
        rows = {use.pid: use for use in found}
        shares = {use.pid: (use.cpu_share or 0.0, use.memory_bytes) for use in found}
        chosen = {
            *top(shares, len(shares) if self.wants_all else TOP),
            *(self.wanted & rows.keys()),
        }
        shown = sorted(
            (rows[pid] for pid in chosen), key=lambda u: (-(u.cpu_share or 0.0), -u.memory_bytes)
        )
        return ok(ProcessTable(tuple(shown), len(found)), self.how)

    def close(self) -> None:
        """Hold nothing."""


def _cpu_s(times: Any) -> float:
    return float(times.user + times.system) if times is not None else 0.0


def _use(info: dict[str, Any], cpu_share: float) -> ProcessUse:
    memory = info["memory_info"]
    return ProcessUse(
        pid=info["pid"],
        name=info["name"] or "?",
        user=(info["username"] or "").rpartition("\\")[2],
        cpu_share=cpu_share,
        memory_bytes=int(memory.rss) if memory is not None else 0,
    )
