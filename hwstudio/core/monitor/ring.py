"""The last minutes of every number, in bounded memory, read by the window while it grows."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_FIRST_ROOM = 256  # samples that memory is taken for at first; it doubles up to the capacity
_GAP = float("nan")  # inside the buffers only: "nothing was read at this moment"


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of samples, oldest first. A NaN in a column is a gap, to be drawn as one."""

    first: int  # running number of the first sample
    end: int  # running number after the last one: ask for "since" this next time
    times_s: array[float]
    columns: dict[str, array[float]]


class Ring:
    """A fixed number of samples; names may come and go. Safe between threads."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._lock = threading.Lock()
        self._end = 0
        self._begin = 0  # samples before this were forgotten
        self._room = min(capacity, _FIRST_ROOM)
        self._times = array("d", [_GAP]) * self._room
        self._columns: dict[str, array[float]] = {}

    @property
    def end(self) -> int:
        """Return how many samples were ever added."""
        return self._end

    def names(self) -> tuple[str, ...]:
        """Return the names seen so far."""
        with self._lock:
            return tuple(self._columns)

    def append(self, time_s: float, values: Mapping[str, float]) -> None:
        """Add one sample; names it does not hold get a gap."""
        with self._lock:
            if self._end == self._room < self._capacity:
                self._grow()
            place = self._end % self._capacity
            self._times[place] = time_s
            for name in values.keys() - self._columns.keys():
                self._columns[name] = array("d", [_GAP]) * self._room
            for name, column in self._columns.items():
                column[place] = values.get(name, _GAP)
            self._end += 1

    def _grow(self) -> None:
        more = array("d", [_GAP]) * (min(self._capacity, 2 * self._room) - self._room)
        for column in (self._times, *self._columns.values()):
            column.extend(more)
        self._room += len(more)

    def clear(self) -> None:
        """Forget every sample; running numbers go on."""
        with self._lock:
            self._begin = self._end

    def since(self, number: int, names: Iterable[str] | None = None) -> Window:
        """Return the samples from running ``number`` on, as far as they are still kept."""
        with self._lock:
            first = max(number, self._end - self._capacity, self._begin)
            first = min(first, self._end)
            wanted = self._columns.keys() if names is None else names
            gap = array("d", [_GAP]) * (self._end - first)
            return Window(
                first,
                self._end,
                self._cut(self._times, first),
                {
                    name: self._cut(self._columns[name], first)
                    if name in self._columns
                    else array("d", gap)
                    for name in wanted
                },
            )

    def last(self, count: int, names: Iterable[str] | None = None) -> Window:
        """Return the newest ``count`` samples."""
        return self.since(self._end - count, names)

    def _cut(self, column: array[float], first: int) -> array[float]:
        if first == self._end:
            return array("d")
        start, stop = first % self._capacity, self._end % self._capacity
        if start < stop:
            return column[start:stop]
        return column[start:] + column[:stop]
