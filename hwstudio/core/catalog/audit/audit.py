"""How sound the catalogue is: cells without a source, sources that disagree, old prices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from hwstudio.core.catalog.audit.claims import Claims, weigh
from hwstudio.core.catalog.audit.ledger import Ledger, read_ledger
from hwstudio.core.catalog.source import (
    Audit,
    Carried,
    Disagreement,
    Source,
    StalePrice,
    TableCount,
)
from hwstudio.core.catalog.store import Store
from hwstudio.core.model.part import Gpu, GpuCard, Part
from hwstudio.core.model.price import STALE_AFTER_DAYS, age_days
from hwstudio.core.model.record import Record

# A card may be tuned; beyond this the chip's and the card's figures are not of one thing.
TOLERANCE = 0.25
_UNITS = {"vram_bytes": "bytes", "tdp_w": "W"}


def days_old(as_of: str, today: date) -> int:
    """Return the age of a date that may be "2025" or "2025-07", taken at its end."""
    return age_days(as_of, today)


def is_stale(as_of: str, today: date) -> bool:
    """Say whether a part's price is too old to trust (for cloud offers see core/cloud/age)."""
    return age_days(as_of, today) > STALE_AFTER_DAYS


def _stale(parts: Sequence[Part | Record], today: date) -> list[StalePrice]:
    found = [
        StalePrice(
            part.id,
            part.name,
            part.price.amount,
            part.price.currency,
            part.price.as_of,
            part.price.kind.value,
            part.price.age_days(today),
        )
        for part in parts
        if part.price is not None and part.price.is_stale(today)
    ]
    return sorted(found, key=lambda price: -price.days)


def _beside_chips(cards: Sequence[Part], ledger: Ledger) -> Iterator[Disagreement]:
    """Compare each card with its chip: memory must be equal, watts near."""
    for card in cards:
        if not isinstance(card, GpuCard) or card.is_reference:
            continue
        gpu: Gpu = card.gpu
        for field, unit in _UNITS.items():
            mine, other = getattr(card, field), getattr(gpu, field)
            if mine and other and abs(mine / other - 1) > (TOLERANCE if field == "tdp_w" else 0):
                here, there = (
                    ledger.who("gpu_card", card.id, field),
                    ledger.who("gpu", gpu.id, field),
                )
                yield Disagreement(
                    card.id,
                    card.name,
                    field,
                    f"{mine:.12g}",
                    f"{other:.12g}",
                    f"{gpu.name}, {ledger.said(there)}",
                    mine / other,
                    table="gpu_card",
                    unit=unit,
                    kind="chip",
                    source=ledger.said(here),
                    as_of=here.as_of,
                    other_as_of=there.as_of,
                )


def _tables(ledger: Ledger) -> tuple[TableCount, ...]:
    recalled: dict[str, Counter[str]] = {}
    for row in ledger.recalled:
        counts = recalled.setdefault(row.table, Counter())
        counts.update(rows=1, cells=len(row.columns))
    return tuple(
        TableCount(
            name,
            ledger.rows_of[name],
            ledger.cells_of[name],
            ledger.bare_of[name],
            recalled.get(name, Counter())["rows"],
            recalled.get(name, Counter())["cells"],
        )
        for name in ledger.rows_of
    )


def _carried(sources: Sequence[Source], ledger: Ledger, claims: Claims) -> dict[str, Carried]:
    return {
        source.id: Carried(
            ledger.rows_by[source.id], ledger.cells_by[source.id], claims.by[source.id]
        )
        for source in sources
    }


def audit(
    store: Store,
    parts: Sequence[Part],
    priced: Sequence[Record],
    sources: tuple[Source, ...],
    as_of: str,
    today: date,
) -> Audit:
    """Look through the whole catalogue; ``priced`` are rows of other tables that have a price."""
    ledger = read_ledger(store, {source.id: source.title for source in sources})
    claims = weigh(store, ledger)
    apart = [*claims.disagreements, *_beside_chips(parts, ledger)]
    used = Counter(part.price.kind.value for part in parts if part.price is not None)
    return Audit(
        as_of=as_of,
        parts=len(parts),
        cells=sum(ledger.cells_of.values()),
        cells_without_source=sum(ledger.bare_of.values()),
        confidence=dict(sorted(ledger.confidence.items())),
        tables=_tables(ledger),
        recalled=tuple(ledger.recalled),
        claims=claims.total,
        claims_agree=claims.agree,
        claims_on_unknown=claims.on_unknown,
        disagreements=tuple(sorted(apart, key=lambda found: -found.distance)),
        stale_prices=tuple(_stale([*parts, *priced], today)),
        parts_without_price=sum(part.price is None for part in parts),
        prices=dict(sorted(ledger.prices.items())),
        prices_in_use=dict(sorted(used.items())),
        sources=sources,
        carried=_carried(sources, ledger, claims),
    )
