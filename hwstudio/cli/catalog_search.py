"""`hwstudio catalog search`: parts and every other table by words, limits and choices."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hwstudio.cli.number import number
from hwstudio.cli.output import Output
from hwstudio.core.base.clock import today
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.money import money
from hwstudio.core.base.units import gib, watts
from hwstudio.core.catalog.browse import Item
from hwstudio.core.catalog.find.search import Query
from hwstudio.core.catalog.shelf import SHELVES
from hwstudio.core.model.part import GpuCard, Part, PartKind
from hwstudio.core.model.price import STALE_AFTER_DAYS, Price
from hwstudio.core.model.record import Record, value_of

LIMIT = 50
# What a table shows beside name and price: field and heading.
SHOWN_FIELDS: dict[str, tuple[tuple[str, str], ...]] = {
    "gpu": (("vram_bytes", "Memory"), ("tdp_w", "Power"), ("form_factor", "Form")),
    "gpu_card": (("vram_bytes", "Memory"), ("tdp_w", "Power"), ("length_mm", "Length mm")),
    "cpu": (("socket", "Socket"), ("cores", "Cores"), ("tdp_w", "Power")),
    "motherboard": (("socket", "Socket"), ("form_factor", "Size"), ("mem_type", "Memory")),
    "ram": (("capacity_bytes", "Capacity"), ("mem_type", "Type"), ("speed_mts", "MT/s")),
    "storage": (("capacity_bytes", "Capacity"), ("interface", "Interface")),
    "psu": (("rated_w", "Power"), ("form_factor", "Size"), ("efficiency", "80 PLUS")),
    "case": (("form_factor", "Size"), ("max_gpu_length_mm", "GPU up to mm")),
    "cooler": (("cooler_type", "Type"), ("height_mm", "Height mm")),
    "system": (("gpu", "GPU"), ("memory_bytes", "Memory"), ("power_w", "Power")),
    "accelerator": (("kind", "Kind"), ("memory_bytes", "Memory"), ("power_w", "Power")),
    "model": (("params_total", "Parameters"), ("weights_public", "Weights public")),
    "reference_result": (("value", "Value"), ("unit", "Unit"), ("verdict", "Verdict")),
    "offer": (("accelerator", "Accelerator"), ("price_per_hour", "USD/h")),
}
KINDS = (*(kind.value for kind in PartKind), *SHELVES)


def add(search: argparse.ArgumentParser) -> None:
    """Give the verb ``search`` its options."""
    search.add_argument("kind", choices=KINDS, metavar="KIND", help="one of " + ", ".join(KINDS))
    search.add_argument("--text", default="", help='words of the name, e.g. "rtx 4090"')
    search.add_argument("--min-vram-gb", type=limit, metavar="N", help="GPU memory, GiB")
    search.add_argument("--max-price", type=limit, metavar="N", help="USD for one piece")
    search.add_argument("--max-power-w", type=limit, metavar="N", help="watts")
    search.add_argument("--socket", default="", metavar="S", help="CPU socket, e.g. AM5")
    search.add_argument("--maker", default="", metavar="M", help="maker's name")
    for option, words in (("--min", "least value"), ("--max", "most value")):
        search.add_argument(
            option, action="append", default=[], type=_pair, metavar="FIELD=N",
            help=f"{words} of any field, in the unit `catalog show` prints; may be repeated",
        )  # fmt: skip
    search.add_argument(
        "--is", action="append", default=[], type=_word_pair, metavar="FIELD=WORD", dest="words",
        help="a field must say this, e.g. chipset=X670E; may be repeated",
    )  # fmt: skip
    search.add_argument("--owned", action="store_true", help="only what you own")
    search.add_argument("--priced", action="store_true", help="only what has a price")
    search.add_argument(
        "--fresh", action="store_true", help=f"only prices of the last {STALE_AFTER_DAYS} days"
    )
    search.add_argument(
        "--limit", type=_most, default=LIMIT, metavar="N", help=f"most items (default {LIMIT})"
    )
    search.set_defaults(run=run)


def limit(text: str) -> Decimal:
    """Read a limit: a number of at least 0."""
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


def _word_pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise argparse.ArgumentTypeError(f"'{text}' must be FIELD=VALUE, e.g. tdp_w=350")
    return name.strip(), value.strip()


def _pair(text: str) -> tuple[str, float]:
    name, value = _word_pair(text)
    return name, float(number(value))


# --- search ----------------------------------------------------------------------------------


def run(args: argparse.Namespace, out: Output) -> int:
    """Search and print what was found."""
    catalog = out.studio.catalog
    finder = catalog.finder(args.kind)
    _name_price(args, finder.items)
    query = _query(args, out)
    _check_fields(args, finder.items)
    found = finder.find(query)
    shown = found[: args.limit]
    if out.is_json:
        items = [item(one) for one in shown]
        out.document({"as_of": catalog.as_of, "count": len(found), "items": items})
        return 0
    _table(args.kind, shown, len(found), out)
    return 0


# Where a row of another table says what it costs.
PRICE_FIELDS = ("price_per_hour", "price_month", "price_per_gb_month", "price_per_gb",
                "price_per_kwh", "price_1y_per_gpu_hour")  # fmt: skip


def _name_price(args: argparse.Namespace, items: Sequence[Item]) -> None:
    """Let --max-price mean the price that the rows of this kind have."""
    if args.max_price is None or not items or not isinstance(items[0], Record):
        return
    if any(one.price is not None for one in items):
        return
    known = next((name for name in PRICE_FIELDS if name in items[0].values), None)
    if known is None:
        raise UserError(f"{args.kind} has no price", "", "Leave --max-price out")
    args.max = [*args.max, (known, float(args.max_price))]
    args.max_price = None


def _query(args: argparse.Namespace, out: Output) -> Query:
    ranges: dict[str, tuple[float | None, float | None]] = {}
    for name, value in args.min:
        ranges[name] = (value, ranges.get(name, (None, None))[1])
    for name, value in args.max:
        ranges[name] = (ranges.get(name, (None, None))[0], value)
    choices: dict[str, frozenset[str]] = {}
    for name, word in args.words:
        choices[name] = choices.get(name, frozenset()) | {word}
    oldest = today() - timedelta(days=STALE_AFTER_DAYS)
    return Query(
        text=args.text,
        min_vram_bytes=None if args.min_vram_gb is None else int(args.min_vram_gb * 2**30),
        max_price=args.max_price,
        max_power_w=None if args.max_power_w is None else float(args.max_power_w),
        socket=args.socket,
        maker=args.maker,
        ranges=ranges,
        choices=choices,
        ids=frozenset(out.studio.overlay.owned()) if args.owned else None,
        has_price=args.priced,
        fresh_price_only_since=oldest.isoformat() if args.fresh else "",
    )


def _check_fields(args: argparse.Namespace, items: Sequence[Item]) -> None:
    """Refuse a field the kind does not have, rather than find nothing by it."""
    if not items:
        return
    known = _field_names(items[0])
    for name, _ in [*args.min, *args.max, *args.words]:
        if name not in known:
            raise UserError(
                f"{args.kind} has no field '{name}'", "", f"Choose from {', '.join(sorted(known))}"
            )


def _field_names(one: Item) -> set[str]:
    names = {field.name for field in fields(one)} - {"values", "shelf", "gpu"}
    return names | (set(one.values) if isinstance(one, Record) else set())


def _table(kind: str, items: tuple[Item, ...], count: int, out: Output) -> None:
    if not count:
        out.line("Nothing fits. Loosen a limit or use fewer words.")
        return
    if not items:
        out.line(f"{count} found; --limit 0 shows none of them.")
        return
    shown = SHOWN_FIELDS.get(kind, ())
    has_price = any(one.price is not None for one in items)
    headers = ["Id", "Name", *(title for _, title in shown)]
    headers += ["Price", "As of"] if has_price else ["As of"]
    rows = []
    for one in items:
        cells = [one.id, one.name[:60], *(plain(name, value_of(one, name)) for name, _ in shown)]
        dated = one.price.as_of if one.price else ""
        cells += [price_words(one.price), dated] if has_price else [one.source_date]
        rows.append(cells)
    out.table(headers, rows)
    more = f"; the first {len(items)} are shown, --limit shows more" if count > len(items) else ""
    out.line(f"{count} found{more}. Who says so: hwstudio catalog show ID")


def item(one: Item, day: Callable[[], date] = today) -> dict[str, Any]:
    """Return an item as the CLI contract has it; a card names its chip instead of repeating it."""
    if isinstance(one, Record):
        values = {"id": one.id, "name": one.name, "maker": one.maker, **one.values}
        values |= {"kind": one.shelf, "price": one.price}
        values |= {"source": one.source, "source_date": one.source_date}
    else:
        values = {field.name: getattr(one, field.name) for field in fields(one)}
        values["kind"] = one.kind.value
    if isinstance(one, GpuCard):
        values["gpu"] = {"id": one.gpu.id, "name": one.gpu.name}
    values["price_is_stale"] = one.price.is_stale(day()) if one.price else None
    return values


def price_words(price: Price | None) -> str:
    """Return "about $1,480 ($1,320 to $1,690), estimated" or "$1,599, list price"."""
    if price is None:
        return "no price known"
    amount = money(price.amount, price.currency)
    stale = ", stale" if price.is_stale(today()) else ""
    if price.low == price.high:
        return f"{amount}, {'your own' if price.kind == 'own' else price.kind.value} price{stale}"
    low, high = money(price.low, price.currency), money(price.high, price.currency)
    return f"about {amount} ({low} to {high}), estimated{stale}"


def plain(name: str, value: Any) -> str:
    """Return a value for a table on a terminal."""
    if value is None:
        return "unknown"
    if name in {"vram_bytes", "memory_bytes"}:
        return gib(value)
    if name == "capacity_bytes":
        return gib(value) if value % 2**30 == 0 else f"{value / 1e12:g} TB"
    if name.endswith("_w"):
        return watts(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def kind_of(one: Part | Record) -> str:
    """Return the word for an item's kind."""
    return one.shelf if isinstance(one, Record) else one.kind.value
