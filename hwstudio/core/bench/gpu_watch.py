"""Reads the GPU under test once a second: its clocks, power and what held it back."""

from __future__ import annotations

from typing import Any

from hwstudio.core.base.clock import monotonic_s
from hwstudio.core.probe.nvml import NvmlProbe

# Running at the power limit is how a big card spends every long product; only these are faults.
NORMAL = ("power limit",)
_FIELDS = (
    "sm_clock_hz",
    "memory_clock_hz",
    "power_w",
    "power_limit_w",
    "power_default_limit_w",
    "temperature_c",
    "slowdown_c",
    "pcie_generation",
    "pcie_width",
    "busy_share",
    "throttle",
)


class GpuWatch:
    """Opens the driver's library on the first question; absent readings are left out."""

    def __init__(self, probe: NvmlProbe | None = None) -> None:
        self._probe = probe or NvmlProbe()

    def __call__(self, uuid: str) -> dict[str, Any]:
        """Return what can be read of one GPU, {} when it is not found."""
        found = self._probe.read(monotonic_s())
        for gpu in found.value.gpus if found.value is not None else ():
            # torch gives the id without the driver's "GPU-" in front.
            if gpu.uuid and gpu.uuid.endswith(uuid):
                readings = {name: getattr(gpu, name) for name in _FIELDS}
                found_now = {name: each.value for name, each in readings.items() if each.is_ok}
                return found_now | ({"driver": gpu.driver} if gpu.driver else {})
        return {}

    def close(self) -> None:
        """Give the library back."""
        self._probe.close()


def faults(readings: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return every reason seen, in order, for which a GPU ran slower than it should."""
    seen: dict[str, None] = {}
    for reading in readings:
        seen |= dict.fromkeys(reading.get("throttle", ()))
    return tuple(reason for reason in seen if reason not in NORMAL)
