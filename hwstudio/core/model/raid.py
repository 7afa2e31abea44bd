"""Drives bound together: how much they hold, and how many may fail before data are lost."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hwstudio.core.base.errors import UserError

MOST_DRIVES = 64


class Level(StrEnum):
    """How drives are bound together."""

    NONE = "none"  # each drive on its own (JBOD)
    RAID0 = "0"
    RAID1 = "1"
    RAID5 = "5"
    RAID6 = "6"
    RAID10 = "10"


FEWEST = {
    Level.NONE: 1,
    Level.RAID0: 2,
    Level.RAID1: 2,
    Level.RAID5: 3,
    Level.RAID6: 4,
    Level.RAID10: 4,
}
SHORT = {level: "no RAID" if level is Level.NONE else f"RAID {level.value}" for level in Level}
TITLE = {
    Level.NONE: "no RAID",
    Level.RAID0: "RAID 0 (striped)",
    Level.RAID1: "RAID 1 (mirrored)",
    Level.RAID5: "RAID 5 (one drive of parity)",
    Level.RAID6: "RAID 6 (two drives of parity)",
    Level.RAID10: "RAID 10 (striped mirrors)",
}


@dataclass(frozen=True, slots=True)
class Array:
    """Equal drives at one level. ``*_failures``: drives that may fail with all data still there."""

    level: Level
    drives: int
    drive_bytes: int
    raw_bytes: int
    usable_bytes: int
    least_failures: int  # survived whichever drives they are
    most_failures: int  # survived when the right ones fail

    @property
    def is_safe(self) -> bool:
        """Say whether any one drive may fail without a loss."""
        return self.least_failures > 0


def array_of(level: Level | str, drives: int, drive_bytes: int) -> Array:
    """Return what ``drives`` equal drives of ``drive_bytes`` give at a level.

    Raises:
        UserError: no such level, too few drives for it, an odd number for RAID 10, or no size.
    """
    kind = _level(level)
    _check(kind, drives, drive_bytes)
    kept, least, most = _spared(kind, drives)
    return Array(
        kind, drives, drive_bytes, drives * drive_bytes, kept * drive_bytes, least, most
    )  # fmt: skip


def _level(level: Level | str) -> Level:
    try:
        return Level(level)
    except ValueError:
        known = ", ".join(each.value for each in Level)
        raise UserError(f'There is no RAID level "{level}"', "", f"Choose one of {known}") from None


def _check(level: Level, drives: int, drive_bytes: int) -> None:
    if drive_bytes <= 0:
        raise UserError("A drive has no size", f"it is {drive_bytes} bytes", "Give more than 0")
    fewest = FEWEST[level]
    if not fewest <= drives <= MOST_DRIVES:
        raise UserError(
            f"{TITLE[level]} does not work with {drives} drives",
            f"it takes {fewest} to {MOST_DRIVES}",
            "Change the number of drives or the level",
        )
    if level is Level.RAID10 and drives % 2:
        raise UserError(
            f"{TITLE[level]} does not work with {drives} drives",
            "every drive needs a twin",
            "Take an even number",
        )


def _spared(level: Level, drives: int) -> tuple[int, int, int]:
    """Return the drives' worth of data kept, and the failures survived at least and at most."""
    if level is Level.RAID1:
        return 1, drives - 1, drives - 1
    if level is Level.RAID10:
        return drives // 2, 1, drives // 2
    parity = {Level.RAID5: 1, Level.RAID6: 2}.get(level, 0)
    return drives - parity, parity, parity
