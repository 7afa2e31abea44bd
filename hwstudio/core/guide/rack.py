"""How much of a rack a computer with full-height cards takes."""

from __future__ import annotations

import math

RACK_UNIT_MM = 44.45  # EIA-310
CARD_MM = 111.15  # a full-height PCIe card, from the slot
PLUG_MM = 35.0  # a power plug on top of it, with the bend of its cable


def rack_units(card_mm: float = CARD_MM) -> int:
    """Return the rack units of a chassis in which cards of this height stand upright.

    It holds as many side by side as its board has slots, so their number changes nothing. An
    estimate: many cards are taller than the standard, and then the next size is needed.
    """
    return math.ceil((card_mm + PLUG_MM) / RACK_UNIT_MM)
