"""Room to grow: what could be added to a build later without changing anything else.

Every line is found by trying: one more card, one more memory kit, judged by all rules, as a
configurator would. What no source tells (how many drives share lanes) is said as not known.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from hwstudio.core.base.units import gib, watts
from hwstudio.core.model.build import Build
from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.optimize import limits
from hwstudio.core.optimize.check import check_all
from hwstudio.core.optimize.solve import PlannedBuild
from hwstudio.core.rules.margin import margins

HEADROOM = 0.20  # of the power supply's watts: enough for a stronger processor or more drives
LONG_CARD_MM = 350.0  # today's longest open-air cards are 340 to 360 mm


class Room(StrEnum):
    """How much room there is."""

    YES = "yes"
    LITTLE = "little"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Growth:
    """One way to grow: what, whether it goes, and why, with numbers."""

    what: str
    room: Room
    words: str


def growths(planned: PlannedBuild, mains: str) -> tuple[Growth, ...]:
    """Return the ways to grow, in the order people ask for them."""
    build = planned.build
    found = (
        _another_card(planned, mains),
        _psu(planned),
        _memory(build),
        _drives(build, is_m2=True),
        _drives(build, is_m2=False),
        _longer_card(build),
        _taller_cooler(build),
    )
    return tuple(each for each in found if each is not None)


def score_words(found: tuple[Growth, ...]) -> str:
    """Return "4 of 6 ways to grow are open; 1 not known"."""
    known = [each for each in found if each.room is not Room.UNKNOWN]
    is_open = sum(each.room is Room.YES for each in known)
    words = f"{is_open} of {len(known)} ways to grow are open"
    unknown = len(found) - len(known)
    return f"{words}; {unknown} not known" if unknown else words


def _another_card(planned: PlannedBuild, mains: str) -> Growth | None:
    build = planned.build
    if build.card is None or not build.card_count:
        return None
    title = f"One more {build.card.gpu.name}"
    more = replace(build, card_count=build.card_count + 1)
    old = {f.rule for f in planned.findings if f.severity is Severity.ERROR}
    findings = check_all(more, mains)
    errors = [f for f in findings if f.severity is Severity.ERROR and f.rule not in old]
    if errors:
        return Growth(title, Room.NO, _first(errors))
    before = {(f.rule, f.severity) for f in planned.findings}
    fresh = [f for f in findings if (f.rule, f.severity) not in before]
    unknown = [f for f in fresh if f.severity is Severity.UNKNOWN]
    warned = [f for f in fresh if f.severity is Severity.WARNING]
    if warned:
        return Growth(title, Room.LITTLE, _first(warned))
    if unknown:
        return Growth(title, Room.UNKNOWN, _first(unknown))
    return Growth(title, Room.YES, "Slot, lanes, case, plugs and watts are enough for it.")


def _first(findings: list[Finding]) -> str:
    more = len(findings) - 1
    return findings[0].text + (f" And {more} more." if more else "")


def _psu(planned: PlannedBuild) -> Growth | None:
    psu, power = planned.build.psu, planned.power
    if psu is None:
        return None
    rated = psu.rated_w * planned.build.psu_count
    left = rated - power.recommended_psu_w
    share = rated / power.sustained_w - 1 if power.sustained_w else 0.0
    words = (
        f"{watts(rated)} against {watts(power.recommended_psu_w)} recommended for this build: "
        f"{watts(max(0.0, left))} to spare; it is loaded to {power.sustained_w / rated:.0%}."
    )
    is_roomy = left >= HEADROOM * power.recommended_psu_w
    room = Room.YES if is_roomy else Room.LITTLE if share > HEADROOM and left >= 0 else Room.NO
    return Growth("Power supply", room, words)


def _memory(build: Build) -> Growth | None:
    board, cpu, ram = build.motherboard, build.cpu, build.ram
    if board is None or ram is None:
        return None
    used = ram.modules * build.ram_kits
    free = board.mem_slots - used
    caps = [board.mem_max_bytes, *([cpu.mem_max_bytes] if cpu else [])]
    most = min(caps)
    largest = f"the largest memory board and processor take is {gib(most)}"
    if free <= 0:
        return Growth(
            "Memory", Room.NO, f"All {board.mem_slots} slots are taken; {largest} in other modules."
        )
    adds = min(free // max(1, ram.modules), 1) * ram.capacity_bytes
    after = build.ram_bytes + adds
    if adds and after <= most:
        words = f"{free} slots free: a second such kit makes {gib(after)}; {largest}."
        return Growth("Memory", Room.YES, words)
    return Growth("Memory", Room.LITTLE, f"{free} slots free, but not for such a kit; {largest}.")


def _drives(build: Build, *, is_m2: bool) -> Growth | None:
    board = build.motherboard
    if board is None:
        return None
    title = "M.2 drives" if is_m2 else "SATA drives"
    places = board.m2_slots if is_m2 else board.sata_ports
    if places is None:
        return Growth(title, Room.UNKNOWN, "No source says how many places the board has.")
    test: Callable[..., bool] = limits.is_m2 if is_m2 else limits.is_sata
    free = places - sum(test(drive) for drive in build.storage)
    words = f"{max(0, free)} of {places} places free."
    return Growth(title, Room.YES if free > 0 else Room.NO, words)


def _longer_card(build: Build) -> Growth | None:
    case = build.case
    if case is None or case.form_factor == limits.OPEN_FRAME:
        return None
    most = case.max_gpu_length_mm
    if most is None:
        return Growth("A longer card", Room.UNKNOWN, "No source says how long a card may be.")
    left = next((m.left for m in margins(build) if m.rule == "R18"), None)
    now = f", {left:.0f} mm more than now" if left is not None else ""
    words = f"The case takes cards up to {most:.0f} mm{now}; the longest of today need 350 mm."
    if most >= LONG_CARD_MM:
        return Growth("A longer card", Room.YES, words)
    return Growth("A longer card", Room.LITTLE if left and left >= 10 else Room.NO, words)


def _taller_cooler(build: Build) -> Growth | None:
    case, cooler = build.case, build.cooler
    if case is None or cooler is None or case.form_factor == limits.OPEN_FRAME:
        return None
    most = case.max_cooler_height_mm
    if most is None:
        return Growth("A taller cooler", Room.UNKNOWN, "No source says how tall one may be.")
    now = cooler.height_mm if cooler.cooler_type == limits.AIR else None
    words = f"The case takes coolers up to {most:.0f} mm"
    words += f"; this one is {now:.0f} mm." if now is not None else "."
    tallest = math.floor(most)
    return Growth("A taller cooler", Room.YES if tallest >= 155 else Room.LITTLE, words)


def notes(build: Build) -> Iterator[str]:
    """Yield what no source tells of the future, so that nobody takes silence for a yes."""
    if build.motherboard is not None:
        yield (
            f"Which later processors run on {build.motherboard.socket} boards is the maker's to "
            "say; no open source lists it."
        )
