"""Every build of a small stock, judged one by one: the oracle the solver must agree with.

Written as one flat list of conditions over a whole build, on purpose unlike the solver's nested
search, so that a slip in one is not repeated in the other. Only for stocks of a few parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, product

from hwstudio.core.model.build import Build
from hwstudio.core.model.part import Cpu, GpuCard, Motherboard, Psu, Ram
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.optimize import limits
from hwstudio.core.optimize.check import check_all, errors_of
from hwstudio.core.optimize.classes import LANE_MODES, holds, is_trusted, merit
from hwstudio.core.optimize.request import SMALLEST_RAM_BYTES, Objective, Request, cores_needed
from hwstudio.core.optimize.slots import UNTOLD_LINK, height_in_slots, lanes_for
from hwstudio.core.optimize.space import GpuClass
from hwstudio.core.optimize.stock import Stock, cents_of
from hwstudio.core.power.answer import power_answer
from hwstudio.core.power.mains import read_mains
from hwstudio.core.predict.memory import Fit


@dataclass(frozen=True, slots=True)
class Best:
    """The oracle's answer: the merit reached and the price paid."""

    merit: float
    cents: int
    build: Build


def every_build(request: Request, stock: Stock) -> Iterator[Build]:
    """Yield every combination of one part of each kind, cards and kits in any number."""
    groups = (
        stock.cards, request.gpu_counts, stock.cpus, stock.motherboards, stock.rams, (1, 2),
        stock.storages, stock.psus, stock.cases, stock.coolers,
    )  # fmt: skip
    for card, count, cpu, board, ram, kits, drive, psu, case, cooler in product(*groups):
        yield Build(
            cpu=cpu,
            motherboard=board,
            ram=ram,
            ram_kits=kits,
            card=card,
            card_count=count,
            storage=(drive,),
            psu=psu,
            case=case,
            cooler=cooler,
        )


def best_of_all(request: Request, stock: Stock) -> Best | None:
    """Return the best build by trying all of them."""
    best: Best | None = None
    for build in every_build(request, _with_locked_parts(request, stock)):
        found = _judged(build, request)
        if found is None or (best is not None and _key(found, request) >= _key(best, request)):
            continue
        if not errors_of(check_all(build, request.mains)):
            best = found
    return best


def _with_locked_parts(request: Request, stock: Stock) -> Stock:
    """Return the stock where a kind with locked parts holds only those; empty if one is missing.

    Of several locked parts of a kind any one will do.
    """
    parts = [part for group in stock.groups() for part in group]
    named = {pin: [p for p in parts if limits.is_named(p, {pin})] for pin in request.pinned}
    if not all(named.values()):
        return Stock()
    locked = {part.id for found in named.values() for part in found}
    kinds = {part.kind for part in parts if part.id in locked}
    return Stock.from_parts([p for p in parts if p.id in locked or p.kind not in kinds])


def _key(found: Best, request: Request) -> tuple[float, int]:
    is_cost = request.objective is Objective.COST
    return (0.0 if is_cost else found.merit, found.cents)


def _judged(build: Build, request: Request) -> Best | None:
    """Return the build with its merit, or None when it is no answer at all."""
    if any(line.part.price is None for line in build.lines()):
        return None
    cents = sum(cents_of(line.part) * line.quantity for line in build.lines())
    if cents > request.budget * 100 or any(_complaints(build, request)):
        return None
    speed = speed_of(build, request)
    if speed is None or not speed.median or build.card is None:
        return None
    gpu_class = GpuClass(build.card.gpu, build.card_count, limits.WIDE, speed)
    return Best(merit(gpu_class, request), cents, build)


def speed_of(build: Build, request: Request) -> Prediction | None:
    """Return the speed at the widest link the build's slots give every card."""
    card, board, cpu = build.card, build.motherboard, build.cpu
    if card is None or board is None or cpu is None:
        return None
    if build.card_count == 1:
        return request.predictor.speed(request.workload, card.gpu, count=1)
    slots = 3 if card.slots is None else card.slots
    lanes = lanes_for(board, build.card_count, slots, cpu.pcie_lanes_usable)
    if lanes is None and request.allow_unknown and board.x16_slots_physical >= build.card_count:
        lanes = UNTOLD_LINK
    width = min(lanes or 0, card.pcie_lanes or limits.WIDE)
    mode = next((mode for mode in LANE_MODES if width >= mode), None)
    if mode is None:
        return None
    return request.predictor.speed(
        request.workload, card.gpu, count=build.card_count, lanes_per_gpu=mode
    )


def complaints(build: Build, request: Request) -> tuple[str, ...]:
    """Return what is wrong with a whole build by the planner's own limits, in plain words."""
    return tuple(_complaints(build, request))


