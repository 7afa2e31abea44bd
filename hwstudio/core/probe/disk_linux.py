"""Drive traffic straight from /proc/diskstats."""

from __future__ import annotations

from pathlib import Path

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.disk import is_drive
from hwstudio.core.probe.kernel_file import KernelFile
from hwstudio.core.probe.live import DiskUse

_SECTOR = 512  # the unit of this file, whatever the drive's own sector is
_NAME, _READ, _WRITTEN, _BUSY_MS = 2, 5, 9, 12


class LinuxDiskProbe:
    """Bytes per second read and written, and the share of time busy."""

    name = "disks"
    how = "/proc/diskstats"
    cost_ms = 0.05
    cadence_s = 1.0
    is_slow = False

    def __init__(self, proc: Path = Path("/proc")) -> None:
        self._file = KernelFile(proc / "diskstats")
        self._is_drive: dict[bytes, bool] = {}
        self._before: dict[bytes, tuple[int, int, int]] = {}
        self._before_s = 0.0

    def read(self, now_s: float) -> Reading[tuple[DiskUse, ...]]:
        """Return the rates since the last read; the first read has none."""
        now = self._counters()
        before, passed_s = self._before, now_s - self._before_s
        self._before, self._before_s = now, now_s
        if not now:
            return absent(Status.UNSUPPORTED, self.how, "the system counts no drive")
        if not before or passed_s <= 0:
            return absent(Status.STALE, self.how, "a rate needs two reads")
        return ok(
            tuple(_use(n, before[n], now[n], passed_s) for n in sorted(now) if n in before),
            self.how,
        )

    def _counters(self) -> dict[bytes, tuple[int, int, int]]:
        found = {}
        for line in self._file.read().split(b"\n"):
            words = line.split(None, _BUSY_MS + 1)
            if len(words) <= _BUSY_MS:
                continue
            name = words[_NAME]
            if name not in self._is_drive:
                self._is_drive[name] = is_drive(name.decode(errors="replace"))
            if self._is_drive[name]:
                found[name] = (int(words[_READ]), int(words[_WRITTEN]), int(words[_BUSY_MS]))
        return found

    def close(self) -> None:
        """Close the kept file."""
        self._file.close()


def _use(
    name: bytes, old: tuple[int, int, int], new: tuple[int, int, int], passed_s: float
) -> DiskUse:
    read, written, busy_ms = (max(0, b - a) for a, b in zip(old, new, strict=True))
    return DiskUse(
        name=name.decode(errors="replace").replace("!", "/"),
        read_bytes_per_s=read * _SECTOR / passed_s,
        write_bytes_per_s=written * _SECTOR / passed_s,
        busy_share=ok(min(busy_ms / 1e3 / passed_s, 1.0)),
    )
