"""From the newest sample and the ring to the tiles: number, unit, note, small line, limit."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator
from operator import add

from hwstudio.core.base.units import GIB, gib, percent, rate, si, significant, watts
from hwstudio.core.model.reading import Status
from hwstudio.core.model.sample import Device, Missing, Sample
from hwstudio.core.monitor.ring import Ring, Window
from hwstudio.gui.monitor.state import SPARK, TileState

_WAITING = ("a rate needs two reads", "a share needs two reads", "no answer yet", "not read")
_WORDS = {Status.LOST: "lost", Status.DENIED: "denied", Status.STALE: "–"}
_FLOWS = {
    "disks": (
        "disks",
        "Drives",
        ("read_bytes_per_s", "write_bytes_per_s"),
        ("read", "write"),
        4,
        1e6,
        "Read and written by all drives together. Source: operating system disk counters.",
    ),
    "network": (
        "network_all",
        "Network",
        ("receive_bytes_per_s", "send_bytes_per_s"),
        ("in", "out"),
        3,
        1e5,
        "All interfaces that are up, without loopback. Source: operating system counters.",
    ),
}


def tiles_of(ring: Ring, sample: Sample) -> tuple[TileState, ...]:
    """Return a tile for every family, GPUs after processor and memory."""
    window = ring.last(SPARK, _sparks(sample))
    return (
        _cpu(sample, window),
        _memory(sample, window),
        *_gpus(sample, window),
        _flow("disks", sample, window),
        _flow("network", sample, window),
        _temperature(sample, window),
    )


def _sparks(sample: Sample) -> list[str]:
    names = ["cpu.busy_share", "memory.used_bytes", "temperature_all.hottest_c"]
    for total, _, pair, *_ in _FLOWS.values():
        names += [f"{total}.{quantity}" for quantity in pair]
    quantities = ("busy_share", "vram_used_bytes")
    return names + [f"{gpu.id}.{each}" for gpu in _gpu_devices(sample) for each in quantities]


def _gpu_devices(sample: Sample) -> list[Device]:
    return [device for device in sample.devices if device.kind == "gpu"]


def line(window: Window, name: str) -> array[float]:
    """Return a series; NaN is a gap."""
    return window.columns.get(name) or array("d")


def nice_top(largest: float, least: float) -> float:
    """Return the next of 1, 2, 5, 10 ... above ``largest``, at least ``least``."""
    value = max(largest, least)
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value * 0.999)


def highest(values: array[float]) -> float:
    """Return the largest known value, 0 when there is none."""
    if values and not math.isnan(sum(values)):
        return max(values)
    return max((value for value in values if not math.isnan(value)), default=0.0)


def reason(missing: Missing | None) -> str:
    """Return why there is no value, in words that fit a tile."""
    if missing is None or missing.why in _WAITING:
        return "reading"
    return missing.why


def _absent(tile_id: str, title: str, missing: Missing | None) -> TileState:
    why = reason(missing)
    word = "–" if missing is None else _WORDS.get(missing.status, "none")
    how = f" Looked for with: {missing.how}." if missing is not None and missing.how else ""
    return TileState(tile_id, title, word, note=why, tip=f"{why[:1].upper()}{why[1:]}.{how}")


def _cpu(sample: Sample, window: Window) -> TileState:
    busy = sample.values.get("cpu.busy_share")
    if busy is None:
        return _absent("cpu", "Processor", sample.missing.get("cpu"))
    return TileState(
        "cpu",
        "Processor",
        f"{busy * 100:.0f}",
        "%",
        f"busiest thread {percent(sample.values.get('cpu.max_core_share', busy))}",
        line(window, "cpu.busy_share"),
        1.0,
        tip="Share of time in use, mean of all threads. Source: operating system time counters.",
    )


def _memory(sample: Sample, window: Window) -> TileState:
    used, total = (sample.values.get(f"memory.{name}_bytes") for name in ("used", "total"))
    if used is None or not total:
        return _absent("memory", "Memory", sample.missing.get("memory"))
    return TileState(
        "memory",
        "Memory",
        f"{used / total * 100:.0f}",
        "%",
        f"{gib(used)} of {gib(total)}",
        line(window, "memory.used_bytes"),
        total,
        colour=2,
        tip="In use = total less what the system calls available; caches do not count.",
    )


def _flow(tile_id: str, sample: Sample, window: Window) -> TileState:
    total, title, pair, words, colour, least, tip = _FLOWS[tile_id]
    names = [f"{total}.{quantity}" for quantity in pair]
    flows = [sample.values.get(name) for name in names]
    if flows[0] is None or flows[1] is None:
        return _absent(tile_id, title, sample.missing.get(tile_id))
    number, _, unit = rate(flows[0] + flows[1]).rpartition(" ")
    both = _sum(window, *names)
    return TileState(
        tile_id,
        title,
        number,
        unit,
        f"{words[0]} {_short(flows[0])}, {words[1]} {_short(flows[1])}",
        both,
        nice_top(highest(both), least),
        colour=colour,
        tip=tip,
    )


def _short(bytes_per_s: float) -> str:
    """Return a rate in two digits: two of them stand side by side on a tile."""
    return si(bytes_per_s, "B/s", 2)


def _sum(window: Window, first: str, second: str) -> array[float]:
    return array("d", map(add, line(window, first), line(window, second)))


def _temperature(sample: Sample, window: Window) -> TileState:
    hottest = sample.values.get("temperature_all.hottest_c")
    if hottest is None:
        return _absent("temperature", "Temperature", sample.missing.get("temperatures"))
    device = _hottest_device(sample, hottest)
    limit = device.limits.get("celsius_c") if device is not None else None
    name = device.title if device is not None else "hottest sensor"
    return TileState(
        "temperature",
        "Temperature",
        f"{hottest:.0f}",
        "°C",
        f"{name}, limit {limit:.0f} °C" if limit else f"{name}, no limit stated",
        line(window, "temperature_all.hottest_c"),
        max(110.0, limit or 0.0),
        limit,
        colour=1,
        tip="The hottest sensor of the processor; the limit is the one its driver states.",
    )


def _hottest_device(sample: Sample, celsius: float) -> Device | None:
    for device in sample.devices:
        if device.kind == "temperature" and sample.values.get(f"{device.id}.celsius_c") == celsius:
            return device
    return None


def _gpus(sample: Sample, window: Window) -> Iterator[TileState]:
    gpus = _gpu_devices(sample)
    if not gpus:
        yield _absent("gpu", "GPU", sample.missing.get("gpus"))
    for gpu in gpus:
        yield _gpu(gpu, len(gpus), sample, window)


def _gpu(gpu: Device, count: int, sample: Sample, window: Window) -> TileState:
    title = f"GPU {gpu.id.partition('.')[2]}" if count > 1 else "GPU"
    busy = sample.values.get(f"{gpu.id}.busy_share")
    used = sample.values.get(f"{gpu.id}.vram_used_bytes")
    total = gpu.limits.get("vram_used_bytes")
    power = sample.values.get(f"{gpu.id}.power_w")
    said = []
    if used is not None and total:
        said.append(f"{significant(used / GIB)} of {significant(total / GIB)} GiB")
    if power is not None:
        said.append(watts(power))
    if busy is None:
        missing = sample.missing.get(gpu.id) or sample.missing.get(f"{gpu.id}.busy_share")
        if used is None or not total:
            return _absent(gpu.id, title, missing)
        return TileState(  # a card that is split tells its memory and power, not its load
            gpu.id,
            title,
            f"{used / total * 100:.0f}",
            "% memory",
            ", ".join(said),
            line(window, f"{gpu.id}.vram_used_bytes"),
            total,
            tip=f"{gpu.title}. Its load is not known: {reason(missing)}.",
        )
    return TileState(
        gpu.id,
        title,
        f"{busy * 100:.0f}",
        "%",
        ", ".join(said),
        line(window, f"{gpu.id}.busy_share"),
        1.0,
        tip=f"{gpu.title}. Share of time in which a program ran on the GPU.",
    )
