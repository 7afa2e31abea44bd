"""One month in the cloud: hours, storage per GB-month, data going out; and what a term saves."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.cost.amount import MONTHS_PER_YEAR, Number, exact
from hwstudio.core.cost.commitment import Commitment, commitment
from hwstudio.core.cost.storage import Disk, disk_bill

GB_PER_TB = Decimal(1000)  # as the published examples count; 1,024 where a provider bills GiB


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudUse:
    """One flat price each; tiers and extras have formulas of their own."""

    hours_per_month: Number
    price_per_hour: Number
    storage_gb: Number = 0
    storage_per_gb_month: Number = 0
    egress_gb: Number = 0
    egress_per_gb: Number = 0


@dataclass(frozen=True, slots=True)
class CloudBill:
    """A month by cause."""

    compute: Decimal
    storage: Decimal
    egress: Decimal

    @property
    def month(self) -> Decimal:
        """Return the month's total."""
        return self.compute + self.storage + self.egress

    @property
    def year(self) -> Decimal:
        """Return twelve such months."""
        return self.month * MONTHS_PER_YEAR


def cloud_bill(use: CloudUse) -> CloudBill:
    """Return the bill of one month."""
    hours = exact(use.hours_per_month, "The hours per month")
    compute = hours * exact(use.price_per_hour, "The price per hour")
    disk = disk_bill(Disk(size_gb=use.storage_gb, per_gb_month=use.storage_per_gb_month))
    out = exact(use.egress_gb, "The GB going out") * exact(use.egress_per_gb, "The price per GB")
    return CloudBill(compute, disk.total, out)


def term(use: CloudUse, committed_per_hour: Number | None) -> Commitment | None:
    """Return what a term does to the hours' part of the bill; None without its price."""
    if committed_per_hour is None:
        return None
    return commitment(use.price_per_hour, committed_per_hour, use.hours_per_month)
