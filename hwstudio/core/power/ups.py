"""The size of an uninterruptible power supply (UPS) for a load at the wall."""

from __future__ import annotations

from dataclasses import dataclass

# 80 PLUS asks for at least 0.90 at full load, and good units reach 0.95-0.99.
POWER_FACTOR = 0.90
# Makers advise to load a UPS to 80 %: batteries age, and a full one has minutes to give.
_SPARE = 1.25


@dataclass(frozen=True, slots=True)
class UpsSize:
    """Both figures a UPS is sold by; it must meet both."""

    power_w: float
    apparent_va: float


def carried_w(power_w: float | None, apparent_va: float | None) -> float | None:
    """Return the watts at the wall a UPS carries by its two figures; None = neither is known."""
    by_va = None if apparent_va is None else apparent_va * POWER_FACTOR
    known = [watts for watts in (power_w, by_va) if watts is not None]
    return min(known, default=None)


def ups_size(wall_w: float) -> UpsSize:
    """Return the smallest UPS that carries ``wall_w`` with a fifth of it in reserve.

    A rule of the trade, not a measurement: the true power factor of a unit lies between 0.9
    and 1, so the VA may be up to a tenth too high.
    """
    power_w = wall_w * _SPARE
    return UpsSize(power_w, power_w / POWER_FACTOR)
