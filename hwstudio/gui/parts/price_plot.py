"""A part's prices over time: what was listed, asked, estimated and paid, each with its date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from hwstudio.core.base.money import money
from hwstudio.core.model.price import Price, PriceKind
from hwstudio.gui.kit.plot import Series
from hwstudio.gui.kit.table import Column
from hwstudio.gui.kit.tip import price_tip
from hwstudio.gui.parts.words import KIND_OF_PRICE

ORDER = (
    PriceKind.ESTIMATE,
    PriceKind.LIST,
    PriceKind.USED,
    PriceKind.QUOTE,
    PriceKind.OWN,
)


def year_of(as_of: str) -> float:
    """Return a date as a year with a fraction; a bare year or month counts from its middle."""
    pieces = [int(piece) for piece in as_of.split("-")]
    year, month, day = ([*pieces, 7, 1] if len(pieces) == 1 else [*pieces, 15])[:3]
    start = date(year, 1, 1)
    length = (date(year + 1, 1, 1) - start).days
    return year + (date(year, month, day) - start).days / length


def price_series(prices: Sequence[Price], currency: str) -> tuple[Series, ...]:
    """Return one line per kind of price in one currency; an estimate has its 90 % band."""
    series = []
    for kind in ORDER:
        found = sorted(
            (p for p in prices if p.kind is kind and p.currency == currency),
            key=lambda price: year_of(price.as_of),
        )
        if not found:
            continue
        has_band = len(found) > 1 and any(price.low != price.high for price in found)
        series.append(
            Series(
                KIND_OF_PRICE[kind],
                [year_of(price.as_of) for price in found],
                [float(price.amount) for price in found],
                colour=ORDER.index(kind),
                low=[float(price.low) for price in found] if has_band else None,
                high=[float(price.high) for price in found] if has_band else None,
                is_dashed=kind is PriceKind.ESTIMATE,
                has_points=True,
            )
        )
    return tuple(series)


def usual_currency(prices: Sequence[Price]) -> str:
    """Return the currency most prices are in; the chart has one axis."""
    counts = Counter(price.currency for price in prices)
    return max(counts, key=lambda word: (counts[word], word == "USD")) if counts else "USD"


def price_ranges(
    series: Sequence[Series],
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the axes' ends: money from 0, so that a small move does not look like a crash."""
    years = [x for one in series for x in one.x]
    tops = [y for one in series for y in (one.high or one.y)]
    return (min(years) - 0.4, max(years) + 0.4), (0.0, max(tops) * 1.1)


def price_columns(today: date) -> tuple[Column, ...]:
    """Return the table twin of the chart."""

    def amount(price: Price) -> str:
        return money(price.amount, price.currency)

    return (
        Column("Kind", lambda price: KIND_OF_PRICE[price.kind], tip=price_tip, width=100),
        Column("Price", lambda p: p.amount, amount, right=True, tip=price_tip, width=76),
        Column(
            "Date",
            lambda price: price.as_of,
            lambda price: f"{price.as_of}, stale" if price.is_stale(today) else price.as_of,
            tip=price_tip,
            colour=lambda price: "muted" if price.is_stale(today) else "",
            stretch=True,
        ),
    )
