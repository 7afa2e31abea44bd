"""The data of rented work, asked alike by the sheets that set owning against renting."""

from __future__ import annotations

from decimal import Decimal

from hwstudio.core.cost.sheets.model import Field, Reader

STORED, STORAGE_PRICE, OUT, EGRESS_PRICE = DATA_FIELDS = (
    "rent_stored_gb",
    "rent_storage_per_gb_month",
    "rent_out_gb_per_month",
    "rent_egress_per_gb",
)
STORAGE_FORMULA = f"{STORED}*N({STORAGE_PRICE})"
EGRESS_FORMULA = f"{OUT}*N({EGRESS_PRICE})"
_D = Decimal


def data_fields(group: str) -> tuple[Field, ...]:
    """Return the four fields: data kept, their price, data out, their price."""
    price = "Left out: the storage is not counted."
    out = "Left out: data out are not counted. Of several tiers: their average at these GB."
    return (
        Field(id=STORED, label="Data kept at the provider", unit="GB", default=_D(0),
              high=_D(10) ** 7, group=group, tip="On average over the months."),
        Field(id=STORAGE_PRICE, label="Price of storage", unit="$/GB-month", high=_D(1000),
              decimals=4, group=group, is_optional=True, tip=price),
        Field(id=OUT, label="Data out a month", unit="GB", default=_D(0), high=_D(10) ** 7,
              group=group),
        Field(id=EGRESS_PRICE, label="Price of data out", unit="$/GB", high=_D(1000), decimals=4,
              group=group, is_optional=True, tip=out),
    )  # fmt: skip


def storage_month(read: Reader) -> Decimal | None:
    """Return a month of storage; None = its price is not known."""
    return _month(read, STORED, STORAGE_PRICE)


def egress_month(read: Reader) -> Decimal | None:
    """Return a month of data out; None = its price is not known."""
    return _month(read, OUT, EGRESS_PRICE)


def _month(read: Reader, amount: str, price: str) -> Decimal | None:
    gb, each = read.or_zero(amount), read.may(price)
    if not gb:
        return Decimal(0)
    return None if each is None else gb * each


def is_asked(read: Reader) -> tuple[bool, bool]:
    """Say whether data are kept, and whether some leave."""
    return bool(read.or_zero(STORED)), bool(read.or_zero(OUT))
