"""The user's own processor, graphics card, memory and drives, each in a sentence for its page."""

from __future__ import annotations

from hwstudio.core.base.units import gib, si
from hwstudio.core.model.machine import CANNOT_TELL, DriveInfo, GpuInfo
from hwstudio.core.project.page_blocks.ground import Ground

_NONE = (
    "No graphics card was found here. A processor still runs small models, and cards can be rented."
)
_CANNOT = "Whether this computer has a graphics card could not be told."


def own_cpu(ground: Ground) -> str:
    """Return the processor found here."""
    cpu = ground.machine.cpu
    if not cpu.name.value:
        return "Which processor this computer has could not be told."
    cores, threads = cpu.cores.value, cpu.threads.value
    count = f" with {cores} cores" if cores else ""
    at_once = f", {threads} threads at once" if threads and threads != cores else ""
    return f"Yours: **{cpu.name.value}**{count}{at_once} ({cpu.name.how})."


def own_gpu(ground: Ground) -> str:
    """Return the graphics cards found here, or that there is none."""
    machine = ground.machine
    if not machine.gpus:
        return _CANNOT if any(CANNOT_TELL in words for words in machine.gpus_looked) else _NONE
    return "\n".join(f"- {_gpu(each)}" for each in machine.gpus)


def _gpu(gpu: GpuInfo) -> str:
    size = gpu.vram_bytes.value
    room = f" with {gib(size)} of its own memory" if size else ", its memory is not known"
    return f"Yours: **{gpu.name.value or 'a card without a name'}**{room} ({gpu.name.how})."


def own_memory(ground: Ground) -> str:
    """Return the main memory found here."""
    reading = ground.machine.memory_bytes
    if not reading.value:
        return "How much memory this computer has could not be told."
    return f"Yours: **{gib(reading.value)}** ({reading.how})."


def own_drives(ground: Ground) -> str:
    """Return the drives found here with the room left."""
    told = [_drive(each) for each in ground.machine.drives]
    return "\n".join(f"- {words}" for words in told) or "No drive was found here."


def _drive(drive: DriveInfo) -> str:
    total, free = drive.total_bytes.value, drive.free_bytes.value
    size = f"{si(total, 'B')}, {si(free, 'B')} of it free" if total and free else "size not known"
    return f"Yours: **{drive.mount}** ({drive.drive_kind.value or 'kind not known'}), {size}."
