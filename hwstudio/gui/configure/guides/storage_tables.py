"""The tables and sentences of the storage planner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.base.money import money
from hwstudio.core.base.units import rate
from hwstudio.core.guide.storage_need import StorageItem, StorageNeed
from hwstudio.core.guide.storage_plan import (
    KIND_TITLE,
    KindOfDrive,
    StoragePlan,
    cheapest_of_size,
    volume_of,
)
from hwstudio.core.model.part import Storage
from hwstudio.core.model.raid import SHORT, TITLE, Array, array_of
from hwstudio.core.project.guides.taking import drive_words
from hwstudio.core.project.guides.texts import SetupVolume, StorageSetup, storage_setups
from hwstudio.gui.kit.table import Column
from hwstudio.gui.kit.tip import price_tip

TB = 10**12
NOT_STATED = "not stated"
WHY_NO_IOPS = (
    "No source hwstudio has gives the operations a second of a drive. Benchmark > Drive speed "
    "measures those of yours."
)


@dataclass(frozen=True, slots=True)
class SetupRow:
    """One line of a usual setup, or its sum; ``cost`` None = no price is known."""

    setup: str
    purpose: str
    raw_bytes: int
    usable_bytes: int
    cost: Decimal | None
    currency: str = "USD"
    drives: str = ""
    array: Array | None = None  # None = the sum of the setup


def unit_tb(size_bytes: float) -> str:
    """Return a size in TB with one decimal, or GB below one."""
    return f"{size_bytes / TB:,.1f} TB" if size_bytes >= TB else f"{size_bytes / 1e9:,.0f} GB"


def failures_words(array: Array) -> str:
    """Return how many drives may fail before data are lost."""
    least, most = array.least_failures, array.most_failures
    if least == most:
        return f"{least}" if least else "none"
    return f"{least}, with luck {most}"


def _drives(array: Array) -> str:
    return f"{array.drives} x {drive_words(array.drive_bytes)}"


def _level(row: SetupRow) -> str:
    return SHORT[row.array.level] if row.array is not None else ""


def _fail(row: SetupRow) -> str:
    return failures_words(row.array) if row.array is not None else ""


def _cost(row: SetupRow) -> str:
    return "–" if row.cost is None else money(row.cost, row.currency)


def _link(row: KindOfDrive) -> str:
    speed = row.fastest_link_bytes_per_s
    return "–" if speed is None else rate(speed)


ITEMS = (
    Column("What", lambda row: row.title, tip=lambda row: row.how, width=180),
    Column(
        "GB", lambda row: row.size_bytes, lambda r: f"{r.size_bytes / 1e9:,.0f}", right=True,
        width=80,
    ),
    Column("Where", lambda row: "fast drive" if row.is_hot else "archive", width=96),
    Column("How", lambda row: row.how, tip=lambda row: row.how, stretch=True),
)  # fmt: skip
VOLUMES = (
    Column("For", lambda row: row.purpose, width=84),
    Column("Drive", lambda row: row.drive.name, tip=lambda row: row.drive.name, stretch=True),
    Column("Drives", lambda row: row.array.raw_bytes, lambda row: _drives(row.array), width=84),
    Column(
        "Level", lambda row: row.array.level.value, lambda r: SHORT[r.array.level],
        tip=lambda row: TITLE[row.array.level], width=76,
    ),
    Column(
        "Raw", lambda r: r.array.raw_bytes, lambda r: unit_tb(r.array.raw_bytes), right=True,
        width=76,
    ),
    Column(
        "Usable", lambda r: r.array.usable_bytes, lambda r: unit_tb(r.array.usable_bytes),
        right=True, width=80,
    ),
    Column(
        "May fail", lambda r: r.array.least_failures, lambda r: failures_words(r.array), width=84
    ),
    Column(
        "Cost", lambda row: row.cost, lambda row: money(row.cost, row.currency), right=True,
        tip=lambda row: price_tip(row.drive.price), width=70,
    ),
    Column(
        "Per TB", lambda row: row.cost_per_tb, lambda r: money(r.cost_per_tb, r.currency),
        right=True, width=74,
    ),
)  # fmt: skip
SETUPS = (
    Column("Setup", lambda row: row.setup, width=98),
    Column("For", lambda row: row.purpose, width=142),
    Column("Drives", lambda row: row.raw_bytes, lambda row: row.drives, stretch=True),
    Column("Level", _level, width=76),
    Column("Raw", lambda r: r.raw_bytes, lambda r: unit_tb(r.raw_bytes), right=True, width=88),
    Column(
        "Usable", lambda r: r.usable_bytes, lambda r: unit_tb(r.usable_bytes), right=True, width=76
    ),
    Column("May fail", _fail, width=84),
    Column("Cost", lambda row: row.cost, _cost, right=True, width=80),
)
KINDS = (
    Column("Kind", lambda row: KIND_TITLE[row.kind], width=96),
    Column("Drives known", lambda row: row.count, right=True, width=100),
    Column(
        "Cheapest per TB", lambda r: r.cheapest_per_tb,
        lambda r: money(r.cheapest_per_tb, r.currency), right=True, width=124,
    ),
    Column(
        "Usual per TB", lambda r: r.median_per_tb, lambda r: money(r.median_per_tb, r.currency),
        right=True, width=110,
    ),
    Column(
        "Largest", lambda r: r.largest_bytes, lambda r: drive_words(r.largest_bytes), right=True,
        width=80,
    ),
    Column(
        "Link, at most", lambda r: r.fastest_link_bytes_per_s, _link, right=True, width=110
    ),
    Column("IOPS", lambda _row: NOT_STATED, tip=lambda _row: WHY_NO_IOPS, width=84),
    Column("Oldest price", lambda row: row.oldest_as_of, stretch=True),
)  # fmt: skip


def setup_rows(drives: Iterable[Storage]) -> tuple[SetupRow, ...]:
    """Return the usual setups with the cheapest drives for them, each with its sum."""
    offered = tuple(drives)
    return tuple(row for setup in storage_setups() for row in _rows_of(setup, offered))


def _rows_of(setup: StorageSetup, offered: tuple[Storage, ...]) -> Iterator[SetupRow]:
    rows = [_setup_row(setup.title, volume, offered) for volume in setup.volumes]
    yield from rows
    costs = [row.cost for row in rows]
    known = [cost for cost in costs if cost is not None]
    yield SetupRow(
        setup.title,
        "Together",
        sum(row.raw_bytes for row in rows),
        sum(row.usable_bytes for row in rows),
        sum(known, Decimal(0)) if len(known) == len(costs) else None,
        rows[0].currency,
    )


def _setup_row(title: str, planned: SetupVolume, offered: tuple[Storage, ...]) -> SetupRow:
    array, bought = planned.array, None
    drive = cheapest_of_size(offered, planned.kind, array.drive_bytes)
    if drive is not None:
        # What is sold may be a little larger than what is planned; it is shown as it is.
        array = array_of(array.level, array.drives, drive.capacity_bytes)
        bought = volume_of(planned.purpose, drive, array)
    return SetupRow(
        title,
        planned.purpose,
        array.raw_bytes,
        array.usable_bytes,
        bought.cost if bought is not None else None,
        bought.currency if bought is not None else "USD",
        f"{_drives(array)} {KIND_TITLE[planned.kind]}",
        array,
    )


def plan_words(need: StorageNeed, plan: StoragePlan) -> str:
    """Return the answer in a sentence."""
    total = unit_tb(need.total_bytes)
    if plan.missing:
        missing = " and ".join(plan.missing).lower()
        short = f"no drives of the catalogue hold the {missing} part"
        return f"You need {total} with room to spare; {short}."
    currency = plan.volumes[0].currency if plan.volumes else "USD"
    cost = money(plan.cost, currency)
    raw, usable = unit_tb(plan.raw_bytes), unit_tb(plan.usable_bytes)
    kept = "" if plan.raw_bytes == plan.usable_bytes else f" of {raw} raw"
    return f"You need {total} with room to spare: {usable} usable{kept} for {cost}."


def shown_items(need: StorageNeed) -> tuple[StorageItem, ...]:
    """Return the lines that are not empty."""
    return tuple(item for item in need.items if item.size_bytes)
