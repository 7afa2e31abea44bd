"""What temperatures and links did while something was measured: from results and the recorder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from hwstudio.core.bench.profile_run import CHECK
from hwstudio.core.bench.suites import bench
from hwstudio.core.model.result import Result
from hwstudio.core.project.after.ground import Load, Peak

MOST_RUNS = 40  # the newest ones: what a cooler did a year ago says little
_HEAT = (".celsius_c", ".temperature_c", ".memory_temperature_c")
_LINKS = (".pcie_generation", ".pcie_width")
_ALL = "temperature_all"  # the hottest of the others
_THERMAL = "temperature"  # in the driver's words
_TITLES = {"memory_temperature_c": " memory"}


class Samples(Protocol):
    """The raw samples of one sensor."""

    @property
    def values(self) -> Sequence[float]:
        """Return them in order."""
        ...


class Recorded(Protocol):
    """What is asked of the recorder's history (core.history.readings.query has it)."""

    def series(self) -> tuple[str, ...]:
        """Return the ids of every sensor."""

    def devices(self) -> Sequence[Any]:
        """Return every device with its limits and facts."""

    def raws(self, names: Sequence[str], from_s: float, to_s: float) -> Mapping[str, Samples]:
        """Return the samples of several sensors in a span of Unix time."""


@dataclass(frozen=True, slots=True)
class Window:
    """When one measurement ran, in Unix seconds."""

    title: str
    from_s: float
    to_s: float
    check: str  # the whole check it belongs to, "" where it ran by itself


@dataclass(slots=True)
class _Seen:
    """What a load showed so far, by sensor."""

    peaks: dict[str, Peak] = field(default_factory=dict)
    links: dict[str, tuple[int, int]] = field(default_factory=dict)
    slowed: dict[str, None] = field(default_factory=dict)

    def heat(self, sensor: str, value: float, limit: float | None, during: str) -> None:
        known = self.peaks.get(sensor)
        if known is None or value > known.peak_c:
            limit = limit if limit is not None else known.limit_c if known else None
            self.peaks[sensor] = Peak(sensor, value, limit, during)

    def link(self, uuid: str, generation: float, width: float) -> None:
        best = self.links.get(uuid, (0, 0))
        self.links[uuid] = (max(best[0], int(generation)), max(best[1], int(width)))


def load_of(results: Sequence[Result], recorded: Recorded | None) -> Load:
    """Return peaks and links during the newest measurements of this computer, newest first.

    Raises:
        HostError: the recorder's history cannot be read.
    """
    runs = [(each, w) for each in results[:MOST_RUNS] if (w := window_of(each)) is not None]
    seen = _Seen()
    for result, window in runs:
        _from_conditions(result, window, seen)
    if recorded is not None and runs:
        _from_recorder(recorded, [window for _, window in runs], seen)
    return Load(
        len(runs),
        _longest_s(window for _, window in runs),
        tuple(sorted(seen.peaks.values(), key=_nearest, reverse=True)),
        seen.links,
        tuple(seen.slowed),
    )


def _nearest(peak: Peak) -> float:
    return peak.peak_c - (peak.limit_c if peak.limit_c is not None else 1e3)


def window_of(result: Result) -> Window | None:
    """Return when a run went on, from the times in its conditions; None where they are missing."""
    ends = [result.conditions.get(name) for name in ("before", "after")]
    try:
        start, end = (datetime.fromisoformat(str(each["at"])).timestamp() for each in ends)  # type: ignore[index]
    except (TypeError, KeyError, ValueError):
        return None
    tag = result.conditions.get(CHECK)
    ident = str(tag.get("id", "")) if isinstance(tag, dict) else ""
    return Window(bench(result.bench).title, start, end, ident) if end > start else None


def _longest_s(windows: Iterable[Window]) -> float:
    """Return the longest load; the tests of one check follow each other without a rest."""
    alone: list[float] = [0.0]
    checks: dict[str, list[Window]] = {}
    for each in windows:
        if each.check:
            checks.setdefault(each.check, []).append(each)
        else:
            alone.append(each.to_s - each.from_s)
    spans = [max(w.to_s for w in ws) - min(w.from_s for w in ws) for ws in checks.values()]
    return max([*alone, *spans])


def _from_conditions(result: Result, window: Window, seen: _Seen) -> None:
    """Take what the watch over the GPU under test saw, once a second."""
    rows = result.conditions.get("gpu")
    about = result.conditions.get("device")
    uuid = str(about.get("uuid", "")) if isinstance(about, dict) else ""
    for row in rows if isinstance(rows, list) else ():
        if not isinstance(row, dict):
            continue
        heat, limit = _number(row, "temperature_c"), _number(row, "slowdown_c")
        if heat is not None:
            seen.heat(result.device, heat, limit, window.title)
        generation, width = _number(row, "pcie_generation"), _number(row, "pcie_width")
        if uuid and generation and width:
            seen.link(uuid, generation, width)
        if any(_THERMAL in str(reason) for reason in row.get("throttle", ())):
            seen.slowed[window.title] = None


def _number(row: Mapping[str, Any], name: str) -> float | None:
    value = row.get(name)
    return float(value) if isinstance(value, (int, float)) else None


def _from_recorder(recorded: Recorded, windows: Sequence[Window], seen: _Seen) -> None:
    names = [name for name in recorded.series() if name.endswith(_HEAT + _LINKS)]
    names = [name for name in names if not name.startswith(_ALL)]
    if not names:
        return
    devices = {each.device.id: each.device for each in recorded.devices()}
    for window in windows:
        found = recorded.raws(names, window.from_s, window.to_s)
        tops = {name: max(raw.values) for name, raw in found.items() if len(raw.values)}
        for name, top in tops.items():
            place, _, quantity = name.rpartition(".")
            device = devices.get(place)
            if name.endswith(_HEAT):
                limit = device.limits.get(quantity) if device is not None else None
                title = (device.title if device is not None else place) + _TITLES.get(quantity, "")
                seen.heat(title, top, limit, window.title)
        _links(tops, devices, seen)


def _links(tops: Mapping[str, float], devices: Mapping[str, Any], seen: _Seen) -> None:
    for place, device in devices.items():
        values = [tops.get(place + tail) for tail in _LINKS]
        uuid = dict(device.facts).get("Serial (UUID)", "")
        if uuid and values[0] and values[1]:
            seen.link(uuid, values[0], values[1])


def best_link(load: Load, uuid: str) -> tuple[int, int] | None:
    """Return PCIe generation and lanes seen under load of one GPU; torch leaves "GPU-" out."""
    return next((link for known, link in load.links.items() if uuid.endswith(known)), None)
