"""From the ring to the charts and facts of the selected device."""

from __future__ import annotations

from array import array
from typing import Any

from hwstudio.core.base.units import gib, percent, rate, significant, watts
from hwstudio.core.model.reading import Reading
from hwstudio.core.monitor.ring import Ring, Window
from hwstudio.core.monitor.snapshot import Snapshot
from hwstudio.core.probe.live import GpuUse
from hwstudio.gui.monitor.state import ChartState, Detail, Line
from hwstudio.gui.monitor.tiles import GIB, highest, missing, nice_top

MB = 1e6
_SERIES: dict[str, tuple[str, ...]] = {
    "cpu": ("cpu.busy_share", "cpu.max_core_share"),
    "memory": ("memory.used_bytes", "memory.swap_used_bytes"),
    "disks": ("disks.read_bytes_per_s", "disks.write_bytes_per_s", "disks.busy_share"),
    "network": ("network_all.receive_bytes_per_s", "network_all.send_bytes_per_s"),
    "temperature": ("temperature_all.hottest_c",),
}
_GPU_SERIES = ("busy_share", "vram_used_bytes", "power_w", "temperature_c")


def detail_of(
    device: str, ring: Ring, snapshot: Snapshot, span_s: int, interval_s: float
) -> Detail:
    """Return what is known of ``device`` over the last ``span_s`` seconds."""
    names = _SERIES.get(device) or tuple(f"{device}.{name}" for name in _GPU_SERIES)
    window = ring.last(round(span_s / interval_s) + 1, names)
    times = array("d", (t - (window.times_s[-1] if len(window.times_s) else 0.0) for t in window.times_s))
    if device.startswith("gpu"):
        return _gpu(device, snapshot, window, times)
    return _DETAILS[device](snapshot, window, times)


def _cpu(snapshot: Snapshot, window: Window, times: array[float]) -> Detail:
    cpu = snapshot.cpu.value
    if cpu is None:
        return Detail("cpu", "Processor", absent=_sentence(snapshot.cpu))
    facts = [f"{len(cpu.core_shares)} threads"]
    if cpu.frequency_hz.value:
        facts.append(f"{cpu.frequency_hz.value / 1e9:.2f} GHz")
    if cpu.load_1min.value is not None:
        facts.append(f"load {cpu.load_1min.value:.2f} (1 min)")
    if cpu.wait_share.value is not None:
        facts.append(f"waits for a drive {percent(cpu.wait_share.value)} of the time")
    lines = (
        Line("All threads", window.columns["cpu.busy_share"], 100),
        Line("Busiest thread", window.columns["cpu.max_core_share"], 100, 1),
    )
    chart = ChartState("In use, %", lines, 100)
    return Detail("cpu", "Processor", (chart,), times, " · ".join(facts), cpu.core_shares)


def _memory(snapshot: Snapshot, window: Window, times: array[float]) -> Detail:
    memory = snapshot.memory.value
    if memory is None:
        return Detail("memory", "Memory", absent=_sentence(snapshot.memory))
    lines = [Line("In use", window.columns["memory.used_bytes"], 1 / GIB, 2)]
    swap = "no swap"
    if memory.swap_total_bytes:
        lines.append(Line("Swap", window.columns["memory.swap_used_bytes"], 1 / GIB, 1))
        swap = f"swap {gib(memory.swap_used_bytes)} of {gib(memory.swap_total_bytes)}"
    total_gib = memory.total_bytes / GIB
    chart = ChartState("Memory, GiB", tuple(lines), max(total_gib, memory.swap_total_bytes / GIB))
    facts = f"{gib(memory.available_bytes)} available of {gib(memory.total_bytes)} · {swap}"
    return Detail("memory", "Memory", (chart,), times, facts)


def _disks(snapshot: Snapshot, window: Window, times: array[float]) -> Detail:
    disks = snapshot.disks.value
    if disks is None:
        return Detail("disks", "Drives", absent=_sentence(snapshot.disks))
    read, write, busy = (window.columns[name] for name in _SERIES["disks"])
    flow = ChartState(
        "Transfer, MB/s",
        (Line("Read", read, 1 / MB, 4), Line("Write", write, 1 / MB, 1)),
        nice_top(highest(read, write) / MB, 1.0),
    )
    charts = [flow]
    if any(disk.busy_share.value is not None for disk in disks):
        charts.append(ChartState("Busy, %", (Line("Busiest drive", busy, 100, 4),), 100))
    words = [
        f"{disk.name}: read {rate(disk.read_bytes_per_s)}, write {rate(disk.write_bytes_per_s)}"
        for disk in disks
    ]
    return Detail("disks", "Drives", tuple(charts), times, " · ".join(words))


