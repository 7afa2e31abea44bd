"""What the live probes answer: frozen values, SI units, every doubtful field a Reading.

Shares are 0..1. Rates are means since the probe's previous read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hwstudio.core.model.reading import Reading, Status, absent


@dataclass(frozen=True, slots=True)
class CpuUse:
    """Processor load. ``core_shares`` are the logical processors in the system's order."""

    busy_share: float
    core_shares: tuple[float, ...]
    wait_share: Reading[float]  # idle because a disk has not answered (Linux)
    frequency_hz: Reading[float]
    load_1min: Reading[float]


@dataclass(frozen=True, slots=True)
class MemoryUse:
    """``used_bytes`` is total less what the system calls available: caches do not count.

    Swap is None where the system does not tell.
    """

    total_bytes: int
    used_bytes: int
    available_bytes: int
    swap_total_bytes: int | None
    swap_used_bytes: int | None


@dataclass(frozen=True, slots=True)
class PressureUse:
    """Shares of time in which at least one program waited for it."""

    cpu_share: float
    memory_share: float
    disk_share: float


@dataclass(frozen=True, slots=True)
class DiskUse:
    """One whole drive. ``busy_share``: part of the time with at least one request under way."""

    name: str
    read_bytes_per_s: float
    write_bytes_per_s: float
    busy_share: Reading[float]


@dataclass(frozen=True, slots=True)
class FilesystemUse:
    """One file system. ``total_bytes`` is what users can fill: used and free together."""

    mount: str
    used_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class NicUse:
    """One network interface; loopback is left out."""

    name: str
    receive_bytes_per_s: float
    send_bytes_per_s: float
    link_bytes_per_s: Reading[float]


@dataclass(frozen=True, slots=True)
class Temperature:
    """One sensor with the limits its driver states."""

    name: str
    celsius: float
    high_c: Reading[float]
    critical_c: Reading[float]


_NOT_READ: Reading[Any] = absent(Status.UNSUPPORTED, "", "not read")


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuUse:
    """One GPU. ``busy_share`` only says that a kernel ran: judge it with power and clocks.

    What a vendor does not show stays unsupported, with the words why.
    """

    index: int
    uuid: str
    name: str
    busy_share: Reading[float]
    vram_total_bytes: Reading[int]
    vram_used_bytes: Reading[int]
    temperature_c: Reading[float]
    slowdown_c: Reading[float]  # the driver slows the GPU from here on
    power_w: Reading[float]
    power_limit_w: Reading[float]
    sm_clock_hz: Reading[float]
    memory_clock_hz: Reading[float]
    fan_share: Reading[float]
    energy_j: Reading[float]  # counter since the driver was loaded
    throttle: Reading[tuple[str, ...]]  # reasons in words; empty = runs freely
    vendor: str = "NVIDIA"
    driver: str = ""
    bus_id: str = ""  # PCI address
    memory_busy_share: Reading[float] = _NOT_READ  # part of the time its memory moved data
    memory_temperature_c: Reading[float] = _NOT_READ
    shutdown_c: Reading[float] = _NOT_READ  # the hardware switches off from here on
    max_sm_clock_hz: Reading[float] = _NOT_READ
    power_default_limit_w: Reading[float] = _NOT_READ
    throttle_bits: Reading[int] = _NOT_READ  # NVML clocks-event reasons, to be kept in history
    encoder_share: Reading[float] = _NOT_READ
    decoder_share: Reading[float] = _NOT_READ
    pcie_generation: Reading[int] = _NOT_READ  # of the link now
    pcie_width: Reading[int] = _NOT_READ
    pcie_max_generation: Reading[int] = _NOT_READ  # card and slot together
    pcie_max_width: Reading[int] = _NOT_READ
    pcie_receive_bytes_per_s: Reading[float] = _NOT_READ  # opt-in: each read takes 20 ms
    pcie_send_bytes_per_s: Reading[float] = _NOT_READ
    nvlink_active_count: Reading[int] = _NOT_READ
    nvlink_receive_bytes_per_s: Reading[float] = _NOT_READ
    nvlink_send_bytes_per_s: Reading[float] = _NOT_READ
    ecc_corrected_errors_count: Reading[int] = _NOT_READ  # since the driver was loaded
    ecc_uncorrected_errors_count: Reading[int] = _NOT_READ


@dataclass(frozen=True, slots=True)
class GpuProcess:
    """One process on one GPU; ``vram_bytes`` None = the driver does not say."""

    pid: int
    gpu_index: int
    vram_bytes: int | None
    busy_share: float | None = None  # of the busiest engine it uses; None = not told


@dataclass(frozen=True, slots=True)
class GpuSet:
    """Every GPU of one driver and the processes on them."""

    gpus: tuple[GpuUse, ...]
    processes: tuple[GpuProcess, ...]


@dataclass(frozen=True, slots=True)
class ProcessUse:
    """One process. ``cpu_share`` 1.0 = one logical processor fully used; None before two reads."""

    pid: int
    name: str
    user: str
    cpu_share: float | None
    memory_bytes: int
    vram_bytes: int | None = None
    gpu_share: float | None = None
    started_s: float | None = None  # Unix time


@dataclass(frozen=True, slots=True)
class ProcessTable:
    """The busiest processes by CPU and memory, and how many exist."""

    processes: tuple[ProcessUse, ...]
    count: int


@dataclass(frozen=True, slots=True)
class BatteryUse:
    """Charge and whether the charger is in."""

    charge_share: float
    is_plugged: Reading[bool]
    left_s: Reading[float]
    power_w: Reading[float] = _NOT_READ  # drawn from the battery; below 0 while it charges
