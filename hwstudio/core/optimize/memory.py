"""What is remembered between the requests of one stock, the oldest forgotten first."""

from __future__ import annotations

from typing import Any

LISTS_KEPT = 160  # some hundred kB; eight lists a request, twice


def remember(kept: dict[Any, Any], key: object, found: object, most: int) -> None:
    """Keep the newest ``most``; several threads may do so at once."""
    while len(kept) >= most:
        kept.pop(next(iter(kept), None), None)
    kept[key] = found
