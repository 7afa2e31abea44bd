"""Temperatures of processor, board and drives, where the system shows them without a driver."""

from __future__ import annotations

import sys
from typing import Any

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.live import Temperature

_PROCESSOR = ("coretemp", "k10temp", "zenpower", "cpu_thermal", "soc_thermal", "x86_pkg_temp")


class TemperatureProbe:
    """All sensors the kernel offers. Some take 150 ms a read, so it has its own thread."""

    name = "temperatures"
    how = "kernel sensors (hwmon, thermal zones)"
    cost_ms = 20.0
    cadence_s = 2.0
    is_slow = True

    def read(self, _now_s: float) -> Reading[tuple[Temperature, ...]]:
        """Return every sensor, the processor's first."""
        import psutil

        if not hasattr(psutil, "sensors_temperatures"):
            why = f"{_system()} shows temperatures only to a vendor's driver"
            return absent(Status.UNSUPPORTED, self.how, why)
        found = psutil.sensors_temperatures()
        sensors = [_sensor(chip, row) for chip, rows in found.items() for row in rows]
        good = [sensor for sensor in sensors if sensor is not None]
        if not good:
            why = "no sensor found: virtual machines and some boards have none"
            return absent(Status.UNSUPPORTED, self.how, why)
        return ok(tuple(sorted(good, key=_order)), self.how)

    def close(self) -> None:
        """Hold nothing."""


def _system() -> str:
    return {"win32": "Windows", "darwin": "macOS"}.get(sys.platform, sys.platform)


def _sensor(chip: str, row: Any) -> Temperature | None:
    """Return one sensor; readings no chip can have are dropped as broken."""
    if row.current is None or not -30.0 < row.current < 150.0 or row.current == 0:
        return None
    name = f"{chip} {row.label}".strip()
    return Temperature(name, float(row.current), _limit(row.high), _limit(row.critical))


def _limit(value: float | None) -> Reading[float]:
    if value is None or not 30.0 < value < 150.0:
        return absent(Status.UNSUPPORTED, "kernel sensors", "the driver states no limit")
    return ok(float(value), "kernel sensors")


def _order(sensor: Temperature) -> tuple[bool, str]:
    return not sensor.name.startswith(_PROCESSOR), sensor.name


def hottest(sensors: tuple[Temperature, ...]) -> Temperature:
    """Return the hottest processor sensor, or of all when no processor sensor is known."""
    own = [sensor for sensor in sensors if sensor.name.startswith(_PROCESSOR)]
    return max(own or sensors, key=lambda sensor: sensor.celsius)
