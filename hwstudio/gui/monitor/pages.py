"""Which charts and which sensors belong to a device: from the sensors' names alone.

So a device of another computer, or a sensor that is new, has its page without a line of code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from hwstudio.core.model.sample import Device, Sample
from hwstudio.core.model.sensor import device_of, quantity_of, sensor_of
from hwstudio.core.monitor.labels import name_of

MOST_LINES = 6  # of one chart: more cannot be told apart
SUMS = {"disks": "Drives", "network_all": "Network", "temperature_all": "Temperature"}
_UNTOLD = {**SUMS, "cpu": "Processor", "memory": "Memory"}  # before the first sample told them


@dataclass(frozen=True, slots=True)
class LineSpec:
    """One line: the sensor, its name in the legend, and the colour's place in the series."""

    sensor: str
    name: str
    colour: int = 0


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """One chart. ``top`` and ``limit`` are in SI; no top lets the axis follow the data."""

    title: str
    unit: str  # of the sensors, SI
    lines: tuple[LineSpec, ...]
    top: float | None = None
    limit: float | None = None
    limit_words: str = ""


@dataclass(frozen=True, slots=True)
class PageSpec:
    """A page: charts on one time axis, and every sensor for the table."""

    id: str
    title: str
    charts: tuple[ChartSpec, ...]
    sensors: tuple[str, ...]


# Family page -> its charts: title and the sensors, in order. Sensors that are absent fall away.
_CPU = (
    ("In use", ("cpu.busy_share", "cpu.max_core_share")),
    ("Waiting", ("cpu.wait_share", "cpu.stall_share")),
    ("Clock", ("cpu.frequency_hz",)),
)
_MEMORY = (
    ("Memory", ("memory.used_bytes", "memory.swap_used_bytes")),
    ("Programs waiting", ("memory.stall_share",)),
)
_GPU = (
    ("In use", ("busy_share", "memory_busy_share")),
    ("Memory", ("vram_used_bytes",)),
    ("Power", ("power_w",)),
    ("Temperature", ("temperature_c", "memory_temperature_c")),
    ("Clock", ("sm_clock_hz", "memory_clock_hz")),
    ("Fan", ("fan_share",)),
    ("PCIe", ("pcie_receive_bytes_per_s", "pcie_send_bytes_per_s")),
    ("NVLink", ("nvlink_receive_bytes_per_s", "nvlink_send_bytes_per_s")),
)
_COLOURS = {"cpu": 0, "memory": 2, "disk": 4, "network": 3, "gpu": 0, "temperature": 1}


def page_of(page_id: str, sample: Sample) -> PageSpec:
    """Return the page of a family (cpu, memory, disks, network, temperature) or of a GPU."""
    if page_id == "cpu":
        return _page("cpu", "Processor", _CPU, ("cpu",), sample)
    if page_id == "memory":
        return _page("memory", "Memory", _MEMORY, ("memory",), sample)
    if page_id == "disks":
        return _flow_page("disks", "Drives", "disk.", sample)
    if page_id == "network":
        return _flow_page("network", "Network", "network.", sample)
    if page_id == "temperature":
        return _temperature_page(sample)
    device = sample.device(page_id)
    charts = tuple((title, tuple(f"{page_id}.{q}" for q in names)) for title, names in _GPU)
    title = titles_of(sample.devices)[page_id] if device else "GPU"
    return _page(page_id, title, charts, (page_id,), sample)


def own_page(page_id: str, title: str, sensors: Iterable[str], sample: Sample) -> PageSpec:
    """Return a page of the user's own choice: the same quantity of several devices shares one."""
    chosen = tuple(sensors)
    by_quantity: dict[str, list[str]] = {}
    for name in chosen:
        by_quantity.setdefault(quantity_of(name), []).append(name)
    titles = titles_of(sample.devices, is_short=True)
    charts = []
    for names in by_quantity.values():
        unit = sensor_of(names[0]).unit
        for start in range(0, len(names), MOST_LINES):
            part = names[start : start + MOST_LINES]
            lines = tuple(
                LineSpec(name, _full_name(name, titles), n) for n, name in enumerate(part)
            )
            words = lines[0].name if len(lines) == 1 else _together(part)
            charts.append(ChartSpec(words, unit, lines, _top(unit)))
    return PageSpec(page_id, title, tuple(charts), chosen)


def titles_of(devices: Iterable[Device], *, is_short: bool = False) -> dict[str, str]:
    """Return devices' titles by id; several of one title are told apart: "GPU 1: NVIDIA ..."."""
    every = tuple(devices)
    counts = Counter(device.title for device in every)
    return {
        device.id: device.title if counts[device.title] == 1 else _apart(device, is_short=is_short)
        for device in every
    }


def _apart(device: Device, *, is_short: bool) -> str:
    kind, _, number = device.id.partition(".")
    if kind != "gpu":
        return f"{device.title} ({number})"
    return f"GPU {number}" if is_short else f"GPU {number}: {device.title}"


def _full_name(name: str, titles: Mapping[str, str]) -> str:
    device = device_of(name)
    return f"{titles.get(device) or _UNTOLD.get(device) or device}: {name_of(name)}"


def _together(names: list[str]) -> str:
    kinds = {name_of(name) for name in names}
    return kinds.pop() if len(kinds) == 1 else "Several sensors"


def _page(
    page_id: str,
    title: str,
    charts: Iterable[tuple[str, tuple[str, ...]]],
    devices: tuple[str, ...],
    sample: Sample,
) -> PageSpec:
    made = tuple(
        chart for words, names in charts if (chart := _chart(words, names, sample)) is not None
    )
    return PageSpec(page_id, title, made, sensors_of(devices, sample))


