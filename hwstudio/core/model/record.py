"""A row of the catalogue that is no PC part: a model, an offer, a tariff, a measurement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hwstudio.core.model.price import Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row. ``values`` are in database units (SI) by column; None = the source does not say."""

    shelf: str  # the table it stands in, e.g. "model"
    id: str
    name: str
    maker: str
    source: str
    source_date: str
    values: Mapping[str, Any]
    release_year: int | None = None
    price: Price | None = None


def value_of(item: object, name: str) -> Any:
    """Return a part's attribute or a record's column, None where there is none of that name."""
    if isinstance(item, Record) and name in item.values:
        return item.values[name]
    return getattr(item, name, None)
