"""A whole build that spends its money as a task profile says.

The planner looks for the fastest build; a profile is a rule of thumb about money. So card,
processor, memory and drive are chosen by their prices alone: of all fours the catalogue has, the
one whose shares are nearest, as far as that depends on the socket's board. The planner completes
it as cheaply as it can, and what board, supply, case and cooler then really cost is known for the
next round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import product
from typing import Protocol, TypeVar

from hwstudio.core.guide.allocation import (
    GROUPS,
    Profile,
    Share,
    against,
    allocation_of,
    follows,
)
from hwstudio.core.model.build import Build
from hwstudio.core.model.part import Cpu, Gpu, GpuCard, Part, PartKind, Ram, Storage
from hwstudio.core.model.workload import Workload
from hwstudio.core.optimize.limits import COOLING_BY_HEIGHT_MM, is_m2
from hwstudio.core.optimize.request import DEFAULT_STORAGE_BYTES, OLDEST_YEAR
from hwstudio.core.predict.memory import Fit, memory_on
from hwstudio.core.predict.speed import is_backed_by_measurements
from hwstudio.core.project.assemble import choices_of
from hwstudio.core.project.guides.figures import Answering
from hwstudio.core.project.guides.taking import with_wishes
from hwstudio.core.project.jobs import Library, find_job
from hwstudio.core.project.planner import is_within
from hwstudio.core.project.state import Choice, Limits, ProjectState

P = TypeVar("P", bound=Part)
HOPED_OTHER = 0.05  # of the budget, before a build of a socket says what its rest really costs
ROUNDS, EACH_ROUND, LEAST_SPENT, STEPS = 12, 3, 0.85, 31
CARDS_BESIDE, BESIDE = 3, 1  # further prices tried on each side of the nearest
PSU_PER_W = (
    0.1  # dollars a watt of the card: what a larger supply costs, and it is part of the rest
)
MOST_FAILED = 3  # fours of a socket that no rest fits, before it is given up; 1 of an unknown one
LOCKED = tuple(k.value for k in (PartKind.GPU_CARD, PartKind.CPU, PartKind.RAM, PartKind.STORAGE))


class Priced(Library, Protocol):
    """The priced parts of the catalogue, and its jobs."""

    def cards(self) -> tuple[GpuCard, ...]: ...
    def cpus(self) -> tuple[Cpu, ...]: ...
    def rams(self) -> tuple[Ram, ...]: ...
    def storages(self) -> tuple[Storage, ...]: ...


@dataclass(frozen=True, slots=True)
class Followed:
    """The nearest build found: the project that holds it, and how far it is off.

    ``dearest_cpu`` is what the dearest processor costs that was looked at.
    """

    state: ProjectState
    build: Build
    shares: tuple[Share, ...]
    dearest_cpu: float = 0.0

    @property
    def worst(self) -> Share:
        """The group that is farthest from its share."""
        return max(self.shares, key=lambda share: abs(share.off))

    @property
    def is_near(self) -> bool:
        """Say whether every group is within five points."""
        return follows(self.shares)

    @property
    def farthest(self) -> float:
        """The largest distance of a group from its share."""
        return abs(self.worst.off)


def follow(
    profile: Profile,
    state: ProjectState,
    shelf: Priced,
    planner: Answering,
    told: Callable[[int], None] | None = None,
) -> Followed | None:
    """Return the build nearest to a profile's shares within the budget; None when none is whole.

    It spends at least ``LEAST_SPENT`` of the budget where that is possible. ``told`` hears the
    number of each round, from 1.
    """
    budget = state.budget
    asked = with_wishes(state, profile.wishes)
    # The rest is bought above the budget at first: what it costs says what the four may cost.
    roomy = replace(
        asked, budget=budget * 2, objective="cost", gpu_count=1, locked=LOCKED, limits=Limits()
    )
    market = _market(shelf, find_job(shelf, asked.workload_id), asked.limits)
    search = _Search(profile, float(budget), market)
    best: Followed | None = None
    for number in range(1, ROUNDS + 1):
        if told is not None:
            told(number)
        picks = search.next_picks()
        if best is not None and all(pick.farthest >= best.farthest for pick in picks):
            break  # what is known of the rests promises nothing nearer
        for pick in picks:
            found = _whole(profile, roomy, pick, planner)
            search.learn(pick, found)
            if found is None or sum((s.amount for s in found.shares), Decimal(0)) > budget:
                continue
            if best is None or found.farthest < best.farthest:
                kept = replace(found.state, budget=budget, limits=asked.limits)
                best = replace(found, state=kept, dearest_cpu=market.dearest_cpu)
        if best is not None and best.is_near:
            return best
    return best


@dataclass(frozen=True, slots=True)
class _Pick:
    """Card, processor, memory and drive: how far their shares are off, with a socket's rest."""

    farthest: float
    parts: tuple[Part, ...]
    socket: str


