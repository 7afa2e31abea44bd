"""The half of a computer that carries the GPUs: processor, board, memory, drive.

Bases are listed once per question ("n GPUs, so many lanes, so much memory") and cut down to those
no other base beats in price and in everything the other half asks about.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import ge

from hwstudio.core.model.build import Build
from hwstudio.core.model.finding import Severity
from hwstudio.core.model.part import Cpu, Motherboard, Ram, Storage
from hwstudio.core.optimize.limits import is_m2
from hwstudio.core.optimize.request import cores_needed
from hwstudio.core.optimize.slots import UNTOLD_LINK, height_in_slots, lanes_for
from hwstudio.core.optimize.stock import cents_of, cheapest_of_each
from hwstudio.core.rules.bios_table import refusal_key
from hwstudio.core.rules.engine import check

KITS = (1, 2)
FEWEST_MODULES = 2  # one module halves the memory bandwidth of every desktop platform


@dataclass(frozen=True, slots=True)
class Ask:
    """What the GPUs ask of the base."""

    count: int
    lanes: int
    ram_bytes: int
    card_slots: int


@dataclass(frozen=True, slots=True)
class Base:
    """Processor, board, memory kits and drive with their price in cents."""

    cpu: Cpu
    board: Motherboard
    ram: Ram
    kits: int
    drive: Storage
    cents: int
    height: int  # case slots from the first card to the end of the last

    def ids(self) -> frozenset[str]:
        """Return the ids of its parts."""
        return frozenset((self.cpu.id, self.board.id, self.ram.id, self.drive.id))

    def build(self) -> Build:
        """Return the base as a half-chosen computer."""
        return Build(
            cpu=self.cpu,
            motherboard=self.board,
            ram=self.ram,
            ram_kits=self.kits,
            storage=(self.drive,),
        )


@dataclass(frozen=True, slots=True)
class BaseParts:
    """The parts bases are made of, already wanted and known, cheapest first."""

    cpus: Sequence[Cpu]
    boards: Sequence[Motherboard]
    rams: Sequence[Ram]
    drives: Sequence[Storage]


class Bases:
    """Finds the bases for an ask and remembers them; the wall circuit plays no part in it."""

    def __init__(
        self, parts: BaseParts, tainted: frozenset[str] = frozenset(), *, allow_unknown: bool
    ) -> None:
        self.parts = parts
        self._tainted = tainted
        self._allow_unknown = allow_unknown
        self._found: dict[Ask, tuple[Base, ...]] = {}
        self._narrowed: dict[int, BaseParts] = {}
        self._memory: dict[int, tuple[tuple[Ram, int], ...]] = {}

    def of(self, ask: Ask) -> tuple[Base, ...]:
        """Return the bases that carry ``ask``, cheapest first."""
        if ask not in self._found:
            order = sorted(
                self._combinations(ask),
                key=lambda b: (b.cents, b.cpu.id, b.board.id, b.ram.id, b.drive.id),
            )
            self._found[ask] = _unbeaten(order, self._tainted)
        return self._found[ask]

    def _few_parts(self, count: int) -> BaseParts:
        if count not in self._narrowed:
            self._narrowed[count] = _narrow(count, self.parts, self._tainted)
        return self._narrowed[count]

    def _few_kits(self, ram_bytes: int) -> tuple[tuple[Ram, int], ...]:
        if ram_bytes not in self._memory:
            options = _memory_options(ram_bytes, self.parts.rams, self._tainted)
            self._memory[ram_bytes] = tuple(options)
        return self._memory[ram_bytes]

    def _combinations(self, ask: Ask) -> Iterator[Base]:
        parts, memory = self._few_parts(ask.count), self._few_kits(ask.ram_bytes)
        by_socket: dict[str, list[Cpu]] = {}
        for cpu in parts.cpus:
            by_socket.setdefault(cpu.socket, []).append(cpu)
        for board in parts.boards:
            drives = [d for d in parts.drives if takes_drive(board, d)]
            kits = [option for option in memory if option[0].mem_type == board.mem_type]
            for cpu in by_socket.get(board.socket, ()) if drives and kits else ():
                if _feeds(ask, board, cpu, allow_unknown=self._allow_unknown):
                    yield from _with_memory(ask, (cpu, board), kits, drives)


def _with_memory(
    ask: Ask,
    pair: tuple[Cpu, Motherboard],
    memory: Sequence[tuple[Ram, int]],
    drives: Sequence[Storage],
) -> Iterator[Base]:
    cpu, board = pair
    height = height_in_slots(board, ask.count, ask.card_slots)
    cents = cents_of(cpu) + cents_of(board)
    for ram, kits in memory:
        if takes_memory(board, cpu, ram, kits):
            spent = cents + cents_of(ram) * kits
            for drive in drives:
                yield Base(cpu, board, ram, kits, drive, spent + cents_of(drive), height)


def is_allowed(base: Base) -> bool:
    """Return whether no compatibility rule objects to the base by itself, remembered."""
    return _go_together(base.cpu, base.board, base.ram, base.kits, base.drive)


@lru_cache(maxsize=16384)
def _go_together(cpu: Cpu, board: Motherboard, ram: Ram, kits: int, drive: Storage) -> bool:
    build = Build(cpu=cpu, motherboard=board, ram=ram, ram_kits=kits, storage=(drive,))
    return all(f.severity is not Severity.ERROR for f in check(build))


def _generation(cpu: Cpu) -> tuple[object, ...]:
    """Return what the rules read from a processor's name: chipsets support it by generation."""
    name = cpu.name
    return (*refusal_key(name), " pro " in f"{name.lower()} ")


