"""The internal rate of return, found between two brackets: one rate, or plainly none."""

from __future__ import annotations

from collections.abc import Sequence

from hwstudio.core.cost.amount import Number

# Yearly growth factors to look between: from losing 99.99 % to a million millionfold.
_LEAST, _MOST = 1e-4, 1e12
_STEPS = 800
_TOLERANCE = 1e-13


def internal_rate(flows: Sequence[Number]) -> float | None:
    """Return the yearly rate at which ``flows`` (month 0, 1, 2 …) are worth nothing.

    None where there is no such rate (nothing is paid, or nothing comes back), or several: then
    no one of them says anything.
    """
    amounts = [float(flow) for flow in flows]
    if not (any(a > 0 for a in amounts) and any(a < 0 for a in amounts)):
        return None
    ratio = (_MOST / _LEAST) ** (1 / _STEPS)
    factors = [_LEAST * ratio**step for step in range(_STEPS + 1)]
    values = [_worth(amounts, factor) for factor in factors]
    roots = [n for n in range(_STEPS) if (values[n] > 0) != (values[n + 1] > 0)]
    if len(roots) != 1:
        return None
    return _bisected(amounts, factors[roots[0]], factors[roots[0] + 1]) - 1


def _worth(amounts: Sequence[float], yearly_factor: float) -> float:
    """Return the sum of the flows, scaled by a positive number (the sign is what counts).

    Below a factor of 1 early flows would vanish beside later ones, so the last month is the base.
    """
    monthly = yearly_factor ** (1 / 12)
    total = 0.0
    if monthly >= 1:
        for amount in reversed(amounts):
            total = total / monthly + amount
    else:
        for amount in amounts:
            total = total * monthly + amount
    return total


def _bisected(amounts: Sequence[float], low: float, high: float) -> float:
    is_low_positive = _worth(amounts, low) > 0
    while high - low > _TOLERANCE * high:
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if (_worth(amounts, middle) > 0) == is_low_positive:
            low = middle
        else:
            high = middle
    return (low + high) / 2
