"""How sound the catalogue is: cells without a source, sources that disagree, old prices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from hwstudio.core.catalog.cells import MARKS
from hwstudio.core.catalog.source import Audit, Disagreement, Source, StalePrice
from hwstudio.core.catalog.store import Store
from hwstudio.core.model.part import Gpu, GpuCard, Part, PartKind

STALE_DAYS = 180
# A card may be tuned; beyond this the chip's and the card's figures are not of one thing.
TOLERANCE = 0.25


def _columns(store: Store, kind: str) -> list[str]:
    rows = store.rows('SELECT name FROM "column" WHERE table_name = ?', (kind,))
    return [row["name"] for row in rows if row["name"] not in MARKS]


def _counted(store: Store) -> tuple[int, int, Counter[str]]:
    """Return known cells, those without source or date, and cells per confidence."""
    marked: dict[tuple[str, str], dict[str, str]] = {}
    for cell in store.rows("SELECT table_name, row_id, column, confidence FROM cell_source"):
        key = (cell["table_name"], cell["row_id"])
        marked.setdefault(key, {})[cell["column"]] = cell["confidence"]
    total = bare = 0
    sure: Counter[str] = Counter()
    for kind in PartKind:
        columns = _columns(store, kind.value)
        for row in store.rows(f'SELECT * FROM "{kind.value}"'):  # noqa: S608 - kind is an enum
            own = marked.get((kind.value, row["id"]), {})
            known = [column for column in columns if row[column] is not None]
            total += len(known)
            bare += 0 if row["source"] and row["as_of"] else len(known)
            sure.update(own.get(column, row["confidence"]) for column in known)
    return total, bare, sure


def days_old(as_of: str, today: date) -> int:
    """Return the age of a date that may be "2025" or "2025-07", taken at its end."""
    pieces = [int(piece) for piece in as_of.split("-")]
    year, month, day = ([*pieces, 12, 28] if len(pieces) == 1 else [*pieces, 28])[:3]
    return (today - date(year, month, day)).days


def is_stale(as_of: str, today: date) -> bool:
    """Say whether a price of that date is too old to trust."""
    return days_old(as_of, today) > STALE_DAYS


def _stale(parts: Sequence[Part], today: date) -> Iterator[StalePrice]:
    for part in parts:
        price = part.price
        if price is not None and is_stale(price.as_of, today):
            yield StalePrice(part.id, part.name, price.amount, price.currency, price.as_of)


def _disagreements(cards: Sequence[Part]) -> Iterator[Disagreement]:
    """Compare each card with its chip: memory must be equal, watts near."""
    for card in cards:
        if not isinstance(card, GpuCard) or card.is_reference:
            continue
        gpu: Gpu = card.gpu
        for field in ("vram_bytes", "tdp_w"):
            mine, other = getattr(card, field), getattr(gpu, field)
            if mine and other and abs(mine / other - 1) > (TOLERANCE if field == "tdp_w" else 0):
                said = f"{gpu.name}, {gpu.source}"
                yield Disagreement(
                    card.id, card.name, field, str(mine), str(other), said, mine / other
                )


def audit(
    store: Store, parts: Sequence[Part], sources: tuple[Source, ...], as_of: str, today: date
) -> Audit:
    """Look through the whole catalogue."""
    total, bare, sure = _counted(store)
    return Audit(
        as_of=as_of,
        parts=len(parts),
        cells=total,
        cells_without_source=bare,
        confidence=dict(sorted(sure.items())),
        disagreements=tuple(_disagreements(parts)),
        stale_prices=tuple(_stale(parts, today)),
        parts_without_price=sum(part.price is None for part in parts),
        sources=sources,
    )
