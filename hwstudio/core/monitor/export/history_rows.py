"""Rows of an export out of a recorded history, a stretch at a time, so that memory stays bounded.

Every second as it was recorded, or buckets of a width: their mean, of a counter its last value.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from hwstudio.core.base.errors import UserError
from hwstudio.core.monitor.export.shape import Row

RAW_S = 1
# Seconds a bucket may take. For each of them the middle of a bucket tells how wide it is.
WIDTHS_S = (1, 2, 5, 10, 30, 60, 300, 600, 900, 1800, 3600, 3 * 3600, 6 * 3600, 86400)
_COARSER_S = (60, 3600)
_RAW_STRETCH_S = 3600
_BUCKETS_A_STRETCH = 2000


class RawLike(Protocol):
    """Every sample of a sensor."""

    @property
    def times_s(self) -> Sequence[float]:
        """Unix time."""

    @property
    def values(self) -> Sequence[float]:
        """In the sensor's unit."""


class TraceLike(Protocol):
    """Buckets of a sensor; NaN is a break."""

    @property
    def times_s(self) -> Sequence[float]:
        """The middles of the buckets, Unix time."""

    @property
    def low(self) -> Sequence[float]:
        """Lowest value."""

    @property
    def mean(self) -> Sequence[float]:
        """Mean, of a counter the last value."""

    @property
    def high(self) -> Sequence[float]:
        """Highest value."""


class HistoryLike(Protocol):
    """What an export needs of a history of readings."""

    def raw(self, name: str, from_s: float, to_s: float) -> RawLike:
        """Return every sample that is kept as such."""

    def trace(
        self,
        names: Sequence[str],
        from_s: float,
        to_s: float,
        points: int = 600,
        *,
        width_s: int | None = None,
    ) -> Mapping[str, TraceLike]:
        """Return buckets of a width, those that touch the span."""


def history_rows(
    history: HistoryLike, names: Sequence[str], from_s: float, to_s: float, every_s: int
) -> Iterator[Row]:
    """Yield one row for every second or bucket with any reading, in order of time.

    A bucket's time is its beginning. Where only coarser data is left, that gives one row for its
    whole minute or hour; ``every_s`` 1 gives only what is kept by the second.

    Raises:
        UserError: there are no buckets of that width.
    """
    if every_s not in WIDTHS_S:
        words = ", ".join(map(str, WIDTHS_S))
        raise UserError("Readings cannot be cut that way", f"{every_s} s", f"Choose of: {words} s")
    stretch_s = _RAW_STRETCH_S if every_s == RAW_S else every_s * _BUCKETS_A_STRETCH
    begin = int(from_s // every_s) * every_s
    place = {name: at for at, name in enumerate(names)}
    last_s = -math.inf
    while begin < to_s:
        end = min(float(begin + stretch_s), to_s)
        rows = _stretch(history, place, (max(begin, from_s), end), every_s)
        for at_s in sorted(rows):
            if at_s > last_s:  # a coarse bucket may touch two stretches
                last_s = at_s
                yield at_s, rows[at_s]
        begin += stretch_s


def _stretch(
    history: HistoryLike, place: Mapping[str, int], span: tuple[float, float], every_s: int
) -> dict[float, list[float | None]]:
    rows: dict[float, list[float | None]] = {}
    if every_s == RAW_S:
        for name, at in place.items():
            raw = history.raw(name, *span)
            for time_s, value in zip(raw.times_s, raw.values, strict=True):
                _row(rows, time_s, len(place))[at] = value
        return rows
    for name, trace in history.trace(tuple(place), *span, width_s=every_s).items():
        for time_s, value in zip(trace.times_s, trace.mean, strict=True):
            if not math.isnan(value):
                start_s = time_s - bucket_width(time_s, every_s) / 2
                _row(rows, start_s, len(place))[place[name]] = value
    return rows


def _row(rows: dict[float, list[float | None]], at_s: float, width: int) -> list[float | None]:
    found = rows.get(at_s)
    if found is None:
        found = rows[at_s] = [None] * width
    return found


def bucket_width(middle_s: float, width_s: int) -> int:
    """Return how wide the bucket of a trace is by its middle: as asked, or all that is left."""
    wider = _COARSER_S[bisect_left(_COARSER_S, width_s + 1) :]
    for each in (width_s, *wider):
        if (middle_s - each / 2) % each == 0:
            return each
    return width_s
