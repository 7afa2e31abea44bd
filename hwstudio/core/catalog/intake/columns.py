"""What the columns of a user's file mean, however they are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog.intake.amount import words
from hwstudio.core.catalog.intake.file import Sheet
from hwstudio.core.catalog.overlay.currency import CURRENCIES, SIGNS
from hwstudio.core.catalog.overlay.own_part import HEAD, columns_of, squeezed
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.price import PriceKind


class Role(StrEnum):
    """What the rows of a table are."""

    PRICES = "prices"
    PARTS = "parts"
    OWNED = "owned"
    NOTES = "notes"


# A price of one piece, and one of all pieces of its row.
_EACH = (
    "unitprice priceperunit unitcost priceeach each priceperpiece pricepiece priceperpc pricepc "
    "stückpreis einzelpreis preisprostück preisjestück prixunitaire"
)
_TOTAL = (
    "totalprice pricetotal totalcost totalamount linetotal total subtotal extendedprice sum "
    "gesamtpreis gesamt gesamtbetrag summe prixtotal"
)
_BARE = {"total", "sum", "gesamt", "summe"}  # money only where a currency stands beside it
_DATES = "date asof day datum seenon observed pricedate quotedate bought boughton purchasedate"
# Field -> the words that mean it, squeezed; earlier words win where a table has several.
_WORDS: dict[str, str] = {
    "id": "id partid hwstudioid",
    "name": "name part partname product productname item model title component article "
    "bezeichnung artikel produkt teil",
    "price": f"{_EACH} price amount cost preis betrag prix {_TOTAL}",
    "currency": "currency currencycode curr ccy währung waehrung",
    "date": f"{_DATES} since",
    "since": f"since {_DATES}",
    "seller": "seller shop store vendor merchant dealer retailer supplier händler haendler "
    "verkäufer source",
    "kind": "kind pricekind type art",
    "note": "note notes comment comments remark remarks bemerkung kommentar notiz text",
    "quantity": "quantity qty count pieces owned number menge anzahl stück",
    "pieces": "quantity qty pieces pcs units menge anzahl stück quantité",
    "recorded": "recorded recordedat",
    "changed": "changed changedat",
    "partkind": "kind partkind category type",
    "source": "source sourcenote url link",
    "source_ref": "sourceref",
}
_FIELDS: dict[Role, tuple[str, ...]] = {
    Role.PRICES: (
        "id",
        "name",
        "price",
        "currency",
        "date",
        "kind",
        "note",
        "recorded",
        "seller",
        "pieces",
    ),
    Role.OWNED: ("id", "name", "quantity", "since", "note"),
    Role.NOTES: ("id", "name", "note", "changed"),
    Role.PARTS: ("partkind", "date", "source", "source_ref", "note"),
}
# Of these a table of parts says nothing about what the part is.
_SAID_ANYWHERE = {*HEAD, "type", "gpu"}
LOOKED_AT = 200  # rows that may show what a column is about
_KINDS: dict[str, PartKind] = {
    **{squeezed(kind.value): kind for kind in PartKind},
    "graphicscard": PartKind.GPU_CARD,
    "videocard": PartKind.GPU_CARD,
    "card": PartKind.GPU_CARD,
    "processor": PartKind.CPU,
    "mainboard": PartKind.MOTHERBOARD,
    "board": PartKind.MOTHERBOARD,
    "memory": PartKind.RAM,
    "drive": PartKind.STORAGE,
    "ssd": PartKind.STORAGE,
    "hdd": PartKind.STORAGE,
    "powersupply": PartKind.PSU,
    "chassis": PartKind.CASE,
    "cpucooler": PartKind.COOLER,
}
_PRICE_KINDS: dict[str, PriceKind] = {
    **dict.fromkeys(("own", "mine", "paid", "bought"), PriceKind.OWN),
    **dict.fromkeys(("quote", "quoted", "quotation", "offer", "angebot"), PriceKind.QUOTE),
    **dict.fromkeys(("used", "secondhand", "gebraucht"), PriceKind.USED),
}


class Per(StrEnum):
    """What the header of a price says it is for."""

    EACH = "each"
    ROW = "row"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each field stands in a table: its column's number."""

    role: Role
    places: dict[str, int]
    header: tuple[str, ...]
    specs: dict[int, str] = field(default_factory=dict)  # columns that describe a part
    ignored: tuple[str, ...] = ()
    currency: str = ""  # named in the header of the price: "Price (EUR)"
    per: Per = Per.UNSAID  # what the price is for, where its header says so


def part_kind(text: str) -> PartKind | None:
    """Return the kind of part a word means."""
    return _KINDS.get(squeezed(text))


def price_kind(text: str) -> PriceKind | None:
    """Return the kind of price a word means."""
    return _PRICE_KINDS.get(squeezed(text))


@cache
def spec_names() -> frozenset[str]:
    """Return the squeezed names of all columns that describe a part of some kind."""
    return frozenset(name for kind in PartKind for name in columns_of(kind)) - {"id"}


