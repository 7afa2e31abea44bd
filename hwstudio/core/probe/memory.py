"""Main memory and swap as the system counts them."""

from __future__ import annotations

from pathlib import Path

from hwstudio.core.model.reading import Reading, ok
from hwstudio.core.probe.live import MemoryUse
from hwstudio.core.probe.probe import Probe


def memory_probe() -> Probe:
    """Return the reader that fits this system: straight from the kernel on Linux, else psutil."""
    if Path("/proc/meminfo").is_file():
        from hwstudio.core.probe.memory_linux import LinuxMemoryProbe

        return LinuxMemoryProbe()
    return MemoryProbe()


class MemoryProbe:
    """Total, available and swap bytes."""

    name = "memory"
    how = "operating system memory counters"
    cost_ms = 0.1
    cadence_s = 1.0
    is_slow = False

    def read(self, _now_s: float) -> Reading[MemoryUse]:
        """Return the present use."""
        import psutil

        memory, swap = psutil.virtual_memory(), psutil.swap_memory()
        return ok(
            MemoryUse(
                total_bytes=int(memory.total),
                used_bytes=int(memory.total - memory.available),
                available_bytes=int(memory.available),
                swap_total_bytes=int(swap.total),
                swap_used_bytes=int(swap.used),
            ),
            self.how,
        )

    def close(self) -> None:
        """Hold nothing."""
