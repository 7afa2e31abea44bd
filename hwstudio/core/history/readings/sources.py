"""Where the numbers of each hour are read from: seconds or a tier, never two of them.

The caller says how fine it wants them. An hour that is still hot is read from its rows (over its
chunk, where late rows came), every other one from the wanted tier, or from the next finer one while
the wanted one is not made yet, or from the next coarser one when the finer are dropped already.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from hwstudio.core.base.log import logger
from hwstudio.core.history.readings.codec import Column, Damaged, decode_chunk
from hwstudio.core.history.readings.compact import BLOCK_HOURS, DAY_HOURS
from hwstudio.core.history.readings.fold import Entries
from hwstudio.core.history.readings.hot import cut, overlaid, read_hot
from hwstudio.core.history.readings.schema import (
    HOLDS_HOURS,
    HOLDS_MINUTES,
    HOLDS_RAW,
    HOUR_S,
    MINUTE_S,
    TENS_S,
)
from hwstudio.core.history.readings.tiers import decode_tier, within

SECOND, MINUTE, TENS, HOUR = 1, MINUTE_S, TENS_S, HOUR_S
_HOLDS = {
    SECOND: HOLDS_RAW,
    MINUTE: HOLDS_MINUTES,
    TENS: HOLDS_MINUTES | HOLDS_HOURS,
    HOUR: HOLDS_HOURS,
}
# For the wanted fineness: which to take, best first.
_ORDER = {
    SECOND: (SECOND, MINUTE, HOUR),
    MINUTE: (MINUTE, SECOND, HOUR),
    TENS: (TENS, MINUTE, SECOND, HOUR),
    HOUR: (HOUR, MINUTE, SECOND),
}

Piece = Column | Entries


@dataclass(frozen=True, slots=True)
class Series:
    """A series in the file."""

    id: int
    name: str
    step: float
    is_counter: bool


class Window:
    """The pieces of some series from one slot up to another, as fine as asked where that is there.

    Entries of minutes and hours may reach over the ends; samples do not.
    """

    def __init__(
        self, db: sqlite3.Connection, series: Sequence[Series], span: tuple[int, int], wanted: int
    ) -> None:
        self._db = db
        self._series = series
        self._from, self._to = span
        self._marks = ", ".join("?" * len(series))
        self._ids = [each.id for each in series]
        self._pieces: dict[int, dict[int, Piece]] = {each.id: {} for each in series}
        hot = self._hot_by_hour()
        self._plan = self._planned(wanted, hot.keys())
        self._read_chunks()
        for step_s in (MINUTE, TENS, HOUR):
            self._read_tiers(step_s)
        for hour, columns in hot.items():
            if self._plan.get(hour, SECOND) != SECOND:
                continue  # late rows of an hour whose seconds are gone: they will be dropped
            for number, column in columns.items():
                below = self._pieces[number].get(hour)
                both = overlaid(below, column) if isinstance(below, Column) else column
                self._pieces[number][hour] = both

    def of(self, series: Series) -> list[Piece]:
        """Return the pieces of a series in order of time."""
        return [piece for _, piece in sorted(self._pieces[series.id].items(), key=_first)]

    def _hours(self) -> tuple[int, int]:
        return self._from // HOUR_S, -(-self._to // HOUR_S)

    def _hot_by_hour(self) -> dict[int, dict[int, Column]]:
        found: dict[int, dict[int, Column]] = {}
        steps = {each.id: each.step for each in self._series}
        for number, column in read_hot(self._db, (self._from, self._to), steps):
            runs = (
                range(first // HOUR_S, (first + n - 1) // HOUR_S + 1) for first, n in column.runs
            )
            for hour in dict.fromkeys(chain.from_iterable(runs)):
                part = cut(column, hour * HOUR_S, (hour + 1) * HOUR_S)
                if part.numbers:
                    found.setdefault(hour, {})[number] = part
        return found

    def _planned(self, wanted: int, hot: Iterable[int]) -> dict[int, int]:
        """Return which source each compacted hour is read from."""
        hot = set(hot)
        plan: dict[int, int] = {}
        sql = "SELECT hour, holds FROM hour WHERE hour >= ? AND hour < ? ORDER BY hour"
        for hour, holds in self._db.execute(sql, self._hours()):
            order = _ORDER[SECOND if hour in hot else wanted]
            source = next((each for each in order if holds & _HOLDS[each] == _HOLDS[each]), None)
            if source is not None:
                plan[hour] = source
        return plan

    def _read_chunks(self) -> None:
        sql = (
            f"SELECT series, hour, data FROM chunk WHERE series IN ({self._marks})"  # noqa: S608
            " AND hour >= ? AND hour < ?"
        )
        for begin, end in _stretches(h for h, source in self._plan.items() if source == SECOND):
            for number, hour, data in self._db.execute(sql, (*self._ids, begin, end)):
                try:
                    column = cut(decode_chunk(data, hour), self._from, self._to)
                except Damaged as error:
                    _warn(hour, error)
                    continue
                if column.numbers:
                    self._pieces[number][hour] = column

    def _read_tiers(self, step_s: int) -> None:
        planned = [hour for hour, source in self._plan.items() if source == step_s]
        if not planned:
            return
        longest = BLOCK_HOURS if step_s == HOUR else DAY_HOURS
        others = [hour for hour, source in self._plan.items() if source != step_s]
        rows = self._db.execute(
            "SELECT series, hours, start, data FROM tier WHERE step_s = ?"  # noqa: S608  (marks)
            f" AND series IN ({self._marks}) AND start > ? AND start <= ? AND start + hours > ?",
            (step_s, *self._ids, planned[0] - longest, planned[-1], planned[0]),
        ).fetchall()
        covered: dict[int, set[int]] = {number: set() for number in self._ids}
        for number, hours, start, data in sorted(rows, key=lambda row: row[:3]):
            taken = covered[number]
            end = start + hours
            mine = taken.intersection(range(start, end))
            mine.update(others[bisect_left(others, start) : bisect_left(others, end)])
            taken.update(range(start, end))
            try:
                entries = decode_tier(data, step_s, start)
            except Damaged as error:
                _warn(start, error)
                continue
            for begin, stop in _between(sorted(mine), start, end):
                slots = max(begin * HOUR_S, self._from), min(stop * HOUR_S, self._to)
                part = within(entries, *slots)
                if part.starts:
                    self._pieces[number][begin] = part


def read_exact(
    db: sqlite3.Connection, series: Series, span: tuple[int, int], wanted: int
) -> list[Piece]:
    """Return the pieces of one series with seconds at both ends, so that they end exactly."""
    begin, end = -(-span[0] // HOUR_S) * HOUR_S, span[1] // HOUR_S * HOUR_S
    if wanted == SECOND or begin >= end:
        return Window(db, [series], span, SECOND).of(series)
    parts = ((span[0], begin), SECOND), ((begin, end), wanted), ((end, span[1]), SECOND)
    return [
        piece
        for part, step_s in parts
        if part[0] < part[1]
        for piece in Window(db, [series], part, step_s).of(series)
    ]


def _stretches(hours: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield ascending hours as half-open stretches of neighbours."""
    begin = end = None
    for hour in hours:
        if begin is None or end != hour:
            if begin is not None and end is not None:
                yield begin, end
            begin = hour
        end = hour + 1
    if begin is not None and end is not None:
        yield begin, end


def _between(holes: list[int], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield what is left of [start, end) without the ascending holes."""
    for hole in holes:
        if start < hole:
            yield start, hole
        start = hole + 1
    if start < end:
        yield start, end


def _first(item: tuple[int, Piece]) -> int:
    return item[0]


def _warn(hour: int, error: Damaged) -> None:
    logger("history").warning("Damaged readings of hour %d are left out: %s", hour, error)