def layout_of(file: str, sheet: Sheet, kind: PartKind | None) -> Layout:
    """Say what a table holds, by its header; ``kind`` is what the user says its parts are.

    Raises:
        UserError: the header does not say, or says something twice.
    """
    header = tuple(words(cell).strip() for cell in sheet.lines[0].cells)
    role = _role(file, header, sheet, kind)
    places, currency = _places(role, header)
    specs: dict[int, str] = {}
    if role is Role.PARTS:
        specs = {n: name for n, name in enumerate(header) if squeezed(name) in spec_names()}
        if kind is None and places.get("partkind") in specs:
            del specs[places["partkind"]]  # "type" says which kind of part, not of cooler
        places = {name: place for name, place in places.items() if place not in specs}
        places |= {name: n for n, name in _ids(header) if name == "id"}
    _refuse_twice(file, header, {*places.values(), *specs})
    per = _per(header[places["price"]]) if "price" in places else Per.UNSAID
    if per is Per.EACH:
        places.pop("pieces", None)
    # A number of pieces is looked at so that no sum is taken for a price, but it is not kept.
    used = {*specs, *(n for name, n in places.items() if name != "pieces" or per is Per.ROW)}
    rest = tuple(name for n, name in enumerate(header) if name and n not in used)
    return Layout(role, places, header, specs, rest, currency, per)


def _ids(header: Sequence[str]) -> list[tuple[int, str]]:
    return [(n, "id") for n, name in enumerate(header) if squeezed(name) in _WORDS["id"].split()]


def _role(file: str, header: Sequence[str], sheet: Sheet, kind: PartKind | None) -> Role:
    names = {squeezed(name) for name in header}
    specs = len((names & spec_names()) - _SAID_ANYWHERE)
    has_kinds = kind is not None or _tells_part_kinds(header, sheet)
    is_about_parts = bool(names & {*_WORDS["id"].split(), *_WORDS["name"].split()})
    if specs >= 2 and has_kinds:
        return Role.PARTS
    if is_about_parts:
        if any(_price_currency(name) is not None for name in header):
            return Role.PRICES
        if names & set(_WORDS["quantity"].split()):
            return Role.OWNED
        if specs and has_kinds:
            return Role.PARTS
        if names & set(_WORDS["note"].split()):
            return Role.NOTES
    where = f"sheet {sheet.name} of {file}" if sheet.name else file
    if specs >= 2:
        raise UserError(
            f"The parts in {where} are of no known kind",
            "no column 'kind' says whether they are a cpu, a gpu, a psu and so on",
            "Add that column, or say the kind",
        )
    seen = ", ".join(name for name in header if name)[:120] or "nothing"
    raise UserError(
        f"The columns of {where} are not known",
        f"its first line holds: {seen}",
        "Name the columns id or name, and price, quantity or note",
    )


def _tells_part_kinds(header: Sequence[str], sheet: Sheet) -> bool:
    place = _place("partkind", [squeezed(name) for name in header])
    if place is None:
        return False
    rows = sheet.lines[1:LOOKED_AT]
    return any(part_kind(words(row.cells[place])) for row in rows if len(row.cells) > place)


def _places(role: Role, header: Sequence[str]) -> tuple[dict[str, int], str]:
    """Return where each field of a role stands, and the currency the price's header names."""
    names = [squeezed(name) for name in header]
    places: dict[str, int] = {}
    currency = ""
    for wanted in _FIELDS[role]:
        place = _price_place(header) if wanted == "price" else _place(wanted, names)
        if wanted == "price" and place is not None:
            currency = _price_currency(header[place]) or ""
        if place is not None and place not in places.values():
            places[wanted] = place
    return places, currency


def _place(wanted: str, names: Sequence[str]) -> int | None:
    return next((names.index(word) for word in _WORDS[wanted].split() if word in names), None)


def _price_place(header: Sequence[str]) -> int | None:
    """Return which column is the price: of one piece before one of no word, that before a sum."""
    rank = {Per.EACH: 0, Per.UNSAID: 1, Per.ROW: 2}
    found = [
        (rank[_per(name)], _has_code(name), n)
        for n, name in enumerate(header)
        if _price_currency(name) is not None
    ]
    return min(found)[2] if found else None


def _has_code(name: str) -> bool:
    return squeezed(name) not in _WORDS["price"].split()


def _per(name: str) -> Per:
    """Say what a price is for, by its header."""
    said = {squeezed(name), _price_words(name)[1]}
    if said & set(_EACH.split()) or "UNIT" in _letters(name):
        return Per.EACH
    return Per.ROW if said & set(_TOTAL.split()) else Per.UNSAID


def _price_currency(name: str) -> str | None:
    """Return the currency in the header of a price, "" without one, None if it is no price."""
    known, bare = _WORDS["price"].split(), squeezed(name)
    if bare in known:
        code = next((code for sign, code in SIGNS.items() if sign in name), "")
        return code if code or bare not in _BARE else None
    codes, rest = _price_words(name)
    return codes[0] if len(codes) == 1 and rest in known else None


def _letters(name: str) -> list[str]:
    return re.findall(r"[^\W_]+", name.upper())


def _price_words(name: str) -> tuple[list[str], str]:
    """Return the currencies in a header and, squeezed, what else it says but for small words."""
    parts = _letters(name)
    codes = [part for part in parts if part in CURRENCIES]
    rest = squeezed("".join(part for part in parts if part not in {*codes, "IN", "PER", "UNIT"}))
    return codes, rest


def _refuse_twice(file: str, header: Sequence[str], used: set[int]) -> None:
    """Two columns of one name would make it a matter of luck which of them counts."""
    names = Counter(squeezed(name) for name in header if name)
    twice = next((header[n] for n in sorted(used) if names[squeezed(header[n])] > 1), None)
    if twice is not None:
        raise UserError(
            f"{file} has more than one column '{twice}'", "", "Keep the one that counts"
        )
