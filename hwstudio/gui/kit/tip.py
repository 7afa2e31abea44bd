"""Tooltips that answer "says who?": value, unit, source, date, formula."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from hwstudio.core.base.clock import today
from hwstudio.core.base.money import money
from hwstudio.core.base.units import significant
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.price import Price, PriceKind

_KIND_WORDS = {
    PriceKind.OWN: "your own price",
    PriceKind.QUOTE: "quoted price",
    PriceKind.LIST: "list price",
    PriceKind.USED: "second-hand price",
    PriceKind.ESTIMATE: "estimated price",
}


def rows_tip(rows: list[tuple[str, str]], lead: str = "") -> str:
    """Return a small two-column tooltip."""
    body = "".join(
        f"<tr><td style='padding-right:8px'>{escape(a)}</td><td>{escape(b)}</td></tr>"
        for a, b in rows
        if b
    )
    head = f"<p style='margin:0 0 4px 0'>{escape(lead)}</p>" if lead else ""
    return f"{head}<table>{body}</table>"


def provenance_tip(
    lead: str, *, source: str, as_of: str = "", formula: str = "", note: str = ""
) -> str:
    """Return the tooltip of one figure."""
    return rows_tip(
        [("Source", source), ("Date", as_of), ("Formula", formula), ("Note", note)], lead
    )


def price_tip(price: Price | None) -> str:
    """Return the tooltip of a price."""
    if price is None:
        return rows_tip([], "No price known. Enter your own.")
    return _known_price_tip(price, price.is_stale(today()))


@lru_cache(maxsize=1024)  # of a list of parts only a few lines change at a time
def _known_price_tip(price: Price, is_stale: bool) -> str:
    band = ""
    if price.low != price.high:
        band = f"{money(price.low, price.currency)} to {money(price.high, price.currency)}"
    return rows_tip(
        [
            ("Kind", _KIND_WORDS[price.kind]),
            ("Likely range", band),
            ("Source", price.source),
            ("Date", f"{price.as_of}, stale" if is_stale else price.as_of),
        ],
        money(price.amount, price.currency),
    )


def _band(prediction: Prediction) -> str:
    low, high = prediction.low, prediction.high
    if prediction.median is None or low is None or high is None:
        return ""
    ends = (significant(value, 2) for value in (low, high))
    return f"{' to '.join(ends)} {prediction.unit}"


def prediction_tip(prediction: Prediction) -> str:
    """Return the tooltip of a predicted figure."""
    if prediction.refused:
        return rows_tip([], prediction.refused)
    return rows_tip(
        [
            ("Range", _band(prediction)),
            ("Evidence", prediction.evidence.value),
            ("Limited by", prediction.bottleneck),
            ("Formula", prediction.formula),
            *sorted(prediction.inputs.items()),
        ],
        "90 % of such estimates fall inside the range.",
    )
