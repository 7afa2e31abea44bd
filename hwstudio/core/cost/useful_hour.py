"""The cost of a useful GPU-hour of owned hardware at any use, and where it meets a rent (F3)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hwstudio.core.cost.amount import (
    HOURS_PER_MONTH,
    HOURS_PER_YEAR,
    ONE,
    ZERO,
    Number,
    above_zero,
    exact,
    share,
)
from hwstudio.core.cost.energy import electricity_per_hour
from hwstudio.core.cost.hourly import OwnedUse, owned_per_useful_hour
from hwstudio.core.cost.owning_plan import OwningPlan
from hwstudio.core.cost.tco import capital_per_year, tco


def owned_use(plan: OwningPlan, utilisation: Number) -> OwnedUse:
    """Return F3's inputs at a busy share of all hours: all but electricity is the same."""
    tariff = ZERO if plan.price_per_kwh is None else exact(plan.price_per_kwh, "The tariff")
    off = replace(plan, busy_hours_per_month=0, idle_on_share=0)
    return OwnedUse(
        annual_cost=capital_per_year(plan) + tco(off).running_per_year,
        busy_per_hour=electricity_per_hour(plan.load_w, tariff, plan.pue),
        utilisation=utilisation,
        idle_per_hour=electricity_per_hour(plan.idle_w or 0, tariff, plan.pue),
        idle_on_share=plan.idle_on_share,
        gpu_count=plan.gpu_count,
    )


def cost_curve(plan: OwningPlan, shares: tuple[Number, ...]) -> tuple[Decimal | None, ...]:
    """Return the cost per useful GPU-hour at each busy share; None at no use."""
    use = owned_use(plan, 0)
    return tuple(owned_per_useful_hour(replace(use, utilisation=part)) for part in shares)


def meeting_use(
    plan: OwningPlan,
    rent_per_gpu_hour: Number,
    speed_ratio: Number = 1,
    rent_fixed_per_month: Number = 0,
) -> Decimal | None:
    """Return the busy share above which owning is cheaper than a rent; None = at no use.

    ``speed_ratio``: own hours that one rented hour replaces. The rent is for hours that work;
    ``rent_fixed_per_month`` is paid beside it, used or not (storage, data out).
    """
    use = owned_use(plan, 0)
    count = above_zero(plan.gpu_count, "The GPU count")
    rent = exact(rent_per_gpu_hour, "The rent") / above_zero(speed_ratio, "The speed ratio")
    idle = share(use.idle_on_share, "The share of idle time on") * exact(use.idle_per_hour, "Idle")
    gained = rent * count - exact(use.busy_per_hour, "Busy") + idle
    if gained <= 0:
        return None
    fixed = exact(rent_fixed_per_month, "The fixed rent per month") / HOURS_PER_MONTH
    standing = exact(use.annual_cost, "The yearly cost") / HOURS_PER_YEAR
    needed = (standing + idle - fixed) / gained
    return max(ZERO, needed) if needed <= ONE else None


def utilisation_of(plan: OwningPlan) -> Decimal:
    """Return the busy share of all hours of the plan."""
    return exact(plan.busy_hours_per_month, "The busy hours per month") / HOURS_PER_MONTH
