"""The cheapest drives that hold a need, bound together as safely as asked, with their cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.part import Storage
from hwstudio.core.model.raid import FEWEST, Array, Level, array_of

NVME, SATA_SSD, HDD = "nvme", "sata_ssd", "hdd"
KIND_TITLE = {NVME: "NVMe SSD", SATA_SSD: "SATA SSD", HDD: "hard disk"}
# Rated ceilings of the links, bytes/s: SATA 6 Gb/s after 8b/10b coding; PCIe lanes after 128b/130b.
SATA_BYTES_PER_S = 0.6e9
LANE_BYTES_PER_S = {3: 0.985e9, 4: 1.969e9, 5: 3.938e9}
MOST_NVME, MOST_DISKS = 4, 12
SAFE_LEVELS: Mapping[int, tuple[Level, ...]] = {
    0: (Level.NONE,),
    1: (Level.RAID1, Level.RAID5, Level.RAID10),
    2: (Level.RAID6, Level.RAID1),
}


@dataclass(frozen=True, slots=True)
class Volume:
    """Equal drives that serve one purpose."""

    purpose: str  # "Primary", "Secondary", "Archive"
    drive: Storage
    array: Array
    cost: Decimal
    currency: str
    as_of: str

    @property
    def cost_per_tb(self) -> Decimal:
        """Return the cost of a usable terabyte (10**12 bytes)."""
        return self.cost / (Decimal(self.array.usable_bytes) / Decimal(10**12))


@dataclass(frozen=True, slots=True)
class StoragePlan:
    """The volumes, and what they are together."""

    volumes: tuple[Volume, ...]
    missing: tuple[str, ...] = ()  # purposes no drive of the catalogue can serve

    @property
    def raw_bytes(self) -> int:
        return sum(volume.array.raw_bytes for volume in self.volumes)

    @property
    def usable_bytes(self) -> int:
        return sum(volume.array.usable_bytes for volume in self.volumes)

    @property
    def cost(self) -> Decimal:
        return sum((volume.cost for volume in self.volumes), Decimal(0))


@dataclass(frozen=True, slots=True)
class StorageWishes:
    """How safe, and on what. ``*_failures``: drives that may fail without a loss."""

    primary_failures: int = 0
    secondary_failures: int = 1
    secondary_kind: str = HDD

    def __post_init__(self) -> None:
        for failures in (self.primary_failures, self.secondary_failures):
            if failures not in SAFE_LEVELS:
                raise UserError(
                    f"{failures} failed drives cannot be planned for", "", "Choose 0, 1 or 2"
                )


def kind_of(drive: Storage) -> str:
    """Return nvme, sata_ssd or hdd."""
    if drive.drive_kind == "HDD":
        return HDD
    return SATA_SSD if "SATA" in drive.interface else NVME


def link_bytes_per_s(drive: Storage) -> float | None:
    """Return the rated ceiling of a drive's link (the drive itself may be slower); None: unsaid."""
    if "SATA" in drive.interface:
        return SATA_BYTES_PER_S
    lanes = drive.interface.rpartition(" x")[2]
    lane = LANE_BYTES_PER_S.get(int(drive.pcie_gen or 0))
    return None if lane is None or not lanes.isdigit() else lane * int(lanes)


def plan_storage(
    hot_bytes: int, cold_bytes: int, drives: Iterable[Storage], wishes: StorageWishes
) -> StoragePlan:
    """Return primary drives for what is in use and secondary ones for the rest, each cheapest."""
    offered = tuple(drive for drive in drives if drive.price is not None)
    asked = (
        ("Primary", hot_bytes, NVME, wishes.primary_failures, MOST_NVME),
        ("Secondary", cold_bytes, wishes.secondary_kind, wishes.secondary_failures, MOST_DISKS),
    )
    volumes, missing = [], []
    for purpose, need_bytes, kind, failures, most in asked:
        if not need_bytes:
            continue
        found = _cheapest(purpose, need_bytes, _by_size(offered, kind), (failures, most))
        if found is None:
            missing.append(purpose)
        else:
            volumes.append(found)
    return StoragePlan(tuple(volumes), tuple(missing))


def volume_of(purpose: str, drive: Storage, array: Array) -> Volume | None:
    """Return a volume with its cost; None when the drive has no price."""
    price = drive.price
    if price is None:
        return None
    return Volume(
        purpose, drive, array, price.amount * array.drives, price.currency, price.as_of
    )  # fmt: skip


def cheapest_of_size(drives: Iterable[Storage], kind: str, drive_bytes: int) -> Storage | None:
    """Return the cheapest drive of a kind that holds at least ``drive_bytes``."""
    fitting = [d for d in _by_size(drives, kind) if d.capacity_bytes >= drive_bytes]
    return min(fitting, key=_cost, default=None)


def _cheapest(
    purpose: str, need_bytes: int, drives: Iterable[Storage], safety: tuple[int, int]
) -> Volume | None:
    found = [
        volume
        for drive in drives
        for array in _arrays(drive.capacity_bytes, need_bytes, *safety)
        if (volume := volume_of(purpose, drive, array)) is not None
    ]
    return min(found, key=lambda v: (v.cost, v.array.drives, v.drive.id), default=None)


def _arrays(drive_bytes: int, need_bytes: int, failures: int, most: int) -> Iterator[Array]:
    """Yield, for each level that is safe enough, the fewest drives that hold the need."""
    for level in SAFE_LEVELS[failures]:
        step = 2 if level is Level.RAID10 else 1
        for count in range(FEWEST[level], most + 1, step):
            array = array_of(level, count, drive_bytes)
            if array.usable_bytes >= need_bytes and array.least_failures >= failures:
                yield array
                break


def _by_size(drives: Iterable[Storage], kind: str) -> tuple[Storage, ...]:
    """Return the cheapest drive of each size."""
    best: dict[int, Storage] = {}
    for drive in drives:
        if kind_of(drive) != kind or drive.price is None:
            continue
        kept = best.get(drive.capacity_bytes)
        if kept is None or _cost(drive) < _cost(kept):
            best[drive.capacity_bytes] = drive
    return tuple(best[size] for size in sorted(best))


def _cost(drive: Storage) -> tuple[Decimal, str]:
    return (drive.price.amount if drive.price is not None else Decimal("Infinity"), drive.id)


@dataclass(frozen=True, slots=True)
class KindOfDrive:
    """What a terabyte costs on one kind of drive; money per 10**12 bytes."""

    kind: str
    count: int
    cheapest_per_tb: Decimal
    median_per_tb: Decimal
    currency: str
    oldest_as_of: str
    fastest_link_bytes_per_s: float | None
    largest_bytes: int


def kinds_of_drive(drives: Iterable[Storage]) -> tuple[KindOfDrive, ...]:
    """Compare the kinds over the priced drives of a catalogue."""
    found = []
    offered = [drive for drive in drives if drive.price is not None and drive.capacity_bytes]
    for kind in KIND_TITLE:
        mine = [drive for drive in offered if kind_of(drive) == kind]
        prices = [drive.price for drive in mine if drive.price is not None]
        if not prices:
            continue
        per_tb = [
            price.amount / (Decimal(drive.capacity_bytes) / Decimal(10**12))
            for drive, price in zip(mine, prices, strict=True)
        ]
        links = [speed for drive in mine if (speed := link_bytes_per_s(drive)) is not None]
        found.append(
            KindOfDrive(
                kind,
                len(mine),
                min(per_tb),
                median(per_tb),
                prices[0].currency,
                min(price.as_of for price in prices),
                max(links, default=None),
                max(drive.capacity_bytes for drive in mine),
            )
        )
    return tuple(found)
