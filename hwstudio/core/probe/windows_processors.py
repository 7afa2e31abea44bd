"""Cores by kind, sockets and caches from the records of GetLogicalProcessorInformationEx.

The layout is that of SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX in Microsoft's documentation: each
record states its own size, so unknown kinds are stepped over.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator

from hwstudio.core.model.machine import Cache, CoreKind

_CORE, _CACHE, _PACKAGE = 0, 2, 3
_HEAD = struct.Struct("<II")  # relationship, size of the record
_CACHE_HEAD = struct.Struct("<BBHII")  # level, ways, line, size, type
_CACHE_KINDS = {0: "shared", 1: "instruction", 2: "data"}
_GROUPS_AT, _MASKS_AT, _MASK_SIZE = 22, 24, 16
_NAMES = {
    1: ("all",),
    2: ("performance", "efficiency"),
    3: ("performance", "efficiency", "low power"),
}


def _records(raw: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + _HEAD.size <= len(raw):
        kind, size = _HEAD.unpack_from(raw, at)
        if size < _HEAD.size or at + size > len(raw):
            return
        yield kind, raw[at + _HEAD.size : at + size]
        at += size


def core_kinds_in(raw: bytes) -> tuple[CoreKind, ...]:
    """Return the kinds of cores, the strongest first; empty when no whole record is there."""
    cores: Counter[int] = Counter()
    threads: Counter[int] = Counter()
    for kind, body in _records(raw):
        if kind == _CORE and len(body) >= _MASKS_AT + _MASK_SIZE:
            strength = body[1]
            cores[strength] += 1
            threads[strength] += _threads(body)
    strengths = sorted(cores, reverse=True)
    names = _NAMES.get(len(strengths), tuple(f"kind {n + 1}" for n in range(len(strengths))))
    return tuple(
        CoreKind(kind=name, cores=cores[strength], threads=threads[strength])
        for name, strength in zip(names, strengths, strict=True)
    )


def _threads(body: bytes) -> int:
    (groups,) = struct.unpack_from("<H", body, _GROUPS_AT)
    count = 0
    for number in range(groups):
        at = _MASKS_AT + number * _MASK_SIZE
        if at + 8 <= len(body):
            count += int.from_bytes(body[at : at + 8], "little").bit_count()
    return count


def sockets_in(raw: bytes) -> int:
    """Return how many processor packages there are; 0 when none is stated."""
    return sum(kind == _PACKAGE for kind, _ in _records(raw))


def caches_in(raw: bytes) -> tuple[Cache, ...]:
    """Return the caches by level, kind and size."""
    counts: Counter[tuple[int, str, int]] = Counter()
    for kind, body in _records(raw):
        if kind == _CACHE and len(body) >= _CACHE_HEAD.size:
            level, _ways, _line, size, use = _CACHE_HEAD.unpack_from(body)
            if use in _CACHE_KINDS and size:
                counts[level, _CACHE_KINDS[use], size] += 1
    return tuple(
        Cache(level=level, kind=use, each_bytes=size, count=count)
        for (level, use, size), count in sorted(counts.items())
    )
