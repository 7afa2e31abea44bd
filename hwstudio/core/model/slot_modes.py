"""How the catalogue writes the lanes of a board's slots, read into numbers.

Alternatives are split by "|", slots from top to bottom by "/": "x16/0|x8/x8" is one GPU at x16 or
two at x8. "x16 x2 + x8 x2" counts slots without order.
"""

from __future__ import annotations

import re
from functools import cache

_REMARK = re.compile(r"\([^)]*\)")
_COUNTED = re.compile(r"x(\d+)(?:\s+x(\d+))?")


@cache
def slot_modes(text: str) -> tuple[tuple[int, ...], ...]:
    """Return the lanes of each slot for every alternative; unordered ones come largest last.

    Cards take every second or third slot, so an unknown order is read in the least lucky way.
    """
    modes = []
    for alternative in text.split("|"):
        plain = _REMARK.sub("", alternative).split(" via ")[0].strip()
        if "/" in plain:
            modes.append(tuple(lanes for part in plain.split("/") for lanes in _slots(part)))
            continue
        lanes: list[int] = []
        for width, times in _COUNTED.findall(plain):
            lanes += [int(width)] * int(times or 1)
        modes.append(tuple(sorted(lanes)))
    return tuple(mode for mode in modes if mode)


def _slots(part: str) -> list[int]:
    """Return the slots one piece between slashes stands for: "x8", "0", "x8 x6" (six of them)."""
    counted = _COUNTED.fullmatch(part.strip())
    if counted is None:
        return [int(part.strip().lstrip("x") or 0)]
    return [int(counted[1])] * int(counted[2] or 1)


def most_fed(text: str | None, lanes: int) -> int | None:
    """Return how many slots the processor feeds with so many lanes or more at once.

    None where no source tells the modes.
    """
    modes = slot_modes(text) if text else ()
    return max((sum(each >= lanes for each in mode) for mode in modes), default=None)
