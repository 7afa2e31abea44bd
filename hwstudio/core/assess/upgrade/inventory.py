"""What somebody owns: parts with the day they were bought, their price and their warranty."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.part import PartKind

THIS_PC = "This PC"
KINDS: dict[str, str] = {
    PartKind.GPU_CARD.value: "graphics card",
    PartKind.GPU.value: "GPU",
    PartKind.CPU.value: "processor",
    PartKind.MOTHERBOARD.value: "motherboard",
    PartKind.RAM.value: "memory",
    PartKind.STORAGE.value: "drive",
    PartKind.PSU.value: "power supply",
    PartKind.CASE.value: "case",
    PartKind.COOLER.value: "cooler",
    "computer": "whole computer",
}
MOST_ITEMS, MOST_PIECES = 500, 1000
MOST_PRICE = Decimal(10_000_000)
_DATE = re.compile(r"(19|20)\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the inventory. Dates are ISO, possibly only "2024-05"; "" = not known."""

    id: int = 0
    machine: str = THIS_PC
    kind: str = PartKind.GPU_CARD.value
    name: str = ""
    part_id: str = ""  # a row of the catalogue, "" = none of them
    quantity: int = 1
    bought: str = ""
    price: Decimal | None = None  # of one piece, as paid
    currency: str = "USD"
    warranty_until: str = ""
    note: str = ""


def checked(item: Item, today: date) -> Item:
    """Return a typed line with clean texts.

    Raises:
        UserError: it has no name or kind, a date that is none, or a price nobody pays.
    """
    item = replace(
        item,
        machine=item.machine.strip() or THIS_PC,
        name=item.name.strip(),
        bought=item.bought.strip(),
        warranty_until=item.warranty_until.strip(),
        note=item.note.strip(),
    )
    if item.kind not in KINDS:
        raise UserError(
            f"There is no kind of part '{item.kind}'", "", f"Choose from {', '.join(KINDS)}"
        )
    if not item.name and not item.part_id:
        raise UserError("The part has no name", "", "Type what it is called")
    if not 1 <= item.quantity <= MOST_PIECES:
        raise UserError(
            f"{item.quantity} pieces are not possible", "", f"Give 1 to {MOST_PIECES:,}"
        )
    if item.price is not None and not 0 <= item.price <= MOST_PRICE:
        raise UserError(f"A price of {item.price} is not possible", "", "Type what one piece cost")
    for words, text in (("bought", item.bought), ("under warranty until", item.warranty_until)):
        if text:
            day_of(text, words)
    if item.bought and first_day(item.bought) > today:
        raise UserError(f"{item.name} cannot be bought in the future", item.bought, "")
    return item


def day_of(text: str, words: str = "dated") -> date:
    """Return a date that may be "2024" or "2024-05", taken at its end.

    Raises:
        UserError: it is none.
    """
    if not _DATE.fullmatch(text):
        raise UserError(f"'{text}' is no date ({words})", "", "Write 2024-05-31, 2024-05 or 2024")
    pieces = [int(piece) for piece in text.split("-")]
    year, month, day = ([*pieces, 12, 31] if len(pieces) == 1 else [*pieces, 28])[:3]
    try:
        return date(year, month, day)
    except ValueError:
        raise UserError(f"'{text}' is no date ({words})", "there is no such day", "") from None


def first_day(text: str) -> date:
    """Return a date that may be "2024" or "2024-05", taken at its beginning."""
    pieces = [int(piece) for piece in text.split("-")]
    year, month, day = [*pieces, 1, 1][:3]
    return date(year, month, day)


def age_years(item: Item, today: date) -> float | None:
    """Return the age in years since it was bought; None when that is not known."""
    if not item.bought:
        return None
    return max(0.0, (today - first_day(item.bought)).days / 365.25)


def with_item(items: tuple[Item, ...], item: Item) -> tuple[Item, ...]:
    """Return the inventory with a line added (id 0) or replaced.

    Raises:
        UserError: the inventory is full.
    """
    if item.id:
        return tuple(item if old.id == item.id else old for old in items)
    if len(items) >= MOST_ITEMS:
        raise UserError("The inventory is full", f"it holds {MOST_ITEMS} lines", "Remove old ones")
    number = max((old.id for old in items), default=0) + 1
    return (*items, replace(item, id=number))
