"""A document as Markdown: tables stay tables, a chart becomes the table of its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hwstudio.core.report.blocks import (
    Block,
    Bullets,
    Chart,
    Document,
    Heading,
    KeyFigures,
    Paragraph,
    Sources,
    Status,
    Table,
    cell_text,
    chart_table,
)
from hwstudio.core.report.legible import legible_document


def markdown(document: Document) -> str:
    """Return the document as one text."""
    document = legible_document(document)
    lines = [f"# {_plain(document.title)}", ""]
    lines += [f"- {_plain(name)}: {_plain(text)}" for name, text in document.facts]
    for block in document.blocks:
        lines += ["", *_block(block)]
    return "\n".join(lines) + "\n"


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"{'#' * block.level} {_plain(block.text)}"
    elif isinstance(block, Paragraph):
        yield _plain(block.text)
    elif isinstance(block, Bullets):
        yield from _list(block.items, is_numbered=block.is_numbered)
    elif isinstance(block, Sources):
        yield f"## {_plain(block.title)}"
        yield ""
        yield from _list(block.items, is_numbered=True)
    elif isinstance(block, KeyFigures):
        for figure in block.figures:
            status = f" ({figure.status.value})" if figure.status not in _UNSAID else ""
            words = f" {_plain(figure.words)}" if figure.words else ""
            yield f"- **{_plain(figure.name)}: {_plain(figure.shown)}**{status}{words}"
    elif isinstance(block, Table):
        yield from _table(block)
    else:
        yield from _chart(block)


def _list(items: tuple[str, ...], *, is_numbered: bool) -> Iterator[str]:
    for number, item in enumerate(items, 1):
        yield f"{f'{number}.' if is_numbered else '-'} {_plain(item)}"


_UNSAID = (Status.PLAIN, Status.UNKNOWN)


def _table(table: Table) -> Iterator[str]:
    yield f"**{_plain(table.title)}**"
    yield ""
    yield _row([column.title for column in table.columns])
    yield _row([":---" if c.digits is None else "---:" for c in table.columns], is_rule=True)
    for row in table.all_rows:
        yield _row([cell_text(c, column) for c, column in zip(row, table.columns, strict=True)])
    if table.note:
        yield ""
        yield _plain(table.note)


def _chart(chart: Chart) -> Iterator[str]:
    yield f"**{_plain(chart.title)}, {_plain(chart.unit)}**"
    yield ""
    yield _row(["", *(line.name for line in chart.lines)])
    yield _row([":---", *("---:" for _ in chart.lines)], is_rule=True)
    twin = chart_table(chart)
    for row in twin.rows:
        yield _row([cell_text(c, column) for c, column in zip(row, twin.columns, strict=True)])
    if chart.note:
        yield ""
        yield _plain(chart.note)


def _row(cells: Sequence[str], *, is_rule: bool = False) -> str:
    shown = cells if is_rule else [_plain(cell) for cell in cells]
    return f"| {' | '.join(shown)} |"


# Signs that would become markup; a computer's or process's name may hold any of them.
_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>|#"} | {"\n": " ", "\r": " "})


def _plain(text: str) -> str:
    return text.translate(_MARKS)
