"""How much system memory a kind of work asks for, item by item, and the kit to buy for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.part import Cpu, Motherboard, Ram

MOST_BYTES = 2**50
USUAL_DIMM = "UDIMM"  # what consumer boards take


@dataclass(frozen=True, slots=True)
class MemoryItem:
    """One line of a budget: ``count`` times ``each_bytes``; ``counted`` names what is counted."""

    id: str
    title: str
    each_bytes: int
    why: str = ""
    count: int = 1
    counted: str = ""

    def __post_init__(self) -> None:
        if self.count < 0 or not 0 <= self.each_bytes <= MOST_BYTES:
            raise UserError(f"{self.title} has an impossible size", "", "Give 0 or more")

    @property
    def total_bytes(self) -> int:
        return self.count * self.each_bytes


@dataclass(frozen=True, slots=True)
class MemoryBudget:
    """The lines of one kind of user."""

    id: str
    title: str
    items: tuple[MemoryItem, ...]
    source: str = ""

    @property
    def sum_bytes(self) -> int:
        return sum(item.total_bytes for item in self.items)

    def with_item(
        self, item_id: str, *, each_bytes: int | None = None, count: int | None = None
    ) -> MemoryBudget:
        """Return the budget with one line changed."""
        return replace(
            self,
            items=tuple(
                _changed(item, each_bytes, count) if item.id == item_id else item
                for item in self.items
            ),
        )


def _changed(item: MemoryItem, each_bytes: int | None, count: int | None) -> MemoryItem:
    return replace(
        item,
        each_bytes=item.each_bytes if each_bytes is None else each_bytes,
        count=item.count if count is None else count,
    )


@dataclass(frozen=True, slots=True)
class MemoryRoom:
    """What a computer takes. ``slots`` None = no board is chosen."""

    slots: int | None = None
    most_bytes: int | None = None  # the smaller of what board and processor address
    mem_type: str = ""  # DDR4 | DDR5; "" = any
    dimm_type: str = USUAL_DIMM
    used_modules: int = 0
    used_bytes: int = 0

    @property
    def free_slots(self) -> int | None:
        return None if self.slots is None else max(0, self.slots - self.used_modules)


@dataclass(frozen=True, slots=True)
class KitAnswer:
    """``kits`` pieces of one kit: the smallest memory one can buy that meets the need."""

    kit: Ram
    kits: int
    free_slots: int | None  # left when it is in; None = no board is chosen

    @property
    def total_bytes(self) -> int:
        return self.kit.capacity_bytes * self.kits


def room_of(
    board: Motherboard | None, cpu: Cpu | None, ram: Ram | None = None, kits: int = 1
) -> MemoryRoom:
    """Return what a board and processor take, and what is in them."""
    used = (ram.modules * kits, ram.capacity_bytes * kits) if ram is not None else (0, 0)
    if board is None:
        return MemoryRoom(None, None, "", USUAL_DIMM, *used)
    limits = [board.mem_max_bytes, cpu.mem_max_bytes if cpu is not None else 0]
    known = [limit for limit in limits if limit > 0]
    return MemoryRoom(
        board.mem_slots, min(known) if known else None, board.mem_type, board.dimm_type, *used
    )


def smallest_kit(need_bytes: int, rams: Iterable[Ram], room: MemoryRoom) -> KitAnswer | None:
    """Return the smallest purchasable memory of at least ``need_bytes`` that fits; None = none.

    Among equal sizes fewer kits come first, then the lower price; a kit without a price comes last.
    """
    found = [
        KitAnswer(ram, kits, None if room.slots is None else room.slots - kits * ram.modules)
        for ram, kits in _fitting(rams, room)
        if ram.capacity_bytes * kits >= need_bytes
    ]
    return min(found, key=_by_size, default=None)


def largest_kit(rams: Iterable[Ram], room: MemoryRoom) -> KitAnswer | None:
    """Return the most memory one can buy that fits; of equal sizes the cheaper one."""
    found = [
        KitAnswer(ram, kits, None if room.slots is None else room.slots - kits * ram.modules)
        for ram, kits in _fitting(rams, room)
    ]
    return min(found, key=lambda a: (-a.total_bytes, *_by_size(a)[1:]), default=None)


def _fitting(rams: Iterable[Ram], room: MemoryRoom) -> Iterable[tuple[Ram, int]]:
    for ram in rams:
        if room.mem_type and ram.mem_type != room.mem_type:
            continue
        if room.dimm_type and ram.dimm_type not in room.dimm_type.split("|"):
            continue
        if not ram.modules:
            continue
        # Without a board one kit is all that can be said to fit together.
        most = 1 if room.slots is None else room.slots // ram.modules
        for kits in range(1, most + 1):
            if room.most_bytes is None or ram.capacity_bytes * kits <= room.most_bytes:
                yield ram, kits


def _by_size(answer: KitAnswer) -> tuple[int, int, bool, float, str]:
    price = answer.kit.price
    amount = float(price.amount) * answer.kits if price is not None else 0.0
    return answer.total_bytes, answer.kits, price is None, amount, answer.kit.id
