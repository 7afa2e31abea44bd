"""Rows of a parts list: a kind of part each; of drives the first and those for data apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.build import Build
from hwstudio.core.model.part import Part, PartKind, Storage
from hwstudio.core.model.raid import Level, array_of
from hwstudio.core.model.wishes import DataDrives
from hwstudio.core.optimize.drive_sets import fewest_drives, is_data_drive
from hwstudio.core.project.assemble import swapped
from hwstudio.core.project.state import Choice, ProjectState

TERA = 10**12
_LEVEL_WORDS = {Level.NONE: "side by side"}


class Which(StrEnum):
    """Which of several parts of a kind a row holds."""

    ALL = "all"
    FIRST = "first"  # drives: the one the system is on
    DATA = "data"  # drives: those beside it


@dataclass(frozen=True, slots=True)
class Place:
    """One row; ``part_id`` "" = every part of the kind, else only the pieces of that part."""

    kind: PartKind
    part_id: str = ""
    which: Which = Which.ALL


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row with what stands in it."""

    place: Place
    part: Part
    quantity: int


def place_of(state: ProjectState, kind: PartKind) -> Place:
    """Return the row of a kind; of drives the first one where others hold the data."""
    has_data = kind is PartKind.STORAGE and state.data_drives is not None
    return Place(kind, which=Which.FIRST if has_data else Which.ALL)


def placed_rows(build: Build, wish: DataDrives | None) -> Iterator[PlacedRow]:
    """Yield the rows in the order people read them; with data drives wished, drives are split."""
    has_data = wish is not None and len(build.storage) > 1
    for line in build.lines():
        kind = line.part.kind
        if kind is not PartKind.STORAGE or not has_data:
            yield PlacedRow(Place(kind, line.part.id), line.part, line.quantity)
            continue
        for which in (Which.FIRST, Which.DATA):
            place = Place(kind, line.part.id, which)
            count = len(_found([drive.id for drive in build.storage], place))
            if count:
                yield PlacedRow(place, line.part, count)


def _found(ids: Sequence[str], place: Place) -> list[int]:
    """Return where the pieces of a row stand among all pieces of their kind."""
    return [
        number
        for number, id_ in enumerate(ids)
        if place.part_id in ("", id_)
        and (place.which is Which.ALL or (number == 0) is (place.which is Which.FIRST))
    ]


def put(build: Build, place: Place, part: Part, quantity: int) -> Build:
    """Return the build with ``quantity`` pieces of another part in one row."""
    if not isinstance(part, Storage):
        return swapped(build, part, quantity)
    gone = _found([drive.id for drive in build.storage], place)
    at = gone[0] if gone else len(build.storage)
    kept = [drive for n, drive in enumerate(build.storage) if n not in gone]
    return replace(build, storage=(*kept[:at], *(part,) * quantity, *kept[at:]))


def replaced(parts: tuple[Choice, ...], place: Place, choice: Choice) -> tuple[Choice, ...]:
    """Return a remembered parts list with another part in one row; equal parts are one choice."""
    kind = place.kind.value
    pieces = [each for each in parts if each.kind == kind for _ in range(each.quantity)]
    gone = _found([each.part_id for each in pieces], place)
    at = gone[0] if gone else len(pieces)
    kept = [each for n, each in enumerate(pieces) if n not in gone]
    rows: dict[str, Choice] = {}
    for each in (*kept[:at], *(choice,) * choice.quantity, *kept[at:]):
        before = rows[each.part_id].quantity if each.part_id in rows else 0
        rows[each.part_id] = replace(each, quantity=before + 1)
    start = next((n for n, each in enumerate(parts) if each.kind == kind), len(parts))
    others = [each for each in parts if each.kind != kind]
    return (*others[:start], *rows.values(), *others[start:])


def pieces_in(build: Build, place: Place) -> int:
    """Return how many pieces stand in a row; one where it is empty."""
    lines = [line for line in build.lines() if line.part.kind is place.kind]
    if place.kind is PartKind.STORAGE:
        return max(1, len(_found([drive.id for drive in build.storage], place)))
    return max([line.quantity for line in lines], default=1)


def pieces_needed(place: Place, part: Part, now: int, wish: DataDrives | None) -> int | None:
    """Return how many pieces of a part a row needs; None = no number of them will do.

    ``now``: how many stand there. Drives for data are as many as hold the room that was wished.
    """
    if place.which is not Which.DATA or wish is None or not isinstance(part, Storage):
        return now
    if part.id == place.part_id:
        return now
    return fewest_drives(part, wish) if is_data_drive(part, wish) else None


def data_words(part: Part, quantity: int, wish: DataDrives) -> str:
    """Return ``RAID 5, 16 TB usable``: what a row of drives for data holds."""
    level = Level(wish.level)
    words = _LEVEL_WORDS.get(level, f"RAID {level.value}")
    if not isinstance(part, Storage):
        return words
    try:
        usable = array_of(level, quantity, part.capacity_bytes).usable_bytes
    except UserError:  # drives of several models, or too few of them
        return words
    return f"{words}, {usable / TERA:.3g} TB usable"
