"""The line of facts above a device's charts, its threads, and why there may be nothing to draw."""

from __future__ import annotations

from hwstudio.core.base.units import gib, percent, rate, significant
from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.labels import throttle_text
from hwstudio.gui.monitor.pages import PageSpec
from hwstudio.gui.monitor.tiles import reason

_FAMILY = {"disks": "disks", "network": "network", "temperature": "temperatures", "gpu": "gpus"}
_MOST = 6


def facts_of(page_id: str, sample: Sample) -> str:
    """Return what is worth knowing beside the charts, on one line."""
    if page_id == "cpu":
        return " · ".join(_cpu(sample))
    if page_id == "memory":
        return " · ".join(_memory(sample))
    if page_id in ("disks", "network"):
        return " · ".join(_flows(page_id, sample))
    if page_id == "temperature":
        return " · ".join(_temperatures(sample))
    return " · ".join(_gpu(page_id, sample))


def _cpu(sample: Sample) -> list[str]:
    values, out = sample.values, []
    threads = sum(name.startswith("cpu.core.") for name in values)
    if threads:
        out.append(f"{threads} threads")
    if (clock := values.get("cpu.frequency_hz")) is not None:
        out.append(f"{clock / 1e9:.2f} GHz")
    if (load := values.get("cpu.load_1min")) is not None:
        out.append(f"load {load:.2f} (1 min)")
    return out


def _memory(sample: Sample) -> list[str]:
    values = sample.values
    if "memory.total_bytes" not in values:
        return []
    available = values.get("memory.available_bytes", 0.0)
    out = [f"{gib(available)} available of {gib(values['memory.total_bytes'])}"]
    swap = values.get("memory.swap_total_bytes")
    if swap:
        out.append(f"swap {gib(values.get('memory.swap_used_bytes', 0.0))} of {gib(swap)}")
    else:
        out.append("no swap")
    return out


def _flows(page_id: str, sample: Sample) -> list[str]:
    kind = "disk" if page_id == "disks" else "network"
    out = []
    for device in sample.devices:
        if device.kind != kind:
            continue
        name = device.id.partition(".")[2]
        if kind == "disk":
            out.append(name)
            continue
        link = device.limits.get("receive_bytes_per_s")
        stated = f"{significant(link * 8 / 1e9)} Gbit/s" if link else "speed not stated"
        out.append(f"{name}: link {stated}")
    if kind == "disk":
        out += _filled(sample)
    return out[:_MOST] or ["No interface is up." if kind == "network" else "No drive is counted."]


def _filled(sample: Sample) -> list[str]:
    out = []
    for device in sample.devices:
        used, size = sample.values.get(f"{device.id}.used_bytes"), device.limits.get("used_bytes")
        if device.kind == "filesystem" and used is not None and size:
            out.append(f"{device.id.partition('.')[2]} {percent(used / size)} full of {gib(size)}")
    return out


def _temperatures(sample: Sample) -> list[str]:
    found = [device for device in sample.devices if device.kind == "temperature"]
    return [
        f"{device.title} {sample.values[f'{device.id}.celsius_c']:.0f} °C"
        for device in found[:_MOST]
        if f"{device.id}.celsius_c" in sample.values
    ]


def _gpu(page_id: str, sample: Sample) -> list[str]:
    device, values = sample.device(page_id), sample.values
    if device is None:
        return []
    out = [f"{name} {words}" for name, words in device.facts if name in ("Driver", "PCI address")]
    slow = device.limits.get("temperature_c")
    if slow is not None:
        out.append(f"slows down from {slow:.0f} °C")
    generation, width = (
        values.get(f"{page_id}.pcie_generation"),
        values.get(f"{page_id}.pcie_width"),
    )
    if generation and width:
        out.append(f"PCIe {generation:.0f} x{width:.0f}")
    bits = values.get(f"{page_id}.throttle_bits")
    if bits is not None:
        words = throttle_text(int(bits))
        out.append(f"held back by: {words}" if words != "nothing" else "not held back")
    if (receive := values.get(f"{page_id}.pcie_receive_bytes_per_s")) is not None:
        out.append(f"PCIe in {rate(receive)}")
    return out


def cores_of(page_id: str, sample: Sample) -> tuple[float, ...]:
    """Return the share of every thread for the processor's page."""
    if page_id != "cpu":
        return ()
    return tuple(v for name, v in sample.values.items() if name.startswith("cpu.core."))


def absent_of(page_id: str, page: PageSpec, sample: Sample) -> str:
    """Return why there is nothing to draw and how it was looked for; "" when there is."""
    if page.charts:
        return ""
    missing = sample.missing.get(_FAMILY.get(page_id, page_id)) or sample.missing.get(page_id)
    why = reason(missing)
    if why == "reading":
        return "Reading the first values."
    how = f"\nLooked for with: {missing.how}." if missing is not None and missing.how else ""
    return f"{why[:1].upper()}{why[1:]}.{how}"
