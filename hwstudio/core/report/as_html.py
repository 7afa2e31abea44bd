"""A document as one HTML page: no script, nothing loaded, light and dark, printable, accessible."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from hwstudio.core.report.blocks import (
    Block,
    Bullets,
    Chart,
    Document,
    Heading,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Sources,
    Status,
    Table,
    cell_text,
    chart_table,
)
from hwstudio.core.report.legible import legible_document
from hwstudio.core.report.svg_chart import STYLE as CHART_STYLE
from hwstudio.core.report.svg_chart import svg

_STYLE = """
:root{color-scheme:light dark;--paper:#ffffff;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;
--panel:#f6f8fa;--good:#1a7f37;--watch:#8a5a00;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--paper:#14171a;--ink:#e6e9ec;--soft:#9aa4ae;
--line:#3a424a;--panel:#1d2226;--good:#5fd38d;--watch:#e0b341;--bad:#ff8a80}}
body{margin:0 auto;padding:1.5rem;max-width:64rem;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.7rem;margin:0 0 .5rem}h2{font-size:1.25rem;margin:2rem 0 .5rem}
h3{font-size:1.05rem}
dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;color:var(--soft)}
dl.facts dd{margin:0;color:var(--ink)}
ul.figures{list-style:none;margin:1rem 0;padding:0;display:grid;gap:.75rem;
grid-template-columns:repeat(auto-fit,minmax(11rem,1fr))}
ul.figures li{background:var(--panel);border:1px solid var(--line);border-radius:.4rem;
padding:.6rem .8rem}
.name{color:var(--soft);font-size:.9rem}.value{font-size:1.4rem;font-weight:600}
.status-good{color:var(--good)}.status-watch{color:var(--watch)}.status-bad{color:var(--bad)}
.status-none{color:var(--soft)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;margin:.75rem 0;font-size:.92rem}
caption{text-align:left;font-weight:600;padding:.2rem 0}
th,td{border-bottom:1px solid var(--line);padding:.35rem .6rem;text-align:left;vertical-align:top}
th.number,td.number{text-align:right;font-variant-numeric:tabular-nums}
tfoot th,tfoot td{font-weight:600;border-top:2px solid var(--line)}
.note{color:var(--soft);font-size:.9rem;margin:.2rem 0 1rem}
figure{margin:1rem 0}figcaption{font-weight:600}
details{margin:.3rem 0 1rem}
@media print{:root{--paper:#ffffff;--ink:#000000;--soft:#444444;--line:#999999;--panel:#ffffff;
--good:#1a7f37;--watch:#8a5a00;--bad:#b3261e}body{max-width:none;padding:0;font-size:10.5pt}
h2{break-after:avoid}table,figure,li{break-inside:avoid}details{display:none}
.scroll{overflow:visible}}
"""
_CLASS = {
    Status.GOOD: "status-good",
    Status.WATCH: "status-watch",
    Status.BAD: "status-bad",
    Status.UNKNOWN: "status-none",
}
# A cell of exactly these words is a status and gets its colour as well.
_BY_WORDS = {status.value: css for status, css in _CLASS.items()}


def html(document: Document) -> str:
    """Return the document as one page."""
    document = legible_document(document)
    facts = "".join(f"<dt>{escape(n)}</dt><dd>{escape(t)}</dd>" for n, t in document.facts)
    body = "\n".join(part for block in document.blocks for part in _block(block))
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(document.language)}">\n<head>\n'
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">\n"
        f"<title>{escape(document.title)}</title>\n<style>{_STYLE}{CHART_STYLE}</style>\n"
        f"</head>\n<body>\n<main>\n<h1>{escape(document.title)}</h1>\n"
        f'<dl class="facts">{facts}</dl>\n{body}\n</main>\n</body>\n</html>\n'
    )


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        level = min(max(block.level, 2), 6)
        yield f"<h{level}>{escape(block.text)}</h{level}>"
    elif isinstance(block, Paragraph):
        yield f"<p>{escape(block.text)}</p>"
    elif isinstance(block, Bullets):
        yield _list(block.items, is_numbered=block.is_numbered)
    elif isinstance(block, Sources):
        yield f"<h2>{escape(block.title)}</h2>"
        yield _list(block.items, is_numbered=True)
    elif isinstance(block, KeyFigures):
        yield f'<ul class="figures">{"".join(map(_figure, block.figures))}</ul>'
    elif isinstance(block, Table):
        yield _table(block)
    else:
        yield _chart(block)


def _list(items: tuple[str, ...], *, is_numbered: bool) -> str:
    tag = "ol" if is_numbered else "ul"
    return f"<{tag}>{''.join(f'<li>{escape(item)}</li>' for item in items)}</{tag}>"


def _figure(figure: KeyFigure) -> str:
    css = _CLASS.get(figure.status, "")
    status = ""
    if figure.status not in (Status.PLAIN, Status.UNKNOWN):
        status = f'<div class="{css}">{escape(figure.status.value)}</div>'
    words = f'<div class="note">{escape(figure.words)}</div>' if figure.words else ""
    value = f'<div class="value {css}">{escape(figure.shown)}</div>'
    return f'<li><div class="name">{escape(figure.name)}</div>{value}{status}{words}</li>'


def _table(table: Table) -> str:
    head = "".join(
        f'<th scope="col"{_css(column.digits is not None)}>{escape(column.title)}</th>'
        for column in table.columns
    )
    rows = "".join(f"<tr>{_cells(table, row)}</tr>" for row in table.rows)
    last = table.sum_row
    foot = "" if last is None else f"<tfoot><tr>{_cells(table, last)}</tr></tfoot>"
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    # The region can be scrolled by keyboard where the page is narrow.
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(table.title)}">'
        f"<table><caption>{escape(table.title)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>{foot}</table></div>{note}"
    )


def _cells(table: Table, row: tuple[object, ...]) -> str:
    parts = []
    for at, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
        text = escape(cell_text(cell, column))  # type: ignore[arg-type]
        if at == 0:
            parts.append(f'<th scope="row">{text}</th>')
        elif isinstance(cell, str) and cell in _BY_WORDS:
            parts.append(f'<td class="{_BY_WORDS[cell]}">{text}</td>')
        else:
            parts.append(f"<td{_css(column.digits is not None)}>{text}</td>")
    return "".join(parts)


def _css(is_number: bool) -> str:
    return ' class="number"' if is_number else ""


def _chart(chart: Chart) -> str:
    twin = chart_table(chart)
    rows = "".join(f"<tr>{_cells(twin, row)}</tr>" for row in twin.rows)
    head = "".join(f'<th scope="col" class="number">{escape(ln.name)}</th>' for ln in chart.lines)
    note = f'<p class="note">{escape(chart.note)}</p>' if chart.note else ""
    return (
        f"<figure><figcaption>{escape(chart.title)}, {escape(chart.unit)}</figcaption>"
        f"{svg(chart)}</figure>{note}<details><summary>Numbers</summary>"
        f'<table><thead><tr><th scope="col"></th>{head}</tr></thead><tbody>{rows}</tbody></table>'
        "</details>"
    )
