"""The reading side of the readings' history: for the window, the CLI and exports, while a recorder
writes the same file. It never writes, and where there is no file yet it is simply empty.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from array import array
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.history.readings import known, store
from hwstudio.core.history.readings.codec import Column
from hwstudio.core.history.readings.known import Event, Gap, KnownDevice, Session
from hwstudio.core.history.readings.sources import MINUTE, SECOND, Series, Window, read_exact
from hwstudio.core.history.readings.summary import Statistics, increase_of, statistics_of
from hwstudio.core.history.readings.trace import Trace, source_for, trace_of, width_for

T = TypeVar("T")

# Up to this long a 95th percentile is taken from every second, beyond from the minutes' means.
_RAW_STATISTICS_S = 3 * 86400
_END_OF_TIME_S = 2.0**40


@dataclass(frozen=True, slots=True)
class Raw:
    """Every sample of one series: whole seconds of Unix time and values in the sensor's unit."""

    times_s: array[float]
    values: array[float]


class ReadingHistory:
    """The file, read only. All methods may be called from any thread.

    Times are Unix seconds; a span is half open: ``from_s <= t < to_s``. Every method raises
    HostError where the file cannot be read, and UserError where it is from a newer hwstudio.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.RLock()
        self._db: sqlite3.Connection | None = None
        self._stamp: tuple[int, ...] = ()
        self._is_frozen = False  # read as it lies, on a disk that cannot be written

    @classmethod
    def open(cls, file: Path) -> ReadingHistory:
        """Open the file; it may be made later.

        Raises:
            UserError: it is from a newer hwstudio.
            HostError: it cannot be read.
        """
        history = cls(file)
        history.series()
        return history

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._disconnect()

    def series(self) -> tuple[str, ...]:
        """Return the ids of every sensor with readings, in order."""
        return self._ask(known.series_names, ())

    def devices(self) -> tuple[KnownDevice, ...]:
        """Return every device there was, the one seen last first."""
        return self._ask(known.devices, ())

    def span(self) -> tuple[float, float] | None:
        """Return the first and the last second with a reading, None without any.

        The first one is exact to the hour where only coarser data is left of it.
        """
        return self._ask(known.span, None)

    def boots(self) -> tuple[Session, ...]:
        """Return the recorder's sessions, oldest first."""
        return self._ask(known.sessions, ())

    def gaps(self, from_s: float, to_s: float) -> tuple[Gap, ...]:
        """Return the stretches without readings of which the reason is known, oldest first."""
        return self._ask(lambda db: known.gaps(db, from_s, to_s), ())

    def events(
        self, kind: str, from_s: float = 0.0, to_s: float = float("inf")
    ) -> tuple[Event, ...]:
        """Return the events of one kind, oldest first; a damaged one is left out."""
        return self._ask(lambda db: known.events(db, kind, from_s, to_s), ())

    def trace(
        self,
        names: Sequence[str],
        from_s: float,
        to_s: float,
        points: int = 600,
        *,
        width_s: int | None = None,
    ) -> dict[str, Trace]:
        """Return about ``points`` buckets of each sensor that has any readings there.

        ``width_s`` asks for buckets of that width instead (one that an earlier Trace had): a chart
        then only has to ask for what is new. Buckets are whole: the first and the last one may
        reach over the ends of the span.
        """
        width = width_s or width_for(to_s - from_s, points)
        span = _buckets(from_s, to_s, width)
        return self._ask(lambda db: _traces(db, names, span, width), {})

    def raw(self, name: str, from_s: float, to_s: float) -> Raw:
        """Return every sample of one sensor that is still kept as such."""
        return self.raws([name], from_s, to_s).get(name, Raw(array("d"), array("d")))

    def raws(self, names: Sequence[str], from_s: float, to_s: float) -> dict[str, Raw]:
        """Return the samples of several sensors, those that have any, quicker than one by one."""
        return self._ask(lambda db: _raws(db, names, _slots(from_s, to_s)), {})

    def statistics(self, name: str, from_s: float, to_s: float) -> Statistics | None:
        """Return lowest, mean, highest, count and 95th percentile, None without readings.

        ``basis`` says what the percentile is made of: every second for up to three days of seconds
        that are still kept, the means of minutes or hours beyond.
        """
        wanted = SECOND if to_s - from_s <= _RAW_STATISTICS_S else MINUTE

        def ask(db: sqlite3.Connection) -> Statistics | None:
            found = _series(db, [name])
            if not found:
                return None
            pieces = read_exact(db, found[0], _slots(from_s, to_s), wanted)
            return statistics_of(found[0], pieces)

        return self._ask(ask, None)

    def increase(self, name: str, from_s: float, to_s: float) -> float | None:
        """Return by how much a counter grew between its samples in the span; None without any.

        A counter that is smaller than before has begun again at 0. What it grew by while nothing
        was recorded counts, where it did not begin again.

        Raises:
            UserError: the sensor is no counter.
        """

        def ask(db: sqlite3.Connection) -> float | None:
            found = _series(db, [name])
            if not found:
                return None
            if not found[0].is_counter:
                raise UserError(f"{name} is no counter", "it can fall", "Ask for its statistics")
            pieces = read_exact(db, found[0], _slots(from_s, to_s), MINUTE)
            return increase_of(found[0], pieces)

        return self._ask(ask, None)

    def size_bytes(self) -> int:
        """Return what the history takes on the disk."""
        return store.size_bytes(self._file)

    def bytes_per_sample(self) -> float | None:
        """Return the size of everything over the samples kept as seconds; None without any."""
        samples = self._ask(known.samples, 0)
        return self.size_bytes() / samples if samples else None

    def _ask(self, ask: Callable[[sqlite3.Connection], T], empty: T) -> T:
        """Ask within one read transaction, so that a compaction meanwhile moves nothing."""
        with self._lock:
            try:
                db = self._connected()
                if db is None:
                    return empty
                db.execute("BEGIN")
                try:
                    return ask(db)
                finally:
                    if db.in_transaction:
                        db.execute("ROLLBACK")
            except (sqlite3.Error, OSError) as error:
                self._disconnect()
                raise HostError(
                    "The history of readings could not be read",
                    store.in_words(error),
                    "The recorder begins a new one when the file is damaged",
                ) from error

    def _connected(self) -> sqlite3.Connection | None:
        """Return the open file, opened anew where the recorder began a new one."""
        try:
            state = self._file.stat()
        except FileNotFoundError:
            self._disconnect()
            return None
        if self._db is not None and self._stamp == self._stamp_of(state):
            return self._db
        self._disconnect()
        opened = store.open_to_read(self._file)
        if opened is not None:
            self._db, self._is_frozen = opened
            self._stamp = self._stamp_of(state)
        return self._db

    def _stamp_of(self, state: os.stat_result) -> tuple[int, ...]:
        changed = (state.st_mtime_ns, state.st_size) if self._is_frozen else ()
        return (state.st_ino, *changed)

    def _disconnect(self) -> None:
        if self._db is not None:
            db, self._db = self._db, None
            with suppress(sqlite3.Error):
                db.close()


