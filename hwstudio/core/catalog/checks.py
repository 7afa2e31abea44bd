"""Refuse bad text: every rule names the file, the line and what is wrong with it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from hwstudio.core.catalog.schema import TAIL, Column, Schema, Table

NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
DATE = re.compile(r"(19|20)\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
# A public price table writes this number where it does not know the price.
SENTINEL = Decimal("700.0")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a CSV file."""

    file: str
    number: int
    cells: Mapping[str, str]

    def problem(self, text: str) -> str:
        """Return the problem with where it stands."""
        return f"{self.file} line {self.number}: {text}"


class CellError(ValueError):
    """A cell's text does not mean what its column says."""


def is_date(text: str) -> bool:
    """Say whether a text is a real day, month or year: 2026-02-31 is none."""
    if not DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        return False
    return True


def _number(text: str) -> Decimal:
    if text.strip().lower().lstrip("+-") in {"nan", "inf", "infinity"}:
        raise CellError(f"'{text}' is not a finite number")
    if not NUMBER.fullmatch(text):
        raise CellError(f"'{text}' is not a number")
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise CellError(f"'{text}' is not a number") from None
    if not math.isfinite(value):
        raise CellError(f"'{text}' is not a finite number")
    return value


def _limits(value: Decimal, column: Column) -> None:
    if value < 0 <= column.low:
        raise CellError(f"{value} is negative")
    if value < Decimal(str(column.low)):
        raise CellError(f"{value} is under the least that can be, {column.low:g}")
    if column.high is not None and value > Decimal(str(column.high)):
        raise CellError(f"{value} is over the most that can be, {column.high:g}; wrong unit?")


def _word(text: str, column: Column) -> str:
    words = text.split("|") if column.type == "list" else [text]
    wrong = [word for word in words if column.values and word not in column.values]
    if wrong:
        raise CellError(f"'{wrong[0]}' is none of {', '.join(column.values)}")
    return text


def value_of(text: str, column: Column) -> Any:
    """Return the cell in the database's unit; None when empty.

    Raises:
        CellError: it cannot be read, or cannot be true.
    """
    if text.strip() == "":
        if text:
            raise CellError("holds only blanks")
        if column.is_required:
            raise CellError("is empty")
        return None
    if column.type in {"text", "list"}:
        return _word(text, column)
    if column.type == "date":
        if not is_date(text):
            raise CellError(f"'{text}' is not a date like 2026-08-17, 2026-08 or 2026")
        return text
    return _measured(_number(text), column)


def _measured(number: Decimal, column: Column) -> Any:
    if column.type == "flag":
        if number not in {0, 1}:
            raise CellError(f"{number} is neither 0 nor 1")
        return int(number)
    _limits(number, column)
    if column.type == "money":
        if number == SENTINEL and column.unit.endswith("/h"):
            raise CellError("700.0 means 'unknown' in a public price table; leave the cell empty")
        return format(number.normalize(), "f")
    if column.type == "int":
        scaled = number * Decimal(str(column.factor))
        if scaled != scaled.to_integral_value():
            raise CellError(f"{number} is not a whole number")
        return int(scaled)
    return float(number) * column.factor


def tail_problems(line: Line, schema: Schema, sources: set[str]) -> Iterator[str]:
    """Check source, date and confidence, which every row has."""
    if line.cells["source"] not in sources:
        yield line.problem(f"source '{line.cells['source']}' is not in source.csv")
    as_of = line.cells["as_of"]
    if not is_date(as_of):
        yield line.problem(f"as_of '{as_of}' is not a date")
    elif as_of > schema.reviewed[: len(as_of)]:
        yield line.problem(f"as_of {as_of} is later than the text was reviewed, {schema.reviewed}")
    if line.cells["confidence"] not in schema.confidence:
        yield line.problem(f"confidence '{line.cells['confidence']}' is not known")


def header_problem(table: Table, header: list[str]) -> str | None:
    """Say which columns are missing or too many."""
    wanted = [column.name for column in table.columns] + list(TAIL)
    missing, extra = sorted(set(wanted) - set(header)), sorted(set(header) - set(wanted))
    if not missing and not extra:
        return None
    parts = [f"missing {', '.join(missing)}"] if missing else []
    parts += [f"not in schema.toml: {', '.join(extra)}"] if extra else []
    return "; ".join(parts)


