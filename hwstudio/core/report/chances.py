"""Where time or money could be saved, each with what it stands on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.base.units import percent, watts
from hwstudio.core.report.bill import exact
from hwstudio.core.report.gpu_use import (
    CPU_FULL_SHARE,
    DISK_FULL_SHARE,
    IDLE_SHARE,
    STALL_MOST_SHARE,
    WAIT_SHARE,
    GpuUse,
)
from hwstudio.core.report.incidents import POWER_LIMIT, slow_downs
from hwstudio.core.report.period import Period, Prices

_LEAST_H = 1.0  # less is not worth a line
_HEADROOM_SHARE = 0.7
_SPARE_SHARE = 1.1  # a limit this far over what was drawn costs nothing
_CAPPED_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Chance:
    """One opportunity. ``worth`` is money in the report's currency, None = not priced."""

    title: str
    sentence: str
    hours: float | None = None
    worth: Decimal | None = None


def chances(period: Period, uses: Sequence[GpuUse], prices: Prices) -> tuple[Chance, ...]:
    """Return the opportunities, most hours first."""
    found: list[Chance] = []
    for use in uses:
        looks = (_idle(use, prices, len(uses)), _stalled(use, prices, len(uses)))
        found.extend(chance for chance in (*looks, _power(period, use)) if chance is not None)
    return tuple(sorted(found, key=lambda c: (-(c.hours or 0.0), c.title, c.sentence)))


def _hour_worth(prices: Prices, gpus: int) -> Decimal | None:
    """Return what one hour of one GPU costs beside electricity."""
    return None if prices.machine_per_hour is None else prices.machine_per_hour / max(gpus, 1)


def _idle(use: GpuUse, prices: Prices, gpus: int) -> Chance | None:
    if use.idle_h < _LEAST_H:
        return None
    worth: Decimal | None = None
    said = [f"{use.name} was idle for {use.idle_h:,.1f} h (load under {percent(IDLE_SHARE)})"]
    if use.held_idle_h >= _LEAST_H:
        said.append(f"for {use.held_idle_h:,.1f} h of these a program held its memory")
    if use.power_idle_w is not None:
        kwh = exact(use.power_idle_w * use.idle_h / 1000)
        said.append(f"it then drew {watts(use.power_idle_w)}, {kwh:,.2f} kWh in all")
        if prices.per_kwh is not None:
            worth = kwh * prices.per_kwh
    rate = _hour_worth(prices, gpus)
    if rate is not None:
        worth = (worth or Decimal(0)) + rate * exact(use.idle_h)
    text = "; ".join(said) + ". Switch it off, share it, or end jobs that are done."
    return Chance("Idle GPU hours", text, use.idle_h, worth)


def _stalled(use: GpuUse, prices: Prices, gpus: int) -> Chance | None:
    if use.stalled_h < _LEAST_H:
        return None
    text = (
        f"{use.name} worked at less than {percent(STALL_MOST_SHARE)} for {use.stalled_h:,.1f} h "
        f"while a core (from {percent(CPU_FULL_SHARE)}), a drive (from {percent(DISK_FULL_SHARE)}) "
        f"or waiting for one (from {percent(WAIT_SHARE)} of the time) was at its end; "
        f"{use.stalled_lost_h:,.1f} GPU-hours were lost in it. More data-loader workers, a faster "
        "drive or data prepared beforehand would give them back."
    )
    rate = _hour_worth(prices, gpus)
    worth = None if rate is None else rate * exact(use.stalled_lost_h)
    return Chance("Waiting for data", text, use.stalled_lost_h, worth)


def _power(period: Period, use: GpuUse) -> Chance | None:
    if not use.power_limit_w or use.power_p95_w is None or use.busy_h < _LEAST_H:
        return None
    capped = next(
        (s for s in slow_downs(period) if s.device == use.device.id and s.bit == POWER_LIMIT), None
    )
    limit = watts(use.power_limit_w)
    if capped is not None and capped.share >= _CAPPED_SHARE:
        text = (
            f"{use.name} was held back by its power limit of {limit} for {capped.hours:,.1f} h "
            f"({percent(capped.share)} of the time). A higher limit, where the card and the power "
            "supply allow it, gives speed; a lower one saves energy and costs speed."
        )
        return Chance("Power limit reached", text, capped.hours)
    share = use.power_p95_share or 0.0
    if share < _HEADROOM_SHARE:
        text = (
            f"{use.name} drew at most {watts(use.power_p95_w)} in 95 % of the time, "
            f"{percent(share)} of its limit of {limit}. A limit of "
            f"{watts(use.power_p95_w * _SPARE_SHARE)} would bound heat and power supply and would "
            "have slowed hardly anything that was recorded."
        )
        return Chance("Power limit with room", text)
    return None
