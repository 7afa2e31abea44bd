"""The electricity price a plan uses when none was typed: of the settings, else of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.catalog.cloud_tables import CloudRow, Tariff

SETTINGS_CURRENCY = "USD"  # the settings ask for dollars
HOUSEHOLD = "household"
WIDEST = ("World", "European Union")


@dataclass(frozen=True, slots=True)
class KnownTariff:
    """An electricity price with where it comes from."""

    per_kwh: Decimal
    currency: str
    source: str


def known_tariff(
    currency: str, per_kwh: float, source: str, rows: Callable[[], Iterable[CloudRow]]
) -> KnownTariff | None:
    """Return the price of a kWh in a currency; None when neither place knows one.

    Args:
        per_kwh: of the settings, in US dollars, with its ``source``.
        rows: reads the catalogue's table of tariffs; the widest area counts, then the newest.
    """
    if currency == SETTINGS_CURRENCY:
        return KnownTariff(Decimal(str(per_kwh)), currency, source)
    fit = [
        row
        for row in rows()
        if isinstance(row, Tariff) and row.currency == currency and row.sector == HOUSEHOLD
    ]
    if not fit:
        return None
    best = max(fit, key=lambda row: (row.area in WIDEST, row.period, row.area))
    return KnownTariff(best.price_per_kwh, currency, f"{best.area}, {HOUSEHOLD}, {best.period}")
