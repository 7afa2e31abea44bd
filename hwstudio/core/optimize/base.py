"""The half of a computer that carries the GPUs: processor, board, memory, drive.

Bases are listed once per question ("n GPUs, so many lanes, so much memory") and cut down to those
no other base beats in price and in everything the other half asks about.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import ge

from hwstudio.core.model.build import Build
from hwstudio.core.model.part import Case, Cooler, Cpu, Motherboard, Ram, Storage
from hwstudio.core.optimize.drive_sets import (
    NO_DRIVES,
    DriveSet,
    Places,
    are_on_board,
    is_large,
    most_places,
    places_of,
)
from hwstudio.core.optimize.limits import cooling_w, is_m2
from hwstudio.core.optimize.prices import NEVER_CENTS, Prices
from hwstudio.core.optimize.request import Request, cores_needed
from hwstudio.core.optimize.slots import UNTOLD_LINK, height_in_slots, lanes_for, may_hold
from hwstudio.core.optimize.stock import cheapest_of_each
from hwstudio.core.rules.bios_table import refusal_key
from hwstudio.core.rules.engine import has_error

KITS = (1, 2)
NEVER_BYTES = 2**60  # more than any kits hold
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
    drives: Drives
    cents: int
    height: int  # case slots from the first card to the end of the last

    def ids(self) -> frozenset[str]:
        """Return the ids of its parts."""
        return frozenset((self.cpu.id, self.board.id, self.ram.id, *self.drives.ids))

    def order(self) -> tuple[object, ...]:
        """Return what bases are sorted by: the price, and the parts where prices are equal."""
        return (self.cents, self.cpu.id, self.board.id, self.ram.id, self.drives.ids)

    def worth(self) -> tuple[float, ...]:
        """Return what the other half asks about, each the better the larger, the drives last."""
        return (
            -self.cpu.max_power_w,
            -float(self.board.eps8 or 1),
            -float(self.height),
            -float(self.ram.modules * self.kits),
            -self.drives.power_w,
        )

    def build(self) -> Build:
        """Return the base as a half-chosen computer."""
        return Build(
            cpu=self.cpu,
            motherboard=self.board,
            ram=self.ram,
            ram_kits=self.kits,
            storage=(self.drives.first, *self.drives.data.pieces),
        )


@dataclass(frozen=True, slots=True)
class Reach:
    """What the other half can take: heat in W by socket (of some cooler), board forms of cases."""

    heat_w: tuple[tuple[str, float], ...]
    forms: frozenset[str]


@dataclass(frozen=True, slots=True)
class BaseParts:
    """The parts bases are made of, already wanted and known, cheapest first."""

    cpus: Sequence[Cpu]
    boards: Sequence[Motherboard]
    rams: Sequence[Ram]
    drives: Sequence[Storage]
    data: Sequence[DriveSet] = (NO_DRIVES,)


_Room = tuple[int | None, int | None]  # M.2 slots and SATA ports of a board


class Bases:
    """Finds the bases for an ask and remembers them; the wall circuit plays no part in it."""

    def __init__(
        self, parts: BaseParts, request: Request, tainted: frozenset[str], prices: Prices
    ) -> None:
        self.parts = parts
        self.prices = prices
        self._tainted = tainted
        self._kept = tainted | frozenset(request.owned)  # their pieces differ in price
        # Only tax and pieces at hand make several drives on one line cost other than each alone.
        has_lines = bool(request.tax_pct or request.owned)
        self._drives = _few_drives(parts, self.prices, tainted, self._kept, has_lines=has_lines)
        self._by_places: dict[Places, list[Drives]] = {}
        for some in self._drives:
            self._by_places.setdefault(some.places, []).append(some)
        self._allow_unknown = request.allow_unknown
        self._steps = sorted({r.capacity_bytes * kits for r in parts.rams for kits in KITS})
        self._found: dict[tuple[Ask, Reach | None], tuple[Base, ...]] = {}
        self._narrowed: dict[int, BaseParts] = {}
        self._memory: dict[int, tuple[tuple[Ram, int], ...]] = {}
        self._least: dict[tuple[int, int], int] = {}
        self._allowed: dict[object, bool] = {}  # asks share most of their bases

    def reach(self, coolers: Iterable[Cooler], cases: Iterable[Case]) -> Reach:
        """Return what some cooler and some case can take of the parts bases are made of."""
        forms = frozenset(form for case in cases for form in case.mb_form_factors)
        cooled: dict[str, float] = {}
        for cooler in coolers:
            for socket in cooler.sockets:
                cooled[socket] = max(cooled.get(socket, 0.0), cooling_w(cooler))
        hottest: dict[str, float] = {}
        for cpu in self.parts.cpus:
            hottest[cpu.socket] = max(hottest.get(cpu.socket, 0.0), cpu.max_power_w)
        # More than the hottest needs is the same to all bases, so that requests share them.
        heat = sorted((s, min(w, cooled[s])) for s, w in hottest.items() if s in cooled)
        return Reach(tuple(heat), forms & frozenset(b.form_factor for b in self.parts.boards))

    def of(self, ask: Ask, reach: Reach | None = None) -> tuple[Base, ...]:
        """Return the bases that carry ``ask``, cheapest first; only those inside a reach."""
        ask = replace(ask, ram_bytes=self._step(ask.ram_bytes))
        key = (ask, reach)
        if key not in self._found:
            order = sorted(self._combinations(ask, reach), key=Base.order)
            self._found[key] = _unbeaten(order, self._tainted, self._is_allowed)
        return self._found[key]

    def least_cents(self, count: int, ram_bytes: int) -> int:
        """Return a price no base for so many cards and so much memory undercuts, remembered."""
        key = (count, self._step(ram_bytes))
        if key not in self._least:
            self._least[key] = self._least_of(*key)
        return self._least[key]

    def _step(self, ram_bytes: int) -> int:
        """Return the least memory of any kits that holds as much: asks in between are the same."""
        at = bisect_left(self._steps, ram_bytes)
        return self._steps[at] if at < len(self._steps) else NEVER_BYTES

    def _least_of(self, count: int, ram_bytes: int) -> int:
        parts, cents = self._few_parts(count), self.prices.cents
        cpus, kits = {}, {}  # type: tuple[dict[str, int], dict[str, int]]
        for cpu in parts.cpus:
            cpus[cpu.socket] = min(cpus.get(cpu.socket, NEVER_CENTS), cents(cpu))
        for ram, number in self._few_kits(ram_bytes):
            kits[ram.mem_type] = min(kits.get(ram.mem_type, NEVER_CENTS), cents(ram, number))
        beside = (
            cents(b) + cpus.get(b.socket, NEVER_CENTS) + kits.get(b.mem_type, NEVER_CENTS)
            for b in parts.boards
            if may_hold(b, count, allow_unknown=self._allow_unknown)
        )
        drive = min((cents(d) for d in parts.drives), default=NEVER_CENTS)
        return min(NEVER_CENTS, min(beside, default=NEVER_CENTS) + drive)

    def _is_allowed(self, base: Base) -> bool:
        key = (base.cpu.id, base.board.id, base.ram.id, base.kits, base.drives.ids)
        if key not in self._allowed:
            self._allowed[key] = is_allowed(base)
        return self._allowed[key]

    def _few_parts(self, count: int) -> BaseParts:
        if count not in self._narrowed:
            self._narrowed[count] = _narrow(count, self.parts, self._kept, self.prices)
        return self._narrowed[count]

    def _few_kits(self, ram_bytes: int) -> tuple[tuple[Ram, int], ...]:
        if ram_bytes not in self._memory:
            options = _memory_options(ram_bytes, self.parts.rams, self._kept, self.prices)
            self._memory[ram_bytes] = tuple(options)
        return self._memory[ram_bytes]

    def _combinations(self, ask: Ask, reach: Reach | None) -> Iterator[Base]:
        """Yield every base but those another one replaces with the same drives.

        Most are replaced like that, and with many sets of drives they are too many to be made.
        """
        groups: dict[tuple[str, str], list[Base]] = {}
        for stem in self._stems(ask, reach):
            groups.setdefault((stem.board.socket, stem.board.form_factor), []).append(stem)
        for stems in groups.values():
            stems.sort(key=Base.order)
            rooms = {_room(stem.board) for stem in stems}
            found: dict[frozenset[_Room], tuple[list[Base], list[Base]]] = {}
            for places, drives in self._by_places.items():
                takers = frozenset(room for room in rooms if are_on_board(places, *room))
                if takers not in found:
                    takes = [stem for stem in stems if _room(stem.board) in takers]
                    found[takers] = (takes, self._front(takes, lambda _: True))
                yield from self._with_drives(*found[takers], drives)

    def _with_drives(
        self, stems: Sequence[Base], front: Sequence[Base], drives: Sequence[Drives]
    ) -> Iterator[Base]:
        """Yield the stems with each of the drives, which take the same places.

        ``front`` are the stems no other one replaces as long as all of them are allowed.
        """
        for some in drives:
            if self._tainted & set(some.ids):  # it may cost less with one stem than with another
                yield from (_on(stem, some) for stem in stems)
                continue
            bases = [_on(stem, some) for stem in front]
            if all(map(self._is_allowed, bases)):
                yield from bases
            else:
                every = [_on(stem, some) for stem in stems]
                yield from self._front(every, self._is_allowed)

    def _front(self, bases: Iterable[Base], is_fine: Callable[[Base], bool]) -> list[Base]:
        """Return the bases with equal drives that no earlier fine one replaces."""
        best: list[tuple[float, ...]] = []
        out = []
        for base in bases:
            worth = base.worth()
            if not any(all(map(ge, theirs, worth)) for theirs in best):
                out.append(base)
                if not self._tainted & base.ids() and is_fine(base):
                    best.append(worth)
        return out

    def _stems(self, ask: Ask, reach: Reach | None) -> Iterator[Base]:
        """Yield the bases with one and the same drives, whether these have a place or not."""
        if not self._drives:
            return
        # Free to go out on price: not those whose price differs from base to base.
        plain = (some for some in self._drives if not self._tainted & set(some.ids))
        drives = next(plain, self._drives[0])
        parts, memory = self._few_parts(ask.count), self._few_kits(ask.ram_bytes)
        heat_w = None if reach is None else dict(reach.heat_w)
        by_socket: dict[str, list[Cpu]] = {}
        for cpu in parts.cpus:
            if heat_w is None or cpu.max_power_w <= heat_w.get(cpu.socket, -1.0):
                by_socket.setdefault(cpu.socket, []).append(cpu)
        for board in parts.boards:
            if reach is not None and board.form_factor not in reach.forms:
                continue
            kits = [option for option in memory if option[0].mem_type == board.mem_type]
            for cpu in by_socket.get(board.socket, ()) if kits else ():
                if _feeds(ask, board, cpu, allow_unknown=self._allow_unknown):
                    yield from _with_memory(ask, (cpu, board), kits, drives, self.prices)


def _with_memory(
    ask: Ask,
    pair: tuple[Cpu, Motherboard],
    memory: Sequence[tuple[Ram, int]],
    drives: Drives,
    prices: Prices,
) -> Iterator[Base]:
    cpu, board = pair
    height = height_in_slots(board, ask.count, ask.card_slots)
    cents = prices.cents(cpu) + prices.cents(board) + drives.cents
    for ram, kits in memory:
        if takes_memory(board, cpu, ram, kits):
            yield Base(cpu, board, ram, kits, drives, cents + prices.cents(ram, kits), height)


def _on(stem: Base, drives: Drives) -> Base:
    """Return the base with other drives."""
    cents = stem.cents - stem.drives.cents + drives.cents
    return Base(stem.cpu, stem.board, stem.ram, stem.kits, drives, cents, stem.height)


def is_allowed(base: Base) -> bool:
    """Return whether no compatibility rule objects to the base by itself."""
    return not has_error(base.build())


def _generation(cpu: Cpu) -> tuple[object, ...]:
    """Return what the rules read from a processor's name: chipsets support it by generation."""
    name = cpu.name
    return (*refusal_key(name), " pro " in f"{name.lower()} ")


