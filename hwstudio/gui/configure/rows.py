"""The rows of the tables, made of an answer; tables stay free of reasoning."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.model.part import Part, PartKind
from hwstudio.core.optimize.solve import PlannedBuild
from hwstudio.core.project.answer_words import owned_pieces
from hwstudio.core.project.places import Place, Which, data_words, placed_rows
from hwstudio.core.project.state import ProjectState
from hwstudio.core.rules.margin import margins
from hwstudio.gui.configure import words

_WORST_FIRST = tuple(Severity)


@dataclass(frozen=True, slots=True)
class PartRow:
    """One row of the parts list."""

    number: int
    part: Part
    quantity: int
    is_locked: bool
    at_hand: int = 0  # pieces that need not be bought
    place: Place | None = None
    holds: str = ""  # drives for data: "RAID 5, 16 TB usable"

    @property
    def title(self) -> str:
        """Return what the row is called."""
        if self.place is None or self.place.which is not Which.DATA:
            return words.KIND_TITLE[self.kind]
        return f"Data drives ({self.holds})"

    @property
    def short_title(self) -> str:
        """Return the title for a narrow column: ``Data, RAID 5``."""
        level = self.holds.partition(",")[0]
        if not level.startswith("RAID"):
            return self.title.partition(" (")[0]
        return f"Data, {level}" if self.title.startswith("Data") else self.title

    @property
    def kind(self) -> PartKind:
        return self.part.kind

    @property
    def cost(self) -> Decimal | None:
        """Return the price of all pieces to be bought."""
        if not self.to_buy:
            return Decimal(0)
        return None if self.part.price is None else self.part.price.amount * self.to_buy

    @property
    def to_buy(self) -> int:
        """Return how many pieces are to be bought."""
        return self.quantity - self.at_hand


@dataclass(frozen=True, slots=True)
class PowerRow:
    """One row of the power sum; ``source`` says where the watts of one piece come from."""

    label: str
    count: int
    each_w: float
    source: str

    @property
    def total_w(self) -> float:
        return self.count * self.each_w


def part_rows(planned: PlannedBuild | None, project: ProjectState) -> tuple[PartRow, ...]:
    """Return the parts list, equal drives as one row; those for data in rows of their own."""
    if planned is None:
        return ()
    wish = project.data_drives
    return tuple(
        PartRow(
            number, row.part, row.quantity, row.place.kind.value in project.locked,
            owned_pieces(row.part, row.quantity, project.owned), row.place,
            data_words(row.part, row.quantity, wish) if wish is not None else "",
        )
        for number, row in enumerate(placed_rows(planned.build, wish))
    )  # fmt: skip


def power_rows(planned: PlannedBuild | None) -> tuple[PowerRow, ...]:
    """Return what the sustained watts add up from."""
    if planned is None:
        return ()
    return tuple(
        PowerRow(item.label, item.count, item.each_w, item.source) for item in planned.power.items
    )


def margin_words(planned: PlannedBuild | None) -> tuple[str, ...]:
    """Return what fits, with the room left."""
    return () if planned is None else tuple(m.words for m in margins(planned.build))


def finding_rows(planned: PlannedBuild | None) -> tuple[Finding, ...]:
    """Return the findings, worst first."""
    if planned is None:
        return ()
    return tuple(sorted(planned.findings, key=lambda f: _WORST_FIRST.index(f.severity)))
