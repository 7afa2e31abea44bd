"""The columns of each kind's table: few, the ones people choose by."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from hwstudio.core.base.clock import today
from hwstudio.core.base.money import money
from hwstudio.core.model.fact import Fact
from hwstudio.core.model.part import Part, PartKind
from hwstudio.core.model.price import PriceKind
from hwstudio.gui.kit.table import Column
from hwstudio.gui.kit.tip import price_tip, provenance_tip, rows_tip
from hwstudio.gui.parts.record_columns import record_columns
from hwstudio.gui.parts.words import (
    CONFIDENCE,
    choice_words,
    said_words,
    second_words,
    size_words,
    title_of,
    value_of,
)


def _part_tip(part: Part) -> str:
    return provenance_tip(part.name, source=part.source, as_of=part.source_date)


def _price(part: Part) -> Any:
    """Return what to sort by; amounts of different currencies are not one scale."""
    price = part.price
    return (price.currency != "USD", price.currency, price.amount) if price else None


def _price_text(part: Part) -> str:
    if part.price is None:
        return "unknown"
    about = "about " if part.price.kind is PriceKind.ESTIMATE else ""
    stale = ", stale" if part.price.is_stale(today()) else ""
    return about + money(part.price.amount, part.price.currency, decimals=0) + stale


def _price_column_tip(part: Part) -> str:
    return price_tip(part.price)


def _width(title: str, least: int = 60) -> int:
    """Return a width in px that the header fits in; the name gets what is left."""
    return max(least, 7 * len(title) + 22)


def _number(title: str, field: str, unit: str = "") -> Column:
    """A right-aligned number with the unit in the header."""
    get = attrgetter(field)

    def text(part: Part) -> str:
        value = get(part)
        return "–" if value is None else f"{value:,.4g}" if isinstance(value, float) else str(value)

    head = f"{title}, {unit}" if unit else title
    return Column(head, get, text, right=True, width=_width(head))


def _size(title: str, field: str) -> Column:
    get = attrgetter(field)

    def text(part: Part) -> str:
        return size_words(get(part))

    return Column(title, get, text, right=True, width=_width(title, 84))


def _scaled(title: str, field: str, factor: float) -> Column:
    get = attrgetter(field)

    def value(part: Part) -> float | None:
        raw = get(part)
        return None if raw is None else raw / factor

    def text(part: Part) -> str:
        found = value(part)
        return "–" if found is None else f"{found:,.0f}"

    return Column(title, value, text, right=True, width=_width(title))


def _word(title: str, field: str, width: int) -> Column:
    """A column of words, wide enough for the longest usual one."""
    get = attrgetter(field)

    def text(part: Part) -> str:
        value = get(part)
        return "–" if value in {None, ""} else choice_words(field, str(value))

    return Column(title, get, text, width=_width(title, width))


SPECIFIC: dict[PartKind, tuple[Column, ...]] = {
    PartKind.GPU: (
        _size("Memory", "vram_bytes"),
        _scaled("TFLOP/s", "fp16_tensor_flop_per_s", 1e12),
        _number("Power, W", "tdp_w"),
    ),
    PartKind.GPU_CARD: (
        _size("Memory", "vram_bytes"),
        _number("Length, mm", "length_mm"),
    ),
    PartKind.CPU: (
        _word("Socket", "socket", 92),
        _number("Cores", "cores"),
        _number("Power, W", "max_power_w"),
    ),
    PartKind.MOTHERBOARD: (
        _word("Socket", "socket", 96),
        _word("Size", "form_factor", 88),
    ),
    PartKind.RAM: (
        _size("Capacity", "capacity_bytes"),
        _number("Speed, MT/s", "speed_mts"),
    ),
    PartKind.STORAGE: (
        _size("Capacity", "capacity_bytes"),
        _word("Interface", "interface", 140),
    ),
    PartKind.PSU: (
        _number("Power, W", "rated_w"),
        _word("80 PLUS", "efficiency", 84),
    ),
    PartKind.CASE: (
        _word("Size", "form_factor", 142),
        _number("Card up to, mm", "max_gpu_length_mm"),
    ),
    PartKind.COOLER: (
        _word("Kind", "cooler_type", 64),
        _number("Height, mm", "height_mm"),
    ),
}


def columns_of(kind_id: str) -> tuple[Column, ...]:
    """Return the columns of a kind of part or of another table."""
    if kind_id in {kind.value for kind in PartKind}:
        return part_columns(PartKind(kind_id))
    return record_columns(kind_id)


def part_columns(kind: PartKind) -> tuple[Column, ...]:
    """Return name, what people choose by, and the price."""
    name = Column("Name", attrgetter("name"), tip=_part_tip, stretch=True)
    price = Column(
        "Price",
        _price,
        _price_text,
        right=True,
        tip=_price_column_tip,
        colour=_price_colour,
        width=150,
    )
    return (name, *SPECIFIC[kind], price)


def _price_colour(part: Part) -> str:
    is_grey = part.price is None or part.price.is_stale(today())
    return "muted" if is_grey else ""


# --- the cells of one part ---------------------------------------------------------------------


def _fact_title(fact: Fact) -> str:
    return title_of(fact.name)


def fact_tip(fact: Fact) -> str:
    """Return "says who?": source, date, licence, how sure, and what a second source says."""
    rows = [
        ("Source", fact.source),
        ("Date", fact.as_of),
        ("Licence", fact.licence),
        ("Checked", CONFIDENCE.get(fact.confidence, fact.confidence)),
        ("Second source", second_words(fact).strip()),
        ("Note", fact.note),
    ]
    return rows_tip(rows, f"{title_of(fact.name)}: {value_of(fact)}")


def _fact_colour(fact: Fact) -> str:
    return "muted" if fact.value is None else ""


def _said_colour(fact: Fact) -> str:
    is_shaky = fact.confidence in {"recalled", "partly"}
    return "warn" if is_shaky or any(not other.agrees for other in fact.second) else "muted"


def fact_columns() -> tuple[Column, ...]:
    """Return what, value, and who says so since when."""
    return (
        Column("What", _fact_title, tip=fact_tip, width=126),
        Column("Value", value_of, tip=fact_tip, colour=_fact_colour, width=100),
        Column("Source", said_words, tip=fact_tip, colour=_said_colour, stretch=True),
    )