def _chart(title: str, names: tuple[str, ...], sample: Sample) -> ChartSpec | None:
    present = [name for name in names if name in sample.values]
    if not present:
        return None
    first = sensor_of(present[0])
    shift = _COLOURS.get(first.device.partition(".")[0], 0)
    lines = tuple(
        LineSpec(name, _line_name(name), shift + number if number else shift)
        for number, name in enumerate(present)
    )
    device = sample.device(first.device)
    limit = device.limits.get(first.quantity) if device is not None else None
    return ChartSpec(
        title,
        first.unit,
        lines,
        _top(first.unit, limit),
        limit if first.unit != "share" else None,
        _limit_words(first.quantity),
    )


def _line_name(name: str) -> str:
    return "All threads" if name == "cpu.busy_share" else name_of(name)


def _limit_words(quantity: str) -> str:
    if quantity in ("temperature_c", "celsius_c", "hottest_c"):
        return "slows down from"
    if quantity == "power_w":
        return "limit"
    return "highest" if quantity.endswith("_hz") else "size"


def _top(unit: str, limit: float | None = None) -> float | None:
    """Return a fixed top of the axis where one is known."""
    if unit == "share":
        return 1.0
    if unit == "c":
        return 110.0 if limit is None else max(110.0, limit * 1.1)
    if limit is not None and unit in ("bytes", "w"):  # clocks of one card differ fourfold
        return limit * 1.05
    return None


def _flow_page(page_id: str, title: str, prefix: str, sample: Sample) -> PageSpec:
    """Return the page of all drives or all interfaces: the sums first, then each one."""
    total = "disks" if prefix == "disk." else "network_all"
    pair = (
        ("read_bytes_per_s", "write_bytes_per_s")
        if prefix == "disk."
        else ("receive_bytes_per_s", "send_bytes_per_s")
    )
    charts: list[tuple[str, tuple[str, ...]]] = [
        ("All together", tuple(f"{total}.{quantity}" for quantity in pair))
    ]
    single = tuple(_devices_with(prefix, sample))
    full: tuple[str, ...] = ()
    if prefix == "disk.":
        busy = tuple(f"{device}.busy_share" for device in single[:MOST_LINES])
        charts.append(("Busy", busy))
        full = tuple(_devices_with("filesystem.", sample))
        charts.append(("Filled", tuple(f"{device}.used_bytes" for device in full[:MOST_LINES])))
    if len(single) > 1:
        charts += [
            (device.removeprefix(prefix), tuple(f"{device}.{quantity}" for quantity in pair))
            for device in single
        ]
    made = _page(page_id, title, charts, (*single, *full, total), sample)
    return PageSpec(page_id, title, tuple(_named_by_device(c) for c in made.charts),
                    made.sensors)  # fmt: skip


def _named_by_device(chart: ChartSpec) -> ChartSpec:
    """Name lines after their devices where a chart compares several."""
    if chart.title not in ("Busy", "Filled"):
        return chart
    lines = tuple(
        LineSpec(line.sensor, device_of(line.sensor).partition(".")[2], line.colour)
        for line in chart.lines
    )
    if chart.title == "Busy":
        return ChartSpec("Busy", chart.unit, lines, 1.0)
    is_one = len(lines) == 1  # one size is a limit, several are not
    return replace(chart, lines=lines) if is_one else ChartSpec("Filled", chart.unit, lines)


def _temperature_page(sample: Sample) -> PageSpec:
    devices = tuple(_devices_with("temperature.", sample))
    lines = tuple(
        LineSpec(f"{device}.celsius_c", device.removeprefix("temperature."), 1 + number)
        for number, device in enumerate(devices[:MOST_LINES])
    )
    limits = [
        limit
        for device in sample.devices
        if device.id in devices and (limit := device.limits.get("celsius_c")) is not None
    ]
    limit = min(limits, default=None)
    charts: tuple[ChartSpec, ...] = (
        ChartSpec("Temperature", "c", lines, _top("c", limit), limit, "lowest limit"),
    )
    fans = tuple(name for name in sample.values if name.endswith("_rpm"))
    if fans:
        charts += (
            ChartSpec("Fans", "rpm", tuple(LineSpec(n, name_of(n), i) for i, n in
                                           enumerate(fans[:MOST_LINES]))),
        )  # fmt: skip
    return PageSpec("temperature", "Temperature", charts if lines or fans else (),
                    sensors_of(devices, sample) + fans)  # fmt: skip


def _devices_with(prefix: str, sample: Sample) -> Iterator[str]:
    seen = dict.fromkeys(device_of(name) for name in sample.values if name.startswith(prefix))
    yield from seen


def sensors_of(devices: Iterable[str], sample: Sample) -> tuple[str, ...]:
    """Return every sensor of some devices, in the order they are sampled."""
    wanted = set(devices)
    return tuple(name for name in sample.values if device_of(name) in wanted)


def all_by_device(values: Mapping[str, float], devices: Iterable[Device]) -> dict[str, list[str]]:
    """Return every sensor under its device's title, for choosing."""
    titles = titles_of(devices)
    out: dict[str, list[str]] = {}
    for name in values:
        device = device_of(name)
        title = titles.get(device) or SUMS.get(device) or device
        out.setdefault(title, []).append(name)
    for names in out.values():
        names.sort(key=lambda name: (len(name), quantity_of(name), name))
    return out
