"""Facts that follow from others of the same part, with the formula as their source."""

from __future__ import annotations

from collections.abc import Iterator

from hwstudio.core.base.units import GIB
from hwstudio.core.model.fact import Fact
from hwstudio.core.model.part import Gpu, GpuCard, Part, Ram, Storage

_TERABYTE = 10**12
_BYTES_PER_TRANSFER = 8  # one memory channel is 64 bits wide


def worked_out(part: Part) -> Iterator[Fact]:
    """Yield latency and bandwidth of memory, and what a part costs by its size."""
    if isinstance(part, Ram):
        yield from _memory(part)
    if isinstance(part, (Gpu, GpuCard)):
        yield from _per(part, part.vram_bytes / GIB, "GiB of GPU memory", "price_per_vram_gib")
    elif isinstance(part, Ram):
        yield from _per(part, part.capacity_bytes / GIB, "GiB", "price_per_gib")
    elif isinstance(part, Storage):
        yield from _per(part, part.capacity_bytes / _TERABYTE, "TB", "price_per_tb")


def _memory(kit: Ram) -> Iterator[Fact]:
    date = kit.source_date
    if kit.cas is not None:
        # CAS counts clock cycles; two transfers a cycle, so one cycle lasts 2000 / (MT/s) ns.
        latency_ns = kit.cas * 2000 / kit.speed_mts
        said = f"CAS {kit.cas:g} x 2000 / {kit.speed_mts} MT/s"
        yield _fact("first_word_latency_ns", round(latency_ns, 1), "ns", said, date)
    one_channel = kit.speed_mts * 1e6 * _BYTES_PER_TRANSFER
    said = f"8 bytes x {kit.speed_mts} MT/s x 2 channels, as desktop processors have"
    yield _fact("two_channel_bytes_per_s", 2 * one_channel, "bytes/s", said, date)


def _per(part: Part, size: float, unit: str, name: str) -> Iterator[Fact]:
    price = part.price
    if price is not None and size > 0:
        said = f"price ({price.kind.value}) / {size:g} {unit.split(maxsplit=1)[0]}"
        value = round(float(price.amount) / size, 2)
        yield _fact(name, value, f"{price.currency} per {unit}", said, price.as_of)


def _fact(name: str, value: float, unit: str, said: str, as_of: str) -> Fact:
    return Fact(name, value, unit, f"worked out: {said}", as_of, "derived", licence="own work")
