"""A used part against a new one, and two parts by what a unit of money buys (R139, R140)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.amount import ONE, ZERO, Number, above_zero, exact, share


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedPart:
    """``failure_reserve``: share of the used price set aside for a failure without warranty."""

    new_price: Number
    used_price: Number
    kept_months: Number
    warranty_left_months: Number = 0
    failure_reserve: Number = 0


@dataclass(frozen=True, slots=True)
class UsedCost:
    """``saving`` counts the reserve; negative when the used part is no bargain."""

    reserve: Decimal
    used_with_reserve: Decimal
    saving: Decimal
    saving_pct: Decimal | None  # of the new price; None when new is free
    saving_pct_of_price: Decimal | None  # without the reserve, as markets quote it


def used_cost(part: UsedPart) -> UsedCost:
    """Return the saving of buying used.

    The reserve covers only the months without warranty.
    """
    new = exact(part.new_price, "The new price")
    used = exact(part.used_price, "The used price")
    kept = above_zero(part.kept_months, "The months it is kept")
    covered = min(ONE, exact(part.warranty_left_months, "The warranty left") / kept)
    reserve = used * share(part.failure_reserve, "The failure reserve") * (ONE - covered)
    saving = new - used - reserve
    return UsedCost(
        reserve,
        used + reserve,
        saving,
        saving / new * 100 if new else None,
        (new - used) / new * 100 if new else None,
    )


@dataclass(frozen=True, slots=True)
class Rival:
    """One of two parts. ``cost``: over the same years; ``speed``: in any one unit."""

    name: str
    cost: Number
    speed: Number


@dataclass(frozen=True, slots=True)
class ValueRatio:
    """The second part against the first."""

    speed_ratio: Decimal
    cost_ratio: Decimal
    value_per_money: Decimal  # above 1: the second buys more work for the money
    more_cost: Decimal


def compare_value(first: Rival, second: Rival) -> ValueRatio:
    """Return the second part's speed, cost, and speed per money against the first's.

    Raises:
        UserError: a cost or a speed of zero.
    """
    if exact(first.cost, f"The cost of {first.name}") == ZERO:
        raise UserError(f"{first.name} costs nothing", "nothing can be compared with that")
    speed = above_zero(second.speed, f"The speed of {second.name}") / above_zero(
        first.speed, f"The speed of {first.name}"
    )
    cost = above_zero(second.cost, f"The cost of {second.name}") / exact(first.cost, "The cost")
    more = exact(second.cost, "The cost") - exact(first.cost, "The cost")
    return ValueRatio(speed, cost, speed / cost, more)
