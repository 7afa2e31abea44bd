"""From a detected machine to the rows of the parts list, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hwstudio.core.base.units import GB, gib, watts
from hwstudio.core.model.machine import DriveInfo, GpuInfo, Machine
from hwstudio.core.model.reading import Reading
from hwstudio.gui.machine.state import Found


def found_rows(machine: Machine) -> tuple[Found, ...]:
    """Return every part with how it was found; unknown ones with the reason."""
    return tuple(_rows(machine))


def _rows(machine: Machine) -> Iterator[Found]:
    cpu = machine.cpu
    yield _row("Processor", cpu.name)
    yield _cores(machine)
    yield _row("Instruction sets", cpu.features)
    yield _row("Highest clock", cpu.max_mhz, _clock)
    yield _row("Memory", machine.memory_bytes, gib)
    yield _row("Swap", machine.swap_bytes, _size_or_none)
    for gpu in machine.gpus:
        yield from _gpu(gpu)
    if not machine.gpus:
        yield Found("GPU", "none found", "; ".join(machine.gpus_looked))
    for drive in machine.drives:
        yield _drive(drive)
    looked = "looked at: " + ", ".join(machine.accelerators_looked)
    yield Found("NPU or TPU", ", ".join(machine.accelerators) or "none found", looked)
    yield _row("System", machine.os)
    yield _row("Virtual machine", machine.virtual)
    yield _row("Battery", machine.battery)
    yield _row("torch", machine.torch)


def _row(what: str, reading: Reading[Any], words: Callable[[Any], str] | None = None) -> Found:
    if reading.value is None:
        return Found(what, "not known", f"{reading.why} (looked in: {reading.how})", False)
    if words is not None:
        return Found(what, words(reading.value), reading.how)
    value = reading.value
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return Found(what, text, reading.how)


def _clock(mhz: float) -> str:
    return f"{mhz / 1e3:.2f} GHz"


def _size_or_none(size: int) -> str:
    return gib(size) if size else "none"


def _cores(machine: Machine) -> Found:
    cores, threads = machine.cpu.cores, machine.cpu.threads
    if cores.value is None and threads.value is None:
        return _row("Cores", cores)
    said = []
    if cores.value is not None:
        said.append(f"{cores.value} core{'' if cores.value == 1 else 's'}")
    if threads.value is not None:
        said.append(f"{threads.value} thread{'' if threads.value == 1 else 's'}")
    return Found("Cores", ", ".join(said), cores.how or threads.how)


def _gpu(gpu: GpuInfo) -> Iterator[Found]:
    known = "" if gpu.gpu_id else " (not in the catalogue: no speed estimate)"
    yield Found("GPU", f"{gpu.name.value or gpu.vendor}{known}", gpu.name.how)
    yield _row("GPU memory", gpu.vram_bytes, gib)
    yield _row("GPU driver", gpu.driver)
    if gpu.power_limit_w.value is not None:
        yield Found("GPU power limit", watts(gpu.power_limit_w.value), gpu.power_limit_w.how)
    if gpu.pcie.value is not None:
        yield _row("GPU link", gpu.pcie)


def _drive(drive: DriveInfo) -> Found:
    kind = drive.drive_kind.value or "kind not known"
    if drive.free_bytes.value is None or drive.total_bytes.value is None:
        return Found(f"Drive {drive.mount}", "not known", drive.free_bytes.why, False)
    free, total = drive.free_bytes.value / GB, drive.total_bytes.value / GB
    return Found(
        f"Drive {drive.mount}",
        f"{free:,.0f} of {total:,.0f} GB free, {kind}, {drive.file_system}",
        f"{drive.free_bytes.how}; kind: {drive.drive_kind.how or drive.drive_kind.why}",
    )
