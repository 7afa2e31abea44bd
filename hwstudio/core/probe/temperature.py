"""Temperatures of processor, board and drives, where the system shows them without a driver."""

from __future__ import annotations

import sys
from typing import Any

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.live import Temperature
from hwstudio.core.probe.probe import Probe
from hwstudio.core.probe.source import Source

_PROCESSOR = (
    "coretemp",
    "k10temp",
    "zenpower",
    "cpu_thermal",
    "cpu-thermal",
    "soc_thermal",
    "x86_pkg_temp",
)
_NO_SENSOR = "no sensor found: virtual machines and some boards have none"


def temperature_probe() -> Probe:
    """Return the reader that fits this system."""
    return LinuxTemperatureProbe() if sys.platform.startswith("linux") else TemperatureProbe()


class LinuxTemperatureProbe:
    """Sensor chips and thermal zones straight from sysfs; each sensor has its own cadence.

    The files stay open: a read is one pread a sensor, against eight files opened by psutil.
    """

    name = "temperatures"
    how = "kernel sensors (hwmon, thermal zones)"
    cost_ms = 2.0
    cadence_s = 2.0
    is_slow = True

    def __init__(self, source: Source | None = None) -> None:
        from hwstudio.core.probe.hwmon import Hwmon
        from hwstudio.core.probe.thermal_zone import Zone

        self._source = source or Source()
        self._hwmon = Hwmon(self._source, ("temp",))
        self._zones: tuple[Zone, ...] | None = None

    @property
    def demoted(self) -> dict[str, float]:
        """Return the sensors that are read less often, and every how many seconds."""
        return self._hwmon.demoted

    def read(self, now_s: float) -> Reading[tuple[Temperature, ...]]:
        """Return every sensor, the processor's first."""
        found = [
            Temperature(s.name, s.value, _limit(s.high), _limit(s.critical))
            for s in self._hwmon.read(now_s)
            if _is_possible(s.value)
        ]
        found += self._of_zones({sensor.name.partition(" ")[0] for sensor in found})
        if not found:
            return absent(Status.UNSUPPORTED, self.how, _NO_SENSOR)
        return ok(tuple(sorted(found, key=_order)), self.how)

    def close(self) -> None:
        """Close every file."""
        self._hwmon.close()
        for zone in self._zones or ():
            zone.file.close()
        self._zones = None

    def _of_zones(self, chips: set[str]) -> list[Temperature]:
        """Return the thermal zones that no sensor chip shows already under the same name."""
        if self._zones is None:
            from hwstudio.core.probe.thermal_zone import zones

            self._zones = zones(self._source)
        shown = []
        for zone in self._zones:
            if zone.name.replace("-", "_") in chips:
                continue
            celsius = zone.celsius()
            if celsius is not None and _is_possible(celsius):
                limits = _limit(zone.passive_c), _limit(zone.critical_c)
                shown.append(Temperature(zone.name, celsius, *limits))
        return shown


class TemperatureProbe:
    """What psutil shows, for systems other than Linux. It has a thread of its own."""

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
            return absent(Status.UNSUPPORTED, self.how, _NO_SENSOR)
        return ok(tuple(sorted(good, key=_order)), self.how)

    def close(self) -> None:
        """Hold nothing."""


def _system() -> str:
    return {"win32": "Windows", "darwin": "macOS"}.get(sys.platform, sys.platform)


def _sensor(chip: str, row: Any) -> Temperature | None:
    """Return one sensor; readings no chip can have are dropped as broken."""
    if row.current is None or not _is_possible(row.current):
        return None
    name = f"{chip} {row.label}".strip()
    return Temperature(name, float(row.current), _limit(row.high), _limit(row.critical))


def _is_possible(celsius: float) -> bool:
    """Say whether a chip can have this temperature; 0.0 is what unconnected inputs show."""
    return -30.0 < celsius < 150.0 and celsius != 0


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
