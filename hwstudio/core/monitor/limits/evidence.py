"""What a judgement is made of: a verdict, its evidence, and the shape of what is judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Columns(Protocol):
    """A stretch of samples, oldest first; NaN in a column is a gap. The ring's window is one."""

    @property
    def times_s(self) -> Sequence[float]:
        """Return the moments of the samples, in seconds of any one clock."""
        ...

    @property
    def columns(self) -> Mapping[str, Sequence[float]]:
        """Return the numbers by sensor id, as long as ``times_s``."""
        ...


class Limit(StrEnum):
    """The causes a verdict can name."""

    GPU_COMPUTE = "gpu_compute"
    GPU_MEMORY_BANDWIDTH = "gpu_memory_bandwidth"
    POWER_LIMIT = "power_limit"
    THERMAL = "thermal"
    HARDWARE_SLOWDOWN = "hardware_slowdown"
    VRAM_NEARLY_FULL = "vram_nearly_full"
    GPU_UNDERUSED = "gpu_underused"  # it could do more; what holds it back is not seen
    GPU_IMBALANCE = "gpu_imbalance"  # several GPUs, and they do not share the work
    GPU_LOST = "gpu_lost"
    DATA_LOADING = "data_loading"
    PCIE = "pcie"
    DISK = "disk"
    NETWORK = "network"
    CPU = "cpu"
    CPU_SINGLE_CORE = "cpu_single_core"
    MEMORY_NEARLY_FULL = "memory_nearly_full"
    SWAPPING = "swapping"
    HUNG = "hung"
    IDLE = "idle"
    HEALTHY = "healthy"
    UNKNOWN = "unknown"  # too early, or the sensors that would tell are missing


@dataclass(frozen=True, slots=True)
class Evidence:
    """One number that speaks for the verdict. ``threshold`` None = nothing to compare with."""

    sensor: str
    label: str
    value: float
    unit: str  # as model/sensor.py names them, or "count"
    threshold: float | None
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What limits the machine. ``second`` is the next best cause, "" = none came close.

    ``unseen`` says in words which sensors were missing for a surer judgement.
    """

    kind: str  # ok info warn error
    limit: str  # a Limit
    device: str  # device id, "" = the machine as a whole
    sentence: str
    advice: str = ""
    evidence: tuple[Evidence, ...] = ()
    second: str = ""
    unseen: tuple[str, ...] = ()
