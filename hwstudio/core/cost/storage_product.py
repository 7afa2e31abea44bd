"""A storage product of the catalogue and what it bills a month: whole sizes, extras, limits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.amount import HOURS_PER_MONTH, ZERO, Number, exact
from hwstudio.core.cost.storage import Disk, DiskBill, disk_bill
from hwstudio.core.model.cloud_row import StoragePrice

_SIZE = re.compile(r"^(?P<family>.+?) (?P<step>[PES]\d+) (?P<size>\d+) (?P<unit>GiB|TiB)$")
_PER_GB = re.compile(r"([\d.]+)\s*per GB")
_UNITS = re.compile(r"\b(\d+) GB units\b")
_LOST = "ephemeral"


@dataclass(frozen=True, slots=True)
class Step:
    """One fixed size of a product that is sold in sizes only; the whole size is paid."""

    name: str
    size_gb: Decimal
    row: StoragePrice


@dataclass(frozen=True, slots=True)
class Product:
    """What can be chosen: one row of the table, or the sizes of one family together."""

    provider: str
    name: str
    rows: tuple[StoragePrice, ...]
    steps: tuple[Step, ...] = ()

    @property
    def row(self) -> StoragePrice:
        """Return the row that speaks for the product's source, date and place."""
        return self.rows[0]

    @property
    def is_lost_when_stopped(self) -> bool:
        """Say whether the data go when the machine stops."""
        return _LOST in self.row.persistence


@dataclass(frozen=True, slots=True)
class ProductBill:
    """A month's bill; ``billed_gb`` is the size paid, ``step`` the fixed size it was rounded to."""

    bill: DiskBill
    billed_gb: Decimal
    row: StoragePrice
    included_iops: Decimal | None  # None = the table does not say
    included_mb_s: Decimal | None
    step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The volume wanted. 0 IOPS or MB/s = what is included."""

    size_gb: Number
    iops: Number = 0
    throughput_mb_s: Number = 0
    hours: Number = HOURS_PER_MONTH


def storage_products(rows: Iterable[StoragePrice]) -> tuple[Product, ...]:
    """Return every product, by provider and name; fixed sizes of one family are one product."""
    plain, families = [], dict[tuple[str, str, str], list[Step]]()
    for row in rows:
        found = _SIZE.match(row.product)
        if found is None:
            plain.append(Product(row.provider, row.product, (row,)))
            continue
        size = Decimal(found["size"]) * (1024 if found["unit"] == "TiB" else 1)
        key = (row.provider, found["family"], row.region)
        families.setdefault(key, []).append(Step(found["step"], size, row))
    for (provider, family, _), steps in families.items():
        ordered = tuple(sorted(steps, key=_size))
        plain.append(Product(provider, family, tuple(step.row for step in ordered), ordered))
    return tuple(sorted(plain, key=lambda product: (product.provider, product.name)))


def _size(step: Step) -> Decimal:
    return step.size_gb


def product_bill(product: Product, wanted: Wanted) -> ProductBill:
    """Return what a volume of this product costs in a month.

    Raises:
        UserError: it is larger or faster than the product goes, or an extra has no known price.
    """
    row, size, step = product.row, exact(wanted.size_gb, "The size in GB"), ""
    if product.steps:
        chosen = _next_step(product, size, wanted)
        row, size, step = chosen.row, chosen.size_gb, f"{chosen.name}, {chosen.size_gb:,f} GiB"
    unit = _UNITS.search(row.note)
    if unit and size:
        each = Decimal(unit[1])
        count = (size / each).to_integral_value(ROUND_CEILING)
        size = count * each
        step = f"{count:,f} x {each:,f} GB"
    _check_limit(row, "IOPS", wanted.iops, row.max_iops)
    _check_limit(row, "MB/s", wanted.throughput_mb_s, row.max_mb_s)
    iops = _included(row.included_iops, size, row.max_iops)
    speed = _included(row.included_mb_s, size, row.max_mb_s)
    _check_known(row, "IOPS", wanted.iops, iops)
    _check_known(row, "MB/s", wanted.throughput_mb_s, speed)
    bill = disk_bill(
        Disk(
            size_gb=size,
            per_gb_month=row.price_per_gb_month,
            iops=wanted.iops,
            included_iops=iops or ZERO,
            per_iops=row.price_per_iops_month,
            throughput_mb_s=wanted.throughput_mb_s,
            included_mb_s=speed or ZERO,
            per_mb_s=row.price_per_mb_s_month,
            hours=wanted.hours,
        )
    )
    return ProductBill(bill, size, row, iops, speed, step)


def _next_step(product: Product, size: Decimal, wanted: Wanted) -> Step:
    """Return the smallest fixed size that is large and fast enough: the whole of it is paid."""
    large = [step for step in product.steps if step.size_gb >= size]
    for step in large:
        if _goes(step.row.max_iops, wanted.iops) and _goes(
            step.row.max_mb_s, wanted.throughput_mb_s
        ):
            return step
    if large:
        return large[-1]  # its limit is said
    largest = product.steps[-1]
    raise UserError(
        f"{product.name} above {largest.size_gb:,f} GiB has no price in the catalogue",
        f"the largest size it lists is {largest.name}",
        "Use several volumes, or another product",
    )


def _goes(most: int | None, wanted: Number) -> bool:
    return most is None or wanted <= most


def _check_limit(row: StoragePrice, unit: str, wanted: Number, most: int | None) -> None:
    if most is not None and exact(wanted, f"The {unit}") > most:
        raise UserError(
            f"{row.product} goes up to {most:,} {unit}",
            f"{exact(wanted, unit):,f} are asked",
            "Ask for less, or take another product",
        )


def _check_known(row: StoragePrice, unit: str, wanted: Number, included: Decimal | None) -> None:
    """Refuse extras nobody knows a price of: they are not free."""
    price = row.price_per_iops_month if unit == "IOPS" else row.price_per_mb_s_month
    if included is None and price is None and exact(wanted, f"The {unit}") > 0:
        raise UserError(
            f"What {unit} of {row.product} cost is not in the catalogue",
            "it says neither how many are included nor what more cost",
            "Leave it at 0, or take another product",
        )


def _included(text: str | None, size_gb: Decimal, most: int | None) -> Decimal | None:
    """Return what is included: a number per volume, or so much per GB up to the limit."""
    if text is None:
        return None
    found = _PER_GB.fullmatch(text.strip())
    value = Decimal(found[1]) * size_gb if found else Decimal(text.replace(",", ""))
    return value if most is None else min(value, Decimal(most))
