"""Rows around the cloud that more than one room reckons with: storage, egress, servers, prices."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudRow:
    """What every row of these tables has: who says so, when, how surely."""

    source: str
    as_of: str
    confidence: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressTier(CloudRow):
    """Internet egress in USD per GB (1 TB = 1,024 GB) from one amount to the next."""

    provider: str
    region: str
    tier_from_gb: float
    tier_to_gb: float | None
    price_per_gb: Decimal
    free_gb_per_month: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoragePrice(CloudRow):
    """A storage product, USD per GB-month (GiB where the provider bills so)."""

    provider: str
    product: str
    region: str
    price_per_gb_month: Decimal
    price_per_iops_month: Decimal | None
    price_per_mb_s_month: Decimal | None
    included_iops: str | None
    included_mb_s: str | None
    max_iops: int | None
    max_mb_s: int | None
    persistence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dedicated(CloudRow):
    """A whole server to rent; prices in ``currency`` for the whole row, memory in bytes."""

    provider: str
    server: str
    kind: str
    cpu: str | None
    cpu_count: int | None
    memory_bytes: float | None
    gpu: str | None
    gpu_id: str | None
    gpu_count: int | None
    gpu_memory_bytes: float | None
    storage: str | None
    location: str | None
    price_month: Decimal | None
    price_per_hour: Decimal | None
    price_year: Decimal | None
    setup_fee: Decimal | None
    currency: str
    vat: str | None
    commitment: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPrice(CloudRow):
    """What an offer cost on a day, USD per hour; ``per`` says of what (instance or GPU)."""

    provider: str
    instance: str
    region: str
    accelerator: str
    price_kind: str
    price_per_hour: Decimal
    per: str
