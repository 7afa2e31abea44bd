"""When owning has paid for itself (F4): a number of hours, or plainly never."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.cost.amount import (
    HOURS_PER_MONTH,
    HOURS_PER_SHORT_MONTH,
    Number,
    above_zero,
    exact,
)


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Busy local hours until owning is cheaper. All None and ``is_never`` when it never is."""

    hours: Decimal | None
    months_730h: Decimal | None  # running day and night, 730 h a month
    months_720h: Decimal | None  # the same in 30-day months
    is_never: bool
    words: str


NEVER = "Never: renting costs no more per hour than running your own hardware."


def break_even(
    hardware: Number, cloud_per_hour: Number, local_per_hour: Number, speed_ratio: Number = 1
) -> BreakEven:
    """Return the break-even ``H* = (C0 - S) / (p/k - e)`` in busy local hours (F4).

    ``hardware`` is net of resale; ``speed_ratio`` k = local hours needed per cloud hour.
    """
    net = exact(hardware, "The hardware price")
    rent = exact(cloud_per_hour, "The cloud price per hour")
    run = exact(local_per_hour, "The local cost per hour")
    saved = rent / above_zero(speed_ratio, "The speed ratio") - run
    if saved <= 0:
        return BreakEven(None, None, None, True, NEVER)
    hours = net / saved
    words = f"Owning pays back after {_busy(hours)}."
    return BreakEven(hours, hours / HOURS_PER_MONTH, hours / HOURS_PER_SHORT_MONTH, False, words)


def _busy(hours: Decimal) -> str:
    if 0 < hours < Decimal("0.5"):
        return "less than one busy hour"
    shown = f"{hours:,.0f}"
    return f"{shown} busy hour" if shown == "1" else f"{shown} busy hours"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyCase:
    """The same question by calendar month, with what is paid whether or not work is done."""

    net_hardware: Number  # purchase less expected resale
    rent_per_hour: Number  # of the rented shape
    own_per_hour: Number  # of a busy local hour
    hours_per_month: Number  # busy local hours
    speed_ratio: Number = 1  # local hours per rented hour
    own_fixed_per_month: Number = 0
    rent_fixed_per_month: Number = 0
    life_months: Number | None = None


@dataclass(frozen=True, slots=True)
class Payback:
    """Months until owning is cheaper; None = never. ``is_in_life`` is None without a life."""

    months: Decimal | None
    busy_hours: Decimal | None
    is_in_life: bool | None
    words: str


def monthly_rent(case: MonthlyCase) -> Decimal:
    """Return what renting the same work costs a month."""
    hours = exact(case.hours_per_month, "The hours per month")
    ratio = above_zero(case.speed_ratio, "The speed ratio")
    fixed = exact(case.rent_fixed_per_month, "The fixed rent per month")
    return hours * exact(case.rent_per_hour, "The cloud price per hour") / ratio + fixed


def monthly_running(case: MonthlyCase) -> Decimal:
    """Return what running the own hardware costs a month, without its price."""
    hours = exact(case.hours_per_month, "The hours per month")
    fixed = exact(case.own_fixed_per_month, "The fixed cost per month")
    return hours * exact(case.own_per_hour, "The local cost per hour") + fixed


def payback(case: MonthlyCase) -> Payback:
    """Return when owning pays back at a given use (F4 with fixed costs)."""
    net = exact(case.net_hardware, "The hardware price")
    saved = monthly_rent(case) - monthly_running(case)
    if saved <= 0:
        return Payback(None, None, None if case.life_months is None else False, _why_never(case))
    months = net / saved
    busy = months * exact(case.hours_per_month, "The hours per month")
    if case.life_months is None:
        return Payback(months, busy, None, f"Owning pays back after {months:,.1f} months.")
    is_in_life = months <= above_zero(case.life_months, "The life in months")
    tail = "" if is_in_life else " That is not within its life."
    return Payback(months, busy, is_in_life, f"Owning pays back after {months:,.1f} months.{tail}")


def _why_never(case: MonthlyCase) -> str:
    if exact(case.hours_per_month, "The hours per month") == 0:
        return "Never: without any use there is nothing to save."
    return NEVER
