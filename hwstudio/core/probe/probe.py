"""What a probe is, and the list of them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Protocol

from hwstudio.core.base.registry import Entry, Registry
from hwstudio.core.model.reading import Reading


class Probe(Protocol):
    """One sensor family. Only its own feed calls it, always from one thread.

    ``read`` may raise or hang: the feed turns that into a reading that says so.
    """

    name: str
    how: str  # where it looks, for people: "NVML", "/proc/stat"
    cost_ms: float  # typical time of one read, as measured
    cadence_s: float  # how often a read is worth it
    is_slow: bool  # gets a thread and a deadline of its own

    def read(self, now_s: float) -> Reading[Any]:
        """Return the family's value at monotonic time ``now_s``."""
        ...

    def close(self) -> None:
        """Give back files and libraries."""
        ...


PROBES: Registry[Callable[[], Probe]] = Registry(
    "probe",
    (
        Entry("cpu", "Processor", "hwstudio.core.probe.cpu:cpu_probe"),
        Entry("memory", "Memory", "hwstudio.core.probe.memory:memory_probe"),
        Entry("pressure", "Waiting", "hwstudio.core.probe.pressure:PressureProbe"),
        Entry("disks", "Drives", "hwstudio.core.probe.disk:disk_probe"),
        Entry("filesystems", "File systems", "hwstudio.core.probe.filesystem:FilesystemProbe"),
        Entry("network", "Network", "hwstudio.core.probe.network:network_probe"),
        Entry("temperatures", "Temperatures", "hwstudio.core.probe.temperature:temperature_probe"),
        Entry("gpus", "GPUs", "hwstudio.core.probe.gpu_set:GpuSetProbe"),
        Entry("processes", "Processes", "hwstudio.core.probe.process:process_probe"),
        Entry("board", "Fans and voltages", "hwstudio.core.probe.hwmon:BoardProbe"),
        Entry("cpu_power", "Processor power", "hwstudio.core.probe.rapl:RaplProbe"),
        Entry("battery", "Battery", "hwstudio.core.probe.battery:battery_probe"),
    ),
)


def all_probes(names: Collection[str] | None = None) -> tuple[Probe, ...]:
    """Return one fresh probe of every family, or of those that are named."""
    return tuple(PROBES.load(name)() for name in PROBES.names() if names is None or name in names)
