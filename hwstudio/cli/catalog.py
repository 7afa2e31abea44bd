"""`hwstudio catalog`: search parts, show where every cell comes from, audit, compile."""

from __future__ import annotations

import argparse
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

from hwstudio.cli.number import number
from hwstudio.cli.output import Output, common
from hwstudio.core.base.money import money
from hwstudio.core.base.units import gib, watts
from hwstudio.core.catalog.search import Query
from hwstudio.core.catalog.source import Audit
from hwstudio.core.model.fact import Fact
from hwstudio.core.model.part import GpuCard, Part, PartKind
from hwstudio.core.model.price import Price

LIMIT = 50
SHOWN = 10
# What a table shows beside name, maker and price: field and heading.
SHOWN_FIELDS: dict[PartKind, tuple[tuple[str, str], ...]] = {
    PartKind.GPU: (("vram_bytes", "Memory"), ("tdp_w", "Power"), ("form_factor", "Form")),
    PartKind.GPU_CARD: (("vram_bytes", "Memory"), ("tdp_w", "Power"), ("length_mm", "Length mm")),
    PartKind.CPU: (("socket", "Socket"), ("cores", "Cores"), ("tdp_w", "Power")),
    PartKind.MOTHERBOARD: (("socket", "Socket"), ("form_factor", "Size"), ("mem_type", "Memory")),
    PartKind.RAM: (("capacity_bytes", "Capacity"), ("mem_type", "Type"), ("speed_mts", "MT/s")),
    PartKind.STORAGE: (("capacity_bytes", "Capacity"), ("interface", "Interface")),
    PartKind.PSU: (("rated_w", "Power"), ("form_factor", "Size"), ("efficiency", "80 PLUS")),
    PartKind.CASE: (("form_factor", "Size"), ("max_gpu_length_mm", "GPU up to mm")),
    PartKind.COOLER: (("cooler_type", "Type"), ("height_mm", "Height mm")),
}


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the noun ``catalog``."""
    noun = commands.add_parser("catalog", help="parts and prices, each with source and date")
    verbs = noun.add_subparsers(title="verbs", metavar="VERB", dest="verb", required=True)
    _add_search(verbs)
    show = _verb(verbs, "show", "show every cell of one part: value, unit, source, date",
                 "gpu-geforce-rtx-4090")  # fmt: skip
    show.add_argument("id", help="a part's id, as `catalog search` prints it")
    show.set_defaults(run=_show)
    audit = _verb(verbs, "audit", "count cells without source, disagreements and stale prices", "")
    audit.set_defaults(run=_audit)
    compiled = _verb(verbs, "compile", "build catalog.db from the reviewed text (maintainers)", "")
    compiled.add_argument("--text", type=Path, help="folder of the text (default: the bundled one)")
    compiled.add_argument("--out", type=Path, help="file to write (default: the catalogue in use)")
    compiled.set_defaults(run=_compile)


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


def _limit(text: str) -> Decimal:
    value = number(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text} is under zero; give a positive number")
    return value


def _most(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = -1
    if value < 0:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of items; give 0 or more")
    return value


def _add_search(verbs: Any) -> None:
    words = "find parts by words and limits; forgives typing mistakes"
    search = _verb(verbs, "search", words, "gpu --min-vram-gb 24 --max-price 2000")
    search.add_argument(
        "kind", choices=[kind.value for kind in PartKind], metavar="KIND",
        help="one of " + ", ".join(kind.value for kind in PartKind),
    )  # fmt: skip
    search.add_argument("--text", default="", help='words of the name, e.g. "rtx 4090"')
    search.add_argument("--min-vram-gb", type=_limit, metavar="N", help="GPU memory, GiB")
    search.add_argument("--max-price", type=_limit, metavar="N", help="USD for one piece")
    search.add_argument("--max-power-w", type=_limit, metavar="N", help="watts")
    search.add_argument("--socket", default="", metavar="S", help="CPU socket, e.g. AM5")
    search.add_argument("--maker", default="", metavar="M", help="maker's name")
    search.add_argument(
        "--limit", type=_most, default=LIMIT, metavar="N", help=f"most items (default {LIMIT})"
    )
    search.set_defaults(run=_search)


# --- search ----------------------------------------------------------------------------------


def _search(args: argparse.Namespace, out: Output) -> int:
    kind = PartKind(args.kind)
    query = Query(
        text=args.text,
        min_vram_bytes=None if args.min_vram_gb is None else int(args.min_vram_gb * 2**30),
        max_price=args.max_price,
        max_power_w=None if args.max_power_w is None else float(args.max_power_w),
        socket=args.socket,
        maker=args.maker,
    )
    found = out.studio.catalog.search(kind, query)
    items = found[: args.limit]
    if out.is_json:
        as_of = out.studio.catalog.as_of
        document = {"as_of": as_of, "count": len(found), "items": [item(part) for part in items]}
        out.document(document)
        return 0
    _search_table(kind, items, len(found), out)
    return 0


def _search_table(kind: PartKind, items: tuple[Part, ...], count: int, out: Output) -> None:
    if not items:
        out.line("No part fits. Loosen a limit or use fewer words.")
        return
    shown = SHOWN_FIELDS[kind]
    headers = ["Id", "Name", *(title for _, title in shown), "Price", "As of"]
    rows = [
        [part.id, part.name[:60], *(_plain(field, getattr(part, field)) for field, _ in shown),
         price_words(part.price), part.price.as_of if part.price else ""]
        for part in items
    ]  # fmt: skip
    out.table(headers, rows)
    more = f"; the first {len(items)} are shown, --limit shows more" if count > len(items) else ""
    out.line(f"{count} found{more}. Where a price comes from: hwstudio catalog show ID")


def item(part: Part) -> dict[str, Any]:
    """Return a part as the CLI contract has it; a card names its chip instead of repeating it."""
    values = {field.name: getattr(part, field.name) for field in fields(part)}
    if isinstance(part, GpuCard):
        values["gpu"] = {"id": part.gpu.id, "name": part.gpu.name}
    values["kind"] = part.kind.value
    return values


def price_words(price: Price | None) -> str:
    """Return "about $1,480 ($1,320-1,690), estimated" or "$1,599, list price"."""
    if price is None:
        return "no price known"
    amount = money(price.amount, price.currency)
    if price.low == price.high:
        return f"{amount}, {'your own' if price.kind == 'own' else price.kind.value} price"
    low, high = money(price.low, price.currency), money(price.high, price.currency)
    return f"about {amount} ({low} to {high}), estimated"


def _plain(name: str, value: Any) -> str:
    if value is None:
        return "unknown"
    if name == "vram_bytes":
        return gib(value)
    if name == "capacity_bytes":
        return gib(value) if value % 2**30 == 0 else f"{value / 1e12:g} TB"
    if name.endswith("_w"):
        return watts(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


# --- show ------------------------------------------------------------------------------------


def _show(args: argparse.Namespace, out: Output) -> int:
    catalog = out.studio.catalog
    part = catalog.part(args.id)
    cells = catalog.cells(args.id)
    if out.is_json:
        head = {"id": part.id, "kind": part.kind.value, "name": part.name, "maker": part.maker}
        document = {**head, "price": part.price, "prices": catalog.prices(part.id), "cells": cells}
        out.document(document)
        return 0
    out.line(f"{part.name}: {price_words(part.price)}")
    out.line()
    rows = [[fact.name, _value(fact), fact.as_of, fact.confidence, fact.source] for fact in cells]
    out.table(["Field", "Value", "As of", "Checked", "Source"], rows)
    for fact in cells:
        if fact.note:
            out.line(f"{fact.name}: {fact.note}")
    return 0


def _value(fact: Fact) -> str:
    if fact.value is None:
        return "unknown"
    value = f"{fact.value:,.10g}" if isinstance(fact.value, float) else str(fact.value)
    return f"{value} {fact.unit}".rstrip()


# --- audit -----------------------------------------------------------------------------------


def _audit(args: argparse.Namespace, out: Output) -> int:  # noqa: ARG001 - every verb takes both
    audit = out.studio.catalog.audit()
    if out.is_json:
        out.document(
            {
                "as_of": audit.as_of,
                "parts": audit.parts,
                "cells": audit.cells,
                "cells_without_source": audit.cells_without_source,
                "confidence": audit.confidence,
                "disagreements": audit.disagreements,
                "stale_prices": len(audit.stale_prices),
                "stale_price_list": audit.stale_prices,
                "parts_without_price": audit.parts_without_price,
                "sources": audit.sources,
            }
        )
        return 0
    _audit_words(audit, out)
    return 0


def _audit_words(audit: Audit, out: Output) -> None:
    out.line(f"{audit.parts:,} parts, {audit.cells:,} known cells, newest fact {audit.as_of}")
    out.line(f"{audit.cells_without_source:,} cells without source")
    words = ", ".join(f"{count:,} {word}" for word, count in audit.confidence.items())
    out.line(f"How they were checked: {words}")
    out.line(f"{len(audit.stale_prices):,} prices in use are older than 180 days")
    out.line(f"{audit.parts_without_price:,} parts have no price")
    out.line(f"{len(audit.disagreements)} cells where two sources disagree")
    for found in audit.disagreements[:SHOWN]:
        out.line(
            f"  {found.name[:50]}: {found.field} {found.value}; {found.other} {found.other_value}"
        )
    out.line()
    rows = [[source.title, source.licence, source.as_of, source.where] for source in audit.sources]
    out.table(["Source", "Licence", "As of", "Where"], rows)
    for source in audit.sources:
        if source.attribution:
            out.line(source.attribution)


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
