"""What a run's electricity cost, and its CO2 where the user says how dirty a kWh is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.base.errors import UserError

J_PER_KWH = 3_600_000


@dataclass(frozen=True, slots=True)
class Tariff:
    """The price of one kWh, its ISO currency and the date it holds for.

    ``overhead`` multiplies the energy of the devices: cooling and supply losses (PUE), 1 = none.

    Raises:
        UserError: the price is negative, or the overhead below 1.
    """

    per_kwh: Decimal
    currency: str
    as_of: str  # ISO date
    overhead: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        if not self.per_kwh.is_finite() or self.per_kwh < 0:
            raise UserError(
                "The electricity price cannot be used", f"got {self.per_kwh}", "Enter 0 or more"
            )
        if not self.overhead.is_finite() or self.overhead < 1:
            raise UserError(
                "The overhead (PUE) cannot be below 1",
                f"got {self.overhead}",
                "1 means nothing but the devices",
            )


@dataclass(frozen=True, slots=True)
class Cost:
    """Money for a run's energy, unrounded."""

    amount: Decimal
    currency: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Grams of CO2 for one kWh and who says so."""

    g_per_kwh: float
    source: str


def kwh(joules: float) -> float:
    """Return joules as kilowatt-hours."""
    return joules / J_PER_KWH


def cost_of(joules: float, tariff: Tariff) -> Cost:
    """Return what energy costs at a tariff, its overhead counted in."""
    energy = Decimal(repr(joules)) / J_PER_KWH * tariff.overhead
    return Cost(energy * tariff.per_kwh, tariff.currency, tariff.as_of)


def co2_g(joules: float, grid: Grid, overhead: Decimal = Decimal(1)) -> float:
    """Return grams of CO2 for energy, the overhead counted in."""
    return kwh(joules) * float(overhead) * grid.g_per_kwh
