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


def swap_bytes() -> tuple[int | None, int | None]:
    """Return swap and what of it is used; None where the system does not tell.

    On Windows psutil reads them from the performance counters, which may be switched off.
    """
    import psutil

    try:
        swap = psutil.swap_memory()
    except (OSError, RuntimeError):
        return None, None
    return int(swap.total), int(swap.used)


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

        memory, (swap_total, swap_used) = psutil.virtual_memory(), swap_bytes()
        return ok(
            MemoryUse(
                total_bytes=int(memory.total),
                used_bytes=int(memory.total - memory.available),
                available_bytes=int(memory.available),
                swap_total_bytes=swap_total,
                swap_used_bytes=swap_used,
            ),
            self.how,
        )

    def close(self) -> None:
        """Hold nothing."""
