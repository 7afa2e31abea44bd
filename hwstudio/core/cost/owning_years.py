"""The cost of owning by year and kind, for a chart whose columns add up to the total."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.cost.amount import MONTHS_PER_YEAR, ZERO
from hwstudio.core.cost.depreciation import year_ends, yearly_losses
from hwstudio.core.cost.owning_plan import OwningPlan
from hwstudio.core.cost.tco import CostLine, Kind, Tco, When


@dataclass(frozen=True, slots=True)
class Year:
    """One year of the life (the last may have fewer months)."""

    number: int
    months: int
    by_kind: dict[Kind, Decimal]

    @property
    def total(self) -> Decimal:
        """Return the year's cost."""
        return sum(self.by_kind.values(), ZERO)


def years_of(plan: OwningPlan, answer: Tco) -> tuple[Year, ...]:
    """Return each year's cost by kind; the loss in value follows the chosen curve.

    Interest and lost return are spread evenly over the months.
    """
    ends = year_ends(plan.life_months)
    losses = yearly_losses(plan.decline, plan.life_months)
    found = []
    for number, (end, loss) in enumerate(zip(ends, losses, strict=True), start=1):
        months = end - (ends[number - 2] if number > 1 else 0)
        kinds = dict.fromkeys(Kind, ZERO)
        kinds[Kind.VALUE] = loss
        for line in answer.lines:
            if line.kind is not Kind.VALUE:
                kinds[line.kind] += _part(line, months, plan.life_months, number, len(ends))
        found.append(Year(number, months, kinds))
    return tuple(found)


def _part(line: CostLine, months: int, life: int, number: int, last: int) -> Decimal:
    if line.total is None:
        return ZERO
    if line.when is When.START:
        return line.total if number == 1 else ZERO
    if line.when is When.END:
        return line.total if number == last else ZERO
    return line.total * months / life


def average_year(answer: Tco, life_months: int) -> Decimal:
    """Return the total spread evenly over the years (equal to the equivalent annual cost)."""
    return answer.total * MONTHS_PER_YEAR / life_months