@dataclass(frozen=True, slots=True)
class _ByPrice:
    """Parts of a kind by price, cheapest first."""

    prices: tuple[float, ...]
    parts: tuple[Part, ...]

    def near(self, amount: float, beside: int = 0) -> range:
        """Return the places of the price nearest to an amount and of ``beside`` on each side."""
        if not self.prices:
            return range(0)
        place = min(range(len(self.prices)), key=lambda n: abs(self.prices[n] - amount))
        return range(max(0, place - beside), min(len(self.prices), place + beside + 1))


@dataclass(frozen=True, slots=True)
class _Market:
    """What is for sale: cards, drives, and for each socket its processors and memory."""

    cards: _ByPrice
    drives: _ByPrice
    sockets: dict[str, tuple[_ByPrice, _ByPrice]]

    @property
    def dearest_cpu(self) -> float:
        """The price of the dearest processor of all sockets; 0 without any."""
        return max((p for cpus, _ in self.sockets.values() for p in cpus.prices), default=0.0)


@dataclass(slots=True)
class _Search:
    """Looks for the nearest fours, knowing ever better what a socket's rest costs."""

    profile: Profile
    budget: float
    market: _Market
    rests: dict[str, float] = field(default_factory=dict)  # without what the card's watts cost
    tried: set[tuple[str, ...]] = field(default_factory=set)
    failed: dict[str, int] = field(default_factory=dict)  # fours of a socket no rest fits

    def next_picks(self) -> Sequence[_Pick]:
        """Return the best untried four of the most promising sockets, nearest first."""
        found = [
            best
            for socket in self.market.sockets
            if not self._is_given_up(socket)
            and (best := min(self._fours(socket), key=lambda p: p.farthest, default=None))
        ]
        return sorted(found, key=lambda pick: pick.farthest)[:EACH_ROUND]

    def _is_given_up(self, socket: str) -> bool:
        """A four no rest fits takes seconds to refuse; most sockets that fail have no board."""
        return self.failed.get(socket, 0) >= (MOST_FAILED if socket in self.rests else 1)

    def learn(self, pick: _Pick, found: Followed | None) -> None:
        """Keep what the rest of a four really cost, and never try the same four again."""
        self.tried.add(tuple(part.id for part in pick.parts))
        if found is None:
            self.failed[pick.socket] = self.failed.get(pick.socket, 0) + 1
        else:
            rest = float(found.shares[-1].amount) - _supply_for(pick.parts[0])
            self.rests[pick.socket] = rest

    def _fours(self, socket: str) -> Iterator[_Pick]:
        cpus, rams = self.market.sockets[socket]
        shares = self.profile.shares
        cards, drives = self.market.cards, self.market.drives
        for step in range(STEPS):
            total = self.budget * (1 - (1 - LEAST_SPENT) * step / (STEPS - 1))
            places = product(
                cards.near(shares["gpu"] * total, CARDS_BESIDE),
                cpus.near(shares["cpu"] * total, BESIDE),
                rams.near(shares["ram"] * total, BESIDE),
                drives.near(shares["storage"] * total, BESIDE),
            )
            for place in places:
                pick = self._pick(place, (cards, cpus, rams, drives), socket)
                if pick is not None:
                    yield pick

    def _pick(self, place: tuple[int, ...], of: tuple[_ByPrice, ...], socket: str) -> _Pick | None:
        costs = [kind.prices[n] for kind, n in zip(of, place, strict=True)]
        rest = self.rests.get(socket, HOPED_OTHER * self.budget) + _supply_for(
            of[0].parts[place[0]]
        )
        total = sum(costs) + rest
        if not LEAST_SPENT * self.budget <= total <= self.budget:
            return None
        parts = tuple(kind.parts[n] for kind, n in zip(of, place, strict=True))
        if tuple(part.id for part in parts) in self.tried:
            return None
        wanted = [self.profile.shares[group] for group in GROUPS]
        spent = [cost / total for cost in (*costs, rest)]
        off = max(abs(one - other) for one, other in zip(spent, wanted, strict=True))
        return _Pick(off, parts, socket)