def _narrow(count: int, parts: BaseParts, tainted: frozenset[str], prices: Prices) -> BaseParts:
    """Leave out parts that another part replaces in every base at no higher price."""
    most = most_places(parts.drives, parts.data)
    cpus = cheapest_of_each(
        (c for c in parts.cpus if c.cores >= cores_needed(count)),
        lambda c: (c.socket, frozenset(c.mem_types), c.dimm_type, bool(c.igpu), _generation(c)),
        lambda c: (-c.max_power_w, c.pcie_lanes_usable, c.mem_max_bytes),
        tainted,
        prices.cents,
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
            1 if b.m2_slots is None else min(most.m2, b.m2_slots),
            1 if b.sata_ports is None else min(most.sata, b.sata_ports),
        ),
        tainted,
        prices.cents,
    )
    return BaseParts(cpus, boards, parts.rams, parts.drives, parts.data)


def _few_drives(
    parts: BaseParts,
    prices: Prices,
    tainted: frozenset[str],
    kept: frozenset[str],
    *,
    has_lines: bool,
) -> list[Drives]:
    """Return the first drives with those for data that no others replace, cheapest first.

    With ``has_lines`` a drive that is also for data costs other than alone, and may not replace
    another one then: so a first drive goes out only where two can replace it, and each drive
    stays together with more of its own.
    """
    firsts = cheapest_of_each(
        parts.drives,
        lambda d: (is_m2(d), is_large(d)),
        lambda d: (-d.power_active_w,),
        kept,
        prices.cents,
        2 if has_lines else 1,
    )
    pairs = [(first, data) for first in firsts for data in parts.data]
    if has_lines:
        own = {data.drive.id: data for data in parts.data if data.drive is not None}
        out = {drive.id: drive for drive in parts.drives if drive not in firsts}
        pairs += [(drive, own[ident]) for ident, drive in out.items() if ident in own]
    found: dict[Places, list[Drives]] = {}
    every = (Drives(first, data, prices) for first, data in pairs)
    for some in sorted(every, key=lambda s: (s.cents, s.ids)):
        rivals = found.setdefault(some.places, [])
        free = (rival for rival in rivals if not tainted.intersection(rival.ids))
        if not any(rival.power_w <= some.power_w for rival in free):
            rivals.append(some)
    return sorted((s for rivals in found.values() for s in rivals), key=lambda s: (s.cents, s.ids))


