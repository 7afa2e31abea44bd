"""Several power supplies: whether whole cards can be shared out among them within their watts."""

from __future__ import annotations

from hwstudio.core.base.packing import can_pack
from hwstudio.core.model.build import Build
from hwstudio.core.model.circumstance import Circumstances
from hwstudio.core.power.draw import card_w


def can_share_out(
    build: Build, around: Circumstances, limit_w: float | None, least_w: float
) -> bool | None:
    """Return whether each unit can feed whole cards, one of them the rest of the build as well.

    ``least_w`` is the sustained sum with estimates taken low. None when a figure is not known.
    """
    groups, units = around.cards(build), around.psus(build)
    each = [card_w(group, limit_w) for group in groups]
    rated = [psu.rated_w for psu in units]
    cards = [watts for watts in each if watts is not None]
    if None in rated or len(cards) < len(each):
        return None
    rest = least_w - sum(g.count * watts for g, watts in zip(groups, cards, strict=True))
    counts = tuple(group.count for group in groups)

    def answer(first: int) -> bool | None:
        def holds(box: int, part: tuple[int, ...]) -> bool:
            load = sum(n * watts for n, watts in zip(part, cards, strict=True))
            return load + (rest if box == first else 0.0) <= rated[box]

        if not holds(first, (0,) * len(counts)):
            return False
        return can_pack(counts, len(units), holds)

    answers = [answer(first) for first in range(len(units))]
    return True if True in answers else (None if None in answers else False)
