"""The memories of this computer from registers to drives: size, speed, where both are from."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hwstudio.core.base.units import GIB, duration, gib, rate, si, significant
from hwstudio.core.bench.ladder import (
    beyond,
    cache_ends,
    ends_words,
    inside,
    points,
    size_words,
)
from hwstudio.core.bench.suite.memory_ladder import BENCH, READ, WAIT
from hwstudio.core.guide.link import test_link
from hwstudio.core.guide.page import markdown_table
from hwstudio.core.model.machine import CANNOT_TELL, Cache, DriveInfo, GpuInfo
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.result import Result
from hwstudio.core.project.learn.own import (
    Measured,
    Own,
    about_device,
    is_on_gpu,
    newest,
    not_measured,
    usable,
)

EXAMPLES = ("gpu-geforce-rtx-4090", "gpu-h100-sxm5-80-gb")
NO_TEST = "not measured: hwstudio has no test"
LADDER = BENCH.id
# Registers for numbers that each core has, by its widest instruction set: count, bytes of each.
_REGISTERS = (
    ("avx512f", "AVX-512", 32, 64),
    ("avx2", "AVX2", 16, 32),
    ("neon", "NEON", 32, 16),
)
_GPU_REGISTERS = (
    "256 KiB in each multiprocessor",
    "NVIDIA's CUDA programming guide: 65,536 registers of 32 bits since compute capability 5.0",
)
_HEAD = ("Memory", "Size here", "Speed here", "Where that is from")
_NO_WAIT = "no wait: a core computes with them"
_LEVELS = {1: "L1 cache, data", 2: "L2 cache", 3: "L3 cache"}
Row = tuple[str, ...]


def memory_here(own: Own) -> str:
    """Return the table of this computer's memories, the nearest first."""
    cpu = [*_registers(own), *_caches(own), _main(own)]
    text = f"### Processor\n\n{markdown_table(_HEAD, cpu)}\n\n{_seen(own)}\n\n{_gpus(own)}"
    drives = [_drive(own, each) for each in own.machine.drives]
    if drives:
        text += f"\n\n### Drives\n\n{markdown_table(_HEAD, drives)}"
    return text


def _registers(own: Own) -> Iterator[Row]:
    found = own.machine.cpu.features.value or ()
    for word, name, count, each in _REGISTERS:
        if word in found:
            size = f"{count * each / 1024:g} KiB in each core"
            yield "Registers", size, _NO_WAIT, f"{name}, found: {count} of {each} bytes"
            return
    yield "Registers", "not known", _NO_WAIT, "no instruction set with a fixed size was found"


def _caches(own: Own) -> Iterator[Row]:
    reading = own.machine.cpu.caches
    if not reading.value:
        yield "Caches", "not known", not_measured(own, LADDER), reading.why or reading.how
        return
    below = 0
    for cache in reading.value:
        if cache.kind != "instruction" and cache.level in _LEVELS:
            waits, reads = (inside(_curve(own, k), below, cache.each_bytes) for k in (WAIT, READ))
            speed, source = _ladder_words(own, waits, reads)
            how = f"size: {reading.how}{source}"
            yield _LEVELS[cache.level], _cache_size(cache), speed, how
            below = cache.each_bytes


def _curve(own: Own, kind: str) -> dict[int, float]:
    """Return the newest reliable number of each size; several runs may have given them."""
    found = usable(own, LADDER, f"{kind} ")
    return points(((each.metric.name, each.metric.median) for each in found), kind)


def _ladder_words(own: Own, wait_s: float | None, read: float | None) -> tuple[str, str]:
    """Return what the ladder says of one memory, and where that is from."""
    told = [f"{duration(wait_s)} to wait for a number"] if wait_s is not None else []
    told += [f"{rate(read)} read by one core"] if read is not None else []
    if not told:
        return not_measured(own, LADDER), ""
    found = next(usable(own, LADDER, ""))
    return ", ".join(told), f"; speed: {found.words}"


def _last_cache_bytes(own: Own) -> int:
    known = own.machine.cpu.caches.value or ()
    return max((each.each_bytes for each in known if each.kind != "instruction"), default=0)


def _seen(own: Own) -> str:
    """Return the sizes of the caches by measuring, beside those that the system tells."""
    waits = _curve(own, WAIT)
    if not waits:
        return (
            "Sizes are what the system says. "
            f"{test_link('Measure the caches', LADDER)}, and what is seen of them stands here."
        )
    ends = cache_ends(waits)
    if not ends:
        return "The measured waiting shows no step, so no cache's end was seen."
    # One core's view: a neighbour or the host of a virtual machine may fill part of a shared cache.
    return (
        f"Seen by measuring, one core's waiting for a number grows {ends_words(ends)}: there a "
        "cache ends. A cache that other programs fill too ends earlier."
    )


def _cache_size(cache: Cache) -> str:
    each = size_words(cache.each_bytes)
    return f"{cache.count} x {each}" if cache.count > 1 else each


def _main(own: Own) -> Row:
    reading = own.machine.memory_bytes
    size = gib(reading.value) if reading.value else "not known"
    found = newest(own, "memory_bandwidth", "triad", lambda result: not is_on_gpu(result))
    speed, source = _speed(own, found, "memory_bandwidth", f"size: {reading.how}")
    last = _last_cache_bytes(own)
    wait_s, read = (beyond(_curve(own, kind), last) for kind in (WAIT, READ))
    if wait_s is not None or read is not None:
        told, of_one = _ladder_words(own, wait_s, read)
        speed, source = f"{speed}; {told}", f"{source}{of_one.replace('speed', 'one core')}"
    return "Main memory", size, speed, source


