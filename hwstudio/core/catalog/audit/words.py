"""The audit in words: one sentence for About, whole lines for the terminal and the clipboard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hwstudio.core.base.money import money
from hwstudio.core.base.units import gib, rate, si, watts
from hwstudio.core.catalog.agreement import CLAIM_TOLERANCE
from hwstudio.core.catalog.source import Audit, Disagreement, StalePrice
from hwstudio.core.model.price import STALE_AFTER_DAYS

SHOWN = 10
_SPOKEN = {"FLOP/s", "op/s", "Hz"}


def summary(audit: Audit) -> str:
    """Return the counts in one sentence."""
    return (
        f"{audit.parts:,} parts, {audit.cells:,} cells, {audit.cells_without_source:,} without "
        f"source, {len(audit.disagreements):,} where two sources disagree, "
        f"{audit.recalled_cells:,} recalled from memory, {len(audit.stale_prices):,} prices over "
        f"{STALE_AFTER_DAYS} days old; catalogue of {audit.as_of}."
    )


def figure(value: str, unit: str) -> str:
    """Return a value of the database as people read it: "215 W", "24 GiB", "1,008 GB/s"."""
    try:
        number = float(value)
    except ValueError:
        return value
    if unit == "bytes":
        return gib(number)
    if unit == "bytes/s":
        return rate(number)
    if unit == "W":
        return watts(number)
    if unit in _SPOKEN:
        return si(number, unit)
    return f"{number:,.10g} {unit}".rstrip()


def apart(found: Disagreement) -> str:
    """Return by how much the catalogue lies above or below the other: "+43 %", "2.3 x"."""
    if found.ratio is None or found.percent is None:
        return "other words" if found.distance < 0 else "0 against a figure"
    if found.ratio >= 2:
        return f"{found.ratio:,.1f} times"
    return f"{found.percent:+.0f} %" if abs(found.percent) >= 10 else f"{found.percent:+.1f} %"


def disagreement_line(found: Disagreement) -> str:
    """Return who says what, and when."""
    mine, other = figure(found.value, found.unit), figure(found.other_value, found.unit)
    return (
        f"{apart(found)}: {found.name}, {found.field}: {mine} ({found.source}, {found.as_of}), "
        f"but {other} ({found.other}, {found.other_as_of})"
    )


def stale_line(price: StalePrice) -> str:
    """Return a price that is too old, with its age."""
    amount = money(price.amount, price.currency)
    return f"{price.name}: {amount}, {price.kind} price of {price.as_of} ({price.days:,} days old)"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {word}" for word, count in counts.items()) or "none"


def lines(audit: Audit, most: int | None = SHOWN) -> Iterator[str]:
    """Yield the audit without its table of sources; at most ``most`` of each list, None = all."""
    yield summary(audit)
    yield f"How the cells were checked: {_counts(audit.confidence)}"
    yield (
        f"Second sources were asked about {audit.claims:,} cells: {audit.claims_agree:,} agree "
        f"(within {CLAIM_TOLERANCE:.0%}), {audit.claims_on_unknown:,} are empty here, and "
        f"{sum(found.kind == 'claim' for found in audit.disagreements):,} disagree"
    )
    yield f"Prices: {_counts(audit.prices)}; in use {_counts(audit.prices_in_use)}"
    yield f"{audit.parts_without_price:,} parts have no price"
    yield from _listed(
        f"{len(audit.disagreements):,} cells where two sources disagree, the worst first",
        [disagreement_line(found) for found in audit.disagreements],
        most,
    )
    yield from _listed(
        f"{len(audit.stale_prices):,} prices in use are older than {STALE_AFTER_DAYS} days",
        [stale_line(price) for price in audit.stale_prices],
        most,
    )
    yield from _listed(
        f"{audit.recalled_cells:,} cells were written from memory and wait for a source",
        [f"{row.table}: {row.name}: {', '.join(row.columns)}" for row in audit.recalled],
        most,
    )


def _listed(head: str, items: list[str], most: int | None) -> Iterator[str]:
    shown = items if most is None else items[:most]
    yield ""
    yield f"{head}:" if items else f"{head}."
    yield from (f"  {item}" for item in shown)
    if len(items) > len(shown):
        yield f"  and {len(items) - len(shown):,} more"
