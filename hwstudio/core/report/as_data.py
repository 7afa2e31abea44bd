"""A document for machines: JSON with a schema, or its tables as CSV."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import Any

from hwstudio.core.monitor.export.writers import safe_text
from hwstudio.core.report.blocks import (
    SCHEMA,
    Block,
    Bullets,
    Cell,
    Chart,
    Document,
    Heading,
    KeyFigures,
    Paragraph,
    Sources,
    Table,
    cell_text,
)
from hwstudio.core.report.legible import legible_document


def json_text(document: Document) -> str:
    """Return the document as JSON; money is a text that holds the exact decimal number."""
    return json.dumps(json_document(document), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def json_document(document: Document) -> dict[str, Any]:
    """Return the document as plain JSON values."""
    document = legible_document(document)
    return {
        "kind": document.kind,
        "schema": SCHEMA,
        "title": document.title,
        "made": document.made or None,
        "language": document.language,
        "facts": dict(document.facts),
        "blocks": [_block(block) for block in document.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"block": "heading", "level": block.level, "text": block.text}
    if isinstance(block, Paragraph):
        return {"block": "paragraph", "text": block.text}
    if isinstance(block, Bullets):
        return {"block": "list", "is_numbered": block.is_numbered, "items": list(block.items)}
    if isinstance(block, Sources):
        return {"block": "sources", "title": block.title, "items": list(block.items)}
    if isinstance(block, KeyFigures):
        figures = [
            {
                "name": f.name,
                "value": _cell(f.value),
                "unit": f.unit,
                "shown": f.shown,
                "status": f.status.value,
                "words": f.words,
            }
            for f in block.figures
        ]
        return {"block": "key_figures", "figures": figures}
    if isinstance(block, Table):
        return _table(block)
    return {
        "block": "chart",
        "title": block.title,
        "unit": block.unit,
        "places": list(block.places),
        "lines": [{"name": line.name, "values": list(line.values)} for line in block.lines],
        "note": block.note,
    }


def _table(table: Table) -> dict[str, Any]:
    """Return a table with each cell as a number and as people read it; the sums come last."""
    last = table.sum_row
    return {
        "block": "table",
        "title": table.title,
        "columns": [{"name": c.name, "unit": c.unit} for c in table.columns],
        "rows": [[_cell(cell) for cell in row] for row in table.rows],
        "sums": None if last is None else [_cell(cell) for cell in last],
        "shown": [
            [cell_text(cell, column) for cell, column in zip(row, table.columns, strict=True)]
            for row in table.all_rows
        ],
        "note": table.note,
    }


def _cell(cell: Cell) -> str | int | float | None:
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return round(cell, 9) if isinstance(cell, float) else cell


def csv_text(document: Document) -> str:
    """Return the facts, key figures, tables and charts as CSV, one beneath another.

    Each begins with a line of its title alone and ends with an empty line; what was not measured is
    an empty field; texts are safe to open in a spreadsheet.
    """
    document = legible_document(document)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([document.kind, f"schema {SCHEMA}"])
    writer.writerows([_safe(name), _safe(text)] for name, text in document.facts)
    for block in document.blocks:
        if isinstance(block, KeyFigures):
            rows: list[list[Cell]] = [
                [f.name, f.value, f.unit, f.status.value] for f in block.figures
            ]
            _section(writer, "Key figures", ["Figure", "Value", "Unit", "Status"], rows)
        elif isinstance(block, Table):
            titles = [column.title for column in block.columns]
            _section(writer, block.title, titles, [list(row) for row in block.all_rows])
        elif isinstance(block, Sources):
            _section(writer, block.title, ["No.", "Source"], _numbered(block))
        elif isinstance(block, Chart):
            titles = ["", *(f"{line.name}, {block.unit}" for line in block.lines)]
            _section(writer, block.title, titles, _chart_rows(block))
    return out.getvalue()


def _numbered(sources: Sources) -> list[list[Cell]]:
    return [[number, item] for number, item in enumerate(sources.items, 1)]


def _chart_rows(chart: Chart) -> list[list[Cell]]:
    return [
        [place, *(line.values[at] for line in chart.lines)] for at, place in enumerate(chart.places)
    ]


def _section(writer: Any, title: str, titles: list[str], rows: list[list[Cell]]) -> None:
    writer.writerow([])
    writer.writerow([_safe(title)])
    writer.writerow([_safe(each) for each in titles])
    writer.writerows([_safe(cell) for cell in row] for row in rows)


def _safe(cell: Cell) -> str:
    if isinstance(cell, str):
        return safe_text(cell)
    shown = _cell(cell)
    return "" if shown is None else str(shown)
