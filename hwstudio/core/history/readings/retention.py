"""What is kept for how long, and giving the room of the rest back to the disk, in slices."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from hwstudio.core.history.readings.compact import DAY_HOURS, transaction
from hwstudio.core.history.readings.layout import layouts_in
from hwstudio.core.history.readings.schema import (
    HOLDS_HOURS,
    HOLDS_MINUTES,
    HOLDS_RAW,
    HOUR_S,
    MINUTE_S,
    TENS_S,
)

# A clock that jumps ahead must not empty the history: it is believed after this many recorded hours
# within this many before it.
_TRUSTED_HOURS, _OF_THE_LAST_HOURS = 3, 7 * DAY_HOURS
# Free pages that are worth moving others for; a compaction frees and needs about 2 MB in turn.
_FREE_BYTES, _FREE_SHARE = 4 * 2**20, 0.05
_PAGES_AT_ONCE = 32
_HOURS_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Retention:
    """How long seconds, minutes and hours are kept, in days, and how large the file may grow.

    ``most_bytes`` goes first: seconds are dropped before their time where the file is larger, then
    minutes, the oldest first; hours stay. Events, devices and gaps stay as long as hours.
    """

    raw_days: float = 30.0
    minute_days: float = 90.0
    hour_days: float = 5 * 365.25
    most_bytes: int = 500_000_000


class Pruning:
    """All that is past its time at ``now_s``, as slices; each ``next`` of ``slices()`` does one."""

    def __init__(self, db: sqlite3.Connection, retention: Retention, now_s: float) -> None:
        self._db = db
        self._keep = retention
        self._now_hour = int(now_s) // HOUR_S

    def slices(self) -> Iterator[None]:
        """Do the work."""
        if self._is_clock_trusted():
            while self._drop_seconds(self._before(self._keep.raw_days)):
                yield
            while self._drop_minutes(self._before(self._keep.minute_days)):
                yield
            self._drop_hours(self._before(self._keep.hour_days))
            yield
        while self._is_too_large() and (self._drop_seconds(None) or self._drop_minutes(None)):
            yield
        self._drop_unused_names()
        yield
        worth = self._free_pages_worth_it()
        while worth and self._shrink():
            yield

    def _before(self, days: float) -> int:
        return self._now_hour - int(days * DAY_HOURS)

    def _is_clock_trusted(self) -> bool:
        row = self._db.execute(
            "SELECT count(*) FROM hour WHERE hour > ? AND hour <= ?",
            (self._now_hour - _OF_THE_LAST_HOURS, self._now_hour),
        ).fetchone()
        return int(row[0]) >= _TRUSTED_HOURS

    def _drop_seconds(self, before: int | None) -> bool:
        """Drop the oldest hours' seconds; say whether there were any."""
        hours = self._db.execute(
            f"SELECT hour FROM hour WHERE holds & {HOLDS_RAW} AND hour < ?"  # noqa: S608
            " ORDER BY hour LIMIT ?",
            (self._end(before), _HOURS_AT_ONCE),
        ).fetchall()
        with transaction(self._db):
            for (hour,) in hours:
                self._db.execute(
                    "DELETE FROM chunk WHERE hour = ? AND series IN (SELECT id FROM series)",
                    (hour,),
                )
                self._mark(hour, hour + 1, HOLDS_RAW)
                self._db.execute("UPDATE hour SET samples = 0 WHERE hour = ?", (hour,))
        return bool(hours)

    def _drop_minutes(self, before: int | None) -> bool:
        """Drop the minutes of the oldest day that is in the hours' tier; say whether one was."""
        row = self._db.execute(
            f"SELECT hour FROM hour WHERE holds & {HOLDS_MINUTES}"  # noqa: S608  (numbers)
            f" AND holds & {HOLDS_HOURS} AND hour < ? ORDER BY hour LIMIT 1",
            (self._end(before),),
        ).fetchone()
        if row is None:
            return False
        start = int(row[0]) // DAY_HOURS * DAY_HOURS
        if before is not None and start + DAY_HOURS > before:
            return False
        with transaction(self._db):
            self._db.execute(
                "DELETE FROM tier WHERE step_s IN (?, ?) AND series IN (SELECT id FROM series)"
                " AND start >= ? AND start < ?",
                (MINUTE_S, TENS_S, start, start + DAY_HOURS),
            )
            self._mark(start, start + DAY_HOURS, HOLDS_MINUTES)
        return True

    def _drop_hours(self, before: int) -> None:
        with transaction(self._db):
            self._db.execute(
                "DELETE FROM tier WHERE step_s = ? AND series IN (SELECT id FROM series)"
                " AND start + hours <= ?",
                (HOUR_S, before),
            )
            self._mark(0, before, HOLDS_HOURS)
            self._db.execute("DELETE FROM hour WHERE holds = 0 AND hour < ?", (before,))
            for table, column in (
                ("gap", "to_s"),
                ("device", "last_s"),
                ("event", "at_s"),
                ("session", "coalesce(last_s, first_s)"),
            ):
                sql = f"DELETE FROM {table} WHERE {column} < ?"  # noqa: S608  (names are ours)
                self._db.execute(sql, (before * HOUR_S,))

    def _mark(self, from_hour: int, to_hour: int, gone: int) -> None:
        self._db.execute(
            "UPDATE hour SET holds = holds & ~? WHERE hour >= ? AND hour < ?",
            (gone, from_hour, to_hour),
        )

    def _end(self, before: int | None) -> int:
        return 2**62 if before is None else before

    def _is_too_large(self) -> bool:
        used = self._pragma("page_count") - self._pragma("freelist_count")
        return used * self._pragma("page_size") > self._keep.most_bytes

    def _free_pages_worth_it(self) -> bool:
        page = self._pragma("page_size")
        free, size = self._pragma("freelist_count") * page, self._pragma("page_count") * page
        limit = 0.0 if size > self._keep.most_bytes else max(_FREE_BYTES, _FREE_SHARE * size)
        return free > limit

    def _shrink(self) -> bool:
        """Give free pages back; say whether more are left."""
        # Each row of the answer is a page given back, so all of them have to be fetched.
        self._db.execute(f"PRAGMA incremental_vacuum({_PAGES_AT_ONCE})").fetchall()
        return self._pragma("freelist_count") > 0

    def _pragma(self, name: str) -> int:
        return int(self._db.execute(f"PRAGMA {name}").fetchone()[0])

    def _drop_unused_names(self) -> None:
        with transaction(self._db):
            self._db.execute("DELETE FROM layout WHERE id NOT IN (SELECT DISTINCT layout FROM hot)")
            used = {each for ids in layouts_in(self._db).values() for each in ids}
            unused = self._db.execute(
                "SELECT id FROM series WHERE"
                " NOT EXISTS (SELECT 1 FROM chunk WHERE series = series.id)"
                " AND NOT EXISTS (SELECT 1 FROM tier WHERE step_s = 60 AND series = series.id)"
                " AND NOT EXISTS (SELECT 1 FROM tier WHERE step_s = 3600 AND series = series.id)"
            ).fetchall()
            gone = [row for row in unused if row[0] not in used]
            self._db.executemany("DELETE FROM series WHERE id = ?", gone)
