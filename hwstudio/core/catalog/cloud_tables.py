"""The smaller tables around the cloud: tariffs, egress, storage, commitments, carbon."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog.rows import sound
from hwstudio.core.catalog.store import Store
from hwstudio.core.model.cloud_row import (
    CloudRow,
    Dedicated,
    EgressTier,
    PastPrice,
    StoragePrice,
)

__all__ = [
    "TABLES",
    "Carbon",
    "CloudRow",
    "Commitment",
    "Dedicated",
    "EgressTier",
    "FreeTier",
    "PastPrice",
    "SpotBand",
    "StoragePrice",
    "Tariff",
    "read_table",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff(CloudRow):
    """Electricity per kWh in ``currency`` for an area and a kind of customer."""

    area: str
    sector: str
    price_per_kwh: Decimal
    currency: str
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Carbon(CloudRow):
    """Grams of CO2 equivalent per kWh of a country's or a cloud region's grid."""

    scope: str
    code: str
    name: str
    carbon_g_per_kwh: float
    year: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment(CloudRow):
    """A dated price per accelerator-hour under a 1-year or 3-year term, USD."""

    provider: str
    region: str | None
    accelerator: str
    instance: str | None
    price_per_gpu_hour: Decimal | None
    price_1y_per_gpu_hour: Decimal | None
    price_3y_per_gpu_hour: Decimal | None
    saving_1y_pct: float | None
    saving_3y_pct: float | None
    term_note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeTier(CloudRow):
    """A free service and its limits, in words."""

    service: str
    who: str
    accelerator: str | None
    quota: str | None
    session_limit: str | None
    ram: str | None
    storage: str | None
    credit: str | None
    credit_months: float | None
    limits: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotBand(CloudRow):
    """How often AWS took back spot machines of a type in the trailing month."""

    instance: str
    region: str
    accelerator: str
    saving_over_on_demand_pct: float | None
    interruption_band: str
    band_min_pct: float | None
    band_max_pct: float | None


TABLES: dict[str, type[CloudRow]] = {
    "electricity": Tariff,
    "egress": EgressTier,
    "storage_price": StoragePrice,
    "carbon": Carbon,
    "committed": Commitment,
    "free_tier": FreeTier,
    "spot_interruption": SpotBand,
    "dedicated": Dedicated,
    "cloud_price_history": PastPrice,
}


def read_table(store: Store, name: str, titles: Mapping[str, str]) -> tuple[CloudRow, ...]:
    """Return the rows of one table.

    Raises:
        UserError: there is no such table.
    """
    cls = TABLES.get(name)
    if cls is None:
        raise UserError(f"There is no table '{name}'", "", f"Choose from {', '.join(TABLES)}")
    wanted = [(field.name, "Decimal" in str(field.type)) for field in fields(cls)]
    return tuple(
        sound(cls(**{column: _value(row, column, is_money, titles) for column, is_money in wanted}))
        for row in store.rows(f'SELECT * FROM "{name}"')  # noqa: S608 - name is a key of TABLES
    )


def _value(row: Any, column: str, is_money: bool, titles: Mapping[str, str]) -> Any:
    value = row[column]
    if column == "source":
        ref = row["source_ref"]
        return f"{titles[value]}: {ref}" if ref else titles[value]
    if is_money and value is not None:
        return Decimal(value)
    return value


def countries_of(rows: Iterable[CloudRow]) -> dict[str, tuple[str, float]]:
    """Return name and g CO2e per kWh of each country's grid, by code, from table "carbon"."""
    found = (row for row in rows if isinstance(row, Carbon) and row.scope == "country")
    return {row.code: (row.name, row.carbon_g_per_kwh) for row in found}


def grids_of(rows: Iterable[CloudRow]) -> dict[tuple[str, str], float]:
    """Return g CO2e per kWh by provider and cloud region, from the rows of table "carbon"."""
    regions = (
        row for row in rows if isinstance(row, Carbon) and row.scope.startswith("cloud region ")
    )
    return {(row.scope.rpartition(" ")[2], row.code): row.carbon_g_per_kwh for row in regions}