def _supply_for(card: Part) -> float:
    return PSU_PER_W * card.tdp_w if isinstance(card, GpuCard) else 0.0


def _whole(
    profile: Profile, state: ProjectState, pick: _Pick, planner: Answering
) -> Followed | None:
    """Let the planner complete a four; None where no rest fits it."""
    parts = tuple(Choice(p.kind.value, p.id, p.name, 1) for p in pick.parts)
    answer = planner.answer(replace(state, parts=parts), keeps_parts=False)
    if not answer.solution.builds:
        return None
    build = answer.solution.builds[0].build
    allocation = allocation_of(build)
    if allocation is None:
        return None
    kept = replace(state, objective="time", parts=choices_of(build))
    return Followed(kept, build, against(allocation, profile))


def _market(shelf: Priced, workload: Workload, limits: Limits) -> _Market:
    sockets: dict[str, tuple[_ByPrice, _ByPrice]] = {}
    rams = [ram for ram in shelf.rams() if is_within(ram, limits)]
    by_kind: dict[tuple[str, tuple[str, ...]], list[Cpu]] = {}
    for cpu in _consumer(shelf.cpus()):
        if is_within(cpu, limits):
            by_kind.setdefault((cpu.socket, cpu.mem_types), []).append(cpu)
    for (socket, types), cpus in by_kind.items():
        for mem_type in types:
            kits = [ram for ram in rams if _suits(ram, mem_type, cpus)]
            sockets[f"{socket} {mem_type} {len(types)}"] = (_by_price(cpus), _by_price(kits))
    return _Market(
        cards=_by_price(c for c in shelf.cards() if _does(c, workload) and is_within(c, limits)),
        drives=_by_price(d for d in shelf.storages() if _is_roomy(d) and is_within(d, limits)),
        sockets=sockets,
    )


def _by_price(parts: Iterable[P]) -> _ByPrice:
    """Sort parts by price, one for each price; old ones, which nobody sells anew, are left out."""
    priced = [(part, part.price) for part in parts if part.price is not None]
    new = [(p, c) for p, c in priced if (p.release_year or OLDEST_YEAR) >= OLDEST_YEAR]
    found: dict[float, Part] = {}
    for part, price in sorted(new, key=lambda row: (row[1].amount, row[0].id)):
        found.setdefault(float(price.amount), part)
    return _ByPrice(tuple(found), tuple(found.values()))


def _does(card: GpuCard, workload: Workload) -> bool:
    gpu: Gpu = replace(card.gpu, vram_bytes=card.vram_bytes)
    if card.length_mm is None or card.slots is None or card.cooling in ("passive", "system"):
        return False
    if not is_backed_by_measurements(workload, card.gpu):
        return False
    return memory_on(workload, gpu, 1).verdict is Fit.FITS


def _consumer(cpus: Iterable[Cpu]) -> list[Cpu]:
    """Processors for ordinary boards that an air cooler carries; the planner knows no other."""
    most_w = max(watts for _height, watts in COOLING_BY_HEIGHT_MM)
    return [cpu for cpu in cpus if cpu.dimm_type == "UDIMM" and cpu.max_power_w <= most_w]


def _is_roomy(drive: Storage) -> bool:
    is_fast = drive.drive_kind == "SSD" and is_m2(drive)
    return is_fast and drive.capacity_bytes >= DEFAULT_STORAGE_BYTES


def _suits(ram: Ram, mem_type: str, cpus: Sequence[Cpu]) -> bool:
    fits = ram.mem_type == mem_type and ram.dimm_type == "UDIMM" and not ram.ecc
    least = min(cpu.mem_max_bytes for cpu in cpus)
    return fits and 2 <= ram.modules <= 4 and ram.capacity_bytes <= least
