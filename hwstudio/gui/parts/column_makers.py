"""Makes the columns of a table of records: names, words, numbers, dates and dated prices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hwstudio.core.base.clock import today
from hwstudio.core.base.money import money
from hwstudio.core.base.units import HOURS_PER_MONTH, significant
from hwstudio.core.cloud.age import is_stale
from hwstudio.core.model.record import Record
from hwstudio.gui.kit.table import Column
from hwstudio.gui.kit.tip import price_tip, provenance_tip
from hwstudio.gui.parts.terms import choice_words
from hwstudio.gui.parts.values import plain_amount

TINY = 0.001  # below it digits say nothing in a column
Tip = Callable[[Record], str]


def record_tip(record: Record) -> str:
    """Return where the whole row is from."""
    return provenance_tip(record.name, source=record.source, as_of=record.source_date)


def width_of(title: str, longest: str = "") -> int:
    """Return a width in px that the title and the longest usual value fit in."""
    return max(56, 7 * len(title) + 24, round(7.5 * len(longest)) + 27)


def name_column(title: str = "Name", tip: Tip = record_tip) -> Column:
    """Return the column every table begins with."""
    return Column(title, _name, tip=tip, stretch=True)


def _name(record: Record) -> str:
    return record.name


def number(
    title: str, field: str, scale: float = 1.0, *, longest: str = "1,000", tip: Tip = record_tip
) -> Column:
    """Return a right-aligned number; the unit stands in the title."""

    def value(record: Record) -> float | None:
        raw = record.values.get(field)
        return None if raw is None else float(raw) / scale

    def text(record: Record) -> str:
        return number_text(value(record))

    return Column(title, value, text, right=True, tip=tip, width=width_of(title, longest))


def number_text(value: float | None) -> str:
    """Return a number for a column: no decimals it does not need, "–" where there is none."""
    if value is None:
        return "–"
    if 0 < abs(value) < TINY:
        return f"< {TINY}"
    return f"{value:,.0f}" if value == int(value) else significant(value, 3)


def word(title: str, field: str, longest: str = "", *, tip: Tip = record_tip) -> Column:
    """Return a column of words; codes as people say them, a list with commas."""

    def value(record: Record) -> str | None:
        raw = record.values.get(field)
        return None if raw in {None, ""} else choice_words(field, str(raw))

    return Column(title, value, tip=tip, width=width_of(title, longest))


def dated(title: str = "As of") -> Column:
    """Return the date of the row's source."""
    return Column(title, _date, tip=record_tip, width=width_of(title, "2026-11-20"))


def _date(record: Record) -> str:
    return record.source_date


# --- prices ------------------------------------------------------------------------------------


def rate(title: str, field: str) -> Column:
    """Return a column of prices as of the row's date; an old one says so and is grey."""

    def value(record: Record) -> float | None:
        raw = record.values.get(field)
        return None if raw is None else float(raw)

    def text(record: Record) -> str:
        found = value(record)
        return "–" if found is None else f"{plain_amount(round(found, 5))}{stale_words(record)}"

    return Column(
        title,
        value,
        text,
        right=True,
        tip=record_tip,
        colour=_rate_colour,
        width=width_of(title, "100.00, stale"),
    )


def stale_words(record: Record) -> str:
    """Return ", stale" where a price of the row's date is too old to rely on."""
    return ", stale" if is_stale(record.source_date, today()) else ""


def _rate_colour(record: Record) -> str:
    return "muted" if stale_words(record) else ""


def price_column() -> Column:
    """Return the price of one piece."""
    return Column(
        "Price",
        _price,
        _price_text,
        right=True,
        tip=_price_tip,
        colour=_price_colour,
        width=width_of("Price", "$440,000, stale"),
    )


def _price(record: Record) -> Any:
    return record.price.amount if record.price else None


def _price_text(record: Record) -> str:
    price = record.price
    if price is None:
        return "unknown"
    stale = ", stale" if price.is_stale(today()) else ""
    return f"{money(price.amount, price.currency, decimals=0)}{stale}"


def _price_tip(record: Record) -> str:
    return price_tip(record.price)


def _price_colour(record: Record) -> str:
    price = record.price
    return "muted" if price is None or price.is_stale(today()) else ""


def month_column() -> Column:
    """Return what a server costs a month; worked out where only an hour or a year is priced."""
    return Column(
        "Per month",
        _month,
        _month_text,
        right=True,
        tip=_month_tip,
        colour=_rate_colour,
        width=width_of("Per month", "about $23,506, stale"),
    )


def _month_and_how(record: Record) -> tuple[float | None, str]:
    """Return a month's price and, where the source has none, how it was worked out."""
    values = record.values
    if values.get("price_month") is not None:
        return float(values["price_month"]), ""
    if values.get("price_per_hour") is not None:
        hours = f"price per hour times {HOURS_PER_MONTH:.0f}"
        return float(values["price_per_hour"]) * HOURS_PER_MONTH, hours
    if values.get("price_year") is not None:
        return float(values["price_year"]) / 12, "price per year divided by 12"
    return None, ""


def _month(record: Record) -> tuple[bool, str, float] | None:
    """Return what to sort by; amounts of different currencies are not one scale."""
    amount, currency = _month_and_how(record)[0], _currency(record)
    return None if amount is None else (currency != "USD", currency, amount)


def _currency(record: Record) -> str:
    return str(record.values.get("currency") or "USD")


def _month_text(record: Record) -> str:
    amount, how = _month_and_how(record)
    if amount is None:
        return "unknown"
    text = money(amount, _currency(record), decimals=0)
    return f"{'about ' if how else ''}{text}{stale_words(record)}"


def _month_tip(record: Record) -> str:
    how = _month_and_how(record)[1]
    as_of = record.source_date
    return provenance_tip(record.name, source=record.source, as_of=as_of, formula=how)
