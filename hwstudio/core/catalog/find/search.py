"""What can be asked of the catalogue; ``finder`` answers it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches

from hwstudio.core.catalog.find.wording import words_of

__all__ = ["Query", "near_ids", "words_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to look for. None, "" or nothing = any.

    ``ranges`` and ``choices`` go by the attribute's name, in its own unit (bytes, W, mm; "price" in
    its currency); of several wanted words any will do. A value that is unknown is within no limit.
    """

    text: str = ""
    min_vram_bytes: int | None = None
    max_price: Decimal | None = None
    max_power_w: float | None = None
    socket: str = ""
    maker: str = ""
    ranges: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    choices: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ids: frozenset[str] | None = None  # only these, such as the parts the user owns
    has_price: bool = False
    fresh_price_only_since: str = ""  # ISO date; older prices and parts without one are left out
    limit: int | None = None


def near_ids(wanted: str, ids: Iterable[str], names: Iterable[tuple[str, str]]) -> list[str]:
    """Return up to five ids that may have been meant."""
    found = get_close_matches(wanted, list(ids), 5, 0.6)
    low = wanted.lower()
    found += [part_id for part_id, name in names if low and low in name.lower()]
    return list(dict.fromkeys(found))[:5]
