"""`hwstudio report KIND --out FILE`: a report as PDF, web page, DOCX, XLSX, CSV, JSON, Markdown."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hwstudio.cli import report_kinds
from hwstudio.cli.number import filled
from hwstudio.cli.output import Output, common

if TYPE_CHECKING:
    from hwstudio.core.report.blocks import Document

    Make = Callable[[argparse.Namespace, Output], Document]

PAPERS = ("a4", "letter")


def add(nouns: argparse._SubParsersAction[Any]) -> None:
    """Add the noun and a verb for each kind of report."""
    noun = nouns.add_parser(
        "report",
        help="a report to print or hand on",
        description="Write a report. The ending of the file says its form: .pdf, .html, .docx, "
        ".xlsx, .csv, .json or .md. The same input gives the same file, byte for byte.",
        epilog="Example: hwstudio report build --build lab.hws --out lab.pdf",
    )
    kinds = noun.add_subparsers(title="kinds", metavar="KIND", dest="kind", required=True)
    for kind in report_kinds.KINDS:
        verb = kinds.add_parser(
            kind.id,
            help=kind.title,
            description=kind.description,
            epilog=f"Example: hwstudio report {kind.example}",
        )
        kind.options(verb)
        words = "ends with .pdf, .html, .docx, .xlsx, .csv, .json or .md"
        verb.add_argument("--out", type=_file, required=True, metavar="FILE", help=words)
        verb.add_argument("--paper", choices=PAPERS, default=PAPERS[0], help="default a4")
        common(verb)
        verb.set_defaults(run=run, make=kind.make)


def _file(text: str) -> Path:
    return Path(filled(text))


def run(args: argparse.Namespace, out: Output) -> int:
    """Write the report.

    Raises:
        UserError: the input cannot be used, or the file's ending is not known.
        HostError: the file cannot be written.
    """
    from hwstudio.core.report.as_pdf import Paper
    from hwstudio.core.report.write import check_ending, write_document

    check_ending(args.out)  # before the work of minutes
    make: Make = args.make
    document = make(args, out)
    write_document(args.out, document, Paper.A4 if args.paper == "a4" else Paper.LETTER)
    content = args.out.read_bytes()
    told = {
        "path": args.out,
        "kind": document.kind,
        "title": document.title,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    if out.is_json:
        out.document(told)
    else:
        out.line(f"{document.title}: written to {args.out} ({len(content):,} bytes)")
    return 0
