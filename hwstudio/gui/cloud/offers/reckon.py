"""Storage and transfer bills put in words for the screen; pure, so tested without a window."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.money import money
from hwstudio.core.cost.amount import HOURS_PER_MONTH
from hwstudio.core.cost.egress import Egress
from hwstudio.core.cost.egress_place import EgressPlace
from hwstudio.core.cost.storage_product import Product, ProductBill, Wanted, product_bill


@dataclass(frozen=True, slots=True)
class StorageLine:
    """One product for the volume wanted; ``refused`` says why it has no bill."""

    product: Product
    answer: ProductBill | None
    refused: str
    is_chosen: bool = False

    @property
    def total(self) -> Decimal | None:
        return self.answer.bill.total if self.answer else None


@dataclass(frozen=True, slots=True)
class Part:
    """One cause of a bill: how it comes about, and what it costs a month."""

    name: str
    how: str
    cost: Decimal


@dataclass(frozen=True, slots=True)
class TransferLine:
    """One price list for the GB of the month."""

    place: EgressPlace
    bill: Egress | None
    refused: str
    is_chosen: bool = False

    @property
    def total(self) -> Decimal | None:
        return self.bill.total if self.bill else None


def storage_line(product: Product, wanted: Wanted, *, is_chosen: bool = False) -> StorageLine:
    """Return a product's bill, or in words why there is none."""
    try:
        return StorageLine(product, product_bill(product, wanted), "", is_chosen)
    except UserError as error:
        return StorageLine(product, None, error.sentence, is_chosen)


def storage_lines(
    products: Iterable[Product], wanted: Wanted, chosen: Product
) -> tuple[StorageLine, ...]:
    """Return every product for the same volume, cheapest first, those without a bill last."""
    found = (storage_line(one, wanted, is_chosen=one is chosen) for one in products)
    return tuple(sorted(found, key=_by_total))


def transfer_lines(
    places: Iterable[EgressPlace], month_gb: Decimal, chosen: EgressPlace
) -> tuple[TransferLine, ...]:
    """Return every price list for the same GB, cheapest first, those without a bill last."""
    found = (transfer_line(one, month_gb, is_chosen=one is chosen) for one in places)
    return tuple(sorted(found, key=_by_total))


def transfer_line(
    place: EgressPlace, month_gb: Decimal, *, is_chosen: bool = False
) -> TransferLine:
    """Return a price list's bill, or in words why there is none."""
    try:
        return TransferLine(place, place.bill(month_gb), "", is_chosen)
    except UserError as error:
        return TransferLine(place, None, error.sentence, is_chosen)


def _by_total(line: StorageLine | TransferLine) -> tuple[bool, Decimal]:
    return line.total is None, line.total or Decimal(0)


def parts(answer: ProductBill, wanted: Wanted) -> tuple[Part, ...]:
    """Return the causes of a bill, with the sum that makes each."""
    row, bill = answer.row, answer.bill
    size = f"{_plain(answer.billed_gb)} GB x ${row.price_per_gb_month:f} per GB-month"
    if answer.step:
        size = f"{answer.step}: the whole size is paid. {size}"
    found = [Part("Storage", size, bill.storage)]
    extras = (
        ("IOPS", wanted.iops, answer.included_iops, row.price_per_iops_month, bill.iops),
        ("MB/s", wanted.throughput_mb_s, answer.included_mb_s, row.price_per_mb_s_month,
         bill.throughput),
    )  # fmt: skip
    for unit, asked, included, price, cost in extras:
        free = "not stated" if included is None else _plain(included)
        more = Decimal(str(asked)) - (included or 0)
        how = f"included: {free}"
        if price is not None and more > 0:
            how += f"; {_plain(more)} more x ${price:f} a month"
        elif price is not None:
            how += f"; more cost ${price:f} each a month"
        found.append(Part(f"Extra {unit}", how, cost))
    return tuple(found)


def stopped_words(product: Product, total: Decimal, hours_running: Decimal) -> str:
    """Return what stops costing when the machine stands still, and what goes on."""
    idle = max(Decimal(0), HOURS_PER_MONTH - hours_running)
    if product.is_lost_when_stopped:
        return (
            "This disk is part of the machine: when it stops, the disk's cost stops and its data "
            "are lost. Copy what you need first."
        )
    bill = money(total, decimals=2)
    share = money(total * idle / HOURS_PER_MONTH, decimals=2)
    return (
        f"A stopped machine costs no hours and sends no data, but its storage goes on: {bill} a "
        f"month in any case. At {_plain(hours_running)} h of running a month, {share} of it falls "
        f"on hours when nothing runs. Only deleting the volume ends it."
    )


def transfer_words(place: EgressPlace, before: Decimal, more: Decimal) -> str:
    """Return what these GB cost after those that left earlier in the month."""
    try:
        earlier, both = place.bill(before), place.bill(before + more)
    except UserError as error:
        return error.sentence
    extra = both.total - earlier.total
    free = f" The first {_plain(place.free_gb)} GB of a month are free." if place.free_gb else ""
    text = f"These {_plain(more)} GB cost {money(extra, decimals=2)}"
    if before:
        text += f" after the {_plain(before)} GB of this month"
    return f"{text}; the month comes to {money(both.total, decimals=2)}.{free}"


def _plain(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
