"""What a disk in the cloud costs a month (F10): size, extra IOPS, extra throughput."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.amount import HOURS_PER_MONTH, ZERO, Number, exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """One volume. Prices per month; ``per_gb_month`` is money per GB and MONTH, not per TB.

    A price of an extra that is None is not known: never free.
    """

    size_gb: Number
    per_gb_month: Number
    iops: Number = 0
    included_iops: Number = 0
    per_iops: Number | None = None
    throughput_mb_s: Number = 0
    included_mb_s: Number = 0
    per_mb_s: Number | None = None
    hours: Number = HOURS_PER_MONTH  # it is billed while it exists, also when the machine is off


@dataclass(frozen=True, slots=True)
class DiskBill:
    """A month's bill by cause."""

    storage: Decimal
    iops: Decimal
    throughput: Decimal
    total: Decimal


def disk_bill(disk: Disk) -> DiskBill:
    """Return ``GB * price * h/730 + extra IOPS * price + extra MB/s * price`` (F10).

    Raises:
        UserError: more IOPS or MB/s are asked than included, and their price is not given.
    """
    part = exact(disk.hours, "The hours") / HOURS_PER_MONTH
    size = exact(disk.size_gb, "The size in GB")
    storage = size * exact(disk.per_gb_month, "The price per GB-month") * part
    iops = _extra(disk.iops, disk.included_iops, disk.per_iops, "IOPS") * part
    speed = _extra(disk.throughput_mb_s, disk.included_mb_s, disk.per_mb_s, "MB/s") * part
    return DiskBill(storage, iops, speed, storage + iops + speed)


def _extra(wanted: Number, included: Number, price: Number | None, unit: str) -> Decimal:
    more = exact(wanted, f"The {unit}") - exact(included, f"The included {unit}")
    if price is None:
        if more > 0:
            raise UserError(
                f"The price per extra {unit} is missing",
                f"{more:,f} {unit} more than the price includes are asked",
                "Give that price, or 0 if they are free",
            )
        return ZERO
    return max(ZERO, more) * exact(price, f"The price per {unit}")
