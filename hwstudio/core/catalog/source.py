"""What the catalogue says about itself: where it has its facts from, and how sound they are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made
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
class Carried:
    """How much of the catalogue stands on one source."""

    rows: int = 0  # rows it is named for
    cells: int = 0  # known cells it answers for, those of its rows and single ones
    claims: int = 0  # cells of other sources it was asked about as the second one


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two sources, one fact, two values, both in the database's unit."""

    part_id: str
    name: str
    field: str
    value: str  # what the catalogue goes by
    other_value: str
    other: str  # who says so
    ratio: float | None  # value over other_value; None for words, or beside a zero
    table: str = ""
    unit: str = ""
    kind: str = "claim"  # claim: a second source; chip: a card beside its own chip
    source: str = ""
    as_of: str = ""
    other_as_of: str = ""
    percent: float | None = made(init=False)  # how far value lies above (or below) other_value

    def __post_init__(self) -> None:
        percent = None if self.ratio is None else round(100 * (self.ratio - 1), 2)
        object.__setattr__(self, "percent", percent)

    @property
    def distance(self) -> float:
        """How bad it is: 0.69 for double or half, without end beside a zero, -1 for words."""
        if self.ratio:
            return abs(math.log(self.ratio))
        return math.inf if _is_number(self.value) and _is_number(self.other_value) else -1.0


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class StalePrice:
    """A price in use that is older than half a year."""

    part_id: str
    name: str
    amount: Decimal
    currency: str
    as_of: str
    kind: str = ""
    days: int = 0


@dataclass(frozen=True, slots=True)
class RecalledRow:
    """A row with cells from memory, still to be checked against a source."""

    table: str
    row_id: str
    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableCount:
    """What one table of the catalogue holds."""

    table: str
    rows: int
    cells: int
    cells_without_source: int
    recalled_rows: int
    recalled_cells: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """How sound the catalogue is."""

    as_of: str
    parts: int
    cells: int
    cells_without_source: int
    confidence: Mapping[str, int]  # word -> cells
    tables: tuple[TableCount, ...]
    recalled: tuple[RecalledRow, ...]
    claims: int  # what second sources say of cells
    claims_agree: int
    claims_on_unknown: int  # the catalogue leaves the cell empty
    disagreements: tuple[Disagreement, ...]  # the worst first
    stale_prices: tuple[StalePrice, ...]  # the oldest first
    parts_without_price: int
    prices: Mapping[str, int]  # kind -> observations
    prices_in_use: Mapping[str, int]  # kind -> parts whose price is of it
    sources: tuple[Source, ...]
    carried: Mapping[str, Carried]  # id of a source -> what stands on it

    @property
    def recalled_cells(self) -> int:
        """Cells from memory."""
        return self.confidence.get("recalled", 0)
