"""The whole list after buying (R59), in its order and words, and what belongs beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hwstudio.core.project.after import cards, parts, software
from hwstudio.core.project.after.check import Check, State, ticked
from hwstudio.core.project.after.ground import Ground
from hwstudio.core.project.checklist import AFTER_WORDS

_Judge = Callable[[str, str, Ground], Check]
_BY_MACHINE: dict[str, _Judge] = {
    "drivers": software.drivers,
    "monitor": software.monitor,
    "heat": cards.heat,
    "xmp": parts.memory_speed,
    "trim": parts.drives,
    "baseline": software.baseline,
}
_BESIDE: tuple[tuple[str, str, _Judge], ...] = (
    ("link", "The graphics card has its full PCIe link", cards.link),
    ("power_limit", "The power limit is the maker's", cards.power_limit),
    ("drive_speed", "Drives are as fast as they should be", parts.drive_speed),
)
_PAPER = (
    "paper", "Receipts and warranties are kept",
    "Serial numbers, dates and where each part was bought, in a place that survives the computer.",
)  # fmt: skip


def after_buying(ground: Ground | None, ticks: Iterable[str] = ()) -> tuple[Check, ...]:
    """Return every item; without a look at the computer all are for the hand."""
    items = [_of_list(each, ground) for each in AFTER_WORDS]
    if ground is not None:
        items += [judge(ident, text, ground) for ident, text, judge in _BESIDE]
    items.append(software.by_hand(*_PAPER))
    return ticked(items, ticks)


def _of_list(row: tuple[str, str, str], ground: Ground | None) -> Check:
    ident, text, hint = row
    judge = _BY_MACHINE.get(ident)
    if judge is None:
        return software.by_hand(ident, text, hint)
    if ground is None:
        return Check(ident, text, State.UNKNOWN, to_do=hint)
    return judge(ident, text, ground)
