"""Every cell of a row as a fact: value, unit, and who says so, when, and how surely."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hwstudio.core.catalog.rows import Raw, price
from hwstudio.core.catalog.store import Store
from hwstudio.core.model.fact import Fact
from hwstudio.core.model.price import Price

# Columns that only say where others come from.
MARKS = {
    *("tensor_source", "vendor_psu_check", "msrp_check", "nvlink_check", "tdp_source"),
    *("max_power_source", "lanes_source", "slot_modes_check", "power_source", "psu_ff_source"),
    *("capacity_source", "id", "gpu_id", "is_reference"),
}


def _said(title: str, ref: str | None) -> str:
    return f"{title}: {ref}" if ref else title


def part_cells(store: Store, kind: str, part_id: str, titles: Mapping[str, str]) -> list[Fact]:
    """Return the cells of one part, unknown ones with value None."""
    sql = f'SELECT * FROM "{kind}" WHERE id = ?'  # noqa: S608 - kind is an enum
    row = store.rows(sql, (part_id,))[0]
    origin = row["gpu_id"] if kind == "gpu_card" and row["is_reference"] else part_id
    table = "gpu" if origin != part_id else kind
    own = {
        cell["column"]: cell
        for cell in store.rows(
            "SELECT * FROM cell_source WHERE table_name = ? AND row_id = ?", (table, origin)
        )
    }
    facts = []
    for column in store.rows('SELECT * FROM "column" WHERE table_name = ? ORDER BY place', (kind,)):
        name = column["name"]
        if name not in MARKS:
            tail = own.get(name, row)
            facts.append(_fact(name, row[name], column["unit"], tail, titles))
    return facts + list(price_cells(store, part_id))


def _fact(name: str, value: Any, unit: str, tail: Raw, titles: Mapping[str, str]) -> Fact:
    return Fact(
        name=name,
        value=value,
        unit=unit,
        source=_said(titles[tail["source"]], tail["source_ref"]),
        as_of=tail["as_of"],
        confidence="" if value is None else tail["confidence"],
        note=tail["note"] or "",
    )


def price_cells(store: Store, part_id: str) -> Iterator[Fact]:
    """Yield the price observations of a part."""
    for row in store.rows("SELECT * FROM price WHERE part_id = ? ORDER BY kind", (part_id,)):
        yield price_fact(price(row))


def price_fact(found: Price) -> Fact:
    """Return a price as a fact, its band in the note."""
    band = f"90 % between {found.low} and {found.high}" if found.low != found.high else ""
    sure = {"own": "seen", "list": "seen", "quote": "seen"}.get(found.kind.value, "estimated")
    name = f"price_{found.kind.value}"
    return Fact(name, found.amount, found.currency, found.source, found.as_of, sure, band)
