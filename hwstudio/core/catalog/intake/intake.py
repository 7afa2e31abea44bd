"""Takes a user's CSV file or workbook in: first a preview that writes nothing, then all or none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from sqlite3 import Connection

from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog.intake.columns import Layout, Role, layout_of
from hwstudio.core.catalog.intake.file import Sheet, read_sheets
from hwstudio.core.catalog.intake.judge import (
    Judged,
    judge_notes,
    judge_owned,
    judge_prices,
)
from hwstudio.core.catalog.intake.parts import judge_parts
from hwstudio.core.catalog.intake.preview import Options, Preview
from hwstudio.core.catalog.intake.table import Table
from hwstudio.core.catalog.overlay import rows as overlay_rows
from hwstudio.core.catalog.overlay.journal import Change
from hwstudio.core.catalog.overlay.known import Known
from hwstudio.core.catalog.overlay.overlay import Overlay

IMPORT = "import of "  # how the title of such a batch begins

# Parts first: the other tables of a workbook may be about them.
_JUDGES = {
    Role.PARTS: judge_parts,
    Role.PRICES: judge_prices,
    Role.OWNED: judge_owned,
    Role.NOTES: judge_notes,
}


def preview(file: Path, known: Known, overlay: Overlay, options: Options | None = None) -> Preview:
    """Say what a file would do to the overlay; ``known`` is used up and not to be used again.

    Raises:
        UserError: the file is too large, no CSV file or workbook, or its columns are not known.
        HostError: it cannot be read.
    """
    wish = options or Options()
    so_far = Judged(known, overlay, wish)
    tables, ignored = _tables(file, read_sheets(file), wish)
    for role, judge in _JUDGES.items():
        for table in tables:
            if table.layout.role is role:
                judge(table, so_far)
    order = {table.sheet.name: number for number, table in enumerate(tables)}
    return Preview(
        file=file,
        accepted=tuple(sorted(so_far.accepted, key=lambda row: (order[row.sheet], row.line))),
        rejected=tuple(sorted(so_far.rejected, key=lambda row: (order[row.sheet], row.line))),
        duplicates=tuple(sorted(so_far.duplicates, key=lambda row: (order[row.sheet], row.line))),
        ignored=tuple(ignored),
    )


def _tables(
    file: Path, sheets: tuple[Sheet, ...], options: Options
) -> tuple[list[Table], list[str]]:
    """Return the tables that can be read, and what is left out."""
    tables: list[Table] = []
    ignored: list[str] = []
    trouble: UserError | None = None
    for sheet in sheets:
        try:
            layout = layout_of(file.name, sheet, options.kind)
        except UserError as error:
            trouble = trouble or error
            ignored.append(f"sheet {sheet.name}: {error.what}")
            continue
        tables.append(Table(sheet, layout))
        ignored += _left_out(sheet, layout)
    if not tables and trouble is not None:
        raise trouble
    return tables, ignored


def _left_out(sheet: Sheet, layout: Layout) -> Iterator[str]:
    where = f" of sheet {sheet.name}" if sheet.name else ""
    return (f"column {name}{where}" for name in layout.ignored)


def apply(found: Preview, overlay: Overlay) -> int | None:
    """Do what a preview showed, all in one step; return its batch, or None for no row.

    Raises:
        UserError: something it would change was changed since the preview.
        HostError: it cannot be saved; then nothing was changed.
    """

    def changes(db: Connection) -> Iterator[Change]:
        for row in found.accepted:
            _refuse_twin(db, row.changes)
            yield from row.changes

    return overlay.change(f"{IMPORT}{found.file.name}", changes)


def _refuse_twin(db: Connection, changes: tuple[Change, ...]) -> None:
    """A price said since the preview must not stand beside the same one from the file."""
    going = {change.key for change in changes if change.after is None}
    for change in changes:
        if change.table == "price" and change.after is not None:
            same = overlay_rows.twins(db, change.after)
            if any(str(row["id"]) not in going for row in same):
                raise UserError(
                    "Nothing was changed",
                    "your prices were changed since the preview",
                    "Look at the preview again",
                )
