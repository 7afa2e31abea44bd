"""How fast reports are written: ``python benchmarks/report_speed.py [--rounds N]``.

A report of ten pages or more (headings, words, tables, charts, key figures) is written in every
format, one after another in this process. The goal is a PDF of ten pages in one second; the first
one counts too, for a person who saves one report meets only that. Machine: any; run it when
nothing else does.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hwstudio.core.report.blocks import (
    Block,
    Chart,
    ChartForm,
    Column,
    Document,
    Heading,
    KeyFigure,
    KeyFigures,
    Line,
    Paragraph,
    Table,
)
from hwstudio.core.report.write import document_bytes

GOAL_S = 1.0
PAGES = 10
_DAYS = tuple(f"day {n}" for n in range(1, 31))


def report(chapters: int) -> Document:
    """Return a report of that many chapters, each a little under a page."""
    blocks: list[Block] = []
    for number in range(1, chapters + 1):
        columns = (Column("Part"), Column("Pieces", digits=0), Column("Price", "USD", 2))
        rows = tuple((f"part {n} of {number}", n, n * 12.5) for n in range(1, 16))
        lines = tuple(
            Line(name, tuple(float((day * step + number) % 97) for day in range(len(_DAYS))))
            for name, step in (("mean", 7), ("most", 13))
        )
        blocks += [
            Heading(f"Chapter {number}"),
            Paragraph("A sentence that says what the figures below are about. " * 4),
            KeyFigures(tuple(KeyFigure(name, "12.3 kWh", 12.3, "kWh") for name in "abc")),
            Chart("Use", "%", _DAYS, lines),
            Table("Parts", columns, rows, "A note.", sums=(1, 2)),
            Chart("Speed", "x", ("a", "b"), (Line("times", (1.5, 2.0)),), form=ChartForm.BARS),
        ]
    return Document(
        "benchmark", "Ten pages", (("Made", "2026-11-28"),), tuple(blocks), "2026-11-28"
    )


def page_count(content: bytes) -> int:
    """Return the pages of a PDF; needs pypdf."""
    import pypdf

    return len(pypdf.PdfReader(io.BytesIO(content)).pages)


def main() -> int:
    """Print a line for each format; 1 when the PDF misses its goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    document = report(PAGES)
    missed = False
    for ending in (".pdf", ".html", ".docx", ".xlsx", ".csv", ".json", ".md"):
        took_s, hashes, content = [], set(), b""
        for _ in range(max(2, options.rounds)):
            began_s = time.perf_counter()
            content = document_bytes(document, ending)
            took_s.append(time.perf_counter() - began_s)
            hashes.add(hashlib.sha256(content).hexdigest())
        pages = f", {page_count(content)} pages" if ending == ".pdf" else ""
        first, middle = took_s[0], statistics.median(took_s)
        same = "same bytes" if len(hashes) == 1 else "DIFFERENT BYTES"
        print(f"{ending:6} first {first:.3f} s, median {middle:.3f} s, "
              f"{len(content) / 1e3:,.0f} kB{pages}, {same}")  # fmt: skip
        missed |= (ending == ".pdf" and first > GOAL_S) or len(hashes) > 1
    print(f"Goal: a PDF of {PAGES} pages in {GOAL_S:g} s, {'missed' if missed else 'kept'}.")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
