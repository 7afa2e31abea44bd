"""From one snapshot to a flat sample: every number under its sensor's name, and the devices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hwstudio.core.model.reading import Reading, Status
from hwstudio.core.model.sample import Device, GpuHolder, Missing, Sample
from hwstudio.core.monitor.flat_devices import BOARD, devices, named
from hwstudio.core.monitor.snapshot import Snapshot
from hwstudio.core.probe.live import GpuUse
from hwstudio.core.probe.temperature import hottest

DEVICES_EVERY = 10  # samples: what hardly changes is looked at this often
FAMILIES = (
    "cpu", "memory", "pressure", "disks", "filesystems", "network", "temperatures", "gpus",
    "battery", "board", "cpu_power",
)  # fmt: skip
_GPU_NUMBERS = (
    "busy_share",
    "memory_busy_share",
    "vram_used_bytes",
    "vram_total_bytes",
    "temperature_c",
    "memory_temperature_c",
    "power_w",
    "power_limit_w",
    "sm_clock_hz",
    "max_sm_clock_hz",
    "memory_clock_hz",
    "fan_share",
    "energy_j",
    "throttle_bits",
    "encoder_share",
    "decoder_share",
    "pcie_generation",
    "pcie_width",
    "pcie_max_generation",
    "pcie_max_width",
    "pcie_receive_bytes_per_s",
    "pcie_send_bytes_per_s",
    "nvlink_active_count",
    "nvlink_receive_bytes_per_s",
    "nvlink_send_bytes_per_s",
    "ecc_corrected_errors_count",
    "ecc_uncorrected_errors_count",
)


class Flattener:
    """Makes samples of one sampler; what hardly changes is made anew only now and then."""

    def __init__(self) -> None:
        self._devices: tuple[Device, ...] = ()
        self._shape: tuple[int, ...] = ()
        self._count = 0

    def sample(self, snapshot: Snapshot, taken_s: float) -> Sample:
        """Return the sample of a snapshot taken at Unix time ``taken_s``."""
        shape = _shape(snapshot)
        if shape != self._shape or self._count % DEVICES_EVERY == 0:
            self._devices, self._shape = tuple(devices(snapshot)), shape
        self._count += 1
        return Sample(
            taken_s,
            dict(_values(snapshot)),
            dict(_missing(snapshot)),
            self._devices,
            dict(_words(snapshot)),
            tuple(_holders(snapshot)),
        )


def sample_of(snapshot: Snapshot, taken_s: float) -> Sample:
    """Return the sample of one snapshot taken at Unix time ``taken_s``."""
    return Flattener().sample(snapshot, taken_s)


def _shape(snapshot: Snapshot) -> tuple[int, ...]:
    gpus = snapshot.gpus.value
    return (
        len(snapshot.disks.value or ()),
        len(snapshot.network.value or ()),
        len(snapshot.temperatures.value or ()),
        len(snapshot.board.value or ()),
        len(gpus.gpus) if gpus is not None else 0,
        sum(getattr(snapshot, family).value is not None for family in FAMILIES),
    )


# --- numbers --------------------------------------------------------------------------------


def _values(snapshot: Snapshot) -> Iterator[tuple[str, float]]:
    yield from _cpu(snapshot)
    yield from _memory(snapshot)
    yield from _disks(snapshot)
    for use in snapshot.filesystems.value or ():
        yield f"filesystem.{use.mount}.used_bytes", float(use.used_bytes)
        yield f"filesystem.{use.mount}.total_bytes", float(use.total_bytes)
    yield from _network(snapshot)
    for name, heat in named(snapshot.temperatures.value or ()):
        yield f"{name}.celsius_c", heat.celsius
    if snapshot.temperatures.value:
        yield "temperature_all.hottest_c", hottest(snapshot.temperatures.value).celsius
    for sensor in snapshot.board.value or ():
        if sensor.unit in BOARD:  # temperatures are a family of their own
            yield f"board.{sensor.name}.{BOARD[sensor.unit]}", sensor.value
    for zone in snapshot.cpu_power.value or ():
        yield f"power.{zone.name}.power_w", zone.power_w
        yield f"power.{zone.name}.energy_j", zone.energy_j
    if (battery := snapshot.battery.value) is not None:
        yield "battery.charge_share", battery.charge_share
        yield from _known("battery.power_w", battery.power_w)
    if snapshot.gpus.value is not None:
        for gpu in snapshot.gpus.value.gpus:
            yield from _gpu(gpu)


def _known(name: str, reading: Reading[Any]) -> Iterator[tuple[str, float]]:
    if reading.value is not None and reading.status is Status.OK:
        yield name, float(reading.value)


def _cpu(snapshot: Snapshot) -> Iterator[tuple[str, float]]:
    if (cpu := snapshot.cpu.value) is not None:
        yield "cpu.busy_share", cpu.busy_share
        yield "cpu.max_core_share", max(cpu.core_shares, default=0.0)
        for number, share in enumerate(cpu.core_shares):
            yield f"cpu.core.{number}.busy_share", share
        yield from _known("cpu.wait_share", cpu.wait_share)
        yield from _known("cpu.frequency_hz", cpu.frequency_hz)
        yield from _known("cpu.load_1min", cpu.load_1min)
    if (pressure := snapshot.pressure.value) is not None:
        yield "cpu.stall_share", pressure.cpu_share
        yield "memory.stall_share", pressure.memory_share
        yield "disks.stall_share", pressure.disk_share


def _memory(snapshot: Snapshot) -> Iterator[tuple[str, float]]:
    if (memory := snapshot.memory.value) is not None:
        yield "memory.used_bytes", float(memory.used_bytes)
        yield "memory.available_bytes", float(memory.available_bytes)
        yield "memory.total_bytes", float(memory.total_bytes)
        if memory.swap_total_bytes and memory.swap_used_bytes is not None:
            yield "memory.swap_used_bytes", float(memory.swap_used_bytes)
            yield "memory.swap_total_bytes", float(memory.swap_total_bytes)


def _disks(snapshot: Snapshot) -> Iterator[tuple[str, float]]:
    disks = snapshot.disks.value
    if not disks:
        return
    for disk in disks:
        yield f"disk.{disk.name}.read_bytes_per_s", disk.read_bytes_per_s
        yield f"disk.{disk.name}.write_bytes_per_s", disk.write_bytes_per_s
        yield from _known(f"disk.{disk.name}.busy_share", disk.busy_share)
    yield "disks.read_bytes_per_s", sum(disk.read_bytes_per_s for disk in disks)
    yield "disks.write_bytes_per_s", sum(disk.write_bytes_per_s for disk in disks)
    busy = [disk.busy_share.value for disk in disks if disk.busy_share.value is not None]
    if busy:
        yield "disks.busy_share", max(busy)


def _network(snapshot: Snapshot) -> Iterator[tuple[str, float]]:
    nics = snapshot.network.value
    if not nics:
        return
    for nic in nics:
        yield f"network.{nic.name}.receive_bytes_per_s", nic.receive_bytes_per_s
        yield f"network.{nic.name}.send_bytes_per_s", nic.send_bytes_per_s
    yield "network_all.receive_bytes_per_s", sum(nic.receive_bytes_per_s for nic in nics)
    yield "network_all.send_bytes_per_s", sum(nic.send_bytes_per_s for nic in nics)


def _gpu(gpu: GpuUse) -> Iterator[tuple[str, float]]:
    place = f"gpu.{gpu.index}."
    for field in _GPU_NUMBERS:
        reading: Reading[float] = getattr(gpu, field)
        if reading.value is not None and reading.status is Status.OK:
            yield place + field, float(reading.value)


# --- what is missing, words, processes on GPUs --------------------------------------------------


def _missing(snapshot: Snapshot) -> Iterator[tuple[str, Missing]]:
    for family in FAMILIES:
        reading: Reading[Any] = getattr(snapshot, family)
        if reading.value is None:
            yield family, Missing(reading.status, reading.why, reading.how)
    for gpu in snapshot.gpus.value.gpus if snapshot.gpus.value is not None else ():
        yield from _missing_of_gpu(gpu)


def _missing_of_gpu(gpu: GpuUse) -> Iterator[tuple[str, Missing]]:
    """Yield what a GPU does not show; one that is lost as a whole stands for all its sensors."""
    place = f"gpu.{gpu.index}"
    busy, vram = gpu.busy_share, gpu.vram_used_bytes
    if busy.status is Status.LOST and vram.status is Status.LOST:
        yield place, Missing(busy.status, busy.why, busy.how)
        return
    for field in _GPU_NUMBERS:
        reading: Reading[Any] = getattr(gpu, field)
        if reading.value is None and reading.how:
            yield f"{place}.{field}", Missing(reading.status, reading.why, reading.how)


def _words(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    for gpu in snapshot.gpus.value.gpus if snapshot.gpus.value is not None else ():
        if gpu.throttle.value is not None:
            yield f"gpu.{gpu.index}.throttle", ", ".join(gpu.throttle.value)
    battery = snapshot.battery.value
    if battery is not None and battery.is_plugged.value is not None:
        yield "battery.supply", "plugged in" if battery.is_plugged.value else "on battery"


def _holders(snapshot: Snapshot) -> Iterator[GpuHolder]:
    for process in snapshot.gpus.value.processes if snapshot.gpus.value is not None else ():
        yield GpuHolder(
            process.pid, f"gpu.{process.gpu_index}", process.vram_bytes, process.busy_share
        )
