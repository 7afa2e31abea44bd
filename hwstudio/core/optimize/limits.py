"""The facts a part must have, and the request's own limits, one kind of part at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeVar

from hwstudio.core.model.part import (
    Case,
    Cooler,
    Cpu,
    GpuCard,
    Motherboard,
    Part,
    PartKind,
    Psu,
    Ram,
    Storage,
)
from hwstudio.core.model.price import PriceKind
from hwstudio.core.optimize.request import Request

P = TypeVar("P", bound=Part)
AIR, SSD, OPEN_FRAME = "air", "SSD", "Open frame"
WIDE = 16  # lanes of a full slot; taken when the data does not say
# Coolers name no capacity in the data sheets at hand; these classes err on the careful side.
LOW_LINE_MOST_W, HIGH_LINE_V = 1650.0, 200.0  # larger units need 200-240 V (rule R32)
COOLING_BY_HEIGHT_MM: tuple[tuple[float, float], ...] = (
    (150.0, 200.0),
    (120.0, 150.0),
    (60.0, 95.0),
    (0.0, 65.0),
)
COOLING_BY_RADIATOR_MM: tuple[tuple[float, float], ...] = (
    (360.0, 300.0),
    (240.0, 230.0),
    (0.0, 150.0),
)
KINDS_BOUGHT = (
    PartKind.GPU_CARD,
    PartKind.CPU,
    PartKind.MOTHERBOARD,
    PartKind.RAM,
    PartKind.STORAGE,
    PartKind.PSU,
    PartKind.CASE,
    PartKind.COOLER,
)


def is_named(part: Part, ids: Collection[str]) -> bool:
    """Return whether ids name the part, or the chip of a graphics card."""
    return part.id in ids or (isinstance(part, GpuCard) and part.gpu.id in ids)


def pinned_among(parts: Iterable[P], request: Request) -> list[P]:
    """Return the parts of one kind that must be used; of a locked chip's cards any one will do.

    Those at hand are used like locked ones. Where both are named, one that is both comes first,
    then the locked ones.
    """
    fixed = [p for p in parts if is_named(p, request.pinned) or is_named(p, request.owned)]
    locked = [part for part in fixed if is_named(part, request.pinned)]
    free = [part for part in locked or fixed if is_named(part, request.owned)]
    return free or locked


def unmatched_pins(parts: Iterable[Part], request: Request) -> tuple[str, ...]:
    """Return locked ids that no part one can buy answers to, so that no build can keep them."""
    if not request.pinned and not request.owned:
        return ()
    met: set[str] = set()
    for part in parts:
        met |= {part.id} if not isinstance(part, GpuCard) else {part.id, part.gpu.id}
    return tuple(sorted((request.pinned | frozenset(request.owned)) - met))


def is_wanted(part: Part, request: Request) -> bool:
    """Return whether a part is at hand, or has a price in the right money, and is not forbidden."""
    if is_named(part, request.excluded):
        return False
    if is_named(part, request.owned):
        return True
    price = part.price
    if price is None or price.currency != request.currency or price.amount < 0:
        return False
    if request.new_only and price.kind is PriceKind.USED:
        return False
    if not _is_of_a_wished_maker(part, request):
        return False
    is_old = part.release_year is not None and part.release_year < request.released_since
    return not is_old or is_named(part, request.pinned)


def _is_of_a_wished_maker(part: Part, request: Request) -> bool:
    makers = {maker.casefold() for kind, maker in request.brands if kind == part.kind.value}
    return not makers or part.maker.casefold() in makers


def is_card_known(card: GpuCard, request: Request) -> bool:
    """A card must be a cooled PCIe card of known size."""
    if card.gpu.form_factor != "PCIe" or card.cooling in ("passive", "system"):
        return False
    if card.cooling == "liquid" and not request.allow_unknown:
        return False  # no source says where a case takes the card's radiator
    if request.gpu_makers and card.gpu.maker not in request.gpu_makers:
        return False
    if card.vram_bytes < request.min_vram_bytes:
        return False
    return request.allow_unknown or (card.length_mm is not None and card.slots is not None)


def is_board_known(board: Motherboard, request: Request) -> bool:
    """A board must have a long slot and a known number of CPU power plugs."""
    if not board.x16_slots_physical or board.back_connect:
        return False
    return request.allow_unknown or (board.eps8 is not None and board.m2_slots is not None)


def is_psu_known(psu: Psu, request: Request) -> bool:
    """A power supply must state its plugs."""
    plugs = (psu.conn_16pin, psu.conn_pcie8, psu.conn_eps8)
    return request.allow_unknown or None not in plugs


def is_case_known(case: Case, request: Request) -> bool:
    """A case must state its clearances and match the wished size; frames only when asked for."""
    if case.form_factor == OPEN_FRAME and not request.allow_open_frame:
        return False
    if request.case_form_factors and case.form_factor not in request.case_form_factors:
        return False
    known = (case.max_gpu_length_mm, case.max_cooler_height_mm, case.expansion_slots)
    return request.allow_unknown or None not in known


def is_cooler_known(cooler: Cooler, request: Request) -> bool:
    """Radiator mounts of cases are in no source, so liquid coolers count as unknown.

    With a noise limit so does a cooler that states no noise.
    """
    if request.max_noise_dba is not None:
        if cooler.noise_dba is None and not request.allow_unknown:
            return False
        if cooler.noise_dba is not None and cooler.noise_dba > request.max_noise_dba:
            return False
    if cooler.sockets_note and not request.allow_unknown:
        return False
    if cooler.cooler_type != AIR:
        return request.allow_unknown
    return request.allow_unknown or cooler.height_mm is not None


def is_drive_known(drive: Storage, request: Request) -> bool:
    """The one drive is an SSD, large enough, on M.2 or SATA."""
    if drive.drive_kind != SSD or drive.capacity_bytes < request.min_storage_bytes:
        return False
    return is_m2(drive) or is_sata(drive)


def is_m2(drive: Storage) -> bool:
    """Return whether the drive goes into an M.2 slot with PCIe lanes."""
    return drive.interface.startswith("M.2 PCIe")


def is_sata(drive: Storage) -> bool:
    """Return whether the drive hangs on a SATA cable."""
    return drive.interface.startswith("SATA")


def is_ram_known(ram: Ram, _request: Request) -> bool:
    """A memory kit must say how many modules it has."""
    return ram.modules > 0


def is_cpu_known(cpu: Cpu, _request: Request) -> bool:
    """A processor must say how many cores it has."""
    return cpu.cores > 0


def cooling_w(cooler: Cooler) -> float:
    """Return the heat a cooler carries: the maker's figure, else a careful class by size."""
    if cooler.capacity_w is not None:
        return cooler.capacity_w
    size, classes = cooler.height_mm or 0.0, COOLING_BY_HEIGHT_MM
    if cooler.cooler_type != AIR:
        size, classes = cooler.radiator_mm or 0.0, COOLING_BY_RADIATOR_MM
    return next(watts for limit, watts in classes if size >= limit)


def leads_16pin(card: GpuCard, psu: Psu, count: int) -> int | None:
    """Return the 8-pin leads left over for ``count`` cards after 16-pin adapters; None = unknown.

    Each missing 16-pin plug is made of three 8-pin leads up to 450 W, four above.
    """
    if psu.conn_16pin is None or psu.conn_pcie8 is None:
        return None
    missing = max(0, card.conn_16pin * count - psu.conn_16pin)
    each = 3 if card.tdp_w <= 450 else 4
    used = missing * each + (card.conn_8pin + card.conn_6pin) * count
    return psu.conn_pcie8 - used


def powers_cards(psu: Psu, card: GpuCard, count: int, board: Motherboard) -> bool:
    """Return whether the plugs suffice; an unknown plug counts as present."""
    left = leads_16pin(card, psu, count)
    if left is not None and left < 0:
        return False
    eps = (board.eps8 or 1) + card.conn_eps8 * count
    return psu.conn_eps8 is None or psu.conn_eps8 >= eps
