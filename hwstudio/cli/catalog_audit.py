"""`hwstudio catalog audit`: what stands in the catalogue without a source, twice, or too long."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from hwstudio.cli.output import Output
from hwstudio.core.catalog.agreement import CLAIM_TOLERANCE
from hwstudio.core.catalog.audit import words as audit_words
from hwstudio.core.catalog.source import Audit
from hwstudio.core.model.price import STALE_AFTER_DAYS


def options(verb: argparse.ArgumentParser) -> None:
    """Give the verb its options and what it runs."""
    verb.add_argument("--all", action="store_true", help="print every item, not the first ten")
    verb.set_defaults(run=_run)


def _run(args: argparse.Namespace, out: Output) -> int:
    audit = out.studio.catalog.audit()
    if out.is_json:
        out.document(document(audit))
        return 0
    for line in audit_words.lines(audit, None if args.all else audit_words.SHOWN):
        out.line(line)
    _tables(audit, out)
    _sources(audit, out)
    return 0


def document(audit: Audit) -> dict[str, Any]:
    """Return the audit as the CLI contract has it."""
    return {
        "as_of": audit.as_of,
        "parts": audit.parts,
        "cells": audit.cells,
        "cells_without_source": audit.cells_without_source,
        "confidence": audit.confidence,
        "tables": audit.tables,
        "recalled_cells": audit.recalled_cells,
        "recalled_rows": len(audit.recalled),
        "recalled_list": audit.recalled,
        "claims": audit.claims,
        "claims_agree": audit.claims_agree,
        "claims_on_unknown": audit.claims_on_unknown,
        "claim_tolerance": CLAIM_TOLERANCE,
        "disagreements": audit.disagreements,
        "stale_days": STALE_AFTER_DAYS,
        "stale_prices": len(audit.stale_prices),
        "stale_price_list": audit.stale_prices,
        "parts_without_price": audit.parts_without_price,
        "prices": audit.prices,
        "prices_in_use": audit.prices_in_use,
        "sources": [
            {**asdict(source), **asdict(audit.carried[source.id])} for source in audit.sources
        ],
    }


def _tables(audit: Audit, out: Output) -> None:
    out.line()
    rows = [
        [t.table, f"{t.rows:,}", f"{t.cells:,}", f"{t.cells_without_source:,}",
         f"{t.recalled_rows:,}", f"{t.recalled_cells:,}"]
        for t in audit.tables
    ]  # fmt: skip
    headers = ["Table", "Rows", "Cells", "Without source", "Rows from memory", "Cells from memory"]
    out.table(headers, rows, right=range(1, 6))


def _sources(audit: Audit, out: Output) -> None:
    out.line()
    rows = []
    for source in audit.sources:
        held = audit.carried[source.id]
        counts = [f"{held.rows:,}", f"{held.cells:,}", f"{held.claims:,}"]
        rows.append([source.title, source.licence, source.as_of, *counts, source.where])
    headers = ["Source", "Licence", "As of", "Rows", "Cells", "Second opinions", "Where"]
    out.table(headers, rows, right=(3, 4, 5))
    out.line()
    for source in audit.sources:
        if source.attribution:
            out.line(source.attribution)
