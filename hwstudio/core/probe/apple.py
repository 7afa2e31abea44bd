"""Apple silicon: GPU load, memory and temperature, and the power of its parts.

The numbers come from two interfaces that macOS offers to every user without administrator's
rights, but does not document: IOReport (residencies and energy counters) and the statistics of
the graphics driver in the I/O registry. What was built here is tested with samples written down
by hand after published descriptions; it never ran on a Mac.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.gpu_fields import GpuIdentity, gpu_use
from hwstudio.core.probe.live import GpuSet

HOW = "IOReport"
_REGISTRY = "graphics driver's statistics"
_STATES = ("GPU Stats", "GPU Performance States", "GPUPH")
_ENERGY = "Energy Model"
_IDLE_STATES = frozenset({"OFF", "IDLE", "DOWN"})
_JOULES = {"mJ": 1e-3, "uJ": 1e-6, "nJ": 1e-9}
# Channel of the energy counters, by part: the names differ between chips.
_PARTS: dict[str, tuple[str, ...]] = {
    "gpu": ("GPU Energy",),
    "cpu": ("CPU Energy",),
    "ane": ("ANE", "ANE0"),
    "dram": ("DRAM", "DRAM0"),
}
_TEMPERATURE_OF_GPU = "GPU"


@dataclass(frozen=True, slots=True)
class ReportChannel:
    """One channel of a sample. ``value`` is a counter, ``states`` are residencies since boot."""

    group: str
    subgroup: str
    name: str
    unit: str = ""
    value: int = 0
    states: tuple[tuple[str, int], ...] = ()


class AppleReader(Protocol):
    """What the numbers are made of; the real one is in apple_ioreport."""

    def channels(self) -> tuple[ReportChannel, ...]:
        """Return the present counters of "Energy Model" and "GPU Stats"."""
        ...

    def statistics(self) -> Mapping[str, int]:
        """Return the graphics driver's own statistics."""
        ...

    def temperatures(self) -> Mapping[str, float]:
        """Return the temperature sensors by name, in degrees Celsius."""
        ...

    def chip(self) -> str:
        """Return the chip's name ("Apple M3 Max")."""
        ...

    def memory_bytes(self) -> int:
        """Return the main memory, which the GPU shares."""
        ...

    def close(self) -> None:
        """Give everything back."""
        ...


def busy_share(before: Iterable[ReportChannel], now: Iterable[ReportChannel]) -> float | None:
    """Return the part of the time the GPU was in none of its idle states."""
    old, new = _states(before), _states(now)
    grown = {name: new[name] - old[name] for name in new.keys() & old.keys()}
    total = sum(grown.values())
    if total <= 0 or min(grown.values()) < 0:
        return None
    return 1.0 - sum(time for name, time in grown.items() if name in _IDLE_STATES) / total


def _states(channels: Iterable[ReportChannel]) -> dict[str, int]:
    for channel in channels:
        if (channel.group, channel.subgroup, channel.name) == _STATES:
            return dict(channel.states)
    return {}


def energies_j(channels: Iterable[ReportChannel]) -> dict[str, float]:
    """Return the energy counters of the parts that this chip counts."""
    found: dict[str, float] = {}
    counters = {c.name: c for c in channels if c.group == _ENERGY and c.unit in _JOULES}
    for part, names in _PARTS.items():
        channel = next((counters[name] for name in names if name in counters), None)
        if channel is not None:
            found[part] = channel.value * _JOULES[channel.unit]
    return found


class AppleProbe:
    """The one GPU of the chip. ``power_w`` is the last mean power by part (gpu, cpu, ane, dram)."""

    name = "gpus"
    how = HOW
    cost_ms = 2.0
    cadence_s = 1.0
    is_slow = True

    def __init__(self, reader: AppleReader | None = None) -> None:
        self.power_w: Mapping[str, float] = {}
        self._reader = reader
        self._before: tuple[tuple[ReportChannel, ...], float] | None = None

    def read(self, now_s: float) -> Reading[GpuSet]:
        """Return the GPU; load and power need two reads.

        Raises:
            OSError: this macOS does not have the interface.
        """
        if self._reader is None:
            from hwstudio.core.probe.apple_ioreport import IoReport

            self._reader = IoReport()
        channels = self._reader.channels()
        before, self._before = self._before, (channels, now_s)
        if before is None or now_s <= before[1]:
            return absent(Status.STALE, HOW, "a share needs two reads")
        self.power_w = _power(before, (channels, now_s))
        return ok(GpuSet((self._gpu(before[0], channels, self._reader),), ()), HOW)

    def close(self) -> None:
        """Give the interfaces back."""
        if self._reader is not None:
            self._reader.close()
        self._reader = self._before = None

    def _gpu(
        self, before: tuple[ReportChannel, ...], now: tuple[ReportChannel, ...], reader: AppleReader
    ) -> Any:
        identity = GpuIdentity("apple-gpu", f"{reader.chip()} GPU", "Apple")
        statistics = reader.statistics()
        energy = energies_j(now).get("gpu")
        known: dict[str, Reading[Any]] = {
            "busy_share": _busy(before, now, statistics),
            "vram_total_bytes": ok(reader.memory_bytes(), "main memory, shared"),
            "vram_used_bytes": _or_not(statistics.get("In use system memory"), _REGISTRY),
            "temperature_c": _temperature(reader.temperatures()),
            "power_w": _or_not(self.power_w.get("gpu"), HOW),
            "energy_j": _or_not(energy, HOW),
        }
        rest = absent(Status.UNSUPPORTED, HOW, "macOS does not show it to ordinary programs")
        return gpu_use(identity, rest, known)


def _power(
    before: tuple[tuple[ReportChannel, ...], float], now: tuple[tuple[ReportChannel, ...], float]
) -> dict[str, float]:
    """Return the mean power of each part; the GPU's may be 0, since it is switched off idle.

    Some versions of macOS move the other counters only every few minutes: one that stood still
    says nothing.
    """
    old, new = energies_j(before[0]), energies_j(now[0])
    passed_s = now[1] - before[1]
    grown = {part: new[part] - old[part] for part in new.keys() & old.keys()}
    return {
        part: energy_j / passed_s
        for part, energy_j in grown.items()
        if energy_j > 0 or (energy_j == 0 and part == "gpu")
    }


def _busy(
    before: tuple[ReportChannel, ...],
    now: tuple[ReportChannel, ...],
    statistics: Mapping[str, int],
) -> Reading[float]:
    share = busy_share(before, now)
    if share is not None:
        return ok(share, HOW)
    percent = statistics.get("Device Utilization %")
    return _or_not(None if percent is None else percent / 100, _REGISTRY)


def _temperature(sensors: Mapping[str, float]) -> Reading[float]:
    """Return the hottest sensor that names the GPU (only the first chips name theirs)."""
    own = [value for name, value in sensors.items() if name.startswith(_TEMPERATURE_OF_GPU)]
    return _or_not(max(own, default=None), "temperature sensors of the chip")


def _or_not(value: Any, how: str) -> Reading[Any]:
    if value is None:
        return absent(Status.UNSUPPORTED, how, "this chip or macOS does not show it")
    return ok(value, how)
