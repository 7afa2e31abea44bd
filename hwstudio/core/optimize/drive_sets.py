"""Drives for data beside the first drive: equal ones, bound at the level that was wished.

Of each model the fewest drives that hold enough are taken: more of the same never cost less.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.part import Storage
from hwstudio.core.model.raid import FEWEST, Level, array_of
from hwstudio.core.model.wishes import DataDrives
from hwstudio.core.optimize import limits
from hwstudio.core.optimize.prices import Prices
from hwstudio.core.optimize.request import Request
from hwstudio.core.optimize.stock import cheapest_of_each

MOST_DATA_DRIVES = 16  # the most bays and ports any case and board of the catalogue have
LARGE = "3.5"


@dataclass(frozen=True, slots=True)
class DriveSet:
    """``count`` pieces of one drive; none at all when no room for data was wished."""

    drive: Storage | None = None
    count: int = 0

    @property
    def pieces(self) -> tuple[Storage, ...]:
        """Return the drives one by one."""
        return (self.drive,) * self.count if self.drive is not None else ()


NO_DRIVES = DriveSet()


def fewest_drives(drive: Storage, wish: DataDrives) -> int | None:
    """Return how many of a drive hold what was wished; None when no number of them does."""
    level = Level(wish.level)
    for count in range(FEWEST[level], MOST_DATA_DRIVES + 1):
        try:
            if array_of(level, count, drive.capacity_bytes).usable_bytes >= wish.usable_bytes:
                return count
        except UserError:  # an odd number where every drive needs a twin
            continue
    return None


def is_data_drive(drive: Storage, wish: DataDrives) -> bool:
    """Return whether a drive is of the wished kind and has a plug every board knows."""
    return drive.drive_kind == wish.kind and (limits.is_sata(drive) or limits.is_m2(drive))


def first_drives(storages: Iterable[Storage], request: Request) -> list[Storage]:
    """Return the drives that may come first; locked ones that can, if there are any.

    A locked drive that can be neither first nor for data leaves none.
    """
    every = list(storages)
    locked = limits.pinned_among(every, request)
    able = [d for d in locked or every if limits.is_drive_known(d, request)]
    wish = request.data_drives
    if able or not locked or wish is None:
        return able
    if all(is_data_drive(drive, wish) for drive in locked):
        return [d for d in every if limits.is_drive_known(d, request)]
    return []


def data_drives(storages: Iterable[Storage], request: Request) -> list[Storage]:
    """Return the drives that may hold data; locked ones of that kind, if there are any."""
    wish = request.data_drives
    if wish is None:
        return []
    able = [drive for drive in storages if is_data_drive(drive, wish)]
    return limits.pinned_among(able, request) or able


def drive_sets(
    drives: Sequence[Storage], request: Request, prices: Prices, kept: frozenset[str]
) -> tuple[DriveSet, ...]:
    """Return the sets worth considering, cheapest first."""
    wish = request.data_drives
    if wish is None:
        return (NO_DRIVES,)
    number = {drive.id: fewest_drives(drive, wish) or 0 for drive in drives}
    few = cheapest_of_each(
        (drive for drive in drives if number[drive.id]),
        lambda d: (limits.is_m2(d), is_large(d)),
        lambda d: (-number[d.id], -number[d.id] * d.power_active_w),
        kept,
        lambda d: prices.cents(d, number[d.id]),
    )
    return tuple(DriveSet(drive, number[drive.id]) for drive in few)


def is_large(drive: Storage) -> bool:
    """Return whether a drive needs a 3.5 inch bay."""
    return drive.form_factor.startswith(LARGE)


@dataclass(frozen=True, slots=True)
class Places:
    """What some drives take of a board and a case, in pieces."""

    m2: int
    sata: int
    large: int  # 3.5 inch bays
    small: int  # 2.5 inch bays; a free larger one will do

    @property
    def bays(self) -> int:
        return self.large + self.small


def places_of(drives: Iterable[Storage]) -> Places:
    """Return what drives take."""
    every = list(drives)
    cabled = [drive for drive in every if not limits.is_m2(drive)]
    large = sum(is_large(drive) for drive in cabled)
    return Places(len(every) - len(cabled), len(cabled), large, len(cabled) - large)


def are_on_board(places: Places, m2_slots: int | None, sata_ports: int | None) -> bool:
    """Return whether a board has the places; an unknown number counts as one."""
    has_m2 = 1 if m2_slots is None else m2_slots
    has_sata = 1 if sata_ports is None else sata_ports
    return places.m2 <= has_m2 and places.sata <= has_sata


def are_in_case(places: Places, bays_35: int | None, bays_25: int | None) -> bool:
    """Return whether a case has the bays; an unknown number counts as none."""
    large, small = bays_35 or 0, bays_25 or 0
    return places.large <= large and places.bays <= large + small


def most_places(firsts: Iterable[Storage], sets: Iterable[DriveSet]) -> Places:
    """Return the most of each place any first drive with any set takes."""
    one = _top([places_of((drive,)) for drive in firsts])
    many = _top([places_of(each.pieces) for each in sets])
    return Places(
        one.m2 + many.m2, one.sata + many.sata, one.large + many.large, one.small + many.small
    )


def _top(places: Sequence[Places]) -> Places:
    return Places(
        max((p.m2 for p in places), default=0),
        max((p.sata for p in places), default=0),
        max((p.large for p in places), default=0),
        max((p.small for p in places), default=0),
    )
