"""Find parts by words and limits, forgiving the way people type."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from hwstudio.core.model.part import Cooler, Gpu, GpuCard, Part

SPLIT = re.compile(r"[^0-9a-z]+")
# "rtx4090" and "5070ti" are typed together; names write them apart.
LETTER_DIGIT = re.compile(r"(?<=[a-z])(?=\d)|(?<=\d)(?=(?:ti|super|xtx|xt|gre|gb)$)")
# How alike a misspelt word must be; numbers are names of models and forgive little.
LEAST_LIKE, LEAST_LIKE_NUMBER = 0.72, 0.85
LEAST_TOGETHER = 4
SAME = {"fe": "founders", "tr": "threadripper", "gigs": "gb", "noctura": "noctua"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to look for. None or "" = any."""

    text: str = ""
    min_vram_bytes: int | None = None
    max_price: Decimal | None = None
    max_power_w: float | None = None
    socket: str = ""
    maker: str = ""
    limit: int | None = None


def words_of(text: str) -> list[str]:
    """Return the lower-case words of a text."""
    return [word for word in SPLIT.split(text.lower()) if word]


def fts_query(words: Iterable[str], *, every: bool = True) -> str:
    """Return the full-text query that wants every word (or any), each as a beginning."""
    return (" " if every else " OR ").join(f'"{word}"*' for word in words)


def variants(text: str) -> list[list[str]]:
    """Return readings of what was typed: as it stands, taken apart, with short forms spelt out."""
    words = words_of(text)
    apart = [piece for word in words for piece in LETTER_DIGIT.split(word) if piece]
    spelt = [SAME.get(word, word) for word in apart]
    found: list[list[str]] = []
    for reading in (words, apart, spelt):
        if reading not in found:
            found.append(reading)
    return found


def run_together(parts: Iterable[Part], words: Sequence[str]) -> list[Part]:
    """Keep the parts whose name has the words without the gaps: "nhd15", "14900 k"."""
    wanted = "".join(words)
    if len(wanted) < LEAST_TOGETHER:
        return []
    return [part for part in parts if wanted in "".join(words_of(part.name))]


def corrected(words: Sequence[str], known: Sequence[str]) -> list[str]:
    """Replace each word nobody knows by the most similar known one, or drop it.

    A number like nothing known means another model: then there is nothing to find ([]).
    """
    fixed: list[str] = []
    for word in words:
        if any(other.startswith(word) for other in known):
            fixed.append(word)
            continue
        least = LEAST_LIKE_NUMBER if _is_number(word) else LEAST_LIKE
        near = get_close_matches(word, known, 1, least)
        if not near and _is_number(word):
            return []
        fixed += near
    return fixed


def _is_number(word: str) -> bool:
    return any(letter.isdigit() for letter in word)


def best_partly(parts: Iterable[Part], words: Sequence[str]) -> list[Part]:
    """Keep the parts that have most of the words; a number typed must be there."""
    numbers = [word for word in words if _is_number(word)]
    scored = [(_hits(part, words), part) for part in parts if _hits(part, numbers) == len(numbers)]
    most = max((score for score, _ in scored), default=0)
    return [part for score, part in scored if score == most and score * 2 >= len(words)]


def _hits(part: Part, words: Sequence[str]) -> int:
    name = words_of(f"{part.name} {part.maker}")
    return sum(any(other.startswith(word) for other in name) for word in words)


def _power_w(part: Part) -> float | None:
    for name in ("tdp_w", "rated_w", "power_active_w"):
        value: float | None = getattr(part, name, None)
        if value is not None:
            return value
    return None


def _sockets(part: Part) -> tuple[str, ...]:
    if isinstance(part, Cooler):
        return part.sockets
    socket: str | None = getattr(part, "socket", None)
    return (socket,) if socket else ()


def _filters(query: Query) -> list[Callable[[Part], bool]]:
    tests: list[Callable[[Part], bool]] = []
    if query.min_vram_bytes is not None:
        least = query.min_vram_bytes
        tests.append(lambda part: isinstance(part, (Gpu, GpuCard)) and part.vram_bytes >= least)
    if query.max_price is not None:
        most = query.max_price
        tests.append(lambda part: part.price is not None and part.price.amount <= most)
    if query.max_power_w is not None:
        power = query.max_power_w
        tests.append(lambda part: (_power_w(part) or float("inf")) <= power)
    if query.socket:
        socket = query.socket.lower()
        tests.append(lambda part: socket in (name.lower() for name in _sockets(part)))
    if query.maker:
        maker = query.maker.lower()
        tests.append(lambda part: part.maker.lower() == maker)
    return tests


def narrowed(parts: Iterable[Part], query: Query) -> list[Part]:
    """Keep the parts within the query's limits; a part whose value is unknown is not within."""
    tests = _filters(query)
    return [part for part in parts if all(test(part) for test in tests)]


def ranked(parts: Iterable[Part], words: Sequence[str]) -> list[Part]:
    """Put the closest names first: every word whole, then short names, then newest."""

    def rank(part: Part) -> tuple[Any, ...]:
        name = words_of(part.name)
        whole = sum(word in name for word in words)
        return (-whole, len(name), -(part.release_year or 0), part.name, part.id)

    return sorted(parts, key=rank)


def near_ids(wanted: str, ids: Iterable[str], names: Iterable[tuple[str, str]]) -> list[str]:
    """Return up to five ids that may have been meant."""
    found = get_close_matches(wanted, list(ids), 5, 0.6)
    low = wanted.lower()
    found += [part_id for part_id, name in names if low and low in name.lower()]
    return list(dict.fromkeys(found))[:5]
