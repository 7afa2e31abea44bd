"""Writes what is the user's to a workbook or a CSV file that `intake` reads back unchanged."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.catalog.checks import CellError, value_of
from hwstudio.core.catalog.intake.amount import spelled
from hwstudio.core.catalog.intake.columns import Role
from hwstudio.core.catalog.intake.guard import guarded
from hwstudio.core.catalog.intake.judge import GONE
from hwstudio.core.catalog.intake.workbook import shielded
from hwstudio.core.catalog.overlay import mine
from hwstudio.core.catalog.overlay.known import Known
from hwstudio.core.catalog.overlay.mine import OwnPart
from hwstudio.core.catalog.overlay.overlay import Overlay
from hwstudio.core.catalog.overlay.own_part import HEAD, part_tables
from hwstudio.core.catalog.schema import Column

Cell = str | Decimal
Grid = list[list[Cell]]
_MOST_DECIMALS = 6
SUFFIXES = (".xlsx", ".csv")


def export(overlay: Overlay, known: Known, out: Path, what: Role | None = None) -> dict[str, int]:
    """Write one kind of content or, in a workbook, all; return how many rows of each.

    Raises:
        UserError: the file's ending is none of .xlsx and .csv, or a CSV file is to hold several.
        HostError: it cannot be written.
    """
    suffix = out.suffix.lower()
    if suffix not in SUFFIXES:
        raise UserError(
            f"'{out.name}' cannot be written",
            "its ending does not say what it is to be",
            "End its name with .xlsx or .csv",
        )
    if suffix == ".csv" and what is None:
        words = ", ".join(role.value for role in Role)
        raise UserError("A CSV file holds one table", "", f"Say which: {words}; or use .xlsx")
    roles = (what,) if what else (Role.PARTS, Role.PRICES, Role.OWNED, Role.NOTES)
    grids = {role: _GRIDS[role](overlay, known) for role in roles}
    _replace(out, lambda file: (_write_csv if suffix == ".csv" else _write_workbook)(file, grids))
    return {role.value: len(grid) - 1 for role, grid in grids.items()}


# --- what is written ---------------------------------------------------------------------------


def _prices(overlay: Overlay, known: Known) -> Grid:
    header = ["id", "name", "price", "currency", "date", "seller", "kind", "note", "recorded"]
    return [
        list(header),
        *(
            [
                *(seen.part_id, known.name_of(seen.part_id) or GONE, seen.amount or "free"),
                *(seen.currency, seen.as_of, seen.seller, seen.kind.value, seen.note),
                seen.recorded_at,
            ]
            for seen in overlay.observations()
        ),
    ]


def _owned(overlay: Overlay, known: Known) -> Grid:
    rows: Grid = [["id", "name", "quantity", "since", "note"]]
    for part_id, each in overlay.owned().items():
        name = known.name_of(part_id) or GONE
        rows.append([part_id, name, Decimal(each.quantity), each.since, each.note])
    return rows


def _notes(overlay: Overlay, known: Known) -> Grid:
    rows: Grid = [["id", "name", "note", "changed"]]
    for part_id, note in overlay.notes().items():
        rows.append([part_id, known.name_of(part_id) or GONE, note.text, note.changed_at])
    return rows


def _parts(overlay: Overlay, known: Known) -> Grid:  # noqa: ARG001 - all grids take both
    parts = overlay.own_parts()
    columns = [
        (kind, column)
        for kind in dict.fromkeys(part.kind for part in parts)
        for column in part_tables()[kind].columns
        if column.name not in HEAD
        and any(column.to in part.values for part in parts if part.kind is kind)
    ]
    # A unit of the data sheet where nothing is lost by it, else the database's.
    exact = {column.name for _, column in columns} - {
        column.name
        for kind, column in columns
        for part in parts
        if part.kind is kind and column.to in part.values and _lossy(part.values[column.to], column)
    }
    headers = dict.fromkeys(column.name if column.name in exact else column.to
                            for _, column in columns)  # fmt: skip
    rows: Grid = [["kind", *HEAD, *headers, "date", "source"]]
    for part in parts:
        cells = _cells(part, exact)
        rows.append(
            [part.kind.value, part.id, part.name, part.maker,
             *(cells.get(header, "") for header in headers), part.as_of, part.source_note]
        )  # fmt: skip
    return rows


def _cells(part: OwnPart, exact: set[str]) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    for column in part_tables()[part.kind].columns:
        value = part.values.get(column.to)
        if value is None:
            continue
        if column.name in exact:
            found[column.name] = _said(value, column)
        else:
            found[column.to] = _exactly(value)
    return found


def _exactly(value: Any) -> Cell:
    return Decimal(repr(value)) if isinstance(value, (int, float)) else str(value)


def _said(value: Any, column: Column) -> Cell:
    """Return a value in the unit people use."""
    cell = _exactly(value)
    if not isinstance(cell, Decimal) or column.factor == 1:
        return cell
    return Decimal(mine.plain_number(cell / Decimal(str(column.factor))))


def _lossy(value: Any, column: Column) -> bool:
    """Say whether a value would not come back as it is, or be written as nobody would."""
    said = _said(value, column)
    text = said if isinstance(said, str) else format(said, "f")
    if isinstance(said, Decimal) and len(text.partition(".")[2]) > _MOST_DECIMALS:
        return True
    try:
        return bool(value_of(text, column) != value)
    except CellError:
        return True


_GRIDS: dict[Role, Callable[[Overlay, Known], Grid]] = {
    Role.PARTS: _parts,
    Role.PRICES: _prices,
    Role.OWNED: _owned,
    Role.NOTES: _notes,
}


# --- how it is written -------------------------------------------------------------------------


def _replace(out: Path, write: Callable[[Path], None]) -> None:
    """Write beside the file first, so that a full disk never costs what stood there."""
    draft = out.with_name(f".{out.name}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write(draft)
        draft.replace(out)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise HostError(
            f"{out.name} could not be written",
            error.strerror or str(error),
            "Choose a place with free space that you may write to",
        ) from error


def _write_csv(file: Path, grids: dict[Role, Grid]) -> None:
    # The mark at the beginning tells Excel that the letters are UTF-8.
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened)
        for grid in grids.values():
            writer.writerows(_as_text(row) for row in grid)


def _as_text(row: Sequence[Cell]) -> Iterable[str]:
    return (spelled(c) if isinstance(c, Decimal) else guarded(mine.clean(c)) for c in row)


def _write_workbook(file: Path, grids: dict[Role, Grid]) -> None:
    from openpyxl import Workbook  # type: ignore[import-untyped]

    book = Workbook(write_only=True)
    for role, grid in grids.items():
        sheet = book.create_sheet(role.value)
        sheet.freeze_panes = "A2"
        for row in grid:
            sheet.append([_for_workbook(cell) for cell in row])
    book.save(file)


def _for_workbook(cell: Cell) -> str | float | int | None:
    if not isinstance(cell, Decimal):
        return shielded(guarded(mine.clean(cell))) or None
    if cell == cell.to_integral_value() and abs(cell) < 10**15:
        return int(cell)
    # A workbook keeps 15 digits; what has more goes in as text.
    return float(cell) if Decimal(repr(float(cell))) == cell else spelled(cell)
