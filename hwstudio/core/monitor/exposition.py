"""A sample as a metrics page: Prometheus text 0.0.4, or OpenMetrics 1.0 for who asks for it.

What a sensor has no number for is left out and named under ``hwstudio_sensor_missing``: a page
never says NaN or a made-up 0. Names and labels are made once; a page is then one formatting call.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite

from hwstudio.core.base.version import VERSION
from hwstudio.core.model.sample import Device, Missing, Sample
from hwstudio.core.model.sensor import device_of
from hwstudio.core.monitor.series_name import SeriesName, series_name_of

PLAIN = "text/plain; version=0.0.4; charset=utf-8"
OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
STALE_S = 60.0  # a sample older than this is no present value any more
_HELP = {
    "hwstudio_cpu_busy_ratio": "Share of the time all logical processors worked, 0 to 1.",
    "hwstudio_cpu_max_core_ratio": "Share of the busiest logical processor, 0 to 1.",
    "hwstudio_cpu_wait_ratio": "Share of the time idle because a drive had not answered, 0 to 1.",
    "hwstudio_cpu_load_1min": "Tasks running or waiting, mean of the last minute.",
    "hwstudio_memory_used_bytes": "Total less what the system calls available.",
    "hwstudio_disk_busy_ratio": "Share of the time with at least one request under way, 0 to 1.",
    "hwstudio_disks_busy_ratio": "The busiest drive, 0 to 1.",
    "hwstudio_gpu_busy_ratio": "Share of the time a kernel ran, 0 to 1; judge it with power.",
    "hwstudio_gpu_energy_joules_total": "Energy used since the driver was loaded.",
    "hwstudio_gpu_throttle_bitmask": "Why the clocks are held back, in NVML's clocks event bits.",
    "hwstudio_temperature_all_hottest_celsius": "The hottest processor sensor, or of all.",
    "hwstudio_sensor_value": "A sensor whose name fits no other metric.",
}
_SPELLED = {
    **{word: word.upper() for word in ("cpu", "gpu", "vram", "ecc", "sm")},
    "pcie": "PCIe",
    "nvlink": "NVLink",
}


def wants_open_metrics(accept: str) -> bool:
    """Say whether an Accept header asks for OpenMetrics text rather than the plain form."""
    for choice in accept.lower().split(","):
        kind, *wishes = (part.strip() for part in choice.split(";"))
        if kind == "application/openmetrics-text":
            return not any(wish.replace(" ", "") in {"q=0", "q=0.0"} for wish in wishes)
    return False


def label_text(text: str) -> str:
    """Return a label's value as it stands between its quotes."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


@dataclass(frozen=True, slots=True)
class _Layout:
    """Everything of a page but its numbers."""

    names: frozenset[str]
    devices: tuple[Device, ...]
    missing: Mapping[str, Missing]
    form: str  # takes time, age and every number of ``order``
    order: tuple[str, ...]

    def fits(self, sample: Sample) -> bool:
        return (
            sample.values.keys() == self.names
            and (sample.devices is self.devices or sample.devices == self.devices)
            and sample.missing == self.missing
        )


class Exposition:
    """Writes pages. It may be asked by several threads at once."""

    def __init__(self, stale_s: float = STALE_S) -> None:
        self._stale_s = stale_s
        self._layouts: dict[bool, _Layout] = {}
        self._lock = threading.Lock()

    def text(self, sample: Sample | None, now_s: float, *, is_open_metrics: bool = False) -> str:
        """Return the page.

        Args:
            sample: the newest sample; None = there is none yet.
            now_s: Unix time. A sample older than ``stale_s`` is not shown, only its age.
            is_open_metrics: OpenMetrics instead of text 0.0.4.
        """
        end = "# EOF\n" if is_open_metrics else ""
        if sample is None:
            return "\n".join(_build(is_open_metrics)) + "\n" + end
        age_s = max(0.0, now_s - sample.taken_s)
        if age_s > self._stale_s:
            sample = Sample(sample.taken_s, {}, sample.missing, sample.devices)
        elif not all(map(isfinite, sample.values.values())):
            sample = _finite(sample)
        with self._lock:
            layout = self._layouts.get(is_open_metrics)
            if layout is None or not layout.fits(sample):
                layout = self._layouts[is_open_metrics] = _layout_of(sample, is_open_metrics)
        numbers = map(float, map(sample.values.__getitem__, layout.order))
        return layout.form % (float(sample.taken_s), age_s, *numbers) + end


def _finite(sample: Sample) -> Sample:
    kept = {name: value for name, value in sample.values.items() if isfinite(value)}
    return Sample(sample.taken_s, kept, sample.missing, sample.devices)


