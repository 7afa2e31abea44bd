"""From the latest snapshot and the ring to the tiles: number, unit, note, small line, limit."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator
from typing import Any

from hwstudio.core.base.units import gib, percent, rate, significant, watts
from hwstudio.core.model.reading import Reading, Status
from hwstudio.core.monitor.ring import Ring, Window
from hwstudio.core.monitor.snapshot import Snapshot
from hwstudio.core.probe.live import GpuUse
from hwstudio.core.probe.temperature import hottest
from hwstudio.gui.monitor.state import SPARK, TileState

GIB = 2**30
_WAITING = ("a rate needs two reads", "a share needs two reads", "no answer yet")


def tiles_of(ring: Ring, snapshot: Snapshot) -> tuple[TileState, ...]:
    """Return a tile for every family, GPUs last."""
    window = ring.last(SPARK)
    return (
        _cpu(snapshot, window),
        _memory(snapshot, window),
        _disks(snapshot, window),
        _network(snapshot, window),
        _temperature(snapshot, window),
        *_gpus(snapshot, window),
    )


def line(window: Window, name: str) -> tuple[float | None, ...]:
    """Return a series with None for gaps."""
    found = window.columns.get(name, ())
    return tuple(None if math.isnan(value) else value for value in found)


def nice_top(largest: float, least: float) -> float:
    """Return the next of 1, 2, 5, 10 ... above ``largest``, at least ``least``."""
    value = max(largest, least)
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value * 0.999)


def highest(*columns: array[float] | None) -> float:
    """Return the largest known value of some series, 0 when there is none."""
    known = [v for column in columns if column for v in column if not math.isnan(v)]
    return max(known, default=0.0)


def missing(reading: Reading[Any]) -> str:
    """Return why there is no value, in words that fit a tile."""
    return "reading" if reading.why in _WAITING else reading.why


def _split(text: str) -> tuple[str, str]:
    """Return number and unit of "12.3 MB/s"."""
    number, _, unit = text.rpartition(" ")
    return number, unit


def _absent(tile_id: str, title: str, reading: Reading[Any]) -> TileState:
    why = missing(reading)
    word = {Status.LOST: "lost", Status.DENIED: "denied", Status.STALE: "–"}.get(
        reading.status, "none"
    )
    tip = f"{why[:1].upper()}{why[1:]}. Looked for with: {reading.how}."
    return TileState(tile_id, title, word, note=why, tip=tip)


def _cpu(snapshot: Snapshot, window: Window) -> TileState:
    cpu = snapshot.cpu.value
    if cpu is None:
        return _absent("cpu", "Processor", snapshot.cpu)
    busiest = max(cpu.core_shares, default=0.0)
    return TileState(
        "cpu",
        "Processor",
        f"{cpu.busy_share * 100:.0f}",
        "%",
        f"busiest thread {percent(busiest)}",
        line(window, "cpu.busy_share"),
        1.0,
        tip="Share of time in use, mean of all threads. Source: operating system time counters.",
    )


def _memory(snapshot: Snapshot, window: Window) -> TileState:
    memory = snapshot.memory.value
    if memory is None:
        return _absent("memory", "Memory", snapshot.memory)
    share = memory.used_bytes / memory.total_bytes
    return TileState(
        "memory",
        "Memory",
        f"{share * 100:.0f}",
        "%",
        f"{gib(memory.used_bytes)} of {gib(memory.total_bytes)}",
        line(window, "memory.used_bytes"),
        float(memory.total_bytes),
        colour=2,
        tip="In use = total less what the system calls available; caches do not count.",
    )


def _disks(snapshot: Snapshot, window: Window) -> TileState:
    disks = snapshot.disks.value
    if disks is None:
        return _absent("disks", "Drives", snapshot.disks)
    read = sum(disk.read_bytes_per_s for disk in disks)
    write = sum(disk.write_bytes_per_s for disk in disks)
    number, unit = _split(rate(read + write))
    both = _sum(window, "disks.read_bytes_per_s", "disks.write_bytes_per_s")
    return TileState(
        "disks",
        "Drives",
        number,
        unit,
        f"read {rate(read)}, write {rate(write)}",
        both,
        nice_top(max((v for v in both if v is not None), default=0.0), 1e6),
        colour=4,
        tip="Read and written by all drives together. Source: operating system disk counters.",
    )


def _network(snapshot: Snapshot, window: Window) -> TileState:
    nics = snapshot.network.value
    if nics is None:
        return _absent("network", "Network", snapshot.network)
    receive = sum(nic.receive_bytes_per_s for nic in nics)
    send = sum(nic.send_bytes_per_s for nic in nics)
    number, unit = _split(rate(receive + send))
    both = _sum(window, "network_all.receive_bytes_per_s", "network_all.send_bytes_per_s")
    return TileState(
        "network",
        "Network",
        number,
        unit,
        f"in {rate(receive)}, out {rate(send)}",
        both,
        nice_top(max((v for v in both if v is not None), default=0.0), 1e5),
        colour=3,
        tip="All interfaces that are up, without loopback. Source: operating system counters.",
    )


def _sum(window: Window, first: str, second: str) -> tuple[float | None, ...]:
    pairs = zip(line(window, first), line(window, second), strict=True)
    return tuple(None if a is None or b is None else a + b for a, b in pairs)


def _temperature(snapshot: Snapshot, window: Window) -> TileState:
    sensors = snapshot.temperatures.value
    if not sensors:
        return _absent("temperature", "Temperature", snapshot.temperatures)
    top = hottest(sensors)
    limit = top.critical_c.value or top.high_c.value
    note = f"{top.name}, limit {limit:.0f} °C" if limit else f"{top.name}, no limit stated"
    return TileState(
        "temperature",
        "Temperature",
        f"{top.celsius:.0f}",
        "°C",
        note,
        line(window, "temperature_all.hottest_c"),
        max(110.0, limit or 0.0),
        limit,
        colour=1,
        tip="The hottest sensor of the processor; the limit is the one its driver states.",
    )


def _gpus(snapshot: Snapshot, window: Window) -> Iterator[TileState]:
    found = snapshot.gpus.value
    if found is None:
        yield _absent("gpu", "GPU", snapshot.gpus)
        return
    for gpu in found.gpus:
        yield _gpu(gpu, window)


def _gpu(gpu: GpuUse, window: Window) -> TileState:
    place = f"gpu.{gpu.index}"
    title = f"GPU {gpu.index}"
    if gpu.busy_share.value is None:
        return _absent(place, title, gpu.busy_share)
    said = []
    if gpu.vram_used_bytes.value is not None and gpu.vram_total_bytes.value is not None:
        total = significant(gpu.vram_total_bytes.value / GIB)
        said.append(f"{significant(gpu.vram_used_bytes.value / GIB)} of {total} GiB")
    if gpu.power_w.value is not None:
        said.append(watts(gpu.power_w.value))
    return TileState(
        place,
        title,
        f"{gpu.busy_share.value * 100:.0f}",
        "%",
        ", ".join(said),
        line(window, f"{place}.busy_share"),
        1.0,
        colour=0,
        tip=f"{gpu.name}. Share of time in which a program ran on the GPU. Source: NVML.",
    )