def _speed(own: Own, found: Measured | None, bench: str, how: str) -> Row:
    """Return the speed and where the row is from; ``how`` says where its size is from."""
    if found is None:
        return not_measured(own, bench), how
    return rate(found.metric.median), f"{how}; speed: {found.words}"


def _gpus(own: Own) -> str:
    machine = own.machine
    if machine.gpus:
        parts = []
        for gpu in machine.gpus:
            name = gpu.name.value or "GPU"
            parts.append(f"### {name}\n\n{markdown_table(_HEAD, list(_gpu(own, gpu)))}")
        return "\n\n".join(parts)
    cannot = any(CANNOT_TELL in words for words in machine.gpus_looked)
    none = "Whether there is a GPU could not be told." if cannot else "No GPU was found here."
    examples = [own.gpus[key] for key in EXAMPLES if key in own.gpus]
    rows = [(each.name, *_sheet(each)) for each in examples]
    head = ("GPU", "Its memory", "Speed of it", "Where that is from")
    return f"### GPU\n\n{none} For comparison, from the catalogue:\n\n{markdown_table(head, rows)}"


def _sheet(gpu: Gpu) -> Row:
    speed = gpu.bandwidth_bytes_per_s
    told = "not stated" if speed is None else f"{rate(speed)} by its data sheet"
    return gib(gpu.vram_bytes), told, f"{gpu.source}, {gpu.source_date}"


def _gpu(own: Own, gpu: GpuInfo) -> Iterator[Row]:
    if gpu.vendor.casefold().startswith("nvidia") and _has_known_registers(gpu):
        yield "Registers", _GPU_REGISTERS[0], NO_TEST, _GPU_REGISTERS[1]
    yield "Its caches", "not in the catalogue", NO_TEST, "see the maker's data sheet"
    yield _vram(own, gpu)
    found = newest(own, "host_copy", "to_gpu_pinned", partial(_is_of, gpu))
    way = f"link: {gpu.pcie.value or 'not known'}"
    yield "Way from main memory", "–", *_speed(own, found, "host_copy", way)


def _has_known_registers(gpu: GpuInfo) -> bool:
    major, _, _ = (gpu.compute_capability.value or "").partition(".")
    return major.isdigit() and int(major) >= 5


def _is_of(gpu: GpuInfo, result: Result) -> bool:
    """Say whether a run measured this card, by its name: results carry no other."""
    return is_on_gpu(result) and str(gpu.name.value) in (
        result.device,
        about_device(result).get("device_name"),
    )


def _vram(own: Own, gpu: GpuInfo) -> Row:
    size = gib(gpu.vram_bytes.value) if gpu.vram_bytes.value else "not known"
    found = newest(own, "memory_bandwidth", "triad", partial(_is_of, gpu))
    known = own.gpus.get(gpu.gpu_id or "")
    sheet, source = "", f"size: {gpu.vram_bytes.how}"
    if known is not None and known.bandwidth_bytes_per_s is not None:
        sheet = f"{rate(known.bandwidth_bytes_per_s)} by its data sheet; "
        source += f"; data sheet: {known.source}, {known.source_date}"
    if found is None:
        return "Its memory", size, f"{sheet}{not_measured(own, 'memory_bandwidth')}", source
    speed = f"{sheet}{rate(found.metric.median)}"
    return "Its memory", size, speed, f"{source}; speed: {found.words}"


def _drive(own: Own, drive: DriveInfo) -> Row:
    def is_it(result: Result) -> bool:
        return about_device(result).get("source") == drive.device

    total = drive.total_bytes
    size = si(total.value, "B") if total.value else "not known"
    large = newest(own, "storage", "sequential_read", is_it)
    small = newest(own, "storage", "random_read", is_it)
    speed, source = _speed(own, large, "storage", f"size: {total.how}")
    if small is not None:
        speed += f"; {significant(small.metric.median)} small pieces a second"
    kind = drive.drive_kind.value or "drive"
    return f"{drive.mount} ({kind})", size, speed, source


def memory_ratio(own: Own) -> str:
    """Return how much slower the drive is than memory here, where both were measured."""
    memory = newest(own, "memory_bandwidth", "triad", lambda result: not is_on_gpu(result))
    drive = newest(own, "storage", "sequential_read")
    if memory is None or drive is None:
        return "Measure memory and drive, and the step between them stands here in numbers."
    times = memory.metric.median / drive.metric.median
    return (
        f"On this computer the main memory is about {times:,.0f} times as fast as the drive "
        "is for large files."
    )


def room_here(own: Own) -> str:
    """Return how much of a file the main memory can hold beside a job."""
    from hwstudio.core.guide.supply import ROOM_FOR_SYSTEM

    size = own.machine.memory_bytes.value
    if not size:
        return "How much memory this computer has is not known."
    room = size * ROOM_FOR_SYSTEM
    return (
        f"This computer has {size / GIB:.1f} GiB of memory. hwstudio reckons with "
        f"{room / GIB:.1f} GiB of it for data that are read again: that much of a data set "
        "comes from the drive only once."
    )
