"""Whether things of a few kinds fit into a row of boxes, none split: cards onto power supplies."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import product

Counts = tuple[int, ...]
_MOST_STATES = 4096


def can_pack(counts: Counts, boxes: int, holds: Callable[[int, Counts], bool]) -> bool | None:
    """Return whether ``counts`` of each kind can be shared out over the boxes.

    ``holds(box, part)`` says whether a box takes so many of each kind, and must take fewer where
    it takes more. Exact; None where there would be too many ways to look through.
    """
    states = 1
    for count in counts:
        states *= count + 1
    if states > _MOST_STATES:
        return None

    @cache
    def fits(box: int, left: Counts) -> bool:
        if not any(left):
            return True
        if box == boxes:
            return False
        for part in product(*(range(count, -1, -1) for count in left)):
            rest = tuple(a - b for a, b in zip(left, part, strict=True))
            if holds(box, part) and fits(box + 1, rest):
                return True
        return False

    return fits(0, counts)