def _slots(from_s: float, to_s: float) -> tuple[int, int]:
    """Return a span in whole seconds."""
    begin, end = _ends(from_s, to_s)
    return -int(-begin // 1), -int(-end // 1)


def _buckets(from_s: float, to_s: float, width_s: int) -> tuple[int, int]:
    """Return a span that is as long as the buckets it touches."""
    begin, end = _ends(from_s, to_s)
    return int(begin // width_s) * width_s, -int(-end // width_s) * width_s


def _ends(from_s: float, to_s: float) -> tuple[float, float]:
    """Return a span that has ends: all of time, where it had none."""
    return min(max(from_s, 0.0), _END_OF_TIME_S), min(max(to_s, 0.0), _END_OF_TIME_S)


def _series(db: sqlite3.Connection, names: Sequence[str]) -> list[Series]:
    found: dict[str, Series] = {}
    for name in names:
        row: Any = db.execute(
            "SELECT id, name, step, counter FROM series WHERE name = ?", (name,)
        ).fetchone()
        if row is not None:
            found[name] = Series(row[0], row[1], row[2], bool(row[3]))
    return list(found.values())


def _traces(
    db: sqlite3.Connection, names: Sequence[str], span: tuple[int, int], width_s: int
) -> dict[str, Trace]:
    found = _series(db, names)
    if not found:
        return {}
    window = Window(db, found, span, source_for(width_s))
    interval_s = known.interval(db, *span)
    traces = {each.name: trace_of(each, window.of(each), width_s, interval_s) for each in found}
    return {name: trace for name, trace in traces.items() if trace.times_s}


def _raws(db: sqlite3.Connection, names: Sequence[str], span: tuple[int, int]) -> dict[str, Raw]:
    found = _series(db, names)
    window = Window(db, found, span, SECOND)
    return {each.name: raw for each in found if (raw := _raw(each, window)).times_s}


def _raw(series: Series, window: Window) -> Raw:
    raw = Raw(array("d"), array("d"))
    for piece in window.of(series):
        if isinstance(piece, Column):
            for first, length in piece.runs:
                # Through a list: an array takes a range number by number, at five times the cost.
                raw.times_s.extend(array("d", list(range(first, first + length))))
            raw.values.extend(array("d", [number * series.step for number in piece.numbers]))
    return raw
