"""A GPU whose readings all say the same: asleep, lost, or "this vendor does not offer it"."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.live import GpuUse

READINGS = tuple(field.name for field in fields(GpuUse) if str(field.type).startswith("Reading"))
ASLEEP = "asleep: switched off to save power, and not woken only to be read"


@dataclass(frozen=True, slots=True)
class GpuIdentity:
    """What names one GPU. ``bus_id`` is its PCI address where it has one."""

    uuid: str
    name: str
    vendor: str
    driver: str = ""
    bus_id: str = ""


def gpu_use(identity: GpuIdentity, rest: Reading[Any], known: dict[str, Reading[Any]]) -> GpuUse:
    """Return a GPU with the ``known`` readings; every other one is ``rest``."""
    readings: dict[str, Any] = dict.fromkeys(READINGS, rest) | known
    return GpuUse(
        index=0,
        uuid=identity.uuid,
        name=identity.name,
        vendor=identity.vendor,
        driver=identity.driver,
        bus_id=identity.bus_id,
        **readings,
    )


def asleep(identity: GpuIdentity, how: str) -> GpuUse:
    """Return a GPU that its runtime power management has switched off."""
    return gpu_use(identity, absent(Status.STALE, how, ASLEEP), {})


def lost(gpu: GpuUse, how: str, why: str) -> GpuUse:
    """Return the same GPU with every reading lost; its index and names stay."""
    gone: dict[str, Any] = dict.fromkeys(READINGS, absent(Status.LOST, how, why))
    return replace(gpu, **gone)


def whole(reading: Reading[float]) -> Reading[int]:
    """Return a reading of a counted thing (bytes, lanes) as a whole number."""
    if reading.value is None:
        return absent(reading.status, reading.how, reading.why)
    return ok(int(reading.value), reading.how)
