"""A document as the data the print template sets: every figure already as people read it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from hwstudio.core.report.blocks import (
    Block,
    Bullets,
    Chart,
    Document,
    Heading,
    KeyFigures,
    Paragraph,
    Sources,
    Table,
    cell_text,
)
from hwstudio.core.report.column_widths import column_shares
from hwstudio.core.report.svg_chart import described, paper_svg

_LONG = 24  # signs without a gap after which a cell may break
_BREAK = "\u200b"
_ACROSS = 3  # key figures beside each other


def typst_data(document: Document, paper: str) -> dict[str, Any]:
    """Return what ``resources/report/report.typ`` reads."""
    return {
        "title": document.title or document.kind,
        "paper": paper,
        "language": document.language,
        "date": _date(document.made),
        "footer": document.title or document.kind,
        "facts": [list(fact) for fact in document.facts],
        "blocks": [made for block in document.blocks for made in _block(block)],
    }


def _date(made: str) -> list[int] | None:
    """Return year, month and day of an ISO date; None where it cannot be read."""
    try:
        moment = datetime.fromisoformat(made)
    except ValueError:
        return None
    return [moment.year, moment.month, moment.day]


def _block(block: Block) -> Iterator[dict[str, Any]]:
    if isinstance(block, Heading):
        yield {"kind": "heading", "level": max(1, block.level - 1), "text": block.text}
    elif isinstance(block, Paragraph):
        yield {"kind": "paragraph", "text": block.text}
    elif isinstance(block, Bullets):
        yield {"kind": _list(is_numbered=block.is_numbered), "items": list(block.items)}
    elif isinstance(block, Sources):
        yield {"kind": "heading", "level": 1, "text": block.title}
        yield {"kind": _list(is_numbered=True), "items": list(block.items)}
    elif isinstance(block, KeyFigures):
        yield _figures(block)
    elif isinstance(block, Table):
        yield _table(block)
    else:
        yield _chart(block)


def _list(*, is_numbered: bool) -> str:
    return "numbered" if is_numbered else "bullets"


def _figures(block: KeyFigures) -> dict[str, Any]:
    items = [
        {"name": f.name, "shown": f.shown, "status": f.status.value, "words": f.words}
        for f in block.figures
    ]
    return {"kind": "figures", "across": min(_ACROSS, max(1, len(items))), "items": items}


def _table(table: Table) -> dict[str, Any]:
    rows = [_shown(table, row) for row in table.rows]
    last = table.sum_row
    return {
        "kind": "table",
        "title": table.title,
        "head": [column.title for column in table.columns],
        "right": [column.digits is not None for column in table.columns],
        "widths": column_shares(table, rows if last is None else [*rows, _shown(table, last)]),
        "rows": rows,
        "foot": None if last is None else _shown(table, last),
        "note": table.note,
    }


def _shown(table: Table, row: tuple[Any, ...]) -> list[str]:
    return [
        _breakable(cell_text(cell, column)) for cell, column in zip(row, table.columns, strict=True)
    ]


def _breakable(text: str) -> str:
    """Let a long word (a path, an id) go on in the next line of its cell."""
    return " ".join(
        _BREAK.join(word[at : at + _LONG] for at in range(0, len(word), _LONG)) or word
        for word in text.split(" ")
    )


def _chart(chart: Chart) -> dict[str, Any]:
    return {
        "kind": "chart",
        "title": f"{chart.title}, {chart.unit}" if chart.unit else chart.title,
        "svg": paper_svg(chart),
        "alt": f"{chart.title}. {described(chart)}",
        "note": chart.note,
    }
