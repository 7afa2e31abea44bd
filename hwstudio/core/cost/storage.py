"""What a disk in the cloud costs a month (F10): size, extra IOPS, extra throughput."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.cost.amount import HOURS_PER_MONTH, ZERO, Number, exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """One volume. Prices per month; ``per_gb_month`` is money per GB and MONTH, not per TB."""

    size_gb: Number
    per_gb_month: Number
    iops: Number = 0
    included_iops: Number = 0
    per_iops: Number = 0
    throughput_mb_s: Number = 0
    included_mb_s: Number = 0
    per_mb_s: Number = 0
    hours: Number = HOURS_PER_MONTH  # it is billed while it exists, also when the machine is off


@dataclass(frozen=True, slots=True)
class DiskBill:
    """A month's bill by cause."""

    storage: Decimal
    iops: Decimal
    throughput: Decimal
    total: Decimal


def disk_bill(disk: Disk) -> DiskBill:
    """Return ``GB * price * h/730 + extra IOPS * price + extra MB/s * price`` (F10)."""
    part = exact(disk.hours, "The hours") / HOURS_PER_MONTH
    size = exact(disk.size_gb, "The size in GB")
    storage = size * exact(disk.per_gb_month, "The price per GB-month") * part
    iops = _extra(disk.iops, disk.included_iops, disk.per_iops, "IOPS") * part
    speed = _extra(disk.throughput_mb_s, disk.included_mb_s, disk.per_mb_s, "MB/s") * part
    return DiskBill(storage, iops, speed, storage + iops + speed)


def _extra(wanted: Number, included: Number, price: Number, unit: str) -> Decimal:
    more = exact(wanted, f"The {unit}") - exact(included, f"The included {unit}")
    return max(ZERO, more) * exact(price, f"The price per {unit}")
