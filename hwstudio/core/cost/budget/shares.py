"""Shares that add up: the largest remainder takes what rounding leaves over."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.money import CENT
from hwstudio.core.cost.amount import Number, exact


def apportion(total: Number, weights: Sequence[Number], step: Decimal = CENT) -> list[Decimal]:
    """Share ``total`` out by ``weights`` in steps of ``step``; the parts sum to ``total`` exactly.

    Raises:
        UserError: a weight or the total is negative, all weights are zero, or the total is no
            whole number of steps.
    """
    whole = exact(total, "The sum to share out")
    units = whole / step
    if units != units.to_integral_value():
        raise UserError("The sum cannot be shared out", f"{whole} is no multiple of {step}")
    parts = [exact(weight, "A share") for weight in weights]
    weight_sum = sum(parts, Decimal(0))
    if weight_sum == 0:
        raise UserError("The sum cannot be shared out", "every share is zero")
    # As fractions: two thirds must tie with two thirds, which rounded decimals may not.
    ideal = [Fraction(units) * Fraction(part) / Fraction(weight_sum) for part in parts]
    floors = [Decimal(floor(part)) for part in ideal]
    left = int(units - sum(floors, Decimal(0)))
    # sorted is stable: of equal remainders the first named gets the unit
    order = sorted(range(len(parts)), key=lambda n: Fraction(floors[n]) - ideal[n])
    for number in order[:left]:
        floors[number] += 1
    return [count * step for count in floors]


def percents(weights: Sequence[Number]) -> list[int]:
    """Return whole per cents of the weights that sum to 100.

    Raises:
        UserError: a weight is negative, or all are zero.
    """
    return [int(part) for part in apportion(100, weights, Decimal(1))]
