"""What the catalogue says about itself: where it has its facts from, and how sound they are."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Source:
    """One place facts come from. ``attribution`` is the sentence its licence asks for."""

    id: str
    title: str
    where: str
    licence: str
    attribution: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two sources, one fact, two values."""

    part_id: str
    name: str
    field: str
    value: str
    other_value: str
    other: str  # who says so
    ratio: float


@dataclass(frozen=True, slots=True)
class StalePrice:
    """A price in use that is older than half a year."""

    part_id: str
    name: str
    amount: Decimal
    currency: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Audit:
    """How sound the catalogue is."""

    as_of: str
    parts: int
    cells: int
    cells_without_source: int
    confidence: dict[str, int]  # word -> cells
    disagreements: tuple[Disagreement, ...]
    stale_prices: tuple[StalePrice, ...]
    parts_without_price: int
    sources: tuple[Source, ...]