def _layout_of(sample: Sample, is_open: bool) -> _Layout:
    """Return the page of a sample with %r where its numbers go."""
    lines = [*_build(is_open)]
    lines += _header("hwstudio_sample_timestamp_seconds", _TIME_HELP, is_open, "seconds")
    lines.append("hwstudio_sample_timestamp_seconds %r")
    lines += _header("hwstudio_sample_age_seconds", _AGE_HELP, is_open, "seconds")
    lines.append("hwstudio_sample_age_seconds %r")
    lines += _about(sample, is_open)
    titles = {device.id: device.title for device in sample.devices}
    families: dict[str, list[tuple[str, SeriesName]]] = {}
    for sensor_id in sample.values:
        name = series_name_of(sensor_id)
        families.setdefault(name.metric, []).append((sensor_id, name))
    order = []
    for metric, members in families.items():
        first = members[0][1]
        lines += _header(metric, _help(first), is_open, first.unit, is_counter=first.is_counter)
        for sensor_id, name in members:
            lines.append(f"{metric}{_labels(sensor_id, name, titles)} %r")
            order.append(sensor_id)
    form = "\n".join(lines) + "\n"
    return _Layout(
        frozenset(sample.values), sample.devices, dict(sample.missing), form, tuple(order)
    )


_TIME_HELP = "When the sample was taken, by this computer's clock."
_AGE_HELP = "How old the sample is, so that a reader needs no equal clock."


def _build(is_open: bool) -> Iterator[str]:
    about = "Which hwstudio this is."
    yield from _header("hwstudio_build_info", about, is_open, is_info=True)
    yield f'hwstudio_build_info{{version="{VERSION}"}} 1'


def _header(
    metric: str,
    about: str,
    is_open: bool,
    unit: str = "",
    *,
    is_counter: bool = False,
    is_info: bool = False,
) -> Iterator[str]:
    """Yield the lines before a metric. OpenMetrics leaves the ending away that says the kind."""
    kind = "counter" if is_counter else "gauge"
    if is_open and is_counter:
        metric = metric.removesuffix("_total")
    elif is_open and is_info:
        metric, kind = metric.removesuffix("_info"), "info"
    yield f"# HELP {metric} {about}"
    yield f"# TYPE {metric} {kind}"
    if unit and metric.removesuffix("_total").endswith(f"_{unit}"):
        yield f"# UNIT {metric} {unit}"


def _help(name: SeriesName) -> str:
    known = _HELP.get(name.metric)
    if known is not None:
        return known
    words = name.metric.removeprefix("hwstudio_").removesuffix("_total")
    what = " ".join(_SPELLED.get(w, w) for w in words.removesuffix(f"_{name.unit}").split("_"))
    unit = name.unit.replace("_", " ")
    scale = "share from 0 to 1" if unit == "ratio" else f"in {unit}" if unit else ""
    return f"{what[:1].upper()}{what[1:]}{', ' if scale else ''}{scale}."


def _labels(sensor_id: str, name: SeriesName, titles: Mapping[str, str]) -> str:
    labels = list(name.labels)
    if title := titles.get(device_of(sensor_id)):
        labels.append(("name", title))
    return _braces(labels)


def _braces(labels: list[tuple[str, str]]) -> str:
    """Return labels in braces, safe to be formatted with %."""
    inside = ",".join(f'{key}="{label_text(value)}"' for key, value in labels)
    return f"{{{inside}}}".replace("%", "%%")


def _about(sample: Sample, is_open: bool) -> Iterator[str]:
    """Yield the devices, their limits, and what is missing."""
    if sample.devices:
        about = "A device and its name for people."
        yield from _header("hwstudio_device_info", about, is_open, is_info=True)
    for each in sample.devices:
        labels = [("device", each.id), ("kind", each.kind), ("name", each.title)]
        yield f"hwstudio_device_info{_braces(labels)} 1"
    limits = [
        (device.id, quantity, float(limit))
        for device in sample.devices
        for quantity, limit in device.limits.items()
        if isfinite(limit)
    ]
    if limits:
        about = "A device's own limit of a quantity, in that quantity's unit."
        yield from _header("hwstudio_device_limit", about, is_open)
    for device, quantity, limit in limits:
        labels = [("device", device), ("quantity", quantity)]
        yield f"hwstudio_device_limit{_braces(labels)} {limit!r}"
    if sample.missing:
        about = "A sensor, device or family without a number, and why; always 1."
        yield from _header("hwstudio_sensor_missing", about, is_open)
    for sensor, missing in sample.missing.items():
        labels = [("sensor", sensor), ("status", missing.status.value)]
        yield f"hwstudio_sensor_missing{_braces(labels)} 1"
