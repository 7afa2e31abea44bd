"""Own or rent as odds (F15): seeded draws over every uncertain input, not one slogan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.amount import above_zero, exact
from hwstudio.core.cost.draw import Band, draw, tenth

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Draws = NDArray[np.float64]

DRAWS = 10_000
SEED = 20261120


@dataclass(frozen=True, slots=True, kw_only=True)
class OddsCase:
    """Every input of the question. Money in one currency; shares 0..1."""

    purchase: Band
    resale_share: Band  # of the purchase price, at the end of the life
    rent_per_hour: Band
    speed_ratio: Band  # local hours per rented hour
    hours_per_month: Band  # busy local hours
    price_per_kwh: Band
    load_kw: float  # at the wall, cooling included
    life_months: float
    own_fixed_per_month: float = 0.0
    rent_fixed_per_month: float = 0.0


# Inputs in the order of their random columns; the flag says whether it is drawn log-normally.
_DRAWN = (
    ("purchase", "the purchase price", True),
    ("resale_share", "the resale value", False),
    ("rent_per_hour", "the rental price", True),
    ("speed_ratio", "the speed difference", True),
    ("hours_per_month", "the hours of use", False),
    ("price_per_kwh", "the electricity price", False),
)


@dataclass(frozen=True, slots=True)
class Swing:
    """What one input does to the gain from owning over the life, others held at typical."""

    name: str  # in words
    gain_at_low: float
    gain_at_high: float

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


@dataclass(frozen=True, slots=True)
class CostLines:
    """Cumulative cost by month: typical values with their P10 and P90."""

    months: tuple[float, ...]
    typical: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def odds(case: OddsCase, *, draws: int = DRAWS, seed: int = SEED) -> Odds:
    """Return P10/P50/P90 of the payback, the share in which owning wins and what decides it.

    Raises:
        UserError: a band is not ordered, negative, or a share above 1.
    """
    import numpy as np

    _check(case)
    drawn = _drawn(case, draws, seed)
    net, saving = _net(drawn), _saving(case, drawn)
    with np.errstate(divide="ignore", invalid="ignore"):
        months = np.where(saving > 0, net / saving, np.inf)
    swings = _swings(case)
    return Odds(
        p10_months=_rank(months, 0.1),
        p50_months=_rank(months, 0.5),
        p90_months=_rank(months, 0.9),
        owning_wins_share=float(np.mean(months <= case.life_months)),
        deciding_input=swings[0].name if swings[0].size > 0 else "",
        swings=swings,
        draws=draws,
    )


def cost_lines(
    case: OddsCase, months: Sequence[float], *, draws: int = 2000, seed: int = SEED
) -> tuple[CostLines, CostLines]:
    """Return cumulative cost of owning (net of resale) and of renting, each with its band."""
    import numpy as np

    _check(case)
    drawn = _drawn(case, draws, seed)
    typical = _typical(case)
    at = np.asarray(months, float)
    return (
        _lines(at, _net(drawn), _running(case, drawn), _net(typical), _running(case, typical)),
        _lines(at, 0.0 * _net(drawn), _rent(case, drawn), np.zeros(1), _rent(case, typical)),
    )


def _lines(at: Draws, start: Draws, slope: Draws, mid_start: Draws, mid_slope: Draws) -> CostLines:
    import numpy as np

    paths = start[None, :] + at[:, None] * slope[None, :]
    low, high = np.quantile(paths, (0.1, 0.9), axis=1)
    typical = mid_start[0] + at * mid_slope[0]
    return CostLines(*(tuple(map(float, line)) for line in (at, typical, low, high)))


def _check(case: OddsCase) -> None:
    for name, words, _ in _DRAWN:
        band = _band(case, name)
        for value in (band.low, band.typical, band.high):
            exact(value, words[:1].upper() + words[1:])
        if not band.low <= band.typical <= band.high:
            raise UserError(f"The range of {words} is not in order", str(band))
    if case.resale_share.high > 1:
        raise UserError("The resale value is above the purchase price", str(case.resale_share.high))
    above_zero(case.speed_ratio.low, "The speed ratio")
    above_zero(case.life_months, "The life in months")
    for field in fields(case):
        if not field.name.endswith(("_kw", "_per_month")) or field.name == "hours_per_month":
            continue
        exact(getattr(case, field.name), field.name.replace("_", " "))


def _drawn(case: OddsCase, draws: int, seed: int) -> dict[str, Draws]:
    bands = [(_band(case, name), is_log) for name, _, is_log in _DRAWN]
    columns = draw(bands, draws, seed)
    return {name: column for (name, _, _), column in zip(_DRAWN, columns, strict=True)}


def _typical(case: OddsCase) -> dict[str, Draws]:
    import numpy as np

    return {name: np.array([_band(case, name).typical]) for name, _, _ in _DRAWN}


def _band(case: OddsCase, name: str) -> Band:
    band: Band = getattr(case, name)
    return band


def _net(drawn: dict[str, Draws]) -> Draws:
    return drawn["purchase"] * (1 - drawn["resale_share"])


def _running(case: OddsCase, drawn: dict[str, Draws]) -> Draws:
    per_hour = drawn["price_per_kwh"] * case.load_kw
    return drawn["hours_per_month"] * per_hour + case.own_fixed_per_month


def _rent(case: OddsCase, drawn: dict[str, Draws]) -> Draws:
    hours = drawn["hours_per_month"] / drawn["speed_ratio"]
    return hours * drawn["rent_per_hour"] + case.rent_fixed_per_month


def _saving(case: OddsCase, drawn: dict[str, Draws]) -> Draws:
    return _rent(case, drawn) - _running(case, drawn)


def _rank(months: Draws, part: float) -> float | None:
    """Return the value at a rank; infinite (never) becomes None."""
    import numpy as np

    value = float(np.sort(months)[int(part * (len(months) - 1))])
    return value if np.isfinite(value) else None


def _swings(case: OddsCase) -> tuple[Swing, ...]:
    found = []
    for name, words, _ in _DRAWN:
        band = _band(case, name)
        low = _gain(case, {name: tenth(band, -1)})
        high = _gain(case, {name: tenth(band, 1)})
        found.append(Swing(words, low, high))
    return tuple(sorted(found, key=_size, reverse=True))


def _size(swing: Swing) -> float:
    return swing.size


def _gain(case: OddsCase, moved: dict[str, float]) -> float:
    """Return what owning gains over the life with some inputs moved."""
    import numpy as np

    at = _typical(case) | {name: np.array([value]) for name, value in moved.items()}
    return float((_saving(case, at) * case.life_months - _net(at))[0])
