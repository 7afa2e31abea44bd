"""One hwmon folder: which channels it has, what they are called, what limits it states."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hwstudio.core.probe.device_file import scaled
from hwstudio.core.probe.source import Source

_INPUT = re.compile(r"^(temp|fan|in|power|curr)(\d+)_(input|average)$")
# What a kind of channel is divided by to give its SI unit (kernel documentation, sysfs-interface).
SCALES = {"temp": 1e-3, "fan": 1.0, "in": 1e-3, "power": 1e-6, "curr": 1e-3}


@dataclass(frozen=True, slots=True)
class Channel:
    """One measured value of a chip. ``file`` is what to read, ``label`` what it is called."""

    kind: str  # temp fan in power curr
    number: int
    file: str
    label: str


def channels(source: Source, place: str) -> tuple[Channel, ...]:
    """Return a chip's channels in the driver's order; an average stands in for an input."""
    found: dict[tuple[str, int], Channel] = {}
    for name in source.names(place):
        match = _INPUT.match(name)
        if match is None:
            continue
        kind, number = match[1], int(match[2])
        if (kind, number) in found and match[3] == "average":
            continue  # the present value is there
        label = source.text(place, f"{kind}{number}_label") or ""
        found[kind, number] = Channel(kind, number, name, label)
    return tuple(found[key] for key in sorted(found))


def limit(source: Source, place: str, channel: Channel, ending: str) -> float | None:
    """Return a limit the driver states ("crit", "max", "min"), in the channel's SI unit."""
    stated = source.number(place, f"{channel.kind}{channel.number}_{ending}")
    return None if stated is None else scaled(stated, SCALES[channel.kind])


def chip_of(source: Source, device: str) -> str | None:
    """Return the first hwmon folder of a device, or None."""
    for name in source.names(device, "hwmon"):
        return f"{device}/hwmon/{name}"
    return None
