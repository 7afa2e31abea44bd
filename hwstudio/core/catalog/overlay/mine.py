"""What a user keeps beside the catalogue: prices seen, parts, what is owned, notes, searches."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog.overlay.currency import CURRENCIES
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.price import Price, PriceKind

MOST = Decimal(10_000_000)
MOST_PIECES = 100_000
MOST_LETTERS = 10_000
# The kinds of price that can speak for a part, the first before the second, and with them
# those a user can say: what somebody asked for a used piece says nothing about a new one.
SPEAKING = (PriceKind.OWN, PriceKind.QUOTE)
SAID_BY_USER = (*SPEAKING, PriceKind.USED)
_WORDS = {
    PriceKind.OWN: "your own price",
    PriceKind.QUOTE: "a quote you were given",
    PriceKind.USED: "a second-hand price you saw",
}
_DATE = re.compile(r"(19|20)\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
# What XML, and with it a workbook, cannot hold.
_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One price a user saw on a day; never changed, only replaced or taken back."""

    part_id: str
    amount: Decimal
    currency: str  # ISO 4217
    as_of: str  # ISO date, possibly only "2025-07"
    kind: PriceKind = PriceKind.OWN
    seller: str = ""
    note: str = ""
    recorded_at: str = ""  # filled in when it is kept

    @property
    def price(self) -> Price:
        """Return it as a price like any other: exact, with its source in words."""
        words = _WORDS[self.kind] + (f" from {self.seller}" if self.seller else "")
        source = f"{words}: {self.note}" if self.note else words
        amount = self.amount
        return Price(amount, amount, amount, self.currency, self.kind, self.as_of, source)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPart:
    """A part the user described; ``values`` are in database units, by database column name."""

    id: str  # begins with "own-"
    kind: PartKind
    name: str
    maker: str
    values: Mapping[str, Any] = field(default_factory=dict)  # without id, name and maker
    source_note: str = ""
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class Owned:
    """How many pieces of a part the user has."""

    part_id: str
    quantity: int
    since: str = ""  # ISO date, or "" when not known
    note: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What the user wrote about a part."""

    part_id: str
    text: str
    changed_at: str


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search kept under a name; ``query`` is what the search box and its filters held."""

    name: str
    kind: str  # a kind of part, or another table of the catalogue
    query: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """One change that can be undone: a value typed, or a whole file taken in."""

    id: int
    title: str
    made_at: str
    items: int


@dataclass(frozen=True, slots=True)
class Kept:
    """An item an undo left alone because it was changed again later."""

    table: str
    key: str
    why: str


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did."""

    batch: Batch
    undone: int
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True)
class Lost:
    """Something the user keeps about a part that the catalogue no longer has."""

    part_id: str
    what: str  # price | owned | note
    text: str


def clean(text: str, what: str = "The text") -> str:
    """Return text without outer blanks and without signs that no file can hold.

    Raises:
        UserError: it is longer than 10,000 letters.
    """
    if text.isascii() and text.isprintable() and len(text) <= MOST_LETTERS:
        return text.strip()  # nearly all there is
    even = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = unicodedata.normalize("NFC", _NO_TEXT.sub("", even)).strip()
    if len(kept) > MOST_LETTERS:
        raise UserError(
            f"{what} is too long",
            f"it has {len(kept):,} letters, {MOST_LETTERS:,} can be kept",
            "Shorten it",
        )
    return kept


def plain_number(value: Decimal) -> str:
    """Return a number without exponent and without zeros at its end: one spelling a value."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_date(text: str) -> bool:
    """Say whether a text is 2026-08-17, 2026-08 or 2026, and such a day exists."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return False
    return True


def checked(seen: Observation, *, is_free: bool = False) -> Observation:
    """Return a price with its texts cleaned; 0 is one only where ``is_free`` says so.

    Raises:
        UserError: amount, currency, date or kind cannot be one.
    """
    if not seen.amount.is_finite() or not 0 <= seen.amount <= MOST:
        raise UserError(
            f"{seen.amount} cannot be a price", "it must be 0 to 10,000,000", "Type an amount"
        )
    if not seen.amount and not is_free:
        raise UserError(
            "0 cannot be a price",
            "it would count the part as costing nothing",
            "Type an amount above 0, or forget the price",
        )
    if seen.currency not in CURRENCIES:
        raise UserError(f"'{seen.currency}' is no currency", "", "Use three letters such as USD")
    if not is_date(seen.as_of):
        raise UserError(f"'{seen.as_of}' is no date", "", "Write it like 2026-08-17")
    if seen.kind not in SAID_BY_USER:
        raise UserError(
            f"A price of kind '{seen.kind.value}' is not yours to keep", "",
            "Use own, quote or used",
        )  # fmt: skip
    return replace(
        seen,
        part_id=_named(seen.part_id),
        amount=Decimal(plain_number(seen.amount)),
        seller=clean(seen.seller, "The seller's name"),
        note=clean(seen.note, "The note"),
    )


def checked_owned(owned: Owned) -> Owned:
    """Return what is owned with its texts cleaned.

    Raises:
        UserError: the quantity or date cannot be one.
    """
    if not 0 <= owned.quantity <= MOST_PIECES:
        raise UserError(
            f"{owned.quantity} cannot be how many you have",
            f"it must be 0 to {MOST_PIECES:,}",
            "Type a number of pieces",
        )
    if owned.since and not is_date(owned.since):
        raise UserError(f"'{owned.since}' is no date", "", "Write it like 2026-08-17")
    return Owned(_named(owned.part_id), owned.quantity, owned.since, clean(owned.note, "The note"))


def _named(part_id: str) -> str:
    kept = clean(part_id, "The part's id")
    if not kept:
        raise UserError("A part is missing", "its id is empty", "Name the part")
    return kept
