"""The devices of a snapshot: their titles, their own limits, and facts for people."""

from __future__ import annotations

from collections.abc import Iterator

from hwstudio.core.base.units import gib
from hwstudio.core.model.reading import Reading
from hwstudio.core.model.sample import Device
from hwstudio.core.monitor.snapshot import Snapshot
from hwstudio.core.probe.live import GpuUse, Temperature

BOARD = {"rpm": "speed_rpm", "v": "voltage_v", "w": "power_w", "a": "current_a"}


def named(sensors: tuple[Temperature, ...]) -> Iterator[tuple[str, Temperature]]:
    """Yield each sensor with its device id; two of one name get numbers."""
    seen: dict[str, int] = {}
    for sensor in sensors:
        number = seen[sensor.name] = seen.get(sensor.name, 0) + 1
        yield f"temperature.{sensor.name}" + (f" {number}" if number > 1 else ""), sensor


def devices(snapshot: Snapshot) -> Iterator[Device]:
    """Yield every device, processor and memory first, GPUs last."""
    yield from _main(snapshot)
    yield from _drives_and_networks(snapshot)
    yield from _sensors(snapshot)
    if snapshot.gpus.value is not None:
        for gpu in snapshot.gpus.value.gpus:
            yield _gpu_device(gpu)


def _main(snapshot: Snapshot) -> Iterator[Device]:
    if (cpu := snapshot.cpu.value) is not None:
        threads = (("Threads", str(len(cpu.core_shares))),)
        yield Device("cpu", "Processor", "cpu", {"busy_share": 1.0}, threads)
    if (memory := snapshot.memory.value) is not None:
        limits = {"used_bytes": float(memory.total_bytes)}
        if memory.swap_total_bytes:
            limits["swap_used_bytes"] = float(memory.swap_total_bytes)
        yield Device("memory", "Memory", "memory", limits, (("Size", gib(memory.total_bytes)),))


def _drives_and_networks(snapshot: Snapshot) -> Iterator[Device]:
    for disk in snapshot.disks.value or ():
        yield Device(f"disk.{disk.name}", f"Drive {disk.name}", "disk")
    for use in snapshot.filesystems.value or ():
        sizes = {"used_bytes": float(use.total_bytes)}
        yield Device(f"filesystem.{use.mount}", f"File system {use.mount}", "filesystem", sizes)
    for nic in snapshot.network.value or ():
        link = nic.link_bytes_per_s.value
        limits = {"receive_bytes_per_s": link, "send_bytes_per_s": link} if link else {}
        yield Device(f"network.{nic.name}", f"Network {nic.name}", "network", limits)


def _sensors(snapshot: Snapshot) -> Iterator[Device]:
    for name, sensor in named(snapshot.temperatures.value or ()):
        limit = sensor.critical_c.value or sensor.high_c.value
        limits = {"celsius_c": limit} if limit else {}
        yield Device(name, name.removeprefix("temperature."), "temperature", limits)
    for each in snapshot.board.value or ():
        if each.unit in BOARD:
            top = each.critical or each.high
            most = {BOARD[each.unit]: top} if top else {}
            yield Device(f"board.{each.name}", each.name, "board", most)
    for zone in snapshot.cpu_power.value or ():
        yield Device(f"power.{zone.name}", zone.title, "power")
    if snapshot.battery.value is not None:
        yield Device("battery", "Battery", "battery", {"charge_share": 1.0})


_GPU_LIMITS = (
    ("temperature_c", "slowdown_c"),
    ("power_w", "power_limit_w"),
    ("vram_used_bytes", "vram_total_bytes"),
    ("sm_clock_hz", "max_sm_clock_hz"),
    ("power_limit_w", "power_default_limit_w"),  # what the maker set
)


def _gpu_device(gpu: GpuUse) -> Device:
    limits = {}
    for quantity, field in _GPU_LIMITS:
        reading: Reading[float] = getattr(gpu, field)
        if reading.value is not None:
            limits[quantity] = float(reading.value)
    facts = [("Maker", gpu.vendor), ("Driver", gpu.driver), ("PCI address", gpu.bus_id)]
    if gpu.shutdown_c.value is not None:
        facts.append(("Switches off at", f"{gpu.shutdown_c.value:.0f} °C"))
    if gpu.power_default_limit_w.value is not None:
        facts.append(("Power limit from the maker", f"{gpu.power_default_limit_w.value:.0f} W"))
    facts.append(("Serial (UUID)", gpu.uuid))
    return Device(
        f"gpu.{gpu.index}", gpu.name, "gpu", limits, tuple(fact for fact in facts if fact[1])
    )
