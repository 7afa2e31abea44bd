"""What each provider asks for keeping data and for data that leave it, from the catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.cost.egress import Tier
from hwstudio.core.cost.storage_product import storage_products
from hwstudio.core.model.cloud_row import CloudRow, EgressTier, StoragePrice

# A provider's disk for data that a job works on: network SSD where it has one.
_USUAL_DISK = {
    "aws": "EBS gp3",
    "gcp": "PD Balanced",
    "azure": "Standard SSD E30 1 TiB",
    "oci": "Block Volume",
    "runpod": "NVMe volume",
    "cherryservers": "Included local disks",
}


@dataclass(frozen=True, slots=True)
class EgressPrice:
    """What a provider asks for data that leave it."""

    provider: str
    tiers: tuple[Tier, ...]
    free_gb: Decimal
    as_of: str


@dataclass(frozen=True, slots=True)
class DiskPrice:
    """What a provider's usual disk costs, USD per GB and month.

    ``step_gb``: it is sold in whole disks of that size only; None = any size.
    """

    provider: str
    product: str
    per_gb_month: Decimal
    as_of: str
    step_gb: Decimal | None = None


def egress_prices(rows: Iterable[CloudRow]) -> dict[str, EgressPrice]:
    """Return each provider's cheapest destination: that of data which go home."""
    places: defaultdict[tuple[str, str], list[EgressTier]] = defaultdict(list)
    for row in rows:
        if isinstance(row, EgressTier):
            places[row.provider, row.region].append(row)
    found: dict[str, EgressPrice] = {}
    for (provider, _), listed in sorted(places.items(), key=_first_price):
        free = max(_free_gb(row) for row in listed)
        if min(row.tier_from_gb for row in listed) > free:
            continue  # the lowest tiers are not known
        tiers = tuple(
            Tier(row.tier_from_gb, row.tier_to_gb, row.price_per_gb)
            for row in sorted(listed, key=_from_gb)
        )
        if tiers[-1].to_gb is not None:
            # What more would cost is not known; the last known price stands for it.
            tiers = (*tiers[:-1], Tier(tiers[-1].from_gb, None, tiers[-1].price_per_gb))
        price = EgressPrice(provider, tiers, Decimal(str(free)), listed[0].as_of)
        found.setdefault(provider, price)
    return found


def _free_gb(row: EgressTier) -> float:
    return row.free_gb_per_month or 0.0


def _from_gb(row: EgressTier) -> float:
    return row.tier_from_gb


def _first_price(place: tuple[tuple[str, str], list[EgressTier]]) -> tuple[str, Decimal]:
    return place[0][0], max(row.price_per_gb for row in place[1])


def disk_prices(rows: Iterable[CloudRow]) -> dict[str, DiskPrice]:
    """Return each provider's usual disk for data that a job works on."""
    usual = [
        row
        for row in rows
        if isinstance(row, StoragePrice) and _USUAL_DISK.get(row.provider) == row.product
    ]
    return {
        product.provider: DiskPrice(
            product.provider,
            product.row.product,
            product.row.price_per_gb_month,
            product.row.as_of,
            product.steps[0].size_gb if product.steps else None,
        )
        for product in storage_products(usual)
    }
