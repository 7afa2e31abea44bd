"""One rentable machine shape at one price on one date."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Prices are USD per hour for the WHOLE shape, before tax. None = unknown, never free."""

    id: int
    provider: str
    instance: str
    region: str
    accelerator: str
    variant: str
    accelerator_count: float
    accelerator_memory_bytes: int | None
    vcpus: float | None
    memory_bytes: int | None
    price_per_hour: Decimal | None
    spot_per_hour: Decimal | None
    spot_kind: str  # listed | listed DATE | derived | ""
    price_1y_per_hour: Decimal | None
    price_3y_per_hour: Decimal | None
    interruption_band: str
    offer_type: str
    gpu_id: str | None  # joins the parts catalogue when the model is known
    currency: str
    source: str
    as_of: str
    notes: str
    # Rented by the month: what one of its 730 hours costs; every one is billed, used or not.
    price_1m_per_hour: Decimal | None = None