def price_problems(line: Line, row: Mapping[str, Any]) -> Iterator[str]:
    """Check that cheaper kinds of price are not dearer than the plain one."""
    for plain, spot, one, three in (
        ("price_per_hour", "spot_per_hour", "price_1y_per_hour", "price_3y_per_hour"),
        ("price_per_gpu_hour", "", "price_1y_per_gpu_hour", "price_3y_per_gpu_hour"),
    ):
        on_demand, spot_price = _money(row.get(plain)), _money(row.get(spot))
        year, years = _money(row.get(one)), _money(row.get(three))
        if on_demand is not None and spot_price is not None and spot_price > on_demand:
            yield line.problem(f"spot {spot_price} is above on-demand {on_demand}")
        if year is not None and years is not None and years > year:
            yield line.problem(f"3-year {years} is above 1-year {year}")
        for words, committed in (("1-year", year), ("3-year", years)):
            if on_demand is not None and committed is not None and committed > on_demand:
                yield line.problem(f"{words} {committed} is above on-demand {on_demand}")


# What must not be more than what, where a row has both.
NOT_MORE = (
    ("cores", "threads"),
    ("base_ghz", "boost_ghz"),
    ("params_active", "params_total"),
    ("tier_from_gb", "tier_to_gb"),
    ("band_min_pct", "band_max_pct"),
    ("first_date", "last_date"),
)


def row_problems(line: Line, row: Mapping[str, Any], table: Table, schema: Schema) -> Iterator[str]:
    """Check what the cells of one row say of each other."""
    for less, more in NOT_MORE:
        a, b = row.get(less), row.get(more)
        if a is not None and b is not None and a > b:
            yield line.problem(f"{less} {a} is more than {more} {b}")
    if table.name == "ram" and row["capacity_bytes"] != (row["modules"] or 0) * (
        row["module_bytes"] or 0
    ):
        yield line.problem("capacity_gb is not modules times module_gb")
    if row.get("price_date") and row["price_date"] > schema.reviewed[: len(row["price_date"])]:
        yield line.problem(f"price_date {row['price_date']} is later than {schema.reviewed}")
    for column in table.columns:
        if not column.needs or row[column.to] is None:
            continue
        missing = [name for name in column.needs if not line.cells[name]]
        if missing:
            yield line.problem(f"{column.name} stands without {' and '.join(missing)}")
    named = (row.get("recalled_fields") or "").split("|")
    for name in filter(None, named):
        if table.column(name) is None:
            yield line.problem(f"recalled_fields names '{name}', which is no column")


def _money(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def reference_problems(
    table: Table, lines: list[Line], rows: list[dict[str, Any]], keys: Mapping[str, set[Any]]
) -> Iterator[str]:
    """Check that every named row of another table exists."""
    for column in table.columns:
        if not column.ref:
            continue
        for line, row in zip(lines, rows, strict=True):
            if row[column.to] is not None and row[column.to] not in keys[column.ref]:
                yield line.problem(f"{column.name} '{row[column.to]}' is not in {column.ref}/")


def duplicate_problems(
    table: Table, lines: list[Line], rows: list[dict[str, Any]]
) -> Iterator[str]:
    """Check that no key stands twice."""
    named = {column.name: column.to for column in table.columns}
    seen: dict[tuple[Any, ...], str] = {}
    for line, row in zip(lines, rows, strict=True):
        key = tuple(row[named.get(name, name)] for name in table.key or sorted(row))
        if key in seen:
            words = ", ".join(str(part) for part in key if part) if table.key else "the same row"
            yield line.problem(f"'{words}' stands already on {seen[key]}")
        seen[key] = f"{line.file} line {line.number}"


def twice_problems(lines: list[Line], rows: list[dict[str, Any]], known: set[Any]) -> Iterator[str]:
    """Check that no part of an earlier kind has the same id."""
    for line, row in zip(lines, rows, strict=True):
        if row["id"] in known:
            yield line.problem(f"'{row['id']}' is the id of a part of another kind")
