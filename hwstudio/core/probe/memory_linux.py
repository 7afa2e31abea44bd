"""Main memory and swap straight from /proc/meminfo."""

from __future__ import annotations

from pathlib import Path

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.kernel_file import KernelFile
from hwstudio.core.probe.live import MemoryUse

_KIB = 1024


class LinuxMemoryProbe:
    """Total, available and swap bytes."""

    name = "memory"
    how = "/proc/meminfo"
    cost_ms = 0.03
    cadence_s = 1.0
    is_slow = False

    def __init__(self, proc: Path = Path("/proc")) -> None:
        self._file = KernelFile(proc / "meminfo", 4096)

    def read(self, _now_s: float) -> Reading[MemoryUse]:
        """Return the present use."""
        raw = self._file.read()
        total, available = _bytes(raw, b"MemTotal:"), _bytes(raw, b"MemAvailable:")
        if total is None:
            return absent(Status.UNSUPPORTED, self.how, "the system states no memory size")
        if available is None:  # kernels before 3.14: free and cached pages come closest
            parts = (_bytes(raw, name) or 0 for name in (b"MemFree:", b"Buffers:", b"\nCached:"))
            available = sum(parts)
        swap_total = _bytes(raw, b"SwapTotal:") or 0
        swap_free = _bytes(raw, b"SwapFree:") or 0
        return ok(
            MemoryUse(total, max(0, total - available), available, swap_total,
                      max(0, swap_total - swap_free)),
            self.how,
        )  # fmt: skip

    def close(self) -> None:
        """Close the kept file."""
        self._file.close()


def _bytes(raw: bytes, name: bytes) -> int | None:
    """Return a line's size; the file states units of 1,024 bytes and calls them kB."""
    at = raw.find(name)
    if at < 0:
        return None
    return int(raw[at + len(name) : at + len(name) + 24].split(None, 1)[0]) * _KIB
