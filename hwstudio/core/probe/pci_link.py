"""The PCIe link of a device on Linux: what it runs at now, and what it and its slot can do."""

from __future__ import annotations

import re

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.source import Source

_GENERATIONS = {"2.5": 1, "5.0": 2, "8.0": 3, "16.0": 4, "32.0": 5, "64.0": 6}
_SLOT = re.compile(r"^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$")
_BRIDGE = 0x0604
_MOST_WIDTH = 32
_HOW = "PCI bus"


def outer_place(source: Source, place: str) -> str:
    """Return the device whose link leads to the slot.

    Radeon and Arc cards hold a switch; the GPU's own link runs inside the card and always looks
    the same. The topmost bridge of the same maker that is no port of the board is the outer side.
    """
    real = source.real(place)
    if not real:
        return place
    best, vendor = real, source.text(real, "vendor")
    above = real.rpartition("/")[0]
    while _is_slot(above) and _is_slot(above.rpartition("/")[0]):
        kind = source.number(above, "class", base=16) or 0
        if source.text(above, "vendor") != vendor or kind >> 8 != _BRIDGE:
            break
        best, above = above, above.rpartition("/")[0]
    return best


def _is_slot(place: str) -> bool:
    return bool(_SLOT.match(place.rpartition("/")[2]))


def _pair(source: Source, place: str, which: str) -> tuple[int, int] | None:
    speed = (source.text(place, f"{which}_link_speed") or "").partition(" ")[0]
    width = source.number(place, f"{which}_link_width")
    generation = _GENERATIONS.get(speed)
    if generation is None or width is None or not 0 < width <= _MOST_WIDTH:
        return None
    return generation, width


def link_words(source: Source, place: str, which: str) -> Reading[str]:
    """Return "PCIe 4 x16"; ``which`` is "current" or "max" (the least of device and slot)."""
    found = _pair(source, place, which)
    if found is None:
        return absent(Status.UNSUPPORTED, _HOW, "the link is not stated")
    generation, width = found
    if which == "max":
        above = source.real(place).rpartition("/")[0]
        slot = _pair(source, above, which) if _is_slot(above) else None
        if slot is not None:
            generation, width = min(generation, slot[0]), min(width, slot[1])
    return ok(f"PCIe {generation} x{width}", _HOW)
