"""What a period cost: energy at the user's tariff, the machine's hours, and a useful GPU-hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.report.gpu_use import GpuUse
from hwstudio.core.report.period import HOUR_S, Period, Prices

_DIGITS = 9


def exact(value: float) -> Decimal:
    """Return a measured number as Decimal, rounded to what a measurement can carry."""
    return Decimal(str(round(value, _DIGITS)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """Money in ``Prices.currency``; None = a price or a measurement is missing."""

    kwh: Decimal | None
    kwh_how: str
    energy: Decimal | None
    machine: Decimal | None  # the machine's hours of the whole period
    total: Decimal | None  # of what is known
    busy_h: Decimal
    per_useful_hour: Decimal | None  # total by GPU-hours of full load
    covers: str  # what the total holds, in words


def bill(period: Period, uses: Sequence[GpuUse], prices: Prices) -> Bill:
    """Return what the period cost, as far as it was measured and priced."""
    metered = [use.energy_kwh for use in uses if use.energy_kwh is not None]
    kwh = exact(sum(metered)) if metered else None
    how = ", ".join(dict.fromkeys(use.energy_how for use in uses if use.energy_how))
    energy = kwh * prices.per_kwh if kwh is not None and prices.per_kwh is not None else None
    hours = exact(period.length_s / HOUR_S)
    machine = prices.machine_per_hour * hours if prices.machine_per_hour is not None else None
    known = [part for part in (energy, machine) if part is not None]
    total = sum(known, Decimal(0)) if known else None
    busy_h = exact(sum(use.busy_h for use in uses))
    words = [
        *(["GPU electricity"] if energy is not None else []),
        *(["the machine's hours"] if machine is not None else []),
    ]
    return Bill(
        kwh=kwh,
        kwh_how=how,
        energy=energy,
        machine=machine,
        total=total,
        busy_h=busy_h,
        per_useful_hour=total / busy_h if total is not None and busy_h > 0 else None,
        covers=" and ".join(words) or "nothing, because no price is set",
    )
