"""The chart's series: cumulative cost of owning and of renting, with their bands."""

from __future__ import annotations

from hwstudio.gui.cloud.state import Answer
from hwstudio.gui.kit.plot import Series


def cost_series(answer: Answer) -> tuple[Series, ...]:
    """Return one series per way; the first is the own hardware."""
    return tuple(
        Series(
            line.name,
            line.cost.months,
            line.cost.typical,
            colour=number,
            low=line.cost.low if line.has_band else None,
            high=line.cost.high if line.has_band else None,
            is_dashed=line.is_dashed,
        )
        for number, line in enumerate(answer.lines)
    )
