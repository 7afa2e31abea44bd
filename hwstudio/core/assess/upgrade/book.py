"""What is kept for the upgrade plan: inventory, money, hours, thresholds and chosen steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from hwstudio.core.assess.upgrade.inventory import Item, checked
from hwstudio.core.assess.upgrade.thresholds import (
    Thresholds,
    changed_values,
    thresholds_from,
)
from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.budget.fields import Doc, amount, maybe_amount, table, tables, words

SCHEMA = 1
MONTHS = (0, 6, 12, 24)
_WHERE = "The upgrade plan"


@dataclass(frozen=True, slots=True)
class Wish:
    """A part the user wants at a time. ``is_confirmed``: it may lower GPU memory."""

    part_id: str
    at_months: int
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeBook:
    """The whole of it, immutable. None = not said."""

    items: tuple[Item, ...] = ()
    budget: Decimal | None = None  # to spend now
    per_month: Decimal | None = None  # put aside for it
    hours_per_month: float | None = None  # busy GPU hours
    limits: Thresholds = field(default_factory=Thresholds)
    wishes: tuple[Wish, ...] = ()


def book_document(book: UpgradeBook) -> dict[str, Any]:
    """Return the book as plain values; money as text."""
    return {
        "schema": SCHEMA,
        "items": [
            {
                "id": item.id,
                "machine": item.machine,
                "kind": item.kind,
                "name": item.name,
                "part_id": item.part_id,
                "quantity": item.quantity,
                "bought": item.bought,
                "price": None if item.price is None else str(item.price),
                "currency": item.currency,
                "warranty_until": item.warranty_until,
                "note": item.note,
            }
            for item in book.items
        ],
        "budget": None if book.budget is None else str(book.budget),
        "per_month": None if book.per_month is None else str(book.per_month),
        "hours_per_month": book.hours_per_month,
        "thresholds": changed_values(book.limits),
        "wishes": [
            {"part_id": w.part_id, "at_months": w.at_months, "confirmed": w.is_confirmed}
            for w in book.wishes
        ],
    }


def book_from(value: Any) -> UpgradeBook:
    """Build the book from plain values.

    Raises:
        UserError: something in it cannot be used, or a newer hwstudio wrote it.
    """
    doc = table(value, _WHERE)
    if amount(doc, "schema", _WHERE, Decimal(SCHEMA)) > SCHEMA:
        raise UserError(f"{_WHERE} cannot be read", "a newer hwstudio wrote it", "Update it")
    hours = maybe_amount(doc, "hours_per_month", _WHERE)
    limits = table(doc.get("thresholds", {}), _WHERE)
    return UpgradeBook(
        items=tuple(_item(each) for each in tables(doc, "items", _WHERE)),
        budget=maybe_amount(doc, "budget", _WHERE),
        per_month=maybe_amount(doc, "per_month", _WHERE),
        hours_per_month=None if hours is None else float(hours),
        limits=thresholds_from({str(key): float(limits[key]) for key in limits}),
        wishes=tuple(_wish(each) for each in tables(doc, "wishes", _WHERE)),
    )


def _item(doc: Doc) -> Item:
    item = Item(
        id=int(amount(doc, "id", _WHERE)),
        machine=words(doc, "machine"),
        kind=words(doc, "kind"),
        name=words(doc, "name"),
        part_id=words(doc, "part_id"),
        quantity=int(amount(doc, "quantity", _WHERE, Decimal(1))),
        bought=words(doc, "bought"),
        price=maybe_amount(doc, "price", _WHERE),
        currency=words(doc, "currency", "USD"),
        warranty_until=words(doc, "warranty_until"),
        note=words(doc, "note"),
    )
    return checked(item, date.max)


def _wish(doc: Doc) -> Wish:
    months = int(amount(doc, "at_months", _WHERE))
    if months not in MONTHS:
        raise UserError(f"{_WHERE} cannot be read", f"a step is planned in {months} months")
    return Wish(words(doc, "part_id"), months, bool(doc.get("confirmed", False)))
