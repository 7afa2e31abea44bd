"""The choices of a whole request for the integer programme: which part, in which number.

Of parts alike in every fact the programme reads only the cheapest is offered, unless it takes part
in a forbidden combination: then the next one is offered beside it. Nothing else is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from hwstudio.core.model.part import (
    Case,
    Cooler,
    Cpu,
    Gpu,
    GpuCard,
    Motherboard,
    Part,
    Psu,
    Ram,
    Storage,
)
from hwstudio.core.optimize import limits
from hwstudio.core.optimize.classes import LANE_MODES, is_trusted, verdict_of
from hwstudio.core.optimize.request import SMALLEST_RAM_BYTES, Request
from hwstudio.core.optimize.space import GpuClass
from hwstudio.core.optimize.stock import Stock, cents_of
from hwstudio.core.power.mains import read_mains
from hwstudio.core.predict.memory import Fit

P = TypeVar("P", bound=Part)
KITS = (1, 2)


@dataclass(frozen=True, slots=True)
class Choice(Generic[P]):
    """One column: a part in a number; cards also name their class."""

    column: int
    part: P
    count: int
    cents: int
    gpu_class: GpuClass | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """All columns, kind by kind."""

    cards: tuple[Choice[GpuCard], ...]
    cpus: tuple[Choice[Cpu], ...]
    boards: tuple[Choice[Motherboard], ...]
    rams: tuple[Choice[Ram], ...]
    drives: tuple[Choice[Storage], ...]
    psus: tuple[Choice[Psu], ...]
    cases: tuple[Choice[Case], ...]
    coolers: tuple[Choice[Cooler], ...]

    def groups(self) -> tuple[tuple[Choice[Part], ...], ...]:
        """Return the kinds; exactly one choice of each makes a computer."""
        return (
            self.cards, self.cpus, self.boards, self.rams,
            self.drives, self.psus, self.cases, self.coolers,
        )  # type: ignore[return-value]  # fmt: skip


def choices_of(
    request: Request, stock: Stock, tainted: frozenset[str], column: Callable[[], int]
) -> Choices:
    """Return the columns of a request; ``tainted`` part ids take part in a forbidden mix.

    A locked part that cannot be bought leaves no columns at all.
    """

    missing = limits.unmatched_pins((p for group in stock.groups() for p in group), request)

    def offered(
        parts: Iterable[P], test: Callable[[P, Request], bool], alike: Callable[[P], object]
    ) -> tuple[P, ...]:
        if missing:
            return ()
        pinned = limits.pinned_among(parts, request)
        fit = [p for p in pinned or parts if limits.is_wanted(p, request) and test(p, request)]
        return tuple(_distinct(fit, alike, tainted))

    def single(parts: Iterable[P]) -> tuple[Choice[P], ...]:
        return tuple(Choice(column(), part, 1, cents_of(part)) for part in parts)

    cards = offered(stock.cards, limits.is_card_known, _card_facts)
    rams = offered(stock.rams, limits.is_ram_known, _ram_facts)
    return Choices(
        tuple(_card_choices(request, cards, column)),
        single(offered(stock.cpus, limits.is_cpu_known, _cpu_facts)),
        single(offered(stock.motherboards, limits.is_board_known, _board_facts)),
        tuple(_kit_choices(request, rams, column)),
        single(offered(stock.storages, limits.is_drive_known, _drive_facts)),
        single(offered(stock.psus, _is_psu_offered, _psu_facts)),
        single(offered(stock.cases, limits.is_case_known, _case_facts)),
        single(offered(stock.coolers, limits.is_cooler_known, _cooler_facts)),
    )


def _distinct(
    parts: Iterable[P], alike: Callable[[P], object], tainted: frozenset[str]
) -> Iterator[P]:
    seen: set[object] = set()
    for part in sorted(parts, key=lambda p: (cents_of(p), p.id)):
        facts = alike(part)
        if part.id in tainted:
            yield part
        elif facts not in seen:
            seen.add(facts)
            yield part


def _card_choices(
    request: Request, cards: Iterable[GpuCard], column: Callable[[], int]
) -> Iterator[Choice[GpuCard]]:
    known: dict[str, tuple[GpuClass, ...]] = {}
    for card in cards:
        if card.gpu.id not in known:
            known[card.gpu.id] = tuple(_classes(request, card.gpu))
        for one in known[card.gpu.id]:
            if one.count == 1 or one.lanes <= (card.pcie_lanes or limits.WIDE):
                yield Choice(column(), card, one.count, cents_of(card) * one.count, one)


def _classes(request: Request, gpu: Gpu) -> Iterator[GpuClass]:
    """Yield the numbers and links of a GPU that hold the job at a predicted speed."""
    if not is_trusted(request, gpu):
        return
    for count in sorted(set(request.gpu_counts)):
        if verdict_of(request, gpu, count) is not Fit.FITS:
            continue
        for lanes in LANE_MODES if count > 1 else (None,):
            speed = request.predictor.speed(request.workload, gpu, count=count, lanes_per_gpu=lanes)
            if speed.median:
                yield GpuClass(gpu, count, lanes or limits.WIDE, speed)


def _kit_choices(
    request: Request, rams: Iterable[Ram], column: Callable[[], int]
) -> Iterator[Choice[Ram]]:
    smallest = max(SMALLEST_RAM_BYTES, request.min_ram_bytes)
    for ram in rams:
        for kits in KITS:
            if ram.modules * kits >= 2 and ram.capacity_bytes * kits >= smallest:
                yield Choice(column(), ram, kits, cents_of(ram) * kits)


def _is_psu_offered(psu: Psu, request: Request) -> bool:
    is_low_line = read_mains(request.mains).volts < limits.HIGH_LINE_V
    is_usable = not is_low_line or psu.rated_w <= limits.LOW_LINE_MOST_W
    return is_usable and limits.is_psu_known(psu, request)


def _card_facts(card: GpuCard) -> object:
    plugs = (card.conn_16pin, card.conn_8pin + card.conn_6pin, card.conn_eps8)
    size = (card.length_mm, card.slots, card.pcie_lanes)
    return (card.gpu.id, card.vram_bytes, card.tdp_w, plugs, size)


def _cpu_facts(cpu: Cpu) -> object:
    memory = (frozenset(cpu.mem_types), cpu.dimm_type, cpu.mem_max_bytes)
    return (cpu.socket, cpu.cores, cpu.max_power_w, cpu.pcie_lanes_usable, memory)


def _board_facts(board: Motherboard) -> object:
    memory = (board.mem_type, board.dimm_type, board.mem_slots, board.mem_max_bytes)
    slots = (board.cpu_slot_modes, board.gpu_slot_pitch, board.x16_slots_physical)
    drives = (_has(board.m2_slots), _has(board.sata_ports))
    return (board.socket, board.form_factor, board.eps8, memory, slots, drives)


def _has(number: int | None) -> bool:
    return number is None or number > 0


def _ram_facts(ram: Ram) -> object:
    return (ram.mem_type, ram.dimm_type, ram.modules, ram.capacity_bytes)


def _drive_facts(drive: Storage) -> object:
    return (limits.is_m2(drive), drive.power_active_w)


def _psu_facts(psu: Psu) -> object:
    plugs = (psu.conn_16pin, psu.conn_pcie8, psu.conn_eps8)
    return (psu.rated_w, psu.form_factor, psu.length_mm, psu.efficiency, psu.atx_spec, plugs)


def _case_facts(case: Case) -> object:
    room = (case.max_gpu_length_mm, case.max_cooler_height_mm, case.expansion_slots)
    bays = (case.bays_25 or 0) + (case.bays_35 or 0) > 0
    forms = (frozenset(case.mb_form_factors), frozenset(case.psu_form_factors))
    return (room, case.max_psu_length_mm, bays, forms)


def _cooler_facts(cooler: Cooler) -> object:
    height = cooler.height_mm if cooler.cooler_type == limits.AIR else 0.0
    return (frozenset(cooler.sockets), cooler.cooler_type, height, limits.cooling_w(cooler))


def unlimited(value: float | None) -> float:
    """Return a limit, infinite where the source states none."""
    return math.inf if value is None else value
