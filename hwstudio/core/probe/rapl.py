"""Power of processor, memory and platform from the kernel's energy counters (powercap, Linux).

Intel and AMD processors count energy; since 2020 kernels let only an administrator read the
counter, because its fine steps could betray secrets of other programs (PLATYPUS).
"""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.device_file import DeviceFile
from hwstudio.core.probe.source import Source

CLASS = "/sys/class/powercap"
_CLOSED = (
    "the kernel shows the energy counter only to an administrator, "
    "because it could betray other programs' secrets"
)
_NONE = "no energy counter found: virtual machines and most ARM boards have none"
_WORDS = {
    "core": "Processor cores",
    "uncore": "Processor graphics",
    "dram": "Memory",
    "psys": "Platform",
}


@dataclass(frozen=True, slots=True)
class PowerZone:
    """One counted part. ``power_w`` is the mean since the last read, ``energy_j`` the counter."""

    name: str  # "package-0", "package-0 dram", "psys"
    title: str  # for people: "Processor", "Memory"
    power_w: float
    energy_j: float


@dataclass(slots=True)
class _Zone:
    """A counted part, and its counter at the last read."""

    name: str
    title: str
    file: DeviceFile
    range_j: float  # where the counter begins anew
    before: tuple[float, float] | None = None
    total_j: float = 0.0


class RaplProbe:
    """Every zone of the processor's own counters, once a second."""

    name = "cpu_power"
    how = "energy counters of the processor (powercap)"
    cost_ms = 0.1
    cadence_s = 1.0
    is_slow = False

    def __init__(self, source: Source | None = None) -> None:
        self._source = source or Source()
        self._zones: list[_Zone] | None = None

    def read(self, now_s: float) -> Reading[tuple[PowerZone, ...]]:
        """Return the power of each zone; the first read only learns the counters."""
        if self._zones is None:
            self._zones = self._list()
        if not self._zones:
            return absent(Status.UNSUPPORTED, self.how, _NONE)
        found, status = [], Status.STALE
        for zone in self._zones:
            energy = zone.file.number(1e-6)
            if energy.value is None:
                status = energy.status
                zone.file.close()  # opened anew next time: the driver may have been reloaded
                continue
            power = _grown(zone, energy.value, now_s)
            if power is not None:
                found.append(PowerZone(zone.name, zone.title, power, zone.total_j))
        if found:
            return ok(tuple(found), self.how)
        if status is Status.STALE:
            return absent(status, self.how, "power needs two reads")
        why = _CLOSED if status is Status.DENIED else "the counter does not answer"
        return absent(status, self.how, why)

    def close(self) -> None:
        """Close every file."""
        for zone in self._zones or ():
            zone.file.close()
        self._zones = None

    def _list(self) -> list[_Zone]:
        """Return each zone once: the second way to the same package (mmio) is left out."""
        found: dict[str, _Zone] = {}
        # intel-rapl (AMD too) sorts before intel-rapl-mmio
        for place in sorted(self._source.names(CLASS), key=lambda name: ("mmio" in name, name)):
            own = self._source.text(CLASS, place, "name") if ":" in place else None
            if not own:
                continue
            parent = place.rpartition(":")[0]
            above = self._source.text(CLASS, parent, "name") if place.count(":") > 1 else None
            name = f"{above} {own}" if above else own
            top = self._source.number(CLASS, place, "max_energy_range_uj") or 0
            file = DeviceFile(self._source.path(CLASS, place, "energy_uj"), f"powercap {name}")
            title = "Processor" if own.startswith("package") else _WORDS.get(own, own)
            found.setdefault(name, _Zone(name, title, file, top * 1e-6))
        return list(found.values())


def _grown(zone: _Zone, energy_j: float, now_s: float) -> float | None:
    """Return the mean power since the last read, across at most one new beginning."""
    before, zone.before = zone.before, (energy_j, now_s)
    if before is None:
        zone.total_j = energy_j
        return None
    grown_j = energy_j - before[0]
    if grown_j < 0:
        grown_j += zone.range_j
    if grown_j < 0 or now_s <= before[1]:
        return None
    zone.total_j += grown_j
    return grown_j / (now_s - before[1])
