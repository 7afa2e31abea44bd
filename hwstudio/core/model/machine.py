"""This computer, each value with how it was found."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.model.reading import Reading

# In ``gpus_looked``: this way of looking failed, so "none" would be a guess.
CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuInfo:
    """The processor found in this machine."""

    name: Reading[str]
    architecture: Reading[str]
    cores: Reading[int]
    threads: Reading[int]
    max_mhz: Reading[float]
    features: Reading[tuple[str, ...]]  # avx2, avx512f, amx, neon, sve ... those found by probe


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
    pcie: Reading[str]
    gpu_id: str | None = None  # catalogue row when recognised


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveInfo:
    """One mounted drive found in this machine."""

    mount: str
    device: str
    file_system: str
    total_bytes: Reading[int]
    free_bytes: Reading[int]
    drive_kind: Reading[str]  # SSD | HDD | virtual


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
