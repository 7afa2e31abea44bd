"""Temperatures of /sys/class/thermal: what boards without a sensor chip have (ARM, Jetson)."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.probe.device_file import DeviceFile
from hwstudio.core.probe.source import Source

CLASS = "/sys/class/thermal"
_TRIPS = 12


@dataclass(frozen=True, slots=True)
class Zone:
    """One zone. ``passive_c`` is where the system slows down, ``critical_c`` where it stops."""

    name: str  # "cpu-thermal"
    file: DeviceFile
    passive_c: float | None
    critical_c: float | None

    def celsius(self) -> float | None:
        """Return the present temperature; a zone whose part is switched off has none."""
        return self.file.number(1e-3).value


def zones(source: Source) -> tuple[Zone, ...]:
    """Return every zone, in the kernel's order."""
    found = []
    for name in source.names(CLASS):
        kind = source.text(CLASS, name, "type") if name.startswith("thermal_zone") else None
        if kind:
            trips = _trips(source, f"{CLASS}/{name}")
            file = DeviceFile(source.path(CLASS, name, "temp"), f"thermal zone {kind}")
            found.append(Zone(kind, file, trips.get("passive"), trips.get("critical")))
    return tuple(found)


def _trips(source: Source, place: str) -> dict[str, float]:
    """Return the lowest stated temperature of each kind of trip point."""
    found: dict[str, float] = {}
    for number in range(_TRIPS):
        kind = source.text(place, f"trip_point_{number}_type")
        if kind is None:
            break
        milli = source.number(place, f"trip_point_{number}_temp")
        if milli is not None and milli > 0:
            found[kind] = min(found.get(kind, float("inf")), milli / 1000)
    return found
