"""Does a need fit a device: what is left of its memory, and what a measure leaves out."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.base.units import GIB
from hwstudio.core.predict.fitted.question import DeviceSheet
from hwstudio.core.predict.memory import Fit

USABLE_SHARE = 0.985  # the driver keeps a little for itself
UNIFIED_SHARE = 0.75  # of an Apple computer's memory the GPU may take, by default
CONTEXT_BYTES = 0.5 * GIB  # a process on a GPU costs so much before its first tensor
SLACK = 1.06  # an allocator's blocks against the tensors in them
# A cache that grew because there was room is no need: this share of it would do.
NEED_OF_SEEN = {"nvidia-smi": 0.8, "mlperf-max": 0.8, "reserved": 0.9, "reported": 0.9}
TENSORS_ALONE = ("allocated", "active")


@dataclass(frozen=True, slots=True)
class Need:
    """Bytes on one device that a job cannot do without; 90 % interval."""

    low: float
    median: float
    high: float


def room_bytes(device: DeviceSheet) -> float:
    """Return the bytes a job may use. Makers' GB of memory are 2^30 bytes."""
    whole = device.memory_bytes / 1e9 * GIB
    return whole * (UNIFIED_SHARE if device.vendor == "Apple" else USABLE_SHARE)


def need_behind(measure: str, low: float, median: float, high: float) -> Need:
    """Return the need behind a peak as ``measure`` would show it."""
    if measure in TENSORS_ALONE:
        return Need(low + CONTEXT_BYTES, *(v * SLACK + CONTEXT_BYTES for v in (median, high)))
    share = NEED_OF_SEEN.get(measure, 1.0)
    return Need(low * share, median * share, high * share)


def verdict_on(need: Need, device: DeviceSheet) -> Fit:
    """Return the verdict; unknown where the device's memory is not stated."""
    if device.memory_bytes <= 0:
        return Fit.UNKNOWN
    room = room_bytes(device)
    if need.high <= room:
        return Fit.FITS
    return Fit.NO if need.low > room else Fit.TIGHT
