"""The writer behind import_facts.py: adds rows to resources/catalog, changes none that stand there.

A row goes to ``<table>/<source>.csv``. One whose key stands already in any file of its table, typed
by hand or imported before, is left as it is: the text in resources/catalog is the source.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from hwstudio.core.catalog.schema import TAIL, Table, load_schema

Row = dict[str, str]
TEXT = Path(__file__).resolve().parents[1] / "resources" / "catalog"
CELLS, CLAIMS = "cells.csv", "claims.csv"
CELL_HEADER = ("row_id", "column", *TAIL)
SHOWN = 5


def read(file: Path) -> list[Row]:
    """Read one CSV file."""
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def append(file: Path, header: Iterable[str], rows: list[Row]) -> None:
    """Add rows under the header the file has; a new file gets ``header``."""
    columns = list(header)
    if file.is_file():
        with file.open(encoding="utf-8", newline="") as lines:
            columns = next(csv.reader(lines))
    is_new = not file.is_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, columns, "", extrasaction="ignore", lineterminator="\n")
        if is_new:
            table.writeheader()
        table.writerows(rows)


def file_of(source: str) -> str:
    """Return the file a source's rows stand in: "gcosts+epoch" in gcosts-epoch.csv."""
    return re.sub(r"[^a-z0-9.-]+", "-", source.lower()) + ".csv"


def _files(table: str) -> Iterator[Path]:
    folder = TEXT / table
    yield from (f for f in sorted(folder.glob("*.csv")) if f.name not in {CELLS, CLAIMS})


def _key(table: Table, row: Row) -> tuple[str, ...]:
    names = table.key or tuple(column.name for column in table.columns)
    return tuple(row.get(name, "") for name in names)


def note(row: Row, text: str) -> None:
    """Add a sentence to the row's note."""
    row["note"] = f"{row['note']}; {text}" if row.get("note") else text


def public_words(text: str) -> str:
    """Say the same without the researcher's own bookkeeping."""
    text = re.sub(r",? stored public code| \((stored|docs corpus)\)", "", text)
    text = re.sub(r",? not found in a stored page", "", text)
    text = re.sub(
        r"\bin a stored (cloud )?price catalogue", "in a published cloud price list", text
    )
    text = re.sub(r"\b(a |an )?stored (?=\w)", lambda m: m[1] or "", text)
    return text.replace("docs corpus", "public documentation")


def dated(row: Row) -> Row:
    """Give a row its source, date and confidence from the columns the newer tables share."""
    remark = public_words(row["notes"])
    row.update(source_ref=public_words(row["source"]), source="web")
    row.update(as_of=row["source_date"], note=remark)
    row["confidence"] = "partly" if row["recalled_fields"] else "seen"
    if row["checked"] == "recalled":
        row["confidence"] = "recalled"
    if row.get("date_kind") == "read" and row.get("price_month", row.get("price_hour")):
        note(row, "the page bears no date; this is the day it was read")
    return row


def write(name: str, rows: Iterable[Row]) -> None:
    """Add the rows of one table that do not stand there yet, one file a source."""
    table = load_schema(TEXT / "schema.toml").tables[name]
    standing = {_key(table, row) for file in _files(name) for row in read(file)}
    new = [row for row in rows if _key(table, row) not in standing]
    header = [column.name for column in table.columns] + list(TAIL)
    by_file: dict[str, list[Row]] = {}
    for row in new:
        by_file.setdefault(file_of(row["source"]), []).append(row)
    for file_name, found in sorted(by_file.items()):
        append(TEXT / name / file_name, header, found)
    said = ", ".join(" ".join(_key(table, row)[:2]) for row in new[:SHOWN])
    print(f"{name}: {len(new)} rows added{': ' + said if said else ''}")


def write_cells(name: str, cells: list[Row]) -> None:
    """Add the citations of single cells that are not there yet."""
    file = TEXT / name / CELLS
    standing = {(c["row_id"], c["column"]) for c in read(file)} if file.is_file() else set()
    new = [cell for cell in cells if (cell["row_id"], cell["column"]) not in standing]
    if new:
        append(file, CELL_HEADER, new)
    print(f"{name}/{CELLS}: {len(new)} lines added")
