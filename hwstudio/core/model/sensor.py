"""What a sensor's name says: its device, its quantity, its unit and how finely it is kept.

A sensor's id is its device, a dot, and its quantity: ``gpu.0.power_w``, ``cpu.busy_share``,
``cpu.core.3.busy_share``, ``disk.nvme0n1.read_bytes_per_s``, ``network.eth0.100.send_bytes_per_s``.
The quantity is what stands after the last dot and ends with its SI unit, so that no table of
sensors has to be kept beside the numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

# Devices of which there is one; what stands between it and the quantity is a part of it.
_SINGLE = frozenset({"cpu", "memory", "disks", "network_all", "battery", "temperature_all"})

# Ending -> unit and the smallest step worth keeping. The first match counts, so longer ones first.
_UNITS: tuple[tuple[str, str, float], ...] = (
    ("_bytes_per_s", "bytes_per_s", 1024.0),
    ("_share", "share", 0.001),
    ("_bytes", "bytes", float(2**20)),
    ("_per_s", "per_s", 0.1),
    ("_rpm", "rpm", 10.0),
    ("_hz", "hz", 1e6),
    ("_bits", "bits", 1.0),
    ("_count", "count", 1.0),
    ("_w", "w", 0.1),
    ("_c", "c", 0.5),
    ("_j", "j", 1.0),
    ("_v", "v", 0.001),
    ("_a", "a", 0.01),
    ("_s", "s", 1.0),
)
_OTHER_STEP = 0.01
# Numbers that only ever grow: a mean over them says nothing, their difference does.
_COUNTERS = ("_j", "errors_count", "retired_count")


@dataclass(frozen=True, slots=True)
class Sensor:
    """One number that is sampled over time. ``step`` is in the sensor's own unit."""

    id: str
    device: str
    quantity: str
    unit: str  # share bytes bytes_per_s per_s rpm hz bits count w c j v s, or "" for a bare number
    step: float
    is_counter: bool


def device_of(sensor_id: str) -> str:
    """Return the device of a sensor: "gpu.0" of "gpu.0.power_w"."""
    head = sensor_id.partition(".")[0]
    return head if head in _SINGLE else sensor_id.rpartition(".")[0] or head


def quantity_of(sensor_id: str) -> str:
    """Return what is measured: "power_w" of "gpu.0.power_w"."""
    return sensor_id.rpartition(".")[2]


def sensor_of(sensor_id: str) -> Sensor:
    """Return what a sensor's id says."""
    quantity = quantity_of(sensor_id)
    for ending, unit, step in _UNITS:
        if quantity.endswith(ending):
            return Sensor(
                sensor_id, device_of(sensor_id), quantity, unit, step, _is_counter(quantity)
            )
    return Sensor(sensor_id, device_of(sensor_id), quantity, "", _OTHER_STEP, is_counter=False)


def _is_counter(quantity: str) -> bool:
    return quantity.endswith(_COUNTERS)
