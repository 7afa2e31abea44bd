"""Memory speed, drives and their measured speed."""

from __future__ import annotations

from collections.abc import Sequence

from hwstudio.core.base.units import rate
from hwstudio.core.model.machine import (
    TRIM_BLOCKED,
    TRIM_NOT_NEEDED,
    TRIM_OFF,
    TRIM_ON,
    DriveInfo,
)
from hwstudio.core.model.memory_module import SOLDERED, MemoryModule
from hwstudio.core.model.reading import Status
from hwstudio.core.model.result import Outcome, Result
from hwstudio.core.project.after.check import Check, Point, State, of_points
from hwstudio.core.project.after.ground import Ground

# A kit sold as 6000 is often configured as 5986 or 6000.
_SAME_SHARE = 0.98
_FIRMWARE = "Switch on XMP or EXPO in the firmware's memory settings, then check again."
_LOOK_YOURSELF = (
    "Compare the number on the kit with the one the firmware (or, on Windows, the task manager "
    "under Memory) shows."
)
_ADMIN = " On Linux an administrator sees it too: sudo dmidecode -t memory"
SATA_BYTES_PER_S = 600e6  # Serial ATA 6 Gbit/s after its 8b/10b code
_READ = "sequential_read"


def memory_speed(ident: str, text: str, ground: Ground) -> Check:
    """Judge configured against rated speed of every module."""
    found = ground.modules.each
    if not found.value:
        to_do = _LOOK_YOURSELF + (_ADMIN if found.status is Status.DENIED else "")
        return Check(ident, text, State.UNKNOWN, found.why, found.how, to_do)
    if all(each.form == SOLDERED for each in found.value):
        words = "Soldered: its maker sets the speed, there is no profile"
        return Check(ident, text, State.NOT_NEEDED, words, found.how)
    points = tuple(_module(each, number, found.how) for number, each in enumerate(found.value))
    alike = {(each.state, each.number, each.to_do) for each in points}
    if len(alike) == 1 and len(points) > 1:
        first = points[0]
        number = f"All {len(points)} modules: {first.number}"
        return Check(ident, text, first.state, number, first.how, first.to_do)
    return of_points(ident, text, points)


def _module(module: MemoryModule, number_in: int, how: str) -> Point:
    now, printed, best = module.speed_mts, module.printed_mts, module.best_mts
    slot = module.slot or f"slot {number_in}"
    if now is None or best is None:
        return Point(slot, State.UNKNOWN, "speed not stated", how, _LOOK_YOURSELF)
    source = f"its part number {module.part_number}" if best == printed else "the module"
    if now < best * _SAME_SHARE:
        number = f"runs at {now:,} of {best:,} MT/s ({source} says {best:,})"
        return Point(slot, State.LOOK, number, how, _FIRMWARE)
    number = f"runs at {now:,} MT/s, rated {best:,}"
    if printed is None:
        # Many boards state the speed without the profile as the rated one.
        number += "; compare with the number on the kit, boards may not count XMP or EXPO"
    return Point(slot, State.GOOD, number, how)


def drives(ident: str, text: str, ground: Ground) -> Check:
    """Judge TRIM and the slot of every drive."""
    if not ground.drives:
        return Check(ident, text, State.UNKNOWN, "No drive was found", "list of drives")
    points: list[Point] = []
    for each in ground.drives:
        points.append(_trim(each))
        if each.link is not None and each.link.max_width is not None:
            points.append(_slot(each))
    return of_points(ident, text, points)


_TRIM_TO_DO = {
    TRIM_OFF: "Switch it on. Linux: sudo systemctl enable --now fstrim.timer; Windows, as "
    "administrator: fsutil behavior set DisableDeleteNotify 0",
    TRIM_BLOCKED: "TRIM does not get through to this drive: a USB adapter drops it, or an "
    "encrypted volume needs the option discard in /etc/crypttab.",
}
_TRIM_STATE = {
    TRIM_ON: State.GOOD,
    TRIM_OFF: State.LOOK,
    TRIM_BLOCKED: State.LOOK,
    TRIM_NOT_NEEDED: State.NOT_NEEDED,
}


def _trim(drive: DriveInfo) -> Point:
    name = f"TRIM of {drive.mount}"
    value = drive.trim.value
    if value is None:
        return Point(name, State.UNKNOWN, drive.trim.why, drive.trim.how)
    number = f"{value} ({drive.model.value or drive.drive_kind.value or drive.device})"
    return Point(name, _TRIM_STATE[value], number, drive.trim.how, _TRIM_TO_DO.get(value, ""))


def _slot(drive: DriveInfo) -> Point:
    link = drive.link
    assert link is not None  # noqa: S101 - the caller asked
    name = f"Slot of {drive.mount}"
    pairs = ((link.width, link.max_width), (link.generation, link.max_generation))
    slow = [own for own, most in pairs if own is not None and most is not None and own < most]
    if slow:
        to_do = "The board's manual names its fastest M.2 slot: move the drive there if it is free."
        return Point(name, State.LOOK, link.words, "PCI bus", to_do)
    return Point(name, State.GOOD, link.words, "PCI bus")


def drive_speed(ident: str, text: str, ground: Ground) -> Check:
    """Judge the newest measurement of every drive against what its bus carries."""
    newest: dict[str, Result] = {}
    for each in ground.results:
        if each.bench == "storage" and each.outcome is Outcome.FINISHED and _read_of(each):
            newest.setdefault(each.device, each)
    if not newest:
        return Check(
            ident, text, State.UNKNOWN, "Not measured", "results kept by Benchmark",
            "Run Drive speed in Benchmark, or the one-button check.", action="bench",
        )  # fmt: skip
    points = [_speed(each, ground.drives) for each in newest.values()]
    return of_points(ident, text, points, action="bench")


def _read_of(result: Result) -> float:
    return next((m.median for m in result.metrics if m.name.startswith(_READ)), 0.0)


def _speed(result: Result, drives_here: Sequence[DriveInfo]) -> Point:
    read = _read_of(result)
    about = result.conditions.get("device")
    source = str(about.get("source", "")) if isinstance(about, dict) else ""
    drive = next((each for each in drives_here if each.device == source), None)
    how = f"measured on {result.taken_at[:10]}"
    number = f"reads at {rate(read)}"
    if result.verdict not in ("ok", "unstable"):
        return Point(result.device, State.UNKNOWN, f"{number}, but the run was not clean", how)
    if drive is None or drive.drive_kind.value != "SSD":
        kind = (drive.drive_kind.value if drive is not None else None) or "drive"
        return Point(
            result.device, State.UNKNOWN, number, how,
            f"hwstudio knows no usual speed of this {kind}: compare with its data sheet.",
        )  # fmt: skip
    is_nvme = (drive.bus.value or "").startswith("NVMe") or "nvme" in drive.device
    least, why = (
        (SATA_BYTES_PER_S, "an NVMe drive reads faster than SATA can carry (600 MB/s)")
        if is_nvme
        else (SATA_BYTES_PER_S / 2, "a SATA SSD reads at more than half of what SATA carries")
    )
    if read >= least:
        return Point(result.device, State.GOOD, number, f"{how}; {why}")
    to_do = "Look at its slot and its heat, and whether it is nearly full; then measure again."
    return Point(result.device, State.LOOK, number, f"{how}; {why}", to_do)
