"""What of a machine the reference jobs ask: its GPUs by kind, memory, drives, cores, software."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from hwstudio.core.assess.limits import Gate
from hwstudio.core.assess.reference_job import Ground, Range3
from hwstudio.core.assess.share import Span, log_share
from hwstudio.core.model.machine import CANNOT_TELL, DriveInfo, GpuInfo, Machine
from hwstudio.core.model.part import Cpu, Gpu
from hwstudio.core.predict.processor_sheet import (
    BYTES_PER_CORE_S,
    CHANNEL_BYTES,
    FP32_PER_CYCLE,
    MOST_BYTES_S,
    PLAIN_PER_CYCLE,
    TRANSFERS,
    USUAL_HZ,
)

MAX_GPUS = 8
# A job is tried on so many of the GPUs: steps that hold each other, so one more never lowers.
COUNTS = (1, 2, 4, 8)
OPEN: Gate = (1.0, 1.0, 1.0)
# Not knowing memory or drive does not count against a machine, but it may be the worst.
UNKNOWN_GATE: Gate = (0.0, 1.0, 1.0)
UNKNOWN_CORES = Range3(1.0, 16.0, 256.0)
_LEAST_CAPABILITY = 5.0  # what current builds of PyTorch take
_HALF = 0.5
# Apple connects its own drives over its fabric; both carry as much as NVMe does.
_LIKE_NVME = ("NVMe", "Apple Fabric", "PCI-Express")
_SIMD = (("avx512f", "AVX512"), ("avx2", "AVX2"), ("sve", "SVE256"), ("neon", "NEON"))

FindGpu = Callable[[str], "Gpu | None"]
FindCpu = Callable[[str], "Cpu | None"]


@dataclass(frozen=True, slots=True)
class GpuGroup:
    """GPUs of one kind in a machine."""

    info: GpuInfo
    gpu: Gpu | None
    count: int

    @property
    def vram_bytes(self) -> int | None:
        """Return what the driver says, else what the catalogue says of this model."""
        told = self.info.vram_bytes.value
        return told if told is not None or self.gpu is None else self.gpu.vram_bytes

    @property
    def name(self) -> str:
        """Return what to call one of them."""
        return self.info.name.value or "the GPU"

    @property
    def lanes(self) -> int | None:
        """Return the PCIe lanes each has, where its link is known."""
        found = re.search(r"x(\d+)\b", self.info.pcie.value or "")
        return int(found.group(1)) if found else None


def groups_of(machine: Machine, find: FindGpu) -> tuple[GpuGroup, ...]:
    """Return the machine's GPUs, equal ones together, without graphics that share the RAM."""
    counted: dict[tuple[str | None, int | None], list[GpuInfo]] = {}
    for info in machine.gpus:
        if _is_integrated(info):
            continue
        counted.setdefault((info.name.value, info.vram_bytes.value), []).append(info)
    return tuple(
        GpuGroup(infos[0], find(infos[0].gpu_id) if infos[0].gpu_id else None, len(infos))
        for infos in counted.values()
    )


def _is_integrated(info: GpuInfo) -> bool:
    """Intel's cards are in the catalogue; what is not and has no memory sits in the processor."""
    return info.vendor == "Intel" and info.gpu_id is None and info.vram_bytes.value is None


def counts(group: GpuGroup) -> range:
    """Return how many of the group's GPUs a job may use."""
    return range(1, min(group.count, MAX_GPUS) + 1)


def cannot_tell_gpus(machine: Machine) -> bool:
    """Say whether looking for GPUs failed, so that "none" would be a guess."""
    return any(CANNOT_TELL in looked for looked in machine.gpus_looked)


def room_gate(have: float | None, need: float) -> Gate:
    """Return what memory or room is worth: all from the need on, nothing from half of it down."""
    if need <= 0:
        return OPEN
    if have is None:
        return UNKNOWN_GATE
    share = log_share(have, Span(need * _HALF, need))
    return share, share, share


def drive_rate(drive: DriveInfo, ground: Ground) -> Range3:
    """Return the bytes a second a drive of this kind reads, on its bus where that is known."""
    kind, drives = drive.drive_kind.value or "", ground.drives
    on_bus = f"{bus_of(drive)} {kind}"
    return drives.get(on_bus, drives.get(kind, drives["virtual"]))


def bus_of(drive: DriveInfo) -> str:
    """Return NVMe, SATA, USB …, without the link's figures; "" = not known."""
    bus = (drive.bus.value or "").partition(",")[0]
    return "NVMe" if bus in _LIKE_NVME else bus


def cores_of(machine: Machine) -> Range3:
    """Return how many cores there are; two threads a core at most where only threads are known."""
    cores, threads = machine.cpu.cores.value, machine.cpu.threads.value
    if cores is not None:
        return Range3(cores, cores, cores)
    if threads is not None:
        return Range3(threads / 2, threads / 2, threads)
    return UNKNOWN_CORES


def software_of(info: GpuInfo) -> str:
    """Return why no AI software runs on this GPU as it is set up; nothing where it does."""
    driver, capability = info.driver.value or "", info.compute_capability.value or ""
    if driver == "nouveau":
        return "the driver nouveau draws the screen but cannot compute: install NVIDIA's driver"
    if driver == "vfio-pci":
        return "the GPU is set aside for a virtual machine"
    if "no driver is bound" in info.driver.why:
        return "no driver is installed for the GPU"
    if re.fullmatch(r"\d+\.\d+", capability) and float(capability) < _LEAST_CAPABILITY:
        return f"current AI software leaves out GPUs this old (compute capability {capability})"
    return ""


@dataclass(frozen=True, slots=True)
class Processor:
    """Reckoned rates of the processor: FLOP/s in FP32 and bytes a second from main memory."""

    flop_per_s: Range3
    bytes_per_s: Range3


def processor_of(machine: Machine, cpu: Cpu | None) -> Processor:
    """Return the rates; ``cpu`` is the catalogue's row of it, which says its memory channels."""
    features = machine.cpu.features.value or ()
    simd = next((name for word, name in _SIMD if word in features), "")
    each = USUAL_HZ * FP32_PER_CYCLE.get(simd, PLAIN_PER_CYCLE)
    most = MOST_BYTES_S
    if cpu is not None and cpu.mem_channels:
        rate = max((TRANSFERS.get(kind, 0.0) for kind in cpu.mem_types), default=0.0)
        most = cpu.mem_channels * CHANNEL_BYTES * rate or most
    cores = cores_of(machine)

    def band(n: float) -> float:
        return min(most, max(2.0, n) * BYTES_PER_CORE_S)

    return Processor(
        Range3(cores.low * each, cores.middle * each, cores.high * each),
        Range3(band(cores.low), band(cores.middle), band(cores.high)),
    )
