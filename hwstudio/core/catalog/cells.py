"""Every cell of a row as a fact: value, unit, who says so, when, how surely, and who else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hwstudio.core.catalog.agreement import is_same
from hwstudio.core.catalog.overlay.mine import OwnPart
from hwstudio.core.catalog.rows import Raw
from hwstudio.core.catalog.source import Source
from hwstudio.core.catalog.store import Store
from hwstudio.core.model.fact import Fact, Said
from hwstudio.core.model.price import Price

# Columns that only say where others come from.
MARKS = {
    *("tensor_source", "vendor_psu_check", "msrp_check", "nvlink_check", "tdp_source"),
    *("max_power_source", "lanes_source", "slot_modes_check", "power_source", "psu_ff_source"),
    *("capacity_source", "id", "gpu_id", "is_reference", "recalled_fields", "row_id"),
}
Sources = Mapping[str, Source]


def part_cells(store: Store, kind: str, part_id: str, sources: Sources) -> list[Fact]:
    """Return the cells of one part, unknown ones with value None."""
    sql = f'SELECT * FROM "{kind}" WHERE id = ?'  # noqa: S608 - kind is an enum
    row = store.rows(sql, (part_id,))[0]
    origin = row["gpu_id"] if kind == "gpu_card" and row["is_reference"] else part_id
    return _cells(store, kind, row, ("gpu" if origin != part_id else kind, origin), sources)


def own_cells(store: Store, own: OwnPart) -> list[Fact]:
    """Return the cells of a part the user described; the user stands behind each."""
    values = {"name": own.name, "maker": own.maker, **own.values}
    said = f"your own part: {own.source_note}" if own.source_note else "your own part"
    sql = 'SELECT * FROM "column" WHERE table_name = ? ORDER BY place'
    return [
        Fact(
            name=column["name"],
            value=values.get(column["name"]),
            unit=column["unit"],
            source=said,
            as_of=own.as_of,
            confidence="" if values.get(column["name"]) is None else "seen",
            licence="yours",
        )
        for column in store.rows(sql, (own.kind.value,))
        if column["name"] not in MARKS
    ]


def record_cells(store: Store, table: str, record_id: str, sources: Sources) -> list[Fact]:
    """Return the cells of one row of another table; ``record_id`` as its record has it.

    Raises:
        LookupError: there is no such row.
    """
    name, _, number = record_id.partition(":")
    if name == table and number.isdigit():
        where, value = "rowid", number
    else:
        where, value = ("row_id" if table == "reference_result" else "id"), record_id
    sql = f'SELECT * FROM "{table}" WHERE {where} = ?'  # noqa: S608 - a known table
    found = store.rows(sql, (value,))
    return _cells(store, table, found[0], (table, record_id), sources)


def _cells(
    store: Store, table: str, row: Raw, origin: tuple[str, str], sources: Sources
) -> list[Fact]:
    where = "WHERE table_name = ? AND row_id = ?"
    cited = store.rows(f"SELECT * FROM cell_source {where}", origin)  # noqa: S608 - constant
    own = {cell["column"]: cell for cell in cited}
    second: dict[str, list[Raw]] = {}
    for claim in store.rows(f"SELECT * FROM claim {where}", origin):  # noqa: S608 - constant
        second.setdefault(claim["column"], []).append(claim)
    facts = []
    columns = store.rows('SELECT * FROM "column" WHERE table_name = ? ORDER BY place', (table,))
    for column in columns:
        name = column["name"]
        if name not in MARKS:
            said = _second(row[name], column["type"], second.get(name, ()), sources)
            facts.append(_fact(column, row[name], own.get(name, row), sources, said))
    return facts


def _fact(column: Raw, value: Any, tail: Raw, sources: Sources, second: tuple[Said, ...]) -> Fact:
    source = sources[tail["source"]]
    return Fact(
        name=column["name"],
        value=value,
        unit=column["unit"],
        source=_said(source.title, tail["source_ref"]),
        as_of=tail["as_of"],
        confidence="" if value is None else tail["confidence"],
        note=tail["note"] or "",
        licence=source.licence,
        second=second,
    )


def _said(title: str, ref: str | None) -> str:
    return f"{title}: {ref}" if ref else title


def _second(value: Any, kind: str, claims: Sequence[Raw], sources: Sources) -> tuple[Said, ...]:
    return tuple(
        Said(
            read_claim(claim["value"], kind),
            _said(sources[claim["source"]].title, claim["source_ref"]),
            claim["as_of"],
            value is not None and is_same(value, claim["value"], kind),
        )
        for claim in claims
    )


def read_claim(text: str, kind: str) -> Any:
    """Return a claim's value as its column would hold it."""
    if kind in {"int", "flag"}:
        return int(float(text))
    return float(text) if kind == "real" else text


def price_facts(prices: Sequence[Price]) -> Iterator[Fact]:
    """Yield prices as facts, the band in the note."""
    for found in prices:
        band = f"90 % between {found.low} and {found.high}" if found.low != found.high else ""
        sure = "estimated" if found.kind.value == "estimate" else "seen"
        name = f"price_{found.kind.value}"
        yield Fact(name, found.amount, found.currency, found.source, found.as_of, sure, band)