def _complaints(build: Build, request: Request) -> Iterator[str]:
    """Yield one complaint after the other, so that the first can be enough."""
    card, cpu, board, ram = build.card, build.cpu, build.motherboard, build.ram
    if card is None or cpu is None or board is None or ram is None:
        yield "not a whole computer"
        return
    checks = chain(
        _on_platform(build, request, cpu, board, ram),
        _on_room(build, card, board, cpu),
        _on_request(build, request, card),
        _on_power(build, request, card, board),
    )
    yield from (words for is_fine, words in checks if not is_fine)


def _on_request(build: Build, request: Request, card: GpuCard) -> Iterator[tuple[bool, str]]:
    yield all(limits.is_wanted(line.part, request) for line in build.lines()), "an unwanted part"
    yield limits.is_card_known(card, request), "a card with unknown facts"
    yield is_trusted(request, card.gpu), "a GPU nobody measured"
    yield holds(request, card.gpu, build.card_count).verdict is Fit.FITS, "the job does not fit"
    need = max(SMALLEST_RAM_BYTES, request.min_ram_bytes, build.vram_bytes)
    yield build.ram_bytes >= need, "too little memory"
    yield all(limits.is_drive_known(d, request) for d in build.storage), "no fit drive"


def _on_platform(
    build: Build, request: Request, cpu: Cpu, board: Motherboard, ram: Ram
) -> Iterator[tuple[bool, str]]:
    modules = ram.modules * build.ram_kits
    yield limits.is_board_known(board, request), "a board with unknown facts"
    yield cpu.cores >= cores_needed(build.card_count), "too few cores"
    yield cpu.socket == board.socket, "another socket"
    yield ram.mem_type == board.mem_type and ram.mem_type in cpu.mem_types, "another memory type"
    kinds = set(board.dimm_type.split("|")) & set(cpu.dimm_type.split("|"))
    yield ram.dimm_type in kinds, "another module kind"
    yield 2 <= modules <= board.mem_slots, "too many or too few modules"
    yield build.ram_bytes <= min(board.mem_max_bytes, cpu.mem_max_bytes), "too much memory"
    for drive in build.storage:
        places = board.m2_slots if limits.is_m2(drive) else board.sata_ports
        yield places is None or places >= 1, "no place for the drive"


def _on_room(
    build: Build, card: GpuCard, board: Motherboard, cpu: Cpu
) -> Iterator[tuple[bool, str]]:
    case, cooler = build.case, build.cooler
    if case is None or cooler is None:
        yield False, "no case or cooler"
        return
    yield board.form_factor in case.mb_form_factors, "the board does not fit the case"
    yield (card.length_mm or 0) <= (case.max_gpu_length_mm or 1e9), "the card is too long"
    slots = 3 if card.slots is None else card.slots
    height = height_in_slots(board, build.card_count, slots)
    yield height <= (case.expansion_slots or 1e9), "the cards need more case slots"
    yield cpu.socket in cooler.sockets, "the cooler is for another socket"
    yield limits.cooling_w(cooler) >= cpu.max_power_w, "the cooler is too weak"
    tall = cooler.height_mm if cooler.cooler_type == limits.AIR else 0
    yield (tall or 0) <= (case.max_cooler_height_mm or 1e9), "the cooler is too tall"
    if not all(limits.is_m2(drive) for drive in build.storage):
        yield (case.bays_25 or 0) + (case.bays_35 or 0) > 0, "no bay for the drive"


def _on_power(
    build: Build, request: Request, card: GpuCard, board: Motherboard
) -> Iterator[tuple[bool, str]]:
    psu, case = build.psu, build.case
    if psu is None or case is None:
        yield False, "no power supply"
        return
    answer = power_answer(build, mains=request.mains)
    yield limits.is_psu_known(psu, request), "a power supply with unknown plugs"
    yield limits.is_case_known(case, request), "a case with unknown facts"
    yield build.cooler is None or limits.is_cooler_known(build.cooler, request), "unknown cooler"
    yield psu.rated_w >= answer.recommended_psu_w, "too few watts"
    yield answer.wall_w <= (answer.wall_limit_w or 1e9), "too much for the wall circuit"
    is_low_line = read_mains(request.mains).volts < limits.HIGH_LINE_V
    yield not is_low_line or psu.rated_w <= limits.LOW_LINE_MOST_W, "a unit for 200-240 V"
    yield limits.powers_cards(psu, card, build.card_count, board), "too few plugs"
    yield psu.form_factor in case.psu_form_factors, "another power supply form"
    yield _is_short_enough(psu, case.max_psu_length_mm, request), "the power supply is too long"
    limit = request.max_power_w
    yield limit is None or answer.sustained_w <= limit, "above the power limit"


def _is_short_enough(psu: Psu, most: float | None, request: Request) -> bool:
    if most is None:
        return True
    return request.allow_unknown if psu.length_mm is None else psu.length_mm <= most
