"""Own or rent as odds (F15): seeded draws over every uncertain input, not one slogan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hwstudio.core.cost.draw import tenth
from hwstudio.core.cost.odds_case import (
    DRAWS,
    INPUTS,
    SEED,
    OddsCase,
    band_of,
    check,
    drawn_inputs,
    net_price,
    rent_month,
    running_month,
    typical_inputs,
)

if TYPE_CHECKING:
    from hwstudio.core.cost.odds_case import Draws


@dataclass(frozen=True, slots=True)
class Swing:
    """What one input does to the gain from owning over the life, others held at typical."""

    name: str  # in words
    gain_at_low: float
    gain_at_high: float
    key: str = ""  # the input's name in OddsCase
    low: float = 0.0  # the input's P10 and P90
    high: float = 0.0

    @property
    def size(self) -> float:
        """Return how far the gain moves."""
        return abs(self.gain_at_high - self.gain_at_low)


@dataclass(frozen=True, slots=True)
class Odds:
    """Months until owning pays; None = never in that part of the draws."""

    p10_months: float | None
    p50_months: float | None
    p90_months: float | None
    owning_wins_share: float  # of the draws in which owning pays back within the life
    deciding_input: str
    swings: tuple[Swing, ...]  # largest first
    draws: int
    typical_gain: float = 0.0  # of owning over the life, every input at its typical value


def odds(case: OddsCase, *, draws: int = DRAWS, seed: int = SEED) -> Odds:
    """Return P10/P50/P90 of the payback, the share in which owning wins and what decides it.

    Raises:
        UserError: a band is not ordered, negative, or a share above 1.
    """
    import numpy as np

    check(case)
    drawn = drawn_inputs(case, draws, seed)
    net, saving = net_price(case, drawn), _saving(case, drawn)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        months = np.where(saving > 0, net / saving, np.inf)
    swings = _swings(case)
    p10, p50, p90 = _ranks(months)
    return Odds(
        p10_months=p10,
        p50_months=p50,
        p90_months=p90,
        owning_wins_share=float(np.mean(months <= drawn["life_months"])),
        deciding_input=swings[0].name if swings[0].size > 0 else "",
        swings=swings,
        draws=draws,
        typical_gain=_gain(case, {}),
    )


def _saving(case: OddsCase, inputs: dict[str, Draws]) -> Draws:
    return rent_month(case, inputs) - running_month(case, inputs)


def _ranks(months: Draws) -> tuple[float | None, ...]:
    """Return the values at P10, P50 and P90; infinite (never) becomes None."""
    import numpy as np

    places = [int(part * (len(months) - 1)) for part in (0.1, 0.5, 0.9)]
    ordered = np.partition(months, places)
    return tuple(float(v) if np.isfinite(v) else None for v in ordered[places])


def _swings(case: OddsCase) -> tuple[Swing, ...]:
    found = []
    for name, words, _ in INPUTS:
        band = band_of(case, name)
        low, high = tenth(band, -1), tenth(band, 1)
        gains = _gain(case, {name: low}), _gain(case, {name: high})
        found.append(Swing(words, *gains, key=name, low=low, high=high))
    return tuple(sorted(found, key=_size, reverse=True))


def _size(swing: Swing) -> float:
    return swing.size


def _gain(case: OddsCase, moved: dict[str, float]) -> float:
    """Return what owning gains over the life with some inputs moved."""
    import numpy as np

    at = typical_inputs(case) | {name: np.array([value]) for name, value in moved.items()}
    return float((_saving(case, at) * at["life_months"] - net_price(case, at))[0])
