"""What taking a file in would do, before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hwstudio.core.base.clock import today as today_now
from hwstudio.core.catalog.overlay.journal import Change
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.price import PriceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the user says about a whole file, where its rows do not say it."""

    kind: PartKind | None = None  # of the parts in it
    currency: str = ""  # "" = rows without one are rejected
    as_of: str = ""  # "" = prices without a date are rejected
    price_kind: PriceKind = PriceKind.OWN
    today: date | None = None

    @property
    def last_day(self) -> str:
        """Return today's date; later ones are in the future."""
        return (self.today or today_now()).isoformat()


@dataclass(frozen=True, slots=True)
class Accepted:
    """A row that can be taken in, and what it would change."""

    sheet: str
    line: int
    what: str  # price | part | owned | note
    part_id: str
    name: str
    old: str  # "" = there was nothing
    new: str
    changes: tuple[Change, ...] = ()

    @property
    def is_change(self) -> bool:
        """Say whether it takes the place of something."""
        return bool(self.old)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be taken in."""

    sheet: str
    line: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A row that says nothing new; ``where`` is "line 3", or "" when it is kept already."""

    sheet: str
    line: int
    text: str
    where: str

    @property
    def why(self) -> str:
        """Say in words whose duplicate it is."""
        return f"the same as {self.where}" if self.where else "you have it already"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do; nothing has been written."""

    file: Path
    accepted: tuple[Accepted, ...]
    rejected: tuple[Rejected, ...]
    duplicates: tuple[Duplicate, ...]
    ignored: tuple[str, ...] = ()  # columns and sheets nothing was read from

    @property
    def added(self) -> int:
        """Return how many rows are new."""
        return sum(not row.is_change for row in self.accepted)

    @property
    def changed(self) -> int:
        """Return how many rows take the place of something."""
        return sum(row.is_change for row in self.accepted)
