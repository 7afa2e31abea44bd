"""What data leaving a cloud costs (F9): cumulative tiers per calendar month, free GB first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.amount import ZERO, Number, exact


@dataclass(frozen=True, slots=True)
class Tier:
    """GB of the month from ``from_gb`` to ``to_gb`` (None = no end) at one price per GB."""

    from_gb: Number
    to_gb: Number | None
    price_per_gb: Number


@dataclass(frozen=True, slots=True)
class TierCost:
    """What one tier adds to the bill."""

    from_gb: Decimal
    to_gb: Decimal | None
    gb: Decimal  # billed in this tier
    price_per_gb: Decimal
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Egress:
    """A month's bill; ``average_per_gb`` is None when nothing leaves."""

    total: Decimal
    free_gb: Decimal
    tiers: tuple[TierCost, ...]
    average_per_gb: Decimal | None


def egress(month_gb: Number, tiers: Sequence[Tier], free_gb: Number = 0) -> Egress:
    """Return the bill for ``month_gb`` leaving in one calendar month (F9).

    The free GB are the month's first, so they are taken out of the lowest tiers.

    Raises:
        UserError: tiers overlap, leave a billed gap, or end below ``month_gb``.
    """
    volume = exact(month_gb, "The GB per month")
    free = exact(free_gb, "The free GB")
    costs = tuple(_tier_cost(tier, volume, free) for tier in _in_order(tiers))
    _refuse_gaps(costs, volume, free)
    total = sum((cost.cost for cost in costs), ZERO)
    return Egress(total, free, costs, total / volume if volume else None)


def _in_order(tiers: Sequence[Tier]) -> list[Tier]:
    if not tiers:
        raise UserError("There are no egress tiers to reckon with")
    return sorted(tiers, key=_start)


def _start(tier: Tier) -> Decimal:
    return exact(tier.from_gb, "The start of an egress tier")


def _tier_cost(tier: Tier, volume: Decimal, free: Decimal) -> TierCost:
    start = _start(tier)
    end = None if tier.to_gb is None else exact(tier.to_gb, "The end of an egress tier")
    if end is not None and end <= start:
        raise UserError("An egress tier must end above its start", f"{start} to {end}")
    price = exact(tier.price_per_gb, "The price per GB")
    top = volume if end is None else min(volume, end)
    billed = max(ZERO, top - max(start, free))
    return TierCost(start, end, billed, price, billed * price)


def _refuse_gaps(costs: Sequence[TierCost], volume: Decimal, free: Decimal) -> None:
    for before, after in pairwise(costs):
        if before.to_gb is None or after.from_gb < before.to_gb:
            raise UserError("Egress tiers overlap", f"around {after.from_gb} GB")
    reached = free  # everything below is free
    for cost in costs:
        if cost.from_gb > reached and volume > reached:
            raise UserError(
                "Egress tiers leave a gap", f"nothing says what {reached} to {cost.from_gb} GB cost"
            )
        if cost.to_gb is None:
            return
        reached = max(reached, cost.to_gb)
    if volume > reached:
        raise UserError(
            "The egress tiers end too early",
            f"they reach {reached} GB, {volume} GB are asked",
            "Leave the end of the last tier open",
        )
