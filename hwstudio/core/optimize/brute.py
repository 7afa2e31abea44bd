"""Every build of a small stock, judged one by one: the oracle the solver must agree with.

Written as one flat list of conditions over a whole build, on purpose unlike the solver's nested
search, so that a slip in one is not repeated in the other. Only for stocks of a few parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, product
from typing import Any

from hwstudio.core.model.build import Build
from hwstudio.core.model.part import Cpu, GpuCard, Motherboard, Psu, Ram
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.optimize import limits
from hwstudio.core.optimize.check import check_all, errors_of
from hwstudio.core.optimize.classes import LANE_MODES, is_trusted, merit
from hwstudio.core.optimize.request import (
    LARGEST_BUDGET,
    SMALLEST_RAM_BYTES,
    Objective,
    Request,
    cores_needed,
)
from hwstudio.core.optimize.second_drives import (
    data_lists,
    first_ones,
    have_bays,
    have_ports,
    holds_data,
)
from hwstudio.core.optimize.second_opinion import (
    Bill,
    are_all_there,
    are_held,
    bill_cents,
    choosable,
    is_late,
    is_wished,
    ownership_parts,
)
from hwstudio.core.optimize.slots import UNTOLD_LINK, height_in_slots, lanes_for
from hwstudio.core.optimize.space import GpuClass
from hwstudio.core.optimize.stock import Stock
from hwstudio.core.power.answer import power_answer
from hwstudio.core.power.mains import read_mains


@dataclass(frozen=True, slots=True)
class Best:
    """The oracle's answer: the merit reached and the price paid."""

    merit: float
    cents: int
    build: Build
    gpu_class: GpuClass

    @property
    def per_second(self) -> float:
        """Return the median speed."""
        return self.gpu_class.per_second


def every_build(request: Request, stock: Stock) -> Iterator[Build]:
    """Yield every combination of one part of each kind, cards and kits in any number."""
    if not are_all_there(chain(*stock.groups()), request):
        return
    kinds: list[Any] = [choosable(group, request) for group in stock.groups()]
    cards, cpus, boards, rams, _, *others = kinds
    storage = (first_ones(stock.storages, request), tuple(data_lists(stock.storages, request)))
    groups = (cards, request.gpu_counts, cpus, boards, rams, (1, 2), *storage, *others)
    for card, count, cpu, board, ram, kits, drive, data, psu, case, cooler in product(*groups):
        yield Build(
            cpu=cpu,
            motherboard=board,
            ram=ram,
            ram_kits=kits,
            card=card,
            card_count=count,
            storage=(drive, *data),
            psu=psu,
            case=case,
            cooler=cooler,
            power_limit_w=request.power_limit_w,
        )


def best_of_all(request: Request, stock: Stock) -> Best | None:
    """Return the best build by trying all of them."""
    if request.objective is Objective.OWNERSHIP:
        return _best_to_own(request, stock)
    best: Best | None = None
    bill: Bill = {}
    for build in every_build(request, stock):
        found = _judged(build, request, bill)
        if found is None or (best is not None and _key(found, request) >= _key(best, request)):
            continue
        if not errors_of(check_all(build, request.mains)):
            best = found
    return best


def _best_to_own(request: Request, stock: Stock) -> Best | None:
    """Return the build that costs least to own; its ``merit`` is that cost in 1/1000 cents."""
    free = replace(request, budget=LARGEST_BUDGET)
    bill: Bill = {}
    found = [_judged(build, free, bill) for build in every_build(request, stock)]
    every = [one for one in found if one is not None]
    first = _first_faultless(sorted(every, key=lambda b: (b.cents, -b.per_second)), request)
    if first is None:
        return None
    owned = []
    for one in every:
        cost = ownership_parts(one.gpu_class, one.cents, first.per_second, request)
        if cost is not None and one.cents <= request.budget * 100:
            owned.append(replace(one, merit=cost))
    return _first_faultless(sorted(owned, key=lambda b: (b.merit, b.cents)), request)


def _first_faultless(builds: list[Best], request: Request) -> Best | None:
    faultless = (b for b in builds if not errors_of(check_all(b.build, request.mains)))
    return next(faultless, None)


def _key(found: Best, request: Request) -> tuple[float, int]:
    is_cost = request.objective is Objective.COST
    return (0.0 if is_cost else found.merit, found.cents)


def _judged(build: Build, request: Request, bill: Bill) -> Best | None:
    """Return the build with its merit, or None when it is no answer at all."""
    cents = bill_cents(build, request, bill)
    if cents is None or cents > request.budget * 100 or any(_complaints(build, request)):
        return None
    speed = speed_of(build, request)
    if speed is None or not speed.median or build.card is None or is_late(speed, request):
        return None
    gpu_class = GpuClass(build.card.gpu, build.card_count, limits.WIDE, speed)
    return Best(merit(gpu_class, request), cents, build, gpu_class)


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
    yield all(is_wished(line.part, request) for line in build.lines()), "a part against the wishes"
    yield limits.is_card_known(card, request), "a card with unknown facts"
    yield is_trusted(request, card.gpu), "a GPU nobody measured"
    yield are_held(request, card.gpu, build.card_count), "a job does not fit"
    need = max(SMALLEST_RAM_BYTES, request.min_ram_bytes, build.vram_bytes)
    yield build.ram_bytes >= need, "too little memory"
    yield all(limits.is_drive_known(d, request) for d in build.storage[:1]), "no fit drive"
    yield holds_data(build.storage[1:], request.data_drives), "not the drives wished for data"


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
    has_ports = have_ports(build.storage, board.m2_slots, board.sata_ports)
    yield has_ports, "no place for a drive"


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
    yield have_bays(build.storage, case.bays_35, case.bays_25), "no bay for a drive"


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
    cabled = sum(not limits.is_m2(drive) for drive in build.storage)
    yield psu.conn_sata is None or psu.conn_sata >= cabled, "too few plugs for the drives"
    yield psu.form_factor in case.psu_form_factors, "another power supply form"
    yield _is_short_enough(psu, case.max_psu_length_mm, request), "the power supply is too long"
    limit = request.max_power_w
    yield limit is None or answer.sustained_w <= limit, "above the power limit"


def _is_short_enough(psu: Psu, most: float | None, request: Request) -> bool:
    if most is None:
        return True
    return request.allow_unknown if psu.length_mm is None else psu.length_mm <= most
