"""What the ladder of buffers says: where the waiting grows, a cache ends."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hwstudio.core.base.units import GIB, MIB, duration, gib
from hwstudio.core.bench.suite.memory_ladder import READ, WAIT

KIB = 2**10
FLAT = 1.25  # waiting that differs by less is of one and the same memory
LEAST_POINTS = 3  # of a flat piece, so that it spans an octave
STEP = 1.5  # from one flat piece to the next; less is no other memory
FITS = 0.7  # of a cache's size: its end is round, other data lie in it too
BEYOND = 2.0  # times the last cache: then the main memory answers
_NAME = re.compile(rf"({WAIT}|{READ}) (\d+) ([KMG])iB")
_UNITS = {"K": KIB, "M": MIB, "G": GIB}


@dataclass(frozen=True, slots=True)
class CacheEnd:
    """A cache ends between two sizes of the ladder; the waiting before and after, in seconds."""

    low_bytes: int
    high_bytes: int
    before_s: float
    after_s: float


def points(values: Iterable[tuple[str, float]], kind: str) -> dict[int, float]:
    """Return value by size in bytes of one kind (WAIT or READ), by rising size.

    Args:
        values: names of points and their values; the first of a name counts.
    """
    found: dict[int, float] = {}
    for name, value in values:
        told = _NAME.fullmatch(name)
        if told is not None and told[1] == kind:
            found.setdefault(int(told[2]) * _UNITS[told[3]], value)
    return dict(sorted(found.items()))


def cache_ends(waits: Mapping[int, float]) -> tuple[CacheEnd, ...]:
    """Return where the waiting grows from one flat piece to the next, the smallest first.

    The end is where the curve crosses the geometric mean of both pieces.
    """
    sizes = list(waits)
    flat = _flat([waits[size] for size in sizes])
    found = []
    for before, after in pairwise(flat):
        middle = (before.level * after.level) ** 0.5
        places = range(before.last, after.first)
        place = next((n for n in places if waits[sizes[n + 1]] >= middle), None)
        if place is not None:
            found.append(CacheEnd(sizes[place], sizes[place + 1], before.level, after.level))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A flat piece of a curve, by its first and last place."""

    first: int
    last: int
    level: float


def _flat(values: Sequence[float]) -> list[_Piece]:
    """Return the flat pieces of a curve; those of nearly the same height are one."""
    found: list[_Piece] = []
    first = 0
    while first < len(values):
        last = first
        while last + 1 < len(values) and _spread(values[first : last + 2]) <= FLAT:
            last += 1
        if last - first + 1 < LEAST_POINTS:
            first += 1
            continue
        level = sorted(values[first : last + 1])[(last - first) // 2]
        if found and level < STEP * found[-1].level:
            found[-1] = _Piece(found[-1].first, last, found[-1].level)
        else:
            found.append(_Piece(first, last, level))
        first = last + 1
    return found


def _spread(values: Sequence[float]) -> float:
    return max(values) / min(values)


def inside(curve: Mapping[int, float], below_bytes: int, size_bytes: int) -> float | None:
    """Return the value of the buffer in the middle of a cache; None where there is none.

    Args:
        below_bytes: size of the cache below it, 0 for the nearest: there the largest one counts.
    """
    fit = [size for size in curve if below_bytes < size <= FITS * size_bytes]
    if not fit or not below_bytes:
        return curve[max(fit)] if fit else None
    middle = math.log(below_bytes * size_bytes) / 2
    return curve[min(fit, key=lambda size: abs(math.log(size) - middle))]


def beyond(curve: Mapping[int, float], last_cache_bytes: int) -> float | None:
    """Return the value of the largest buffer where the main memory answers, None without one."""
    most = max(curve, default=0)
    return curve[most] if last_cache_bytes and most >= BEYOND * last_cache_bytes else None


def size_words(size_bytes: float) -> str:
    """Return a size as caches are told: 48 KiB, 1.5 MiB."""
    if size_bytes < MIB:
        return f"{size_bytes / KIB:g} KiB"
    return f"{size_bytes / MIB:g} MiB" if size_bytes < GIB else gib(size_bytes)


def ends_words(ends: Sequence[CacheEnd]) -> str:
    """Return the ends in a list: "at 32 to 48 KiB (from 1.0 to 3.3 ns)"."""
    told = [
        f"at {_span(size_words(end.low_bytes), size_words(end.high_bytes))} "
        f"(from {_span(duration(end.before_s), duration(end.after_s))})"
        for end in ends
    ]
    return " and ".join(filter(None, (", ".join(told[:-1]), *told[-1:])))


def _span(low: str, high: str) -> str:
    """Return "32 to 48 KiB", and both units where they differ."""
    number, _, unit = low.partition(" ")
    return f"{number if high.endswith(f' {unit}') else low} to {high}"
