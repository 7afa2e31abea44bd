"""Which board's row a firmware's name means; no row rather than a wrong one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from hwstudio.core.catalog.match import SPLIT
from hwstudio.core.model.part import Motherboard

# What names of boards say beside the model: maker, socket, memory, size.
_BOARD_NOISE = {
    *("asus", "asustek", "computer", "inc", "gigabyte", "technology", "co", "ltd", "msi"),
    *("micro", "star", "international", "asrock", "rack", "supermicro", "corp", "corporation"),
    *("nzxt", "biostar", "group", "am4", "am5", "ddr4", "ddr5", "atx", "mini", "itx"),
    *("motherboard", "eatx"),
}
_BOARD_CODE = re.compile(
    r"\(ms-[0-9a-z]+\)|\be-atx\b"
    r"|\blga\d+(?:-\d)?\b|\bs?wrx\d\b|\bstrx?\d\b|\bsp\d\b"
)


@lru_cache(maxsize=4096)
def board_words(name: str) -> frozenset[str]:
    """Return the words that tell a board's model: "b550m pro4"."""
    low = _BOARD_CODE.sub(" ", name.lower())
    return frozenset(w for w in SPLIT.split(low) if w and w not in _BOARD_NOISE)


def board_of(boards: Iterable[Motherboard], name: str, mem_type: str | None) -> Motherboard | None:
    """Return the board that ``name`` means.

    ``mem_type``: of the memory in it, where boards of one name take different kinds. Of rows that
    say the same of one board the first counts.
    """
    wanted = board_words(name)
    found = [
        board
        for board in boards
        if wanted and board_words(board.name) == wanted and mem_type in (None, board.mem_type)
    ]
    said = {(b.mem_type, b.mem_slots, b.mem_max_bytes, b.socket) for b in found}
    return found[0] if len(said) == 1 else None
