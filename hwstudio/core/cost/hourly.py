"""The price of one useful hour, owned or rented (F3)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.cost.amount import HOURS_PER_YEAR, ONE, Number, above_zero, exact, share


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedUse:
    """How owned hardware is used. Shares are 0..1; money per year or per hour."""

    annual_cost: Number  # F1
    busy_per_hour: Number  # electricity of a busy hour, F2
    utilisation: Number  # busy share of all hours
    idle_per_hour: Number = 0
    idle_on_share: Number = 0  # share of the idle time it stays powered on
    gpu_count: Number = 1


def owned_per_useful_hour(use: OwnedUse) -> Decimal | None:
    """Return the cost per useful GPU-hour (F3); None when there is no useful hour at all.

    ``(EAC + 8760 (u e + (1-u) a i)) / (8760 u n)``
    """
    busy = share(use.utilisation, "The utilisation")
    running = busy * exact(use.busy_per_hour, "The busy-hour cost")
    idle_on = share(use.idle_on_share, "The share of idle time powered on")
    waiting = (ONE - busy) * idle_on * exact(use.idle_per_hour, "The idle-hour cost")
    count = above_zero(use.gpu_count, "The GPU count")
    annual = exact(use.annual_cost, "The yearly cost")
    if busy == 0:
        return None
    return (annual + HOURS_PER_YEAR * (running + waiting)) / (HOURS_PER_YEAR * busy * count)


def rented_per_useful_hour(
    gpu_per_hour: Number,
    utilisation: Number,
    *,
    storage_per_hour: Number = 0,
    cold_start_per_hour: Number = 0,
) -> Decimal | None:
    """Return the cost per useful rented hour (F3); None when no billed hour does work.

    ``(p + storage + cold start) / u`` with ``u`` = work time / billed time.
    """
    billed = (
        exact(gpu_per_hour, "The GPU price per hour")
        + exact(storage_per_hour, "The storage price per hour")
        + exact(cold_start_per_hour, "The cold-start price per hour")
    )
    used = share(utilisation, "The utilisation")
    return None if used == 0 else billed / used
