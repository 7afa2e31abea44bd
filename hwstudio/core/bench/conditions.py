"""The circumstances of a run, before, during and after: a number without them means little."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from hwstudio.core.base.clock import iso_now, monotonic_s
from hwstudio.core.base.version import VERSION
from hwstudio.core.bench import whole_machine

GOVERNOR = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
MAX_CLOCK = Path("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq")
WATCH_EVERY_S = 1.0


class GpuProbe(Protocol):
    """Reads one GPU: clocks, power, its limit, temperature, throttle reasons, other users."""

    def __call__(self, uuid: str) -> dict[str, Any]:
        """Return what can be read, {} for nothing."""
        ...


def cpu_name() -> str:
    """Return the processor's name as the system gives it."""
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine() or "unknown processor"


def max_clock_hz() -> float:
    """Return the highest clock the system admits to, 0 where it says nothing reliable.

    Virtual machines report a base clock or none, so only the kernel's own table counts.
    """
    try:
        return float(MAX_CLOCK.read_text("ascii")) * 1e3
    except (OSError, ValueError):
        return 0.0


def _governor() -> str:
    try:
        return GOVERNOR.read_text("ascii").strip()
    except OSError:
        return ""


def machine_facts() -> dict[str, Any]:
    """Return what does not change during a run; absent things are left out."""
    facts = {
        "hwstudio": VERSION,
        "os": f"{platform.system()} {platform.release()}",
        "cpu": cpu_name(),
        "cpu_cores": whole_machine.cores(),
        "cpu_threads": os.cpu_count(),
        "cpu_governor": _governor(),
        "on_battery": whole_machine.on_battery(),
        "memory_bytes": whole_machine.memory_bytes()[0],
    }
    return {name: value for name, value in facts.items() if value not in (None, "")}


def load_now(interval_s: float | None) -> dict[str, Any]:
    """Return how busy the machine is; with an interval it listens that long first.

    What cannot be read here is left out.
    """
    busy = whole_machine.cpu_percent(interval_s)
    found: dict[str, Any] = {
        "at": iso_now(),
        "cpu_percent": busy,
        "memory_available_bytes": whole_machine.memory_bytes()[1],
        "cpu_mhz": whole_machine.cpu_mhz(),
    }
    if hasattr(os, "getloadavg"):
        found["load_1min"] = round(os.getloadavg()[0], 2)
    return {name: value for name, value in found.items() if value is not None}


@dataclass(slots=True)
class Watch:
    """Looks once a second while a run goes on; kept small, it shares the machine with the run."""

    gpu_probe: GpuProbe | None = None
    gpu_uuid: str = ""
    gpu: list[dict[str, Any]] = field(default_factory=list)
    _last_s: float = 0.0

    def tick(self) -> None:
        """Look, if a second has passed."""
        now = monotonic_s()
        if not self.gpu_uuid or self.gpu_probe is None or now - self._last_s < WATCH_EVERY_S:
            return
        self._last_s = now
        reading = self.gpu_probe(self.gpu_uuid)
        if reading:
            self.gpu.append(reading)
