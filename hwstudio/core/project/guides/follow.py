"""A whole build that spends its money as a task profile says, found part by part.

The planner looks for the fastest build; a profile is a rule of thumb about money. So card,
processor, memory and drive are taken near their share, the planner completes them as cheaply as it
can, and what board, supply, case and cooler then really cost is given back to the four shares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from typing import Protocol, TypeVar

from hwstudio.core.guide.allocation import Profile, Share, against, allocation_of, follows
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
USUAL_OTHER = 0.10  # of the budget, before the first build says what the rest really costs
ROUNDS, NEAREST, MOST_TRIED = 4, 4, 8
LOCKED = tuple(k.value for k in (PartKind.GPU_CARD, PartKind.CPU, PartKind.RAM, PartKind.STORAGE))


class Priced(Library, Protocol):
    """The priced parts of the catalogue, and its jobs."""

    def cards(self) -> tuple[GpuCard, ...]: ...
    def cpus(self) -> tuple[Cpu, ...]: ...
    def rams(self) -> tuple[Ram, ...]: ...
    def storages(self) -> tuple[Storage, ...]: ...


@dataclass(frozen=True, slots=True)
class Followed:
    """The nearest build found: the project that holds it, and how far it is off."""

    state: ProjectState
    build: Build
    shares: tuple[Share, ...]

    @property
    def is_near(self) -> bool:
        """Say whether every group is within five points."""
        return follows(self.shares)

    @property
    def farthest(self) -> float:
        """The largest distance of a group from its share."""
        return max(abs(share.off) for share in self.shares)


def follow(
    profile: Profile,
    state: ProjectState,
    shelf: Priced,
    planner: Answering,
    told: Callable[[int], None] | None = None,
) -> Followed | None:
    """Return the build nearest to a profile's shares within the budget; None when none is whole.

    ``told`` hears the number of each round, from 1.
    """
    budget = state.budget
    asked = with_wishes(state, profile.wishes)
    # The rest is bought above the budget at first: what it costs says what the four may cost.
    roomy = replace(
        asked, budget=budget * 2, objective="cost", gpu_count=1, locked=LOCKED, limits=Limits()
    )
    workload, other = find_job(shelf, asked.workload_id), USUAL_OTHER
    best: Followed | None = None
    spend = budget
    for number in range(1, ROUNDS + 1):
        if told is not None:
            told(number)
        picks = _picks(profile, spend, other, (shelf, workload, asked.limits))
        found = _first_whole(profile, roomy, picks, planner)
        if found is None:
            return best
        total = sum((share.amount for share in found.shares), Decimal(0))
        if total > budget:
            spend -= total - budget
        elif best is None or found.farthest < best.farthest:
            kept = replace(found.state, budget=budget, limits=asked.limits)
            best = replace(found, state=kept)
        if best is not None and best.is_near:
            return best
        other = float(found.shares[-1].amount / budget)
    return best


def _first_whole(
    profile: Profile,
    state: ProjectState,
    picks: Iterator[tuple[Choice, ...]],
    planner: Answering,
) -> Followed | None:
    for parts in islice(picks, MOST_TRIED):
        answer = planner.answer(replace(state, parts=parts), keeps_parts=False)
        if not answer.solution.builds:
            continue
        build = answer.solution.builds[0].build
        allocation = allocation_of(build)
        if allocation is not None:
            kept = replace(state, objective="time", parts=choices_of(build))
            return Followed(kept, build, against(allocation, profile))
    return None


def _picks(
    profile: Profile, budget: Decimal, other: float, of: tuple[Priced, Workload, Limits]
) -> Iterator[tuple[Choice, ...]]:
    """Yield card, processor, memory and drive near their shares of what the rest leaves."""
    shelf, workload, limits = of
    shares = profile.shares
    left = float(budget) * (1 - max(other, shares["other"])) * 0.985  # a little below the budget
    whole = 1 - shares["other"]
    money = {group: left * shares[group] / whole for group in ("gpu", "cpu", "ram", "storage")}
    cards = [card for card in shelf.cards() if _does(card, workload) and is_within(card, limits)]
    drives = [d for d in shelf.storages() if _is_roomy(d)]
    drive = next(iter(_near(drives, money["storage"])), None)
    for card in islice(_near(cards, money["gpu"]), NEAREST):
        for cpu in islice(_of_each_socket(_near(_consumer(shelf.cpus()), money["cpu"])), NEAREST):
            kits = [r for r in shelf.rams() if _suits(r, cpu)]
            ram = next(iter(_near(kits, money["ram"])), None)
            if ram is not None and drive is not None:
                yield tuple(Choice(p.kind.value, p.id, p.name, 1) for p in (card, cpu, ram, drive))


def _near(parts: Iterable[P], money: float) -> Iterator[P]:
    """Yield parts by how near their price is to an amount; newer ones first when equal."""
    priced = [(part, part.price) for part in parts if part.price is not None]
    new = [(p, c) for p, c in priced if (p.release_year or OLDEST_YEAR) >= OLDEST_YEAR]
    ordered = sorted(new, key=lambda row: (abs(float(row[1].amount) - money), row[0].id))
    for part, _price in ordered:
        yield part


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


def _of_each_socket(cpus: Iterable[Cpu]) -> Iterator[Cpu]:
    """Yield the first of each socket: what one socket's boards cannot do, another's may."""
    seen: set[str] = set()
    for cpu in cpus:
        if cpu.socket not in seen:
            seen.add(cpu.socket)
            yield cpu


def _suits(ram: Ram, cpu: Cpu) -> bool:
    fits = ram.mem_type in cpu.mem_types and ram.dimm_type == "UDIMM" and not ram.ecc
    return fits and 2 <= ram.modules <= 4 and ram.capacity_bytes <= cpu.mem_max_bytes
