"""This computer, each value with how it was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hwstudio.core.model.memory_module import MemoryModule
from hwstudio.core.model.pcie_link import PcieLink
from hwstudio.core.model.reading import Reading, Status, absent

# In ``gpus_looked``: this way of looking failed, so "none" would be a guess.
CANNOT_TELL = "cannot tell"
# In the reason why a GPU has no memory size: it has none of its own.
SHARED = "shares the main memory"
# TRIM of a drive. Blocked: the drive, or an encrypted layer over it, does not pass it on.
TRIM_ON, TRIM_OFF, TRIM_BLOCKED, TRIM_NOT_NEEDED = "on", "off", "blocked", "not needed"
NOT_LOOKED: Reading[Any] = absent(Status.UNSUPPORTED, "nowhere", "it was not looked for")


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreKind:
    """Cores of one kind: "performance", "efficiency", "low power" or, with one kind, "all"."""

    kind: str
    cores: int
    threads: int
    max_mhz: float | None = None
    design: str = ""  # "Cortex-A78AE" where the processor states it


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """Caches of one level, kind and size."""

    level: int
    kind: str  # data | instruction | shared
    each_bytes: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuInfo:
    """The processor found in this machine."""

    name: Reading[str]
    architecture: Reading[str]
    cores: Reading[int]
    threads: Reading[int]
    max_mhz: Reading[float]
    features: Reading[tuple[str, ...]]  # avx2, avx512f, amx, neon, sve ... those found by probe
    sockets: Reading[int] = NOT_LOOKED
    kinds: Reading[tuple[CoreKind, ...]] = NOT_LOOKED
    caches: Reading[tuple[Cache, ...]] = NOT_LOOKED


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryModules:
    """The memory modules, where the system tells them without administrator rights."""

    generation: Reading[str] = NOT_LOOKED
    speed_mts: Reading[int] = NOT_LOOKED
    rated_mts: Reading[int] = NOT_LOOKED  # by the firmware or the part number, the higher one
    form: Reading[str] = NOT_LOOKED
    slots_used: Reading[int] = NOT_LOOKED
    slots_total: Reading[int] = NOT_LOOKED
    sizes_bytes: Reading[tuple[int, ...]] = NOT_LOOKED
    each: Reading[tuple[MemoryModule, ...]] = NOT_LOOKED  # those that are in


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuInfo:
    """One graphics card found in this machine."""

    name: Reading[str]
    vendor: str
    uuid: str
    vram_bytes: Reading[int]
    driver: Reading[str]
    compute_capability: Reading[str]
    power_limit_w: Reading[float]
    pcie: Reading[str]  # the most that card and slot can agree on
    gpu_id: str | None = None  # catalogue row when recognised
    pcie_now: Reading[str] = NOT_LOOKED
    compute: Reading[str] = NOT_LOOKED
    cores: Reading[int] = NOT_LOOKED


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveInfo:
    """One mounted drive found in this machine."""

    mount: str
    device: str
    file_system: str
    total_bytes: Reading[int]
    free_bytes: Reading[int]
    # SSD | HDD | virtual | network | eMMC | SD card | flash card | removable
    drive_kind: Reading[str]
    bus: Reading[str] = NOT_LOOKED
    model: Reading[str] = NOT_LOOKED
    trim: Reading[str] = NOT_LOOKED  # TRIM_ON …
    link: PcieLink | None = None  # of an NVMe drive, where stated


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Everything a look at this machine found. ``gpus_looked`` says how GPUs were looked for."""

    host: str
    os: Reading[str]
    virtual: Reading[str]
    python: str
    cpu: CpuInfo
    memory_bytes: Reading[int]
    swap_bytes: Reading[int]
    gpus: tuple[GpuInfo, ...]
    gpus_looked: tuple[str, ...]
    drives: tuple[DriveInfo, ...]
    accelerators: tuple[str, ...]
    accelerators_looked: tuple[str, ...]
    battery: Reading[str]
    torch: Reading[str]  # "2.13.0+cpu", found without importing it
    modules: MemoryModules = field(default_factory=MemoryModules)
    power_mode: Reading[str] = NOT_LOOKED
    limits: Reading[str] = NOT_LOOKED
    board: Reading[str] = NOT_LOOKED  # "ASRock B550M Pro4"
