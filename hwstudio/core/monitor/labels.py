"""Plain names for sensors, and their numbers in words: the one place where both are said."""

from __future__ import annotations

from collections.abc import Callable

from hwstudio.core.base.units import gib, percent, rate, significant, watts
from hwstudio.core.model.sensor import Sensor, sensor_of

_NAMES = {
    "busy_share": "In use",
    "max_core_share": "Busiest thread",
    "wait_share": "Waiting for a drive",
    "stall_share": "Programs waiting",
    "frequency_hz": "Clock",
    "load_1min": "Load (1 min)",
    "used_bytes": "In use",
    "available_bytes": "Available",
    "total_bytes": "Size",
    "swap_used_bytes": "Swap in use",
    "swap_total_bytes": "Swap size",
    "read_bytes_per_s": "Read",
    "write_bytes_per_s": "Written",
    "receive_bytes_per_s": "In",
    "send_bytes_per_s": "Out",
    "link_bytes_per_s": "Link speed",
    "celsius_c": "Temperature",
    "hottest_c": "Hottest sensor",
    "charge_share": "Charge",
    "speed_rpm": "Speed",
    "voltage_v": "Voltage",
    "current_a": "Current",
    "memory_busy_share": "Memory traffic",
    "vram_used_bytes": "Memory in use",
    "vram_total_bytes": "Memory size",
    "temperature_c": "Temperature",
    "memory_temperature_c": "Memory temperature",
    "power_w": "Power",
    "power_limit_w": "Power limit",
    "sm_clock_hz": "Clock",
    "max_sm_clock_hz": "Highest clock",
    "memory_clock_hz": "Memory clock",
    "fan_share": "Fan",
    "energy_j": "Energy counter",
    "throttle_bits": "Held back by",
    "encoder_share": "Video encoder",
    "decoder_share": "Video decoder",
    "pcie_generation": "PCIe generation",
    "pcie_width": "PCIe lanes",
    "pcie_max_generation": "PCIe generation possible",
    "pcie_max_width": "PCIe lanes possible",
    "pcie_receive_bytes_per_s": "PCIe in",
    "pcie_send_bytes_per_s": "PCIe out",
    "nvlink_active_count": "NVLink links active",
    "nvlink_receive_bytes_per_s": "NVLink in",
    "nvlink_send_bytes_per_s": "NVLink out",
    "ecc_corrected_errors_count": "Memory errors mended",
    "ecc_uncorrected_errors_count": "Memory errors not mended",
}
THROTTLE_WORDS = (
    (0x4, "power limit"),
    (0x8, "hardware slowdown"),
    (0x10, "linked with a slower GPU"),
    (0x20, "temperature (driver)"),
    (0x40, "temperature (hardware)"),
    (0x80, "power brake from outside"),
)


def name_of(sensor_id: str) -> str:
    """Return a sensor's plain name within its device: "Power", "Thread 3: in use"."""
    sensor = sensor_of(sensor_id)
    name = _NAMES.get(sensor.quantity) or sensor.quantity.replace("_", " ").capitalize()
    inner = sensor_id[len(sensor.device) + 1 :].rpartition(".")[0]
    if inner.startswith("core."):
        return f"Thread {inner.removeprefix('core.')}: {name.lower()}"
    return f"{inner}: {name.lower()}" if inner else name


def value_text(sensor: Sensor, value: float) -> str:
    """Return a number with its unit as people read it: "63 %", "12.4 GiB", "2,520 MHz"."""
    unit = sensor.unit
    if unit == "bits":
        return throttle_text(int(value))
    if unit in _TEXTS:
        return _TEXTS[unit](value)
    return f"{value:,.0f}" if value == int(value) else significant(value)


def throttle_text(bits: int) -> str:
    """Return the reasons why a GPU runs slower than it could; NVML's bits."""
    return ", ".join(words for bit, words in THROTTLE_WORDS if bits & bit) or "nothing"


def _clock(value_hz: float) -> str:
    return f"{value_hz / 1e6:,.0f} MHz"


def _energy(value_j: float) -> str:
    kwh = value_j / 3.6e6
    return f"{significant(kwh)} kWh" if abs(kwh) >= 1 else f"{significant(kwh * 1e3)} Wh"


_TEXTS: dict[str, Callable[[float], str]] = {
    "share": lambda value: percent(value, 0 if value >= 0.1 or value == 0 else 1),
    "bytes": gib,
    "bytes_per_s": rate,
    "c": lambda value: f"{value:.0f} °C",
    "w": watts,
    "hz": _clock,
    "j": _energy,
    "rpm": lambda value: f"{value:,.0f} rpm",
    "v": lambda value: f"{value:.3f} V",
    "a": lambda value: f"{value:.2f} A",
    "s": lambda value: f"{value:,.0f} s",
    "per_s": lambda value: f"{significant(value)} per s",
}
