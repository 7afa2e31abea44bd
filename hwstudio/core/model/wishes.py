"""What a person wishes of a computer beyond its job: how it is used, and room for data."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

RAID_LEVELS = ("none", "0", "1", "5", "6", "10")
DRIVE_KINDS = ("HDD", "SSD")


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How long and how much a computer is used, and what electricity costs.

    ``tariff_per_kwh`` None: nothing was typed, so a dated table value is used and named.
    ``resale_pct`` of the price is got back at the end; None = by a resale curve, named too.
    """

    years: float = 3.0
    hours_per_week: float = 20.0
    tariff_per_kwh: Decimal | None = None
    resale_pct: float | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """What one US dollar, in which the catalogue's prices are, buys of a project's currency.

    Typed by the user: hwstudio looks up no rate. ``as_of`` is an ISO date.
    """

    per_usd: Decimal
    as_of: str


@dataclass(frozen=True, slots=True)
class DataDrives:
    """Room for data beside the first drive: usable bytes after the RAID level took its share."""

    kind: str  # HDD | SSD
    usable_bytes: int
    level: str = "none"  # one of RAID_LEVELS; none = drives side by side
