"""How far a graphics card's power can be limited: shared by the rooms of power and prediction."""

from __future__ import annotations

# Drivers refuse limits far under a card's power; 100 W of 350 W and 150 W of 450 W are usual.
LEAST_LIMIT_SHARE = 1 / 3


def limited_w(stated_w: float, limit_w: float | None) -> float:
    """Return the watts a card keeps to: the limit, as far as its driver accepts it."""
    if limit_w is None:
        return stated_w
    return max(stated_w * LEAST_LIMIT_SHARE, min(stated_w, limit_w))
