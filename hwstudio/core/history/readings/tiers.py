"""Minutes and hours of a series as blobs.

A blob is a stretch of hours: a kind byte, how many samples each entry has (0 = none), then three
columns of those that have any. Whole numbers are kept as differences from each other, which are
small: a gauge's low, high - low, mean - low; a counter's first, last - first, and what a reset
added to that. A counter has no mean: the mean of an ever-growing number says nothing, its increase
does.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import compress
from operator import add, sub
from typing import cast

from hwstudio.core.history.readings.codec import Damaged, Number, decode, encode
from hwstudio.core.history.readings.fold import EIGHTHS, Entries
from hwstudio.core.history.readings.schema import HOUR_S

_GAUGE, _COUNTER, _AS_THEY_ARE = range(3)


def encode_tier(entries: Entries, start_hour: int, hours: int, *, is_counter: bool) -> bytes:
    """Return the entries within ``hours`` hours as bytes."""
    per_hour = HOUR_S // entries.step_s
    counts = [0] * (hours * per_hour)
    for start, count in zip(entries.starts, entries.counts, strict=True):
        counts[start - start_hour * per_hour] = count
    low, mean, high = entries.low, entries.mean, entries.high
    if float in {type(n) for column in (low, mean, high) for n in column}:
        kind = _AS_THEY_ARE
    else:
        kind = _COUNTER if is_counter else _GAUGE
        high = list(map(sub, high, low))
        mean = list(map(sub, mean, high if is_counter else [EIGHTHS * n for n in low]))
    return bytes([kind]) + encode(counts) + encode(low) + encode(high) + encode(mean)


def decode_tier(data: bytes, step_s: int, start_hour: int) -> Entries:
    """Return the entries of a blob.

    Raises:
        Damaged: it is no tier blob.
    """
    columns: list[list[Number]] = []
    end = 1
    for _ in range(4):
        column, end = decode(data, end)
        columns.append(column)
    counts, low, high, mean = columns
    first = start_hour * (HOUR_S // step_s)
    starts = list(range(first, first + len(counts)))
    if 0 in counts:
        starts = list(compress(starts, counts))
        counts = list(compress(counts, counts))
    if not len(starts) == len(low) == len(high) == len(mean):
        raise Damaged("entries are missing")
    if data[0] == _GAUGE:
        mean = [change + EIGHTHS * n for change, n in zip(mean, low, strict=True)]
        high = list(map(add, high, low))
    elif data[0] == _COUNTER:
        mean, high = list(map(add, mean, high)), list(map(add, high, low))
    return Entries(step_s, starts, cast("list[int]", counts), low, mean, high)


def within(entries: Entries, from_slot: int, to_slot: int) -> Entries:
    """Return the entries that touch the seconds from ``from_slot`` up to, not with, ``to_slot``."""
    begin = bisect_left(entries.starts, from_slot // entries.step_s)
    end = bisect_left(entries.starts, -(-to_slot // entries.step_s))
    if begin == 0 and end == len(entries.starts):
        return entries
    return entries.part(slice(begin, end))


def merged(pieces: list[Entries], step_s: int) -> Entries:
    """Return the entries of several pieces; a later piece stands over an earlier one, by hours."""
    per_hour = HOUR_S // step_s
    by_hour: dict[int, Entries] = {}
    for piece in pieces:
        hours = sorted({start // per_hour for start in piece.starts})
        by_hour.update((hour, within(piece, hour * HOUR_S, (hour + 1) * HOUR_S)) for hour in hours)
    found = Entries(step_s, [], [], [], [], [])
    for hour in sorted(by_hour):
        part = by_hour[hour]
        found.starts.extend(part.starts)
        found.counts.extend(part.counts)
        found.low.extend(part.low)
        found.mean.extend(part.mean)
        found.high.extend(part.high)
    return found
