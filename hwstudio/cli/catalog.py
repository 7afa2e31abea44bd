"""`hwstudio catalog`: search parts, show where every cell comes from, audit, compile."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from hwstudio.cli import catalog_audit, catalog_own, catalog_search, catalog_update
from hwstudio.cli.catalog_search import kind_of, price_words
from hwstudio.cli.output import Output, common
from hwstudio.core.catalog.browse import Browser
from hwstudio.core.catalog.compare import compared
from hwstudio.core.model.fact import Fact


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the noun ``catalog``."""
    noun = commands.add_parser("catalog", help="parts and prices, each with source and date")
    verbs = noun.add_subparsers(title="verbs", metavar="VERB", dest="verb", required=True)
    words = "find parts, models, offers and more by words and limits; forgives typing mistakes"
    search = _verb(verbs, "search", words, "gpu --min-vram-gb 24 --max-price 2000")
    catalog_search.add(search)
    show = _verb(verbs, "show", "show every cell of one thing: value, unit, source, date",
                 "gpu-geforce-rtx-4090")  # fmt: skip
    show.add_argument("id", help="an id, as `catalog search` prints it")
    show.set_defaults(run=_show)
    compare = _verb(verbs, "compare", "show two to five things side by side, differences first",
                    "gpu-geforce-rtx-4090 gpu-geforce-rtx-3090")  # fmt: skip
    compare.add_argument(
        "ids", nargs="+", metavar="ID", help="ids, as `catalog search` prints them"
    )
    compare.add_argument("--differences", action="store_true", help="leave out what is the same")
    compare.set_defaults(run=_compare)
    audit = _verb(verbs, "audit", "count cells without source, disagreements and stale prices", "")
    catalog_audit.options(audit)
    compiled = _verb(verbs, "compile", "build catalog.db from the reviewed text (maintainers)", "")
    compiled.add_argument("--text", type=Path, help="folder of the text (default: the bundled one)")
    compiled.add_argument("--out", type=Path, help="file to write (default: the catalogue in use)")
    compiled.set_defaults(run=_compile)
    catalog_update.add(verbs, _verb)
    catalog_own.add(verbs, _verb)


def _verb(verbs: Any, name: str, words: str, example: str) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(
        name,
        help=words,
        description=words[:1].upper() + words[1:] + ".",
        epilog=f"Example: hwstudio catalog {name} {example}".rstrip(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    common(verb)
    return verb


# --- show ------------------------------------------------------------------------------------


def _show(args: argparse.Namespace, out: Output) -> int:
    browser = Browser(out.studio.catalog)
    one = browser.item(args.id)
    cells, prices = browser.facts(one), browser.prices(one)
    if out.is_json:
        head = {"id": one.id, "kind": kind_of(one), "name": one.name, "maker": one.maker}
        out.document({**head, "price": one.price, "prices": prices, "cells": cells})
        return 0
    out.line(f"{one.name}: {price_words(one.price)}" if one.price or prices else one.name)
    out.line()
    rows = [[fact.name, _value(fact), fact.as_of, fact.confidence, fact.source] for fact in cells]
    out.table(["Field", "Value", "As of", "Checked", "Source"], rows)
    for fact in cells:
        if fact.note:
            out.line(f"{fact.name}: {fact.note}")
        for other in fact.second:
            verb = "agrees" if other.agrees else "disagrees"
            out.line(f"{fact.name}: {other.source} ({other.as_of}) {verb}: {other.value}")
    return 0


def _compare(args: argparse.Namespace, out: Output) -> int:
    browser = Browser(out.studio.catalog)
    items = [browser.item(one) for one in args.ids]
    rows = compared([browser.facts(one) for one in items])
    if args.differences:
        rows = tuple(row for row in rows if row.differs)
    if out.is_json:
        heads = [{"id": one.id, "kind": kind_of(one), "name": one.name} for one in items]
        out.document({"items": heads, "rows": rows})
        return 0
    table = [
        [row.name + (" *" if row.differs else ""), *(_cell(fact) for fact in row.facts)]
        for row in rows
    ]
    out.table(["Field", *(one.name[:40] for one in items)], table)
    out.line(f"* differs: {sum(row.differs for row in rows)} of {len(rows)}")
    return 0


def _cell(fact: Fact | None) -> str:
    if fact is None:
        return ""
    return f"{_value(fact)} ({fact.as_of})" if fact.name.startswith("price_") else _value(fact)


def _value(fact: Fact) -> str:
    if fact.value is None:
        return "unknown"
    value = f"{fact.value:,.10g}" if isinstance(fact.value, float) else str(fact.value)
    return f"{value} {fact.unit}".rstrip()


# --- compile ---------------------------------------------------------------------------------


def _compile(args: argparse.Namespace, out: Output) -> int:
    from hwstudio.core.base.paths import catalog_file, resource_dir
    from hwstudio.core.catalog.compile import build

    file = args.out or catalog_file()
    text = build(args.text or resource_dir() / "catalog", file)
    counts = {name: len(rows) for name, rows in text.rows.items()}
    if out.is_json:
        out.document({"path": file, "bytes": file.stat().st_size, "rows": counts})
        return 0
    out.line(f"Wrote {file}: {sum(counts.values()):,} rows in {len(counts)} tables")
    return 0
