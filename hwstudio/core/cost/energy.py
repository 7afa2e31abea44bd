"""What electricity costs (F2). Power is at the wall, prices are per kWh."""

from __future__ import annotations

from decimal import Decimal

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.amount import HOURS_PER_YEAR, ONE, Number, exact, share

_W_PER_KW = Decimal(1000)


def _pue(value: Number) -> Decimal:
    factor = exact(value, "The cooling factor (PUE)")
    if factor < ONE:
        raise UserError(
            "The cooling factor (PUE) cannot be below 1",
            f"got {value}",
            "1.0 means no extra power for cooling",
        )
    return factor


def electricity_per_hour(power_w: Number, price_per_kwh: Number, pue: Number = 1) -> Decimal:
    """Return the cost of one hour at ``power_w``: ``P * PUE * t / 1000`` (F2)."""
    return energy_kwh(power_w, 1, pue) * exact(price_per_kwh, "The electricity price")


def energy_kwh(power_w: Number, hours: Number, pue: Number = 1) -> Decimal:
    """Return kWh drawn in ``hours`` at ``power_w``."""
    power = exact(power_w, "The power")
    return power * _pue(pue) * exact(hours, "The hours") / _W_PER_KW


def yearly_energy_kwh(power_w: Number, utilisation: Number, pue: Number = 1) -> Decimal:
    """Return kWh a year when busy for the share ``utilisation`` and off otherwise."""
    busy = share(utilisation, "The utilisation") * HOURS_PER_YEAR
    return energy_kwh(power_w, busy, pue)