def _network(snapshot: Snapshot, window: Window, times: array[float]) -> Detail:
    nics = snapshot.network.value
    if nics is None:
        return Detail("network", "Network", absent=_sentence(snapshot.network))
    receive, send = (window.columns[name] for name in _SERIES["network"])
    chart = ChartState(
        "Transfer, MB/s",
        (Line("In", receive, 1 / MB, 3), Line("Out", send, 1 / MB, 0)),
        nice_top(highest(receive, send) / MB, 0.1),
    )
    words = []
    for nic in nics:
        link = nic.link_bytes_per_s.value
        stated = f"{significant(link * 8 / 1e9)} Gbit/s" if link else "speed not stated"
        words.append(
            f"{nic.name}: in {rate(nic.receive_bytes_per_s)}, "
            f"out {rate(nic.send_bytes_per_s)}, link {stated}"
        )
    facts = " · ".join(words) or "No interface is up."
    return Detail("network", "Network", (chart,), times, facts)


def _temperature(snapshot: Snapshot, window: Window, times: array[float]) -> Detail:
    sensors = snapshot.temperatures.value
    if not sensors:
        return Detail("temperature", "Temperature", absent=_sentence(snapshot.temperatures))
    lines = (Line("Processor", window.columns["temperature_all.hottest_c"], 1, 1),)
    words = [f"{sensor.name} {sensor.celsius:.0f} °C" for sensor in sensors[:8]]
    chart = ChartState("Temperature, °C", lines, 110)
    return Detail("temperature", "Temperature", (chart,), times, " · ".join(words))


_DETAILS = {
    "cpu": _cpu,
    "memory": _memory,
    "disks": _disks,
    "network": _network,
    "temperature": _temperature,
}


def _gpu(device: str, snapshot: Snapshot, window: Window, times: array[float]) -> Detail:
    found = snapshot.gpus.value
    if found is None:
        return Detail(device, "GPU", absent=_sentence(snapshot.gpus))
    gpu = next((gpu for gpu in found.gpus if f"gpu.{gpu.index}" == device), None)
    if gpu is None:
        return Detail(device, "GPU", absent="This GPU is no longer there.")
    busy, vram, power, heat = (window.columns[f"{device}.{name}"] for name in _GPU_SERIES)
    total = gpu.vram_total_bytes.value
    share = [Line("In use", busy, 100)]
    if total:
        share.append(Line("Memory", vram, 100 / total, 2))
    charts = (
        ChartState("In use, %", tuple(share), 100),
        ChartState("Power, W", (Line("Power", power, 1, 4),), _power_top(gpu, power)),
        ChartState("Temperature, °C", (Line("Temperature", heat, 1, 1),), 110),
    )
    return Detail(device, gpu.name, charts, times, _gpu_facts(gpu))


def _power_top(gpu: GpuUse, power: array[float]) -> float:
    limit = gpu.power_limit_w.value
    return limit * 1.05 if limit else nice_top(highest(power), 50.0)


def _gpu_facts(gpu: GpuUse) -> str:
    if gpu.busy_share.value is None:
        return f"Lost: {gpu.busy_share.why}."
    said = []
    if gpu.vram_used_bytes.value is not None and gpu.vram_total_bytes.value is not None:
        said.append(f"{gib(gpu.vram_used_bytes.value)} of {gib(gpu.vram_total_bytes.value)}")
    if gpu.power_limit_w.value is not None:
        said.append(f"power limit {watts(gpu.power_limit_w.value)}")
    if gpu.sm_clock_hz.value is not None:
        said.append(f"clock {gpu.sm_clock_hz.value / 1e6:,.0f} MHz")
    if gpu.slowdown_c.value is not None:
        said.append(f"slows down from {gpu.slowdown_c.value:.0f} °C")
    if gpu.fan_share.value is not None:
        said.append(f"fan {percent(gpu.fan_share.value)}")
    if gpu.throttle.value is not None:
        reasons = ", ".join(gpu.throttle.value)
        said.append(f"held back by: {reasons}" if reasons else "not held back")
    return " · ".join(said)


def _sentence(reading: Reading[Any]) -> str:
    """Return why there is nothing to draw and how it was looked for."""
    why = missing(reading)
    if why == "reading":
        return "Reading the first values."
    return f"{why[:1].upper()}{why[1:]}.\nLooked for with: {reading.how}."