def _feeds(ask: Ask, board: Motherboard, cpu: Cpu, *, allow_unknown: bool) -> bool:
    lanes = lanes_for(board, ask.count, ask.card_slots, cpu.pcie_lanes_usable)
    if lanes is None:
        is_enough = ask.lanes <= UNTOLD_LINK and board.x16_slots_physical >= ask.count
        return allow_unknown and is_enough
    return lanes >= ask.lanes


class Drives:
    """A first drive and the drives for data, with their price and what places they take."""

    def __init__(self, first: Storage, data: DriveSet, prices: Prices) -> None:
        self.first, self.data = first, data
        every = (first, *data.pieces)
        self.ids = tuple(dict.fromkeys(drive.id for drive in every))
        self.power_w = sum(drive.power_active_w for drive in every)
        self.places = places_of(every)
        if data.drive is None:
            self.cents = prices.cents(first)
        elif data.drive.id == first.id:
            self.cents = prices.cents(first, data.count + 1)
        else:
            self.cents = prices.cents(first) + prices.cents(data.drive, data.count)


def _room(board: Motherboard) -> _Room:
    return board.m2_slots, board.sata_ports


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
    ram_bytes: int, rams: Sequence[Ram], tainted: frozenset[str], prices: Prices
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
            prices.cents,
        ):
            yield ram, kits


def _unbeaten(
    bases: Sequence[Base], tainted: frozenset[str], is_fine: Callable[[Base], bool] = is_allowed
) -> tuple[Base, ...]:
    """Return the allowed bases no cheaper allowed base replaces, cheapest first."""
    kept: dict[object, list[tuple[float, ...]]] = {}
    out = []
    for base in bases:
        key = (base.board.form_factor, base.board.socket, base.drives.places)
        mine = base.worth()
        rivals = kept.setdefault(key, [])
        if any(all(map(ge, theirs, mine)) for theirs in rivals):
            continue
        if is_fine(base):
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
