"""Samples and tier entries gathered into buckets of equal width, exactly and quickly.

One fold serves the compaction (seconds into minutes, minutes into hours) and the drawing. A bucket
of a gauge is (lowest, sum in eighths of a step, highest), a bucket of a counter (first, increase,
last): both can be joined to the next bucket without looking at the samples again, so it makes no
difference where the data were cut.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import add, mul, sub
from typing import NamedTuple, TypeVar

from hwstudio.core.history.readings.codec import Column, Number, runs_of

T = TypeVar("T")

# A mean is kept in eighths of a step: an hour's mean is made of 60 minutes' without drifting.
EIGHTHS = 8
_ONE_BY_ONE = 60  # more runs than this in one piece: look for the buckets, not for the runs
_AS_TUPLES = 64  # up to so many numbers a bucket, tuples are quicker than slices


class Entries(NamedTuple):
    """Stretches of ``step_s`` seconds that hold samples, ascending.

    ``starts`` are slots // step_s. ``low, mean, high`` of a gauge are in steps, the mean in eighths
    of a step; of a counter they are the first value, the increase from it to the last, the last.
    """

    step_s: int
    starts: list[int]
    counts: list[int]
    low: list[Number]
    mean: list[Number]
    high: list[Number]

    def part(self, part: slice) -> Entries:
        """Return some of them."""
        low, mean, high = self.low[part], self.mean[part], self.high[part]
        return Entries(self.step_s, self.starts[part], self.counts[part], low, mean, high)


# Numbers of neighbours: low, sum, high; no sum = single samples, where all three are the same.
_Columns = tuple[Sequence[Number], Sequence[Number] | None, Sequence[Number]]


def rise(before: Number, after: Number) -> Number:
    """Return by how much a counter grew; one that is smaller than before began again at 0."""
    return after - before if after >= before else after


class Segment(NamedTuple):
    """Buckets that follow each other without a hole."""

    start: int  # slot
    span: int  # seconds of each; wider than asked where only coarser data is left
    many: int


class Joint(NamedTuple):
    """Two buckets with seconds between their nearest samples, as well as those are known."""

    at: int  # the later bucket
    last: int  # slot of the last sample before
    first: int  # slot of the first sample after


class Buckets:
    """Buckets of a gauge, ascending. Feed it pieces in order of time."""

    def __init__(self, width_s: int) -> None:
        self.width_s = width_s
        self.segments: list[Segment] = []
        self.joints: list[Joint] = []
        self.counts: list[int] = []
        self.low: list[Number] = []
        self.sum: list[Number] = []
        self.high: list[Number] = []
        self._last = 0  # slot of the last sample

    def starts(self) -> list[int]:
        """Return the first slot of each bucket."""
        ranges = (range(s.start, s.start + s.many * s.span, s.span) for s in self.segments)
        return list(chain.from_iterable(ranges))

    def add_samples(self, column: Column) -> None:
        """Take in samples."""
        numbers = column.numbers
        if len(column.runs) > _ONE_BY_ONE:
            self._add_scattered(column)
            return
        at = 0
        for first, length in column.runs:
            mine = numbers if length == len(numbers) else numbers[at : at + length]
            self._add_run(first, 1, (mine, None, mine), 1)
            at += length

    def add_entries(self, entries: Entries) -> None:
        """Take in tier entries; those wider than a bucket become buckets of their own."""
        counts, step = entries.counts, entries.step_s
        usual = counts[0] if counts and counts.count(counts[0]) == len(counts) else None
        columns = self._columns(entries, usual)
        at = 0
        for first, length in runs_of(entries.starts):
            part = slice(at, at + length)
            mine, start = _part(columns, part), first * step
            at += length
            if step <= self.width_s:
                self._add_run(start, step, mine, usual or counts[part])
            else:
                ends = start, start + length * step - 1
                groups = self._groups(mine, 1, usual)
                self._append(Segment(start, step, length), ends, counts[part], groups)

    def _add_scattered(self, column: Column) -> None:
        slots, width, at = column.slots(), self.width_s, 0
        columns = (column.numbers, None, column.numbers)
        while at < len(slots):
            start = slots[at] // width * width
            end = bisect_left(slots, start + width, at)
            one = self._one(_part(columns, slice(at, end)), 1)
            self._put(start, (slots[at], slots[end - 1]), one, end - at)
            at = end

    def _add_run(
        self, first: int, step: int, columns: _Columns, counts: int | Sequence[int]
    ) -> None:
        """Take in neighbours: the rest of a bucket, whole buckets at once, part of a last one."""
        width, length = self.width_s, len(columns[0])
        per = width // step
        usual = counts if isinstance(counts, int) else None
        head = min(-first % width // step, length)
        tail = head + (length - head) // per * per
        for part in (slice(0, head), slice(head, tail), slice(tail, length)):
            begin, end = first + part.start * step, first + part.stop * step
            if begin == end:
                continue
            mine, ends = _part(columns, part), (begin, end - 1)
            if part.start == head and tail > head:
                segment = Segment(begin, width, (end - begin) // width)
                groups = self._groups(mine, per, usual)
                self._append(segment, ends, _sums(counts, part, per), groups)
            else:
                [count] = _sums(counts, part, part.stop - part.start)
                self._put(begin // width * width, ends, self._one(mine, usual), count)

    def _put(
        self, start: int, ends: tuple[int, int], numbers: Sequence[Number], count: int
    ) -> None:
        """Join one part of a bucket to the last one, or begin a new one."""
        last = self.segments[-1] if self.segments else Segment(0, 0, 0)
        if last.span == self.width_s and last.start + (last.many - 1) * last.span == start:
            self._join(*numbers)
            self.counts[-1] += count
            self._last = ends[1]
        else:
            segment = Segment(start, self.width_s, 1)
            self._append(segment, ends, [count], [[n] for n in numbers])

    def _append(
        self,
        new: Segment,
        ends: tuple[int, int],
        counts: Sequence[int],
        numbers: Sequence[Iterable[Number]],
    ) -> None:
        """Add buckets; ``ends`` are the slots of the first and the last sample in them."""
        if self.counts and ends[0] - self._last > 1:
            self.joints.append(Joint(len(self.counts), self._last, ends[0]))
        self._last = ends[1]
        old = self.segments[-1] if self.segments else Segment(0, 0, 0)
        if old.span == new.span and old.start + old.many * old.span == new.start:
            self.segments[-1] = old._replace(many=old.many + new.many)
        else:
            self.segments.append(new)
        self.counts += counts
        for mine, more in zip((self.low, self.sum, self.high), numbers, strict=True):
            mine.extend(more)

    def _columns(self, entries: Entries, usual: int | None) -> _Columns:
        if usual:  # all of the same count: their sums are multiplied by it later
            return entries.low, entries.mean, entries.high
        return entries.low, list(map(mul, entries.mean, entries.counts)), entries.high

    def _groups(self, columns: _Columns, per: int, usual: int | None) -> Sequence[Iterable[Number]]:
        """Return the bucket numbers of every ``per`` neighbours."""
        low, total, high = columns
        if total is None:
            total, usual = low, EIGHTHS
        lows: Iterable[Number] = low
        sums: Iterable[Number] = total
        highs: Iterable[Number] = high
        if per > 1:
            cut = _cut(low, per)
            lows, highs = map(min, cut), map(max, cut if high is low else _cut(high, per))
            sums = map(sum, cut if total is low else _cut(total, per))
        return lows, [usual * n for n in sums] if usual else sums, highs

    def _one(self, columns: _Columns, usual: int | None) -> list[Number]:
        return [next(iter(each)) for each in self._groups(columns, len(columns[0]), usual)]

    def _join(self, low: Number, total: Number, high: Number) -> None:
        self.low[-1] = min(self.low[-1], low)
        self.sum[-1] += total
        self.high[-1] = max(self.high[-1], high)

    def entries(self) -> Entries:
        """Return the buckets as tier entries of their width."""
        starts = [start // self.width_s for start in self.starts()]
        return Entries(self.width_s, starts, self.counts, self.low, self.means(), self.high)

    def means(self) -> list[Number]:
        """Return the means in eighths of a step, rounded where the samples were whole steps."""
        return [
            (2 * total + count) // (2 * count) if isinstance(total, int) else total / count
            for total, count in zip(self.sum, self.counts, strict=True)
        ]


class CounterBuckets(Buckets):
    """Buckets of a counter: first value, increase up to the last value, last value."""

    def _columns(self, entries: Entries, usual: int | None) -> _Columns:  # noqa: ARG002
        return entries.low, entries.mean, entries.high

    def _groups(  # how many samples there are does not matter to an increase
        self,
        columns: _Columns,
        per: int,
        usual: int | None,  # noqa: ARG002
    ) -> Sequence[Iterable[Number]]:
        first, increase, last = columns
        joins: list[Number] = [0, *map(rise, last, first[1:])]
        own = joins if increase is None else list(map(add, joins, increase))
        return first[::per], map(sub, map(sum, _cut(own, per)), joins[::per]), last[per - 1 :: per]

    def _join(self, low: Number, total: Number, high: Number) -> None:
        self.sum[-1] += rise(self.high[-1], low) + total
        self.high[-1] = high

    def means(self) -> list[Number]:
        """Return the increases."""
        return self.sum


def buckets_for(width_s: int, *, is_counter: bool) -> Buckets:
    """Return empty buckets for a series."""
    return CounterBuckets(width_s) if is_counter else Buckets(width_s)


def _part(columns: _Columns, part: slice) -> _Columns:
    low, total, high = columns
    if part.start == 0 and part.stop == len(low):
        return columns
    return low[part], None if total is None else total[part], high[part]


def _sums(counts: int | Sequence[int], part: slice, per: int) -> list[int]:
    """Return how many samples every ``per`` entries of a part have."""
    if isinstance(counts, int):
        return [counts * per] * ((part.stop - part.start) // per)
    return list(map(sum, _cut(counts[part], per)))


def _cut(numbers: Sequence[T], per: int) -> list[Sequence[T]]:
    if per <= _AS_TUPLES:
        return list(zip(*[iter(numbers)] * per, strict=True))
    return [numbers[at : at + per] for at in range(0, len(numbers), per)]
