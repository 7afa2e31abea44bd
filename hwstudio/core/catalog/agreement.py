"""When two sources say one thing of a cell."""

from __future__ import annotations

from typing import Any

# Two data sheets round differently (450 W and 451 W, 1,008 GB/s and 1.01 TB/s): larger over
# smaller up to this is one figure said twice.
CLAIM_TOLERANCE = 0.02
NUMBERS = {"int", "real", "money", "flag"}


def is_same(value: Any, other: Any, kind: str) -> bool:
    """Say whether two values of a column of that type say one thing.

    Numbers may differ by ``CLAIM_TOLERANCE``; a vaguer date agrees with one inside it; lists need
    the same members, words the same letters.
    """
    if kind in NUMBERS:
        return _is_near(float(value), float(other))
    mine, theirs = str(value).casefold(), str(other).casefold()
    if kind == "date":
        return mine.startswith(theirs) or theirs.startswith(mine)
    if kind == "list":
        return _members(mine) == _members(theirs)
    return mine.split() == theirs.split()


def _members(text: str) -> set[str]:
    return {member.strip() for member in text.split("|")}


def _is_near(value: float, other: float) -> bool:
    low, high = sorted((abs(value), abs(other)))
    if value * other <= 0:
        return value == other
    return high / low - 1 <= CLAIM_TOLERANCE + 1e-9
