"""Which slots of a board can hold several GPUs, and how many lanes each then has.

The catalogue writes slot modes in words of its own (``core.model.slot_modes``).
"""

from __future__ import annotations

import math

from hwstudio.core.model.build import Build
from hwstudio.core.model.part import Motherboard
from hwstudio.core.model.slot_modes import slot_modes

WHOLE_LINK = 16
UNTOLD_LINK = 8  # lanes each of several cards is taken to get where a board does not tell


def lanes_for(board: Motherboard, count: int, card_slots: float, cpu_lanes: int) -> int | None:
    """Return the lanes each of ``count`` cards gets on this board; None when it is not known.

    One card is taken to sit in the first long slot. Several need the slot modes and, when the
    card is thicker than the pitch, skip the slots it covers. 0 means they do not fit.
    """
    if count == 1:
        return WHOLE_LINK if board.x16_slots_physical else 0
    if board.cpu_slot_modes is None or board.gpu_slot_pitch is None:
        return None
    step = max(1, math.ceil(math.ceil(card_slots) / board.gpu_slot_pitch))
    best = 0
    for mode in slot_modes(board.cpu_slot_modes):
        fed = [lanes for lanes in mode if lanes]
        chosen = fed[::step][:count]
        if len(chosen) == count and sum(chosen) <= cpu_lanes:
            best = max(best, min(chosen))
    return best


def may_hold(board: Motherboard, count: int, *, allow_unknown: bool) -> bool:
    """Return whether a board has so many slots wide enough for several cards, however thick.

    A quick test: true for every board that ``lanes_for`` gives ``UNTOLD_LINK`` or more.
    """
    if count == 1:
        return bool(board.x16_slots_physical)
    if board.cpu_slot_modes is None or board.gpu_slot_pitch is None:
        return allow_unknown and board.x16_slots_physical >= count
    modes = slot_modes(board.cpu_slot_modes)
    return any(sum(lanes >= UNTOLD_LINK for lanes in mode) >= count for mode in modes)


def height_in_slots(board: Motherboard, count: int, card_slots: float) -> int:
    """Return how many case slots ``count`` cards take from the first to the end of the last."""
    thickness = math.ceil(card_slots)
    if count == 1:
        return thickness
    pitch = board.gpu_slot_pitch or 1.0
    step = max(pitch, math.ceil(thickness / pitch) * pitch)
    return math.ceil((count - 1) * step) + thickness


def lanes_of(build: Build) -> int | None:
    """Return the lanes each of several cards of a build gets; None where that cannot be told."""
    card, board, cpu = build.card, build.motherboard, build.cpu
    if card is None or board is None or cpu is None or build.card_count < 2:
        return None
    return lanes_for(board, build.card_count, card.slots or 3.0, cpu.pcie_lanes_usable) or None