def _narrow(count: int, parts: BaseParts, tainted: frozenset[str]) -> BaseParts:
    """Leave out parts that another part replaces in every base at no higher price."""
    cpus = cheapest_of_each(
        (c for c in parts.cpus if c.cores >= cores_needed(count)),
        lambda c: (c.socket, frozenset(c.mem_types), c.dimm_type, bool(c.igpu), _generation(c)),
        lambda c: (-c.max_power_w, c.pcie_lanes_usable, c.mem_max_bytes),
        tainted,
    )
    boards = cheapest_of_each(
        parts.boards,
        lambda b: (
            (b.socket, b.chipset, b.form_factor, b.mem_type, b.dimm_type),
            (b.cpu_slot_modes, b.gpu_slot_pitch, b.x16_slots_physical) if count > 1 else None,
        ),
        lambda b: (
            b.mem_slots,
            b.mem_max_bytes,
            -(b.eps8 or 1),
            1 if b.m2_slots is None else min(1, b.m2_slots),
            1 if b.sata_ports is None else min(1, b.sata_ports),
        ),
        tainted,
    )
    drives = cheapest_of_each(parts.drives, is_m2, lambda d: (-d.power_active_w,), tainted)
    return BaseParts(cpus, boards, parts.rams, drives)


def _feeds(ask: Ask, board: Motherboard, cpu: Cpu, *, allow_unknown: bool) -> bool:
    lanes = lanes_for(board, ask.count, ask.card_slots, cpu.pcie_lanes_usable)
    if lanes is None:
        is_enough = ask.lanes <= UNTOLD_LINK and board.x16_slots_physical >= ask.count
        return allow_unknown and is_enough
    return lanes >= ask.lanes


def takes_drive(board: Motherboard, drive: Storage) -> bool:
    """Return whether the board has a place for the drive; an unknown number counts as one."""
    places = board.m2_slots if is_m2(drive) else board.sata_ports
    return places is None or places > 0


def takes_memory(board: Motherboard, cpu: Cpu, ram: Ram, kits: int) -> bool:
    """Return whether kits of this memory run in this board with this processor."""
    if ram.mem_type != board.mem_type or ram.mem_type not in cpu.mem_types:
        return False
    if ram.dimm_type not in board.dimm_type.split("|") or ram.dimm_type not in cpu.dimm_type.split(
        "|"
    ):
        return False
    if ram.modules * kits > board.mem_slots:
        return False
    return ram.capacity_bytes * kits <= min(board.mem_max_bytes, cpu.mem_max_bytes)


def _memory_options(
    ram_bytes: int, rams: Sequence[Ram], tainted: frozenset[str]
) -> Iterator[tuple[Ram, int]]:
    """Yield kits that hold enough, leaving out those another kit replaces."""
    for kits in KITS:
        enough = (
            r
            for r in rams
            if r.capacity_bytes * kits >= ram_bytes and r.modules * kits >= FEWEST_MODULES
        )
        for ram in cheapest_of_each(
            enough,
            lambda r: (r.mem_type, r.dimm_type, r.ecc),
            lambda r: (-r.modules, -r.capacity_bytes, -r.module_bytes),
            tainted,
        ):
            yield ram, kits


def _unbeaten(bases: Sequence[Base], tainted: frozenset[str]) -> tuple[Base, ...]:
    """Return the allowed bases no cheaper allowed base replaces, cheapest first."""
    kept: dict[object, list[tuple[float, ...]]] = {}
    out = []
    for base in bases:
        board = base.board
        key = (board.form_factor, board.socket, is_m2(base.drive))
        mine = (
            -base.cpu.max_power_w,
            -float(board.eps8 or 1),
            -float(base.height),
            -float(base.ram.modules * base.kits),
            -base.drive.power_active_w,
        )
        rivals = kept.setdefault(key, [])
        if any(all(map(ge, theirs, mine)) for theirs in rivals):
            continue
        if is_allowed(base):
            if not tainted & base.ids():
                rivals.append(mine)
            out.append(base)
    return tuple(out)


def needed_ram(vram_bytes: int, count: int, smallest: int) -> int:
    """Return the memory to install: as much as all GPUs hold together, at least ``smallest``."""
    return max(smallest, vram_bytes * count)


def card_slots_of(slots: float | None) -> int:
    """Return whole slots; an unknown thickness counts as three."""
    return math.ceil(slots) if slots is not None else 3
