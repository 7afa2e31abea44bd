"""All that the list after buying is judged from, gathered elsewhere: judging opens nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hwstudio.core.environment.driver import Drivers
from hwstudio.core.environment.setup_check import Setup
from hwstudio.core.model.machine import DriveInfo, MemoryModules
from hwstudio.core.model.pcie_link import PcieLink
from hwstudio.core.model.result import Result
from hwstudio.core.probe.live import GpuUse


@dataclass(frozen=True, slots=True)
class Peak:
    """The highest temperature of one sensor while something was measured. ``limit_c``: its own."""

    sensor: str
    peak_c: float
    limit_c: float | None
    during: str  # the measurement, in words


@dataclass(frozen=True, slots=True)
class Load:
    """What was seen while measurements ran.

    ``longest_s``: the longest stretch of them; ``links``: best PCIe generation and lanes by GPU.
    """

    runs: int = 0
    longest_s: float = 0.0
    peaks: tuple[Peak, ...] = ()
    links: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    slowed_by_heat: tuple[str, ...] = ()  # the measurements a GPU was slowed in by its heat


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What was found. Empty where nothing was."""

    host: str
    checked_at: str  # ISO UTC
    drivers: Drivers
    setups: tuple[Setup, ...]
    modules: MemoryModules
    chosen: str = ""  # the Python chosen for measuring
    is_recording: bool = False
    recorded_s: float = 0.0  # from the first reading kept to the last
    load: Load = Load()
    gpus: tuple[GpuUse, ...] = ()
    card_links: Mapping[str, PcieLink] = field(default_factory=dict)  # by GPU uuid
    drives: tuple[DriveInfo, ...] = ()
    results: tuple[Result, ...] = ()  # newest first
