"""Everything found in this computer in plain words, one row a fact, the same in every face."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from hwstudio.core.base.units import GB, gib, watts
from hwstudio.core.model.machine import (
    SHARED,
    TRIM_BLOCKED,
    TRIM_NOT_NEEDED,
    TRIM_OFF,
    TRIM_ON,
    Cache,
    CoreKind,
    CpuInfo,
    DriveInfo,
    GpuInfo,
    Machine,
)
from hwstudio.core.model.reading import Reading

NOT_KNOWN = "not known"
_TRIM_WORDS = {
    TRIM_ON: "on",
    TRIM_OFF: "off: the drive is not told which space is free",
    TRIM_BLOCKED: "not offered by the drive, or not passed on to it",
}
_KIND_WORDS = {"performance": "fast", "efficiency": "efficient", "low power": "low-power"}


@dataclass(frozen=True, slots=True)
class MachineFact:
    """One row: what, its value or "not known", and how it was found or why it was not."""

    what: str
    value: str
    how: str
    is_known: bool = True


def machine_facts(machine: Machine) -> tuple[MachineFact, ...]:
    """Return every part with how it was found; unknown ones with the reason."""
    return tuple(_rows(machine))


def _rows(machine: Machine) -> Iterator[MachineFact]:
    yield from _processor(machine.cpu)
    if machine.board.value is not None:
        yield _row("Motherboard", machine.board)
    yield from _memory(machine)
    yield from _gpus(machine)
    for drive in machine.drives:
        yield from _drive(drive)
    looked = "looked at: " + ", ".join(machine.accelerators_looked)
    yield MachineFact("NPU or TPU", ", ".join(machine.accelerators) or "none found", looked)
    yield _row("System", machine.os)
    yield _row("Virtual machine", machine.virtual)
    if machine.limits.value not in (None, "none"):
        yield _row("Allowed to use", machine.limits)
    yield _row("Power mode", machine.power_mode)
    yield _row("Battery", machine.battery)
    yield _row("torch", machine.torch)


def _row(
    what: str, reading: Reading[Any], words: Callable[[Any], str] | None = None
) -> MachineFact:
    if reading.value is None:
        return MachineFact(what, NOT_KNOWN, f"{reading.why} (looked in: {reading.how})", False)
    if words is not None:
        return MachineFact(what, words(reading.value), reading.how)
    value = reading.value
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return MachineFact(what, text or "none of those that count here", reading.how)


# --- processor ------------------------------------------------------------------------------------


def _processor(cpu: CpuInfo) -> Iterator[MachineFact]:
    yield _row("Processor", cpu.name)
    yield _cores(cpu)
    kinds = cpu.kinds.value or ()
    if len(kinds) > 1:
        yield _row("Kinds of cores", cpu.kinds, _kinds)
    yield _row("Instruction sets", cpu.features)
    yield _row("Highest clock", cpu.max_mhz, _clock)
    yield _row("Caches", cpu.caches, _caches)


def _cores(cpu: CpuInfo) -> MachineFact:
    if cpu.cores.value is None and cpu.threads.value is None:
        return _row("Cores", cpu.cores)
    said = [
        _counted(count, word)
        for count, word in ((cpu.cores.value, "core"), (cpu.threads.value, "thread"))
        if count is not None
    ]
    if (cpu.sockets.value or 1) > 1:
        said.append(f"in {cpu.sockets.value} sockets")
    return MachineFact("Cores", ", ".join(said), cpu.cores.how or cpu.threads.how)


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _clock(mhz: float) -> str:
    return f"{mhz / 1e3:.2f} GHz"


def _kinds(kinds: tuple[CoreKind, ...]) -> str:
    return ", ".join(_kind(kind) for kind in kinds)


def _kind(kind: CoreKind) -> str:
    inside = [kind.design] if kind.design and kind.design != kind.kind else []
    if kind.max_mhz is not None:
        inside.append(f"to {_clock(kind.max_mhz)}")
    more = f" ({', '.join(inside)})" if inside else ""
    return f"{kind.cores} {_KIND_WORDS.get(kind.kind, kind.kind)}{more}"


def _caches(caches: tuple[Cache, ...]) -> str:
    """Return the bytes of each level in all; the last level in its parts where it has some."""
    totals: dict[int, int] = {}
    for cache in caches:
        totals[cache.level] = totals.get(cache.level, 0) + cache.each_bytes * cache.count
    last = max(totals)
    parts = [cache for cache in caches if cache.level == last]
    split = len(parts) == 1 and last > 1 and parts[0].count > 1
    more = f" ({parts[0].count} x {_size(parts[0].each_bytes)})" if split else ""
    return ", ".join(f"L{level} {_size(size)}" for level, size in sorted(totals.items())) + more


def _size(size: int) -> str:
    if size >= 2**20:
        return f"{round(size / 2**20, 1):g} MiB"
    return f"{size / 2**10:g} KiB"


# --- memory ---------------------------------------------------------------------------------------


def _memory(machine: Machine) -> Iterator[MachineFact]:
    yield _row("Memory", machine.memory_bytes, gib)
    modules = machine.modules
    known = [_sizes(modules.sizes_bytes.value), modules.generation.value, modules.form.value]
    said = " ".join(word for word in known if word)
    if said:
        slots = _slots(modules.slots_used.value, modules.slots_total.value)
        yield MachineFact("Memory modules", f"{said}{slots}", modules.sizes_bytes.how)
        yield _speed(modules.speed_mts, modules.rated_mts)
    else:
        yield _row("Memory modules", modules.generation)
    yield _row("Swap", machine.swap_bytes, _size_or_none)


def _sizes(sizes: tuple[int, ...] | None) -> str:
    counts: dict[int, int] = {}
    for size in sizes or ():
        counts[size] = counts.get(size, 0) + 1
    return " + ".join(f"{count} x {size / 2**30:g} GiB" for size, count in counts.items())


def _slots(used: int | None, total: int | None) -> str:
    if used is None or total is None:
        return ""
    return f", {used} of {total} slots used"


def _speed(now: Reading[int], rated: Reading[int]) -> MachineFact:
    if now.value is None and rated.value is not None:
        return _row(
            "Memory speed", rated, lambda mts: f"rated {mts} MT/s; the speed in use is not stated"
        )
    slower = now.value is not None and rated.value is not None and now.value < rated.value
    extra = f"; the modules are made for {rated.value} MT/s" if slower else ""
    return _row("Memory speed", now, lambda mts: f"{mts} MT/s{extra}")


def _size_or_none(size: int) -> str:
    return gib(size) if size else "none"


# --- GPUs -----------------------------------------------------------------------------------------


def _gpus(machine: Machine) -> Iterator[MachineFact]:
    alike: dict[tuple[tuple[str, str], ...], list[tuple[MachineFact, ...]]] = {}
    for gpu in sorted(machine.gpus, key=lambda gpu: gpu.gpu_id is None):
        rows = tuple(_gpu(gpu))
        alike.setdefault(tuple((row.what, row.value) for row in rows), []).append(rows)
    for same in alike.values():
        first, *others = same[0]
        many = f"{len(same)} x " if len(same) > 1 else ""
        yield MachineFact(first.what, f"{many}{first.value}", first.how)
        yield from others
    if not machine.gpus:
        yield MachineFact("GPU", "none found", "; ".join(machine.gpus_looked))


def _gpu(gpu: GpuInfo) -> Iterator[MachineFact]:
    known = "" if gpu.gpu_id else " (not in the catalogue: no speed estimate)"
    cores = f", {gpu.cores.value} cores" if gpu.cores.value else ""
    yield MachineFact("GPU", f"{gpu.name.value or gpu.vendor}{cores}{known}", gpu.name.how)
    if SHARED in gpu.vram_bytes.why:
        yield MachineFact("GPU memory", SHARED, gpu.vram_bytes.how)
    else:
        yield _row("GPU memory", gpu.vram_bytes, gib)
    yield _row("GPU driver", gpu.driver)
    yield _row("GPU software", gpu.compute, lambda said: f"{said}{_capability(gpu)}")
    if gpu.power_limit_w.value is not None:
        yield MachineFact("GPU power limit", watts(gpu.power_limit_w.value), gpu.power_limit_w.how)
    if gpu.pcie.value is not None:
        yield _row("GPU link", gpu.pcie, lambda most: f"{most}{_now(most, gpu.pcie_now.value)}")
    elif gpu.pcie_now.value is not None:
        yield _row("GPU link", gpu.pcie_now, lambda now: f"{now} now")


def _capability(gpu: GpuInfo) -> str:
    capability = gpu.compute_capability.value
    return f", compute capability {capability}" if capability else ""


def _now(most: str, now: str | None) -> str:
    if now is None or now == most:
        return ""
    has_all_lanes = now.rpartition(" ")[2] == most.rpartition(" ")[2]
    why = "slower while idle" if has_all_lanes else "check the slot"
    return f"; now {now}, {why}"


# --- drives ---------------------------------------------------------------------------------------


def _drive(drive: DriveInfo) -> Iterator[MachineFact]:
    what = f"Drive {drive.mount}"
    if drive.free_bytes.value is None or drive.total_bytes.value is None:
        yield MachineFact(what, NOT_KNOWN, drive.free_bytes.why, False)
        return
    free, total = drive.free_bytes.value / GB, drive.total_bytes.value / GB
    kind = drive.drive_kind.value or "kind not known"
    bus, _, link = (drive.bus.value or "").partition(", ")
    place = f"{kind} ({bus})" if bus and bus != kind else kind
    yield MachineFact(
        what,
        f"{free:,.0f} of {total:,.0f} GB free, {place}, {drive.file_system}",
        f"{drive.free_bytes.how}; kind: {drive.drive_kind.how or drive.drive_kind.why}",
    )
    if drive.model.value is not None:
        linked = f", {link}" if link else ""
        yield _row(f"Model of {drive.mount}", drive.model, lambda model: f"{model}{linked}")
    if drive.trim.value not in (None, TRIM_NOT_NEEDED):
        yield _row(f"TRIM on {drive.mount}", drive.trim, lambda trim: _TRIM_WORDS[trim])
