"""The shape of the reviewed text: tables, columns, units and limits, read from schema.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Unit in the text -> unit in the database and the factor between them.
UNITS: dict[str, tuple[str, float]] = {
    "GiB": ("bytes", 2**30),
    "GB": ("bytes", 1e9),
    "GB/s": ("bytes/s", 1e9),
    "TFLOP/s": ("FLOP/s", 1e12),
    "TOP/s": ("op/s", 1e12),
    "MHz": ("Hz", 1e6),
    "GMAC": ("multiply-accumulates", 1e9),
    "M elements": ("elements", 1e6),
    "GHz as text": ("GHz", 1),
    "GB as billed": ("GB", 1),
}
TAIL = ("source", "source_ref", "as_of", "confidence", "note")
SQL_TYPE = {"int": int, "real": float, "flag": int}


@dataclass(frozen=True, slots=True)
class Mark:
    """A column that names the source of others: its word -> (source id, confidence)."""

    columns: tuple[str, ...]
    words: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its name in the text and in the database, its type, unit and limits."""

    name: str
    type: str
    to: str
    unit: str
    factor: float = 1.0
    is_required: bool = False
    values: tuple[str, ...] = ()
    low: float = 0.0
    high: float | None = None
    ref: str = ""
    needs: tuple[str, ...] = ()  # columns that must be filled when this one is
    mark: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One CSV file and the database table of the same name."""

    name: str
    title: str
    is_part: bool
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        """Return the column called ``name`` in the text."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, slots=True)
class Schema:
    """Every table, in the order of the file; a table only refers to earlier ones."""

    version: int
    reviewed: str  # no row may be dated later
    confidence: tuple[str, ...]
    tables: dict[str, Table] = field(default_factory=dict)


def _mark(raw: dict[str, Any] | None) -> Mark | None:
    if raw is None:
        return None
    words = {
        word: (text.split()[0], text.split()[1]) for word, text in raw.items() if word != "columns"
    }
    return Mark(tuple(raw["columns"]), words)


def _column(raw: list[Any]) -> Column:
    name, kind, options = raw
    unit, factor = UNITS.get(options.get("unit", ""), (options.get("unit", ""), 1.0))
    return Column(
        name=name,
        type=kind,
        to=options.get("to", name),
        unit=unit,
        factor=factor,
        is_required=options.get("required", False),
        values=tuple(options.get("values", ())),
        low=options.get("min", 0.0),
        high=options.get("max"),
        ref=options.get("ref", ""),
        needs=tuple(options.get("needs", ())),
        mark=_mark(options.get("marks")),
    )


def load_schema(file: Path) -> Schema:
    """Read schema.toml."""
    raw = tomllib.loads(file.read_text("utf-8"))
    tables = {
        name: Table(
            name=name,
            title=body["title"],
            is_part=body.get("part", False),
            key=("id",) if body.get("part") else tuple(body.get("key", ())),
            columns=tuple(_column(column) for column in body["columns"]),
        )
        for name, body in raw.items()
        if isinstance(body, dict)
    }
    return Schema(raw["version"], raw["reviewed"], tuple(raw["confidence"]), tables)
