"""What work emits (F13): operational from the grid, embodied from making the device."""

from __future__ import annotations

from decimal import Decimal

from hwstudio.core.cost.amount import Number, above_zero, exact, share
from hwstudio.core.cost.energy import energy_kwh

_GRAMS_PER_KG = Decimal(1000)


def operational_kg(kwh: Number, grams_per_kwh: Number) -> Decimal:
    """Return kg CO2e of ``kwh`` at the grid's intensity, location-based (F13)."""
    grid = exact(grams_per_kwh, "The grid intensity")
    return exact(kwh, "The energy") * grid / _GRAMS_PER_KG


def job_energy_kwh(
    device_count: Number, power_w: Number, hours: Number, pue: Number = 1
) -> Decimal:
    """Return ``n * P * h * PUE / 1000`` in kWh (F13)."""
    return exact(device_count, "The device count") * energy_kwh(power_w, hours, pue)


def embodied_kg(device_kg: Number, busy_hours: Number, life_hours: Number) -> Decimal:
    """Return the making's share: device kg times busy hours over life hours (F13)."""
    life = above_zero(life_hours, "The life in hours")
    part = share(exact(busy_hours, "The busy hours") / life, "The share of life used")
    return exact(device_kg, "The embodied carbon") * part
