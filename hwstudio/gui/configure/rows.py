"""The rows of the tables, made of an answer; tables stay free of reasoning."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.model.part import Part, PartKind
from hwstudio.core.optimize.solve import PlannedBuild
from hwstudio.core.project.answer_words import owned_pieces
from hwstudio.core.project.assemble import choices_of
from hwstudio.core.project.state import ProjectState
from hwstudio.core.rules.margin import margins

_WORST_FIRST = tuple(Severity)


@dataclass(frozen=True, slots=True)
class PartRow:
    """One row of the parts list."""

    number: int
    part: Part
    quantity: int
    is_locked: bool
    at_hand: int = 0  # pieces that need not be bought

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
    """Return the parts list, equal drives as one row."""
    if planned is None:
        return ()
    by_id = {line.part.id: line.part for line in planned.build.lines()}
    return tuple(
        PartRow(
            n,
            by_id[choice.part_id],
            choice.quantity,
            choice.kind in project.locked,
            owned_pieces(by_id[choice.part_id], choice.quantity, project.owned),
        )
        for n, choice in enumerate(choices_of(planned.build))
    )


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
