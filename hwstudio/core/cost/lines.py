"""Cost so far by month, own, rented or both at once, each with its P10 and P90."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.odds_case import (
    SEED,
    OddsCase,
    check,
    drawn_inputs,
    net_price,
    rent_month,
    running_month,
    typical_inputs,
)

if TYPE_CHECKING:
    from hwstudio.core.cost.odds_case import Draws

LINE_DRAWS = 2000
_BAND_POINTS = 13  # the range bends so little that it may be straight between them


@dataclass(frozen=True, slots=True)
class CostLines:
    """Cumulative cost by month: typical values with their P10 and P90."""

    months: tuple[float, ...]
    typical: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def cost_line(
    case: OddsCase,
    months: Sequence[float],
    owned_part: float,
    *,
    draws: int = LINE_DRAWS,
    seed: int = SEED,
) -> CostLines:
    """Return cumulative cost when ``owned_part`` (0..1) of the work is done on own hardware.

    1 is owning (its price less resale at the start), 0 renting, between them a hybrid: bought
    hardware for its part of the hours, rented hours for the rest.

    Raises:
        UserError: the part is outside 0..1, or the case is not sound.
    """
    import numpy as np

    if not 0 <= owned_part <= 1:
        raise UserError("The part done at home must lie between 0 and 1", f"got {owned_part}")
    check(case)
    at = np.asarray(months, float)
    start, slope = _path(case, drawn_inputs(case, draws, seed), owned_part)
    if owned_part:
        few = np.linspace(at.min(), at.max(), _BAND_POINTS) if len(at) > _BAND_POINTS else at
        ends = _tenths(start[None, :] + few[:, None] * slope[None, :])
        low, high = (np.interp(at, few, end) for end in ends)
    else:  # nothing is paid at the start, so the ranks stay as they are and grow with the months
        low, high = (at * end[0] for end in _tenths(slope[None, :]))
    first, rise = _path(case, typical_inputs(case), owned_part)
    typical = first[0] + at * rise[0]
    return CostLines(*(tuple(map(float, line)) for line in (at, typical, low, high)))


def _tenths(paths: Draws) -> tuple[Draws, Draws]:
    """Return the values at P10 and P90 of each row (by rank: several times as fast)."""
    import numpy as np

    last = paths.shape[1] - 1
    places = [round(0.1 * last), round(0.9 * last)]
    ordered = np.partition(paths, places, axis=1)
    return ordered[:, places[0]], ordered[:, places[1]]


def cost_lines(
    case: OddsCase, months: Sequence[float], *, draws: int = LINE_DRAWS, seed: int = SEED
) -> tuple[CostLines, CostLines]:
    """Return cumulative cost of owning (net of resale) and of renting, each with its band."""
    own = cost_line(case, months, 1.0, draws=draws, seed=seed)
    return own, cost_line(case, months, 0.0, draws=draws, seed=seed)


def _path(case: OddsCase, inputs: dict[str, Draws], owned: float) -> tuple[Draws, Draws]:
    """Return what is paid at the start and by month."""
    start = net_price(case, inputs) if owned else 0.0 * inputs["purchase"]
    slope = 0.0 * inputs["purchase"]
    if owned:
        slope = slope + running_month(case, inputs, owned)
    if owned < 1:
        slope = slope + rent_month(case, inputs, 1 - owned)
    return start, slope
