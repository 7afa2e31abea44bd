"""The internal rate of return, found between two brackets: one rate, or plainly none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from hwstudio.core.cost.amount import Number

# Logarithms of yearly growth: from losing all but a grain to a million millionfold a year.
_LEAST, _MOST = -140.0, 28.0
_STEPS = 4200
_TOLERANCE = 1e-14


def internal_rate(flows: Sequence[Number]) -> float | None:
    """Return the yearly rate at which ``flows`` (month 0, 1, 2 …) are worth nothing.

    None where there is no such rate (nothing is paid, or nothing comes back), or several: then
    no one of them says anything.
    """
    amounts = [float(flow) for flow in flows]
    signs = [amount > 0 for amount in amounts if amount]
    turns = sum(before != after for before, after in pairwise(signs))
    if turns == 0:
        return None
    bracket = (_LEAST, _MOST) if turns == 1 else _only_bracket(amounts)
    if bracket is None or not _crosses(amounts, *bracket):
        return None
    return math.expm1(_bisected(amounts, *bracket))


def _only_bracket(amounts: Sequence[float]) -> tuple[float, float] | None:
    """Look for the crossings; money that turns more than once can have several, or none."""
    steps = [_LEAST + (_MOST - _LEAST) * step / _STEPS for step in range(_STEPS + 1)]
    is_gain = [_worth(amounts, step) > 0 for step in steps]
    found = [n for n in range(_STEPS) if is_gain[n] != is_gain[n + 1]]
    return (steps[found[0]], steps[found[0] + 1]) if len(found) == 1 else None


def _crosses(amounts: Sequence[float], low: float, high: float) -> bool:
    return (_worth(amounts, low) > 0) != (_worth(amounts, high) > 0)


def _worth(amounts: Sequence[float], yearly_log: float) -> float:
    """Return the sum of the flows, scaled by a positive number (the sign is what counts).

    Where the money shrinks, early flows would vanish beside later ones, so the last month is the
    base.
    """
    monthly = math.exp(yearly_log / 12)
    total = 0.0
    if monthly >= 1:
        for amount in reversed(amounts):
            total = total / monthly + amount
    else:
        for amount in amounts:
            total = total * monthly + amount
    return total


def _bisected(amounts: Sequence[float], low: float, high: float) -> float:
    is_low_gain = _worth(amounts, low) > 0
    while high - low > _TOLERANCE:
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if (_worth(amounts, middle) > 0) == is_low_gain:
            low = middle
        else:
            high = middle
    return (low + high) / 2
