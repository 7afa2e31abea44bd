"""Read the reviewed CSV text into checked rows; the first bad lines are named together."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog import checks
from hwstudio.core.catalog.checks import CellError, Line
from hwstudio.core.catalog.schema import TAIL, Schema, Table, load_schema

Row = dict[str, Any]
SHOWN = 20


@dataclass(frozen=True, slots=True)
class CellSource:
    """Says who stands behind one cell, where that is not who stands behind its row."""

    table: str
    row_id: str
    column: str  # name in the database
    source: str
    source_ref: str
    as_of: str
    confidence: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Everything the text says, in database units."""

    schema: Schema
    rows: dict[str, list[Row]]
    sources: list[Row]
    cells: list[CellSource]


class TextError(UserError):
    """The reviewed text breaks a rule; ``problems`` lists file, line and reason."""

    def __init__(self, problems: list[str]) -> None:
        shown = "; ".join(problems[:SHOWN])
        more = f" and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
        super().__init__(
            f"The catalogue text has {len(problems)} problem(s)",
            f"{shown}{more}",
            "Mend the lines named and compile again",
        )
        self.problems = problems


def _whole(file: Path, reader: csv.DictReader[str], row: dict[str, str]) -> dict[str, str]:
    """Return the row; one cell too many or too few means a forgotten quote or comma."""
    if None in row or None in row.values():
        columns = len(reader.fieldnames or [])
        raise TextError([f"{file.name} line {reader.line_num}: has not {columns} cells"])
    return row


def read_lines(file: Path) -> tuple[list[str], list[Line]]:
    """Return header and lines of a CSV file.

    Raises:
        UserError: it is missing or is no UTF-8 text.
    """
    try:
        with file.open(encoding="utf-8", newline="") as opened:
            reader = csv.DictReader(opened)
            header = list(reader.fieldnames or [])
            lines = [Line(file.name, reader.line_num, _whole(file, reader, row)) for row in reader]
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{file.name} cannot be read", str(error), "Restore it") from error
    return header, lines


def _row(table: Table, line: Line, problems: list[str]) -> Row:
    row: Row = {}
    for column in table.columns:
        try:
            row[column.to] = checks.value_of(line.cells[column.name], column)
        except CellError as error:
            row[column.to] = None
            problems.append(line.problem(f"{column.name} {error}"))
    row.update({name: line.cells[name] for name in TAIL})
    return row


def _table(
    folder: Path, table: Table, schema: Schema, sources: set[str], problems: list[str]
) -> tuple[list[Line], list[Row]]:
    header, lines = read_lines(folder / f"{table.name}.csv")
    wrong = checks.header_problem(table, header)
    if wrong:
        problems.append(wrong)
        return [], []
    rows = [_row(table, line, problems) for line in lines]
    for line, row in zip(lines, rows, strict=True):
        problems.extend(checks.tail_problems(line, schema, sources))
        problems.extend(checks.price_problems(line, row))
    problems.extend(checks.duplicate_problems(table, lines, rows))
    return lines, rows


def _marked(table: Table, rows: list[Row]) -> Iterator[CellSource]:
    """Turn a row's marks into cell sources."""
    for column in table.columns:
        if column.mark is None:
            continue
        named = [(name, table.column(name)) for name in column.mark.columns]
        targets = [target.to for _, target in named if target is not None]
        for row in rows:
            source, sure = column.mark.words.get(row[column.to] or "", ("", ""))
            for target in targets:
                if source and row[target] is not None:
                    ref = row["source_ref"] if source == row["source"] else ""
                    yield CellSource(table.name, row["id"], target, source, ref, row["as_of"], sure)


def _cited(
    folder: Path,
    schema: Schema,
    rows: dict[str, list[Row]],
    problems: list[str],
    sources: set[str],
) -> Iterator[CellSource]:
    """Read cell.csv: citations of single cells."""
    ids = {name: {row.get("id") for row in found} for name, found in rows.items()}
    for line in read_lines(folder / "cell.csv")[1]:
        table = schema.tables.get(line.cells["table"])
        column = table.column(line.cells["column"]) if table else None
        if table is None or column is None:
            problems.append(line.problem("names a table or column that is not there"))
            continue
        if line.cells["row_id"] not in ids[table.name]:
            problems.append(
                line.problem(f"row '{line.cells['row_id']}' is not in {table.name}.csv")
            )
            continue
        problems.extend(checks.tail_problems(line, schema, sources))
        tail = [line.cells[name] for name in TAIL]
        yield CellSource(table.name, line.cells["row_id"], column.to, *tail)


def read_text(folder: Path) -> Text:
    """Read and check the whole folder.

    Raises:
        TextError: with every problem found.
    """
    schema = load_schema(folder / "schema.toml")
    source_rows: list[Row] = [dict(line.cells) for line in read_lines(folder / "source.csv")[1]]
    sources = {row["id"] for row in source_rows}
    problems: list[str] = []
    rows: dict[str, list[Row]] = {}
    keys: dict[str, set[Any]] = {}
    for name, table in schema.tables.items():
        lines, rows[name] = _table(folder, table, schema, sources, problems)
        keys[name] = {row.get("id") for row in rows[name]}
        keys.setdefault("part", set()).update(keys[name] if table.is_part else ())
        problems.extend(checks.reference_problems(table, lines, rows[name], keys))
    marked = [cell for table in schema.tables.values() for cell in _marked(table, rows[table.name])]
    cited = list(_cited(folder, schema, rows, problems, sources))
    if problems:
        raise TextError(problems)
    # A citation of one cell says more than its column's mark, so it comes last and wins.
    cells = {(cell.table, cell.row_id, cell.column): cell for cell in marked + cited}
    return Text(schema, rows, source_rows, [cells[key] for key in sorted(cells)])
