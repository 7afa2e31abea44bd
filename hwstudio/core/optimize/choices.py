"""The choices of a whole request for the integer programme: which part, in which number.

Of parts alike in every fact the programme reads only the cheapest is offered, unless it takes part
in a forbidden combination: then the next one is offered beside it. Nothing else is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
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
from hwstudio.core.optimize.classes import LANE_MODES, is_trusted
from hwstudio.core.optimize.request import SMALLEST_RAM_BYTES, Request
from hwstudio.core.optimize.second_drives import data_lists, drives_cents, first_ones
from hwstudio.core.optimize.second_opinion import (
    are_all_there,
    are_held,
    choosable,
    is_late,
    is_wished,
    line_cents,
    owned_pieces,
)
from hwstudio.core.optimize.space import GpuClass
from hwstudio.core.optimize.stock import Stock, cents_of
from hwstudio.core.power.mains import read_mains

P = TypeVar("P", bound=Part)
KITS = (1, 2)


@dataclass(frozen=True, slots=True)
class Choice(Generic[P]):
    """One column: a part in a number; cards name their class, a first drive those for data."""

    column: int
    part: P
    count: int
    cents: int
    gpu_class: GpuClass | None = None
    further: tuple[Storage, ...] = ()


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

    has_data = request.data_drives is not None
    is_whole = are_all_there(chain(*stock.groups()), request)

    def offered(
        parts: Iterable[P], test: Callable[[P, Request], bool], alike: Callable[[P], object]
    ) -> tuple[P, ...]:
        if not is_whole:
            return ()
        free = choosable(parts, request)
        wanted = (p for p in free if limits.is_wanted(p, request) and is_wished(p, request))
        fit = [p for p in wanted if test(p, request)]
        apart = tainted.union(p.id for p in fit if owned_pieces(p, request))
        return tuple(_distinct(fit, alike, apart))

    def board_facts(board: Motherboard) -> object:
        return _board_facts(board, has_data)

    def case_facts(case: Case) -> object:
        return _case_facts(case, has_data)

    def single(parts: Iterable[P]) -> tuple[Choice[P], ...]:
        return tuple(_bought(request, parts, (1,), column))

    cards = offered(stock.cards, limits.is_card_known, _card_facts)
    rams = offered(stock.rams, limits.is_ram_known, _ram_facts)
    return Choices(
        tuple(_card_choices(request, cards, column)),
        single(offered(stock.cpus, limits.is_cpu_known, _cpu_facts)),
        single(offered(stock.motherboards, limits.is_board_known, board_facts)),
        tuple(_kit_choices(request, rams, column)),
        _drive_choices(request, stock.storages if is_whole else (), tainted, column),
        single(offered(stock.psus, _is_psu_offered, _psu_facts)),
        single(offered(stock.cases, limits.is_case_known, case_facts)),
        single(offered(stock.coolers, limits.is_cooler_known, _cooler_facts)),
    )


def _bought(
    request: Request, parts: Iterable[P], counts: Iterable[int], column: Callable[[], int]
) -> Iterator[Choice[P]]:
    """Yield the columns of parts in numbers that can be bought or are at hand."""
    for part in parts:
        for count in counts:
            cents = line_cents(part, count, request)
            if cents is not None:
                yield Choice(column(), part, count, cents)


def _drive_choices(
    request: Request,
    storages: Iterable[Storage],
    tainted: frozenset[str],
    column: Callable[[], int],
) -> tuple[Choice[Storage], ...]:
    """Return first drives, each with every list of drives for data: one line of the bill each."""
    every = list(storages)
    sold = {d.id for d in every if limits.is_wanted(d, request) and is_wished(d, request)}
    lists = [found for found in data_lists(every, request) if all(d.id in sold for d in found)]
    together = {drive.id for drives in lists for drive in drives}
    firsts = (d for d in first_ones(every, request) if d.id in sold)
    able = [d for d in firsts if limits.is_drive_known(d, request)]
    # Only tax and pieces at hand make a line of several cost other than its pieces.
    has_lines = bool(request.tax_pct or request.owned)
    apart = tainted.union(
        d.id for d in able if owned_pieces(d, request) or (has_lines and d.id in together)
    )
    out = []
    for first in _distinct(able, _drive_facts, apart):
        for data in lists:
            cents = drives_cents((first, *data), request)
            if cents is not None:
                out.append(Choice(column(), first, 1, cents, further=data))
    return tuple(out)


def _distinct(
    parts: Iterable[P], alike: Callable[[P], object], tainted: frozenset[str]
) -> Iterator[P]:
    seen: set[object] = set()
    for part in sorted(parts, key=lambda p: (cents_of(p) if p.price else 0, p.id)):
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
                for choice in _bought(request, (card,), (one.count,), column):
                    yield replace(choice, gpu_class=one)


def _classes(request: Request, gpu: Gpu) -> Iterator[GpuClass]:
    """Yield the numbers and links of a GPU that hold the job at a predicted speed."""
    if not is_trusted(request, gpu):
        return
    for count in sorted(set(request.gpu_counts)):
        if not are_held(request, gpu, count):
            continue
        for lanes in LANE_MODES if count > 1 else (None,):
            speed = request.predictor.speed(request.workload, gpu, count=count, lanes_per_gpu=lanes)
            if speed.median and not is_late(speed, request):
                yield GpuClass(gpu, count, lanes or limits.WIDE, speed)


def _kit_choices(
    request: Request, rams: Iterable[Ram], column: Callable[[], int]
) -> Iterator[Choice[Ram]]:
    smallest = max(SMALLEST_RAM_BYTES, request.min_ram_bytes)
    for ram in rams:
        for kits in KITS:
            if ram.modules * kits >= 2 and ram.capacity_bytes * kits >= smallest:
                yield from _bought(request, (ram,), (kits,), column)


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


def _board_facts(board: Motherboard, has_data: bool) -> object:
    memory = (board.mem_type, board.dimm_type, board.mem_slots, board.mem_max_bytes)
    slots = (board.cpu_slot_modes, board.gpu_slot_pitch, board.x16_slots_physical)
    drives = tuple(_places(n, has_data) for n in (board.m2_slots, board.sata_ports))
    return (board.socket, board.form_factor, board.eps8, memory, slots, drives)


def _places(number: int | None, has_data: bool) -> int:
    """Return how many places count: all of them, or whether there is one; unknown is one."""
    found = 1 if number is None else number
    return found if has_data else min(1, found)


def _ram_facts(ram: Ram) -> object:
    return (ram.mem_type, ram.dimm_type, ram.modules, ram.capacity_bytes)


def _drive_facts(drive: Storage) -> object:
    return (limits.is_m2(drive), drive.form_factor.startswith("3.5"), drive.power_active_w)


def _psu_facts(psu: Psu) -> object:
    plugs = (psu.conn_16pin, psu.conn_pcie8, psu.conn_eps8, psu.conn_sata)
    return (psu.rated_w, psu.form_factor, psu.length_mm, psu.efficiency, psu.atx_spec, plugs)


def _case_facts(case: Case, has_data: bool) -> object:
    room = (case.max_gpu_length_mm, case.max_cooler_height_mm, case.expansion_slots)
    large, small = case.bays_35 or 0, case.bays_25 or 0
    bays = (_places(large, has_data), _places(large + small, has_data))
    forms = (frozenset(case.mb_form_factors), frozenset(case.psu_form_factors))
    return (room, case.max_psu_length_mm, bays, forms)


def _cooler_facts(cooler: Cooler) -> object:
    height = cooler.height_mm if cooler.cooler_type == limits.AIR else 0.0
    return (frozenset(cooler.sockets), cooler.cooler_type, height, limits.cooling_w(cooler))


def unlimited(value: float | None) -> float:
    """Return a limit, infinite where the source states none."""
    return math.inf if value is None else value
