"""All numbers of one moment, flat, with why the missing ones are missing.

This is what travels: from the sampler to the ring, the recorder, the history, the window, the
alert rules, the verdict and the exporters, of this computer or of another.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hwstudio.core.model.reading import Status


@dataclass(frozen=True, slots=True)
class Device:
    """Something that has sensors, and what hardly ever changes about it.

    ``limits`` are the device's own (driver, firmware, size), by quantity: ``{"temperature_c": 87}``
    is where it slows down, ``{"vram_used_bytes": 25769803776}`` is how much there is.
    """

    id: str  # cpu | memory | disk.sda | network.eth0 | gpu.0 | temperature.NAME | battery
    title: str  # "NVIDIA GeForce RTX 4090"
    # cpu | memory | disk | filesystem | network | gpu | temperature | battery | board | power
    kind: str
    limits: Mapping[str, float] = field(default_factory=dict)
    facts: tuple[tuple[str, str], ...] = ()  # ("Driver", "580.95.05"): words for people


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a device, a whole family or one sensor has no number."""

    status: Status
    why: str
    how: str = ""  # where it was looked for


@dataclass(frozen=True, slots=True)
class GpuHolder:
    """A process with memory on a GPU; None = the driver does not say how much."""

    pid: int
    gpu: str  # device id
    vram_bytes: int | None
    busy_share: float | None = None  # of the busiest engine it uses


@dataclass(frozen=True, slots=True)
class Sample:
    """One moment. A sensor that is not in ``values`` had no number: never a made-up 0."""

    taken_s: float  # Unix time
    values: Mapping[str, float]
    missing: Mapping[str, Missing] = field(default_factory=dict)  # by family, device or sensor
    devices: tuple[Device, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)  # by sensor: throttle reasons and such
    holders: tuple[GpuHolder, ...] = ()

    def device(self, device_id: str) -> Device | None:
        """Return a device by its id."""
        return next((device for device in self.devices if device.id == device_id), None)


def to_document(sample: Sample) -> dict[str, Any]:
    """Return the sample as plain JSON values, for another process."""
    return {
        "taken_s": sample.taken_s,
        "values": dict(sample.values),
        "missing": {k: [m.status.value, m.why, m.how] for k, m in sample.missing.items()},
        "devices": [[d.id, d.title, d.kind, dict(d.limits), list(d.facts)] for d in sample.devices],
        "words": dict(sample.words),
        "holders": [[h.pid, h.gpu, h.vram_bytes, h.busy_share] for h in sample.holders],
    }


def shape_of(sample: Sample) -> dict[str, Any]:
    """Return all of it but its numbers: the part that hardly changes from second to second.

    The numbers that go with it are ``numbers_of``.
    """
    shape = to_document(sample)
    del shape["taken_s"], shape["values"]
    return {"names": list(sample.values), **shape}


def numbers_of(sample: Sample) -> array[float]:
    """Return the moment and every value, in the order of the names."""
    return array("d", (sample.taken_s, *sample.values.values()))


def of_shape(shape: Mapping[str, Any], numbers: Sequence[float]) -> Sample:
    """Return the sample of a shape and its numbers.

    Raises:
        KeyError, TypeError, ValueError: they are none.
    """
    return Sample(
        numbers[0],
        dict(zip(shape["names"], numbers[1:], strict=True)),
        {k: Missing(Status(s), why, how) for k, (s, why, how) in shape["missing"].items()},
        tuple(devices_of(shape["devices"])),
        dict(shape["words"]),
        tuple(GpuHolder(*each) for each in shape["holders"]),
    )


def with_numbers(before: Sample, numbers: Sequence[float]) -> Sample:
    """Return the next sample of the same shape.

    Raises:
        ValueError: the numbers are those of another shape.
    """
    values = dict(zip(before.values, numbers[1:], strict=True))
    return Sample(numbers[0], values, before.missing, before.devices, before.words, before.holders)


def devices_of(raw: list[Any]) -> list[Device]:
    """Return the devices of their JSON form."""
    return [
        Device(i, title, kind, dict(limits), tuple((a, b) for a, b in facts))
        for i, title, kind, limits, facts in raw
    ]
