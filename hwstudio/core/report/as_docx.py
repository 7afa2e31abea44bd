"""A document as DOCX (WordprocessingML): real headings, lists and tables with head rows.

Written straight as XML: the usual library would bring 15 MB for these few elements. A chart is its
table of numbers, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from hwstudio.core.report.archive import core_properties, zipped
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
from hwstudio.core.report.column_widths import column_shares
from hwstudio.core.report.docx_parts import (
    BULLETS,
    CONTENT_TYPES,
    FOOTER,
    MAIN,
    RELATIONS,
    ROOT_RELATIONS,
    SETTINGS,
    numbering,
    styles,
)
from hwstudio.core.report.legible import legible_document

CHART_WORDS = "The chart is drawn in the PDF and the web page; these are its numbers."
# Twentieths of a point: width, height, and the width between margins of 18 mm.
_SIZES = {"a4": (11906, 16838), "us-letter": (12240, 15840)}
_MARGIN = 1020
_COLOURS = {Status.GOOD: "1A7F37", Status.WATCH: "8A5A00", Status.BAD: "B3261E"}
_BY_WORDS = {status.value: colour for status, colour in _COLOURS.items()}


def docx(document: Document, paper: str = "a4") -> bytes:
    """Return the document as a DOCX file, the same bytes every time; ``paper`` a4 or us-letter."""
    document = legible_document(document)
    writer = _Writer(_SIZES[paper][0] - 2 * _MARGIN)
    body = "".join(writer.body(document))
    return zipped(
        {
            "[Content_Types].xml": CONTENT_TYPES,
            "_rels/.rels": ROOT_RELATIONS,
            "docProps/core.xml": core_properties(document.title, document.made, document.language),
            "word/document.xml": f"{MAIN}{body}{_section(paper)}</w:body></w:document>".encode(),
            "word/styles.xml": styles(document.language),
            "word/numbering.xml": numbering(writer.lists),
            "word/settings.xml": SETTINGS,
            "word/footer1.xml": FOOTER,
            "word/_rels/document.xml.rels": RELATIONS,
        }
    )


def _section(paper: str) -> str:
    width, height = _SIZES[paper]
    return (
        '<w:sectPr><w:footerReference w:type="default" r:id="rId4"/>'
        f'<w:pgSz w:w="{width}" w:h="{height}"/>'
        f'<w:pgMar w:top="{_MARGIN}" w:right="{_MARGIN}" w:bottom="{_MARGIN}" '
        f'w:left="{_MARGIN}" w:header="500" w:footer="500" w:gutter="0"/></w:sectPr>'
    )


def _run(text: str, *, bold: bool = False, colour: str = "") -> str:
    look = ("<w:b/>" if bold else "") + (f'<w:color w:val="{colour}"/>' if colour else "")
    look = f"<w:rPr>{look}</w:rPr>" if look else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{escape(text, quote=False)}</w:t></w:r>'


def _paragraph(runs: str, style: str = "", more: str = "") -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    look = f"<w:pPr>{named}{more}</w:pPr>" if named or more else ""
    return f"<w:p>{look}{runs}</w:p>"


class _Writer:
    """Turns blocks into paragraphs and tables; counts the numbered lists, each begins at 1."""

    def __init__(self, width: int) -> None:
        self._width = width  # between the margins, in twentieths of a point
        self.lists = 0

    def body(self, document: Document) -> Iterator[str]:
        """Yield the XML of the title, the facts and every block."""
        yield _paragraph(_run(document.title or document.kind), "Title")
        for name, text in document.facts:
            yield _paragraph(_run(f"{name}: ", colour="57606A") + _run(text), "Facts")
        for block in document.blocks:
            yield from self._block(block)

    def _block(self, block: Block) -> Iterator[str]:
        if isinstance(block, Heading):
            yield _paragraph(_run(block.text), f"Heading{min(max(block.level - 1, 1), 3)}")
        elif isinstance(block, Paragraph):
            yield _paragraph(_run(block.text))
        elif isinstance(block, Bullets):
            yield from self._list(block.items, is_numbered=block.is_numbered)
        elif isinstance(block, Sources):
            yield _paragraph(_run(block.title), "Heading1")
            yield from self._list(block.items, is_numbered=True)
        elif isinstance(block, KeyFigures):
            yield from _figures(block)
        elif isinstance(block, Table):
            yield from self._table(block)
        else:
            yield from self._chart(block)

    def _list(self, items: tuple[str, ...], *, is_numbered: bool) -> Iterator[str]:
        number = BULLETS
        if is_numbered:
            self.lists += 1
            number += self.lists
        mark = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>'
        for item in items:
            yield _paragraph(_run(item), "ListParagraph", mark)

    def _chart(self, chart: Chart) -> Iterator[str]:
        yield from self._table(chart_table(chart))
        yield _paragraph(_run(CHART_WORDS), "Note")

    def _table(self, table: Table) -> Iterator[str]:
        if table.title:
            yield _paragraph(_run(table.title), "Caption")
        rows = [
            [cell_text(cell, column) for cell, column in zip(row, table.columns, strict=True)]
            for row in table.all_rows
        ]
        widths = self._widths(table, rows)
        right = [column.digits is not None for column in table.columns]
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        head = _row([c.title for c in table.columns], widths, right, is_head=True)
        last = len(rows) - 1 if table.sum_row is not None else -1
        body = "".join(
            _row(cells, widths, right, is_bold=at == last) for at, cells in enumerate(rows)
        )
        yield (
            '<w:tbl><w:tblPr><w:tblStyle w:val="Report"/>'
            f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
            '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" '
            'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/></w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>{head}{body}</w:tbl>"
        )
        yield _paragraph(_run(table.note) if table.note else "", "Note")

    def _widths(self, table: Table, rows: list[list[str]]) -> list[int]:
        """Return widths in twentieths of a point."""
        shares = column_shares(table, rows)
        return [int(self._width * share / sum(shares)) for share in shares]


def _figures(block: KeyFigures) -> Iterator[str]:
    for figure in block.figures:
        colour = _COLOURS.get(figure.status, "")
        runs = _run(f"{figure.name}: ", colour="57606A")
        runs += _run(figure.shown, bold=True, colour=colour)
        if figure.status not in (Status.PLAIN, Status.UNKNOWN):
            runs += _run(f" ({figure.status.value})", colour=colour)
        yield _paragraph(runs, "Figure")
        if figure.words:
            yield _paragraph(_run(figure.words), "Note")


def _row(
    cells: list[str],
    widths: list[int],
    right: list[bool],
    *,
    is_head: bool = False,
    is_bold: bool = False,
) -> str:
    made = []
    for text, width, is_right in zip(cells, widths, right, strict=True):
        align = '<w:jc w:val="right"/>' if is_right else ""
        run = _run(text, bold=is_head or is_bold, colour="" if is_head else _BY_WORDS.get(text, ""))
        made.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
            f"{_paragraph(run, 'Cell', align)}</w:tc>"
        )
    look = "<w:trPr><w:cantSplit/>" + ("<w:tblHeader/>" if is_head else "") + "</w:trPr>"
    return f"<w:tr>{look}{''.join(made)}</w:tr>"
