"""Fixed-seed draws from bands: log-normal for prices and speeds, triangular for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from hwstudio.core.cost.amount import Number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Draws = NDArray[np.float64]

_SPAN_90 = 2 * 1.6448536269514722  # a 90 % band is this many standard deviations wide
_Z10 = 1.2815515655446004


@dataclass(frozen=True, slots=True)
class Band:
    """A value and the range it lies in 9 times out of 10. Equal ends mean it is certain."""

    low: float
    typical: float
    high: float

    @classmethod
    def certain(cls, value: Number) -> Band:
        """Return a band without width."""
        return cls(float(value), float(value), float(value))


@lru_cache(maxsize=64)
def _fixed(columns: int, draws: int, seed: int) -> tuple[Draws, Draws]:
    """Return fixed random columns, so a slider move changes the answer only as far as it should."""
    import numpy as np

    source = np.random.Generator(np.random.PCG64(seed))
    shape = (columns, draws)
    return source.random(shape), source.standard_normal(shape)


def draw(bands: Sequence[tuple[Band, bool]], draws: int, seed: int) -> list[Draws]:
    """Return one column per (band, is log-normal); the same seed gives the same columns."""
    size = (len(bands), draws, seed)
    return [_column(band, is_log, number, size) for number, (band, is_log) in enumerate(bands)]


@lru_cache(maxsize=128)
def _column(band: Band, is_log: bool, number: int, size: tuple[int, int, int]) -> Draws:
    """Return one column; a moved slider changes one band, and the others are kept."""
    uniform, normal = _fixed(*size)
    if is_log and band.low > 0:
        made = _log_normal(band, normal[number])
    else:
        made = _triangle(band, uniform[number])
    made.flags.writeable = False
    return made


def _log_normal(band: Band, normal: Draws) -> Draws:
    """Draw around the typical value; each side keeps its own width."""
    import numpy as np

    up = 2 * np.log(band.high / band.typical) / _SPAN_90
    down = 2 * np.log(band.typical / band.low) / _SPAN_90
    drawn: Draws = band.typical * np.exp(normal * np.where(normal > 0, up, down))
    return drawn


def _triangle(band: Band, uniform: Draws) -> Draws:
    import numpy as np

    width = band.high - band.low
    if width == 0:
        return np.full_like(uniform, band.typical)
    turn = (band.typical - band.low) / width
    rising = band.low + np.sqrt(uniform * width * (band.typical - band.low))
    falling = band.high - np.sqrt((1 - uniform) * width * (band.high - band.typical))
    drawn: Draws = np.where(uniform < turn, rising, falling)
    return drawn


def tenth(band: Band, side: int) -> float:
    """Return about the P10 (side -1) or P90 (side 1) of a 90 % band."""
    end = band.low if side < 0 else band.high
    return band.typical + (end - band.typical) * 2 * _Z10 / _SPAN_90
