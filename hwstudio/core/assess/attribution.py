"""Lost points shared out to their causes: the exact Shapley value.

Each cause gets what taking it away brings, averaged over every order in which all of them can be
taken away. So the shares add up to what was lost, whatever helps only together with another is
shared evenly, and what takes nothing away loses nothing (Shapley 1953).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

K = TypeVar("K")


def shapley(causes: Iterable[K], worth: Callable[[frozenset[K]], float]) -> dict[K, float]:
    """Return each cause's share of ``worth(all) - worth(none)``.

    Args:
        worth: what is reached with these causes taken away; asked once for every set of them.
    """
    names = tuple(causes)
    count = len(names)
    reached = [
        worth(frozenset(name for bit, name in enumerate(names) if mask >> bit & 1))
        for mask in range(1 << count)
    ]
    weights = [
        math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
        for size in range(count)
    ]
    return {
        name: math.fsum(
            weights[mask.bit_count()] * (reached[mask | 1 << bit] - reached[mask])
            for mask in range(1 << count)
            if not mask >> bit & 1
        )
        for bit, name in enumerate(names)
    }


def whole(
    shares: Mapping[K, float], total: int, most: Mapping[K, int] | None = None
) -> dict[K, int]:
    """Return whole numbers that add up to ``total`` exactly, nearest to ``shares``.

    What is left over after rounding down goes to the largest remainders; ``most`` bounds each.
    """
    wanted = math.fsum(shares.values())
    scale = total / wanted if wanted > 0 else 0.0
    exact = {name: max(0.0, share) * scale for name, share in shares.items()}
    given = {name: int(value + 1e-9) for name, value in exact.items()}
    order = sorted(exact, key=lambda name: (given[name] - exact[name], str(name)))
    return _dealt_out(given, order, total - sum(given.values()), most)


def _dealt_out(
    given: dict[K, int], order: Sequence[K], left: int, most: Mapping[K, int] | None
) -> dict[K, int]:
    for name in (*order, *order):
        if left <= 0:
            break
        if most is None or given[name] < most[name]:
            given[name] += 1
            left -= 1
    return given
