"""Drives for data, told a second time: for brute force and the integer programme.

Written apart from drive_sets.py, from what RAID levels promise: a slip in one is not repeated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from hwstudio.core.model.part import Storage
from hwstudio.core.model.wishes import DataDrives
from hwstudio.core.optimize import limits
from hwstudio.core.optimize.request import Request
from hwstudio.core.optimize.second_opinion import choosable, line_cents

COUNTS = range(1, 17)
# Level: drives at least, drives' worth that is lost, whether they come in pairs.
_LEVELS = {
    "none": (1, 0, False),
    "0": (2, 0, False),
    "5": (3, 1, False),
    "6": (4, 2, False),
}


def usable_bytes(drive_bytes: int, count: int, level: str) -> int:
    """Return what so many equal drives hold at a level; 0 where it does not work."""
    if level == "1":
        return drive_bytes if count >= 2 else 0
    if level == "10":
        return drive_bytes * count // 2 if count >= 4 and count % 2 == 0 else 0
    least, lost, _ = _LEVELS[level]
    return drive_bytes * (count - lost) if count >= least else 0


def holds_data(drives: Sequence[Storage], wish: DataDrives | None) -> bool:
    """Return whether equal drives are what was wished; none at all where nothing was."""
    if wish is None or not drives:
        return wish is None and not drives
    one = drives[0]
    has_plug = one.interface.startswith(("SATA", "M.2 PCIe"))
    is_alike = all(drive == one for drive in drives)
    held = usable_bytes(one.capacity_bytes, len(drives), wish.level)
    return is_alike and has_plug and one.drive_kind == wish.kind and held >= wish.usable_bytes


def first_ones(storages: Iterable[Storage], request: Request) -> list[Storage]:
    """Return the drives to be tried first in the list."""
    every = list(storages)
    free = choosable(every, request)
    if len(free) == len(every) or request.data_drives is None:
        return free
    able = [drive for drive in free if limits.is_drive_known(drive, request)]
    kind = request.data_drives.kind
    all_data = all(d.drive_kind == kind and holds_plug(d) for d in free)
    return able or (every if all_data else [])


def holds_plug(drive: Storage) -> bool:
    """Return whether a drive goes on SATA or into an M.2 slot with PCIe."""
    return drive.interface.startswith(("SATA", "M.2 PCIe"))


def data_lists(storages: Iterable[Storage], request: Request) -> Iterator[tuple[Storage, ...]]:
    """Yield every list of drives for data; () where none was wished."""
    wish = request.data_drives
    if wish is None:
        yield ()
        return
    able = [d for d in storages if d.drive_kind == wish.kind and holds_plug(d)]
    for drive in choosable(able, request):
        for count in COUNTS:
            if usable_bytes(drive.capacity_bytes, count, wish.level) >= wish.usable_bytes:
                yield (drive,) * count
                break


def drives_cents(drives: Iterable[Storage], request: Request) -> int | None:
    """Return what drives cost, equal ones on one line; None when one cannot be bought."""
    known: dict[str, Storage] = {}
    number: Counter[str] = Counter()
    for drive in drives:
        known[drive.id] = drive
        number[drive.id] += 1
    lines = [line_cents(known[ident], count, request) for ident, count in number.items()]
    return None if None in lines else sum(cents for cents in lines if cents is not None)


def have_ports(drives: Iterable[Storage], m2_slots: int | None, sata_ports: int | None) -> bool:
    """Return whether a board has a place for each drive; an unknown number counts as one."""
    kinds = Counter(drive.interface.startswith("M.2 PCIe") for drive in drives)
    m2 = 1 if m2_slots is None else m2_slots
    sata = 1 if sata_ports is None else sata_ports
    return kinds[True] <= m2 and kinds[False] <= sata


def have_bays(drives: Iterable[Storage], bays_35: int | None, bays_25: int | None) -> bool:
    """Return whether a case has a bay for each drive on a cable."""
    large = small = 0
    for drive in drives:
        if not drive.interface.startswith("M.2 PCIe"):
            if drive.form_factor.startswith("3.5"):
                large += 1
            else:
                small += 1
    free = (bays_35 or 0) - large
    return free >= 0 and small <= free + (bays_25 or 0)
