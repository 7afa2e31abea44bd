"""What a sensor is called on a metrics page, and back: base units, one name per kind of device.

``gpu.0.power_w`` is ``hwstudio_gpu_power_watts{device="gpu.0"}``, a processor core's load is
``hwstudio_cpu_core_busy_ratio{device="cpu",core="3"}``. Whatever does not fit the rules is
``hwstudio_sensor_value{sensor="..."}``, so that no number is lost on the way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from hwstudio.core.model.sensor import device_of, quantity_of, sensor_of

PREFIX = "hwstudio_"
OTHER = "hwstudio_sensor_value"
# Names that say something about the page rather than about a sensor.
_OWN_HEADS = frozenset({"build", "sample", "sensor", "device"})
_NAME = re.compile(r"[a-z][a-z0-9_]*")
# Ending here -> ending there, unit there. The first match counts, so longer ones first.
_UNITS: tuple[tuple[str, str, str], ...] = (
    ("_bytes_per_s", "_bytes_per_second", "bytes_per_second"),
    ("_share", "_ratio", "ratio"),
    ("_bytes", "_bytes", "bytes"),
    ("_per_s", "_per_second", "per_second"),
    ("_rpm", "_rpm", "rpm"),
    ("_hz", "_hertz", "hertz"),
    ("_bits", "_bitmask", ""),
    ("_count", "_number", ""),
    ("_w", "_watts", "watts"),
    ("_c", "_celsius", "celsius"),
    ("_j", "_joules", "joules"),
    ("_v", "_volts", "volts"),
    ("_s", "_seconds", "seconds"),
)
# Endings that the format keeps for other kinds of metric than a plain number.
_RESERVED = ("_total", "_count", "_sum", "_bucket", "_created", "_info", "_gsum", "_gcount")
_TOTAL = "_total"
# A temperature sensor's own quantity would say its unit twice.
_PLAIN_TEMPERATURE = ("temperature", "celsius_c", "celsius")


@dataclass(frozen=True, slots=True)
class SeriesName:
    """A sensor on the page. ``labels`` are without the device's name for people."""

    metric: str
    labels: tuple[tuple[str, str], ...]
    unit: str  # base unit in the plural, or ""
    is_counter: bool = False


def series_name_of(sensor_id: str) -> SeriesName:
    """Return what a sensor is called on the page; ``sensor_id_of`` undoes it exactly."""
    name = _regular(sensor_id)
    if name is not None and sensor_id_of(name.metric, dict(name.labels)) == sensor_id:
        return name
    return SeriesName(OTHER, (("sensor", sensor_id),), "")


def _regular(sensor_id: str) -> SeriesName | None:
    device, quantity = device_of(sensor_id), quantity_of(sensor_id)
    head = device.partition(".")[0]
    middle = sensor_id[len(device) + 1 : -len(quantity) - 1]
    if not (_NAME.fullmatch(head) and _NAME.fullmatch(quantity)) or head in _OWN_HEADS:
        return None
    labels = [("device", device)]
    kind, _, which = middle.partition(".")
    if kind == "core" and which:
        labels.append(("core", which))
        head += "_core"
    elif middle:
        labels.append(("part", middle))
        head += "_part"
    ending, unit = _ending(head, quantity)
    is_counter = sensor_of(sensor_id).is_counter
    if not is_counter and ending.endswith(_RESERVED):
        return None
    return SeriesName(f"{PREFIX}{head}_{ending}", tuple(labels), unit, is_counter)


def _ending(head: str, quantity: str) -> tuple[str, str]:
    """Return the quantity's name on the page and its unit."""
    if (head, quantity) == _PLAIN_TEMPERATURE[:2]:
        return _PLAIN_TEMPERATURE[2], "celsius"
    is_counter = sensor_of(f"x.{quantity}").is_counter
    for ours, theirs, unit in _UNITS:
        if quantity.endswith(ours):
            stem = quantity.removesuffix(ours)
            if not is_counter:
                return stem + theirs, unit
            return stem + ("" if ours == "_count" else theirs) + _TOTAL, unit
    return quantity, ""


def sensor_id_of(metric: str, labels: Mapping[str, str]) -> str | None:
    """Return the sensor of a series of the page, or None where it is no sensor's."""
    if metric == OTHER:
        return labels.get("sensor") or None
    device = labels.get("device", "")
    head = device.partition(".")[0]
    if not head or head in _OWN_HEADS:
        return None
    middle = ""
    if core := labels.get("core"):
        head, middle = f"{head}_core", f".core.{core}"
    elif part := labels.get("part"):
        head, middle = f"{head}_part", f".{part}"
    start = f"{PREFIX}{head}_"
    if not metric.startswith(start) or len(metric) == len(start):
        return None
    return f"{device}{middle}.{_quantity(head, metric[len(start) :])}"


def _quantity(head: str, ending: str) -> str:
    if head == _PLAIN_TEMPERATURE[0] and ending == _PLAIN_TEMPERATURE[2]:
        return _PLAIN_TEMPERATURE[1]
    stem = ending.removesuffix(_TOTAL)
    if stem != ending and not stem.endswith("_joules"):
        return f"{stem}_count"
    for ours, theirs, _unit in _UNITS:
        if stem.endswith(theirs):
            return stem.removesuffix(theirs) + ours
    return ending
