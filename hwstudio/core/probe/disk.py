"""Transfer rate and busy time of every drive."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.live import DiskUse
from hwstudio.core.probe.probe import Probe

# Not drives: loop files, RAM disks, device mapper on top of drives, floppy, optical.
_NOT_DRIVES = re.compile(r"^(loop|ram|zram|dm-|md|fd|sr|nbd)\d*")
_PARTITION = re.compile(r"^((sd|hd|vd|xvd)[a-z]+\d+|(nvme\d+n\d+|mmcblk\d+)p\d+)$")
_APPLE_PARTITION = re.compile(r"^disk\d+s\d+$")


def is_drive(name: str) -> bool:
    """Say whether a counter's name is a whole drive rather than a part or a layer of one."""
    return not any(form.match(name) for form in (_NOT_DRIVES, _PARTITION, _APPLE_PARTITION))


def disk_probe() -> Probe:
    """Return the reader that fits this system: straight from the kernel on Linux, else psutil."""
    if Path("/proc/diskstats").is_file():
        from hwstudio.core.probe.disk_linux import LinuxDiskProbe

        return LinuxDiskProbe()
    return DiskProbe()


class DiskProbe:
    """Bytes per second read and written, and the share of time busy."""

    name = "disks"
    how = "operating system disk counters"
    cost_ms = 0.1
    cadence_s = 1.0
    is_slow = False

    def __init__(self) -> None:
        self._before: dict[str, Any] = {}
        self._before_s = 0.0

    def read(self, now_s: float) -> Reading[tuple[DiskUse, ...]]:
        """Return the rates since the last read; the first read has none."""
        import psutil

        found = psutil.disk_io_counters(perdisk=True, nowrap=False) or {}
        now = {name: counters for name, counters in found.items() if is_drive(name)}
        before, passed_s = self._before, now_s - self._before_s
        self._before, self._before_s = now, now_s
        if not now:
            return absent(Status.UNSUPPORTED, self.how, "the system counts no drive")
        if not before or passed_s <= 0:
            return absent(Status.STALE, self.how, "a rate needs two reads")
        both = [(name, before[name], now[name]) for name in sorted(now) if name in before]
        return ok(tuple(_use(name, old, new, passed_s) for name, old, new in both), self.how)

    def close(self) -> None:
        """Hold nothing."""


def _use(name: str, old: Any, new: Any, passed_s: float) -> DiskUse:
    return DiskUse(
        name=name,
        read_bytes_per_s=max(0, new.read_bytes - old.read_bytes) / passed_s,
        write_bytes_per_s=max(0, new.write_bytes - old.write_bytes) / passed_s,
        busy_share=_busy(old, new, passed_s),
    )


def _busy(old: Any, new: Any, passed_s: float) -> Reading[float]:
    if not hasattr(new, "busy_time"):
        return absent(Status.UNSUPPORTED, DiskProbe.how, f"not counted on {sys.platform}")
    return ok(min(max(0.0, (new.busy_time - old.busy_time) / 1e3 / passed_s), 1.0))
