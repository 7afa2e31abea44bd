"""Turning hours that are over into chunks and minutes, days into hours, in slices of about 1 ms.

Everything is encoded first and written in one transaction that also deletes what it replaces, so a
crash at any point finds either the old rows or the new ones, never both and never neither.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from hwstudio.core.base.log import logger
from hwstudio.core.history.readings.codec import (
    Column,
    Damaged,
    decode_chunk,
    encode_chunk,
)
from hwstudio.core.history.readings.fold import Entries, buckets_for
from hwstudio.core.history.readings.hot import HotColumns, overlaid
from hwstudio.core.history.readings.layout import layouts_in
from hwstudio.core.history.readings.schema import (
    HOLDS_HOURS,
    HOLDS_MINUTES,
    HOLDS_RAW,
    HOUR_S,
    MINUTE_S,
    TENS_S,
)
from hwstudio.core.history.readings.tiers import decode_tier, encode_tier, merged

DAY_HOURS = 24
BLOCK_HOURS = 32 * DAY_HOURS
# An hour is over this long after its end: a sample may be on its way to us for a while.
_GRACE_S = 30
_ROWS_AT_ONCE = 300
# A recorder has little memory: an hour is read again for every so many series.
_SERIES_AT_ONCE = 16

_INSERT_TIER = (
    "INSERT OR REPLACE INTO tier (step_s, series, start, hours, data) VALUES (?, ?, ?, ?, ?)"
)


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Do all of it or nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def past_hour(now_s: float) -> int:
    """Return the hour before which every hour is over."""
    return int(now_s - _GRACE_S) // HOUR_S


class Compaction:
    """All that is due at ``now_s``, as slices; each ``next`` of ``slices()`` does one.

    ``hour`` is the hour in work: rows written to it meanwhile make the work worthless, and its
    owner then begins a new compaction.
    """

    def __init__(self, db: sqlite3.Connection, now_s: float) -> None:
        self._db = db
        self._now_hour = past_hour(now_s)
        self.hour: int | None = None

    def slices(self) -> Iterator[None]:
        """Do the work."""
        while (hour := self._hour_over()) is not None:
            self.hour = hour
            yield from self._compact_hour(hour)
            self.hour = None
        while (day := self._day_over()) is not None:
            yield from self._pack_day(day)
        while (block := self._block_over()) is not None:
            yield from self._pack_block(block)

    def _hour_over(self) -> int | None:
        """Return an hour with rows that is past; or far ahead, left by a clock that was wrong."""
        oldest = self._db.execute("SELECT min(slot) FROM hot").fetchone()[0]
        if oldest is None:
            return None
        if oldest // HOUR_S < self._now_hour:
            return int(oldest) // HOUR_S
        newest = int(self._db.execute("SELECT max(slot) FROM hot").fetchone()[0]) // HOUR_S
        return newest if newest > self._now_hour + 2 else None

    def _compact_hour(self, hour: int) -> Iterator[None]:
        state = self._db.execute("SELECT samples, holds FROM hour WHERE hour = ?", (hour,))
        samples, holds = state.fetchone() or (0, HOLDS_RAW)
        # Late rows of an hour whose seconds were dropped already would replace whole minutes.
        there = self._series_in(hour) if holds & HOLDS_RAW else []
        chunks: list[tuple[int, int, bytes]] = []
        parts: list[tuple[int, int, int, int, bytes]] = []
        for at in range(0, len(there), _SERIES_AT_ONCE):
            group = there[at : at + _SERIES_AT_ONCE]
            hot = HotColumns(self._db, [series for series, _, _ in group])
            yield from self._load(hour, hot)
            for series, step, is_counter in group:
                new = hot.column(series, step)
                if new.numbers:
                    old = self._chunk(series, hour)
                    column = overlaid(old, new)
                    samples += len(column.numbers) - len(old.numbers)
                    minutes = minutes_of(column, is_counter=is_counter)
                    blob = encode_tier(minutes, hour, 1, is_counter=is_counter)
                    chunks.append((series, hour, encode_chunk(column, hour)))
                    parts.append((MINUTE_S, series, hour, 1, blob))
                yield
        with transaction(self._db):
            self._put_hour(hour, samples, chunks, parts)
        yield

    def _put_hour(
        self,
        hour: int,
        samples: int,
        chunks: list[tuple[int, int, bytes]],
        parts: list[tuple[int, int, int, int, bytes]],
    ) -> None:
        span = (hour * HOUR_S, (hour + 1) * HOUR_S)
        row = self._db.execute("SELECT max(slot) FROM hot WHERE slot >= ? AND slot < ?", span)
        note_last_slot(self._db, row.fetchone()[0])
        self._db.execute("DELETE FROM hot WHERE slot >= ? AND slot < ?", span)
        sql = "INSERT OR REPLACE INTO chunk (series, hour, data) VALUES (?, ?, ?)"
        self._db.executemany(sql, chunks)
        self._db.executemany(_INSERT_TIER, parts)
        if chunks:
            sql = "INSERT OR REPLACE INTO hour VALUES (?, ?, ?)"
            self._db.execute(sql, (hour, samples, HOLDS_RAW | HOLDS_MINUTES))

    def _load(self, hour: int, hot: HotColumns) -> Iterator[None]:
        """Read the hour's rows."""
        last, end = hour * HOUR_S - 1, (hour + 1) * HOUR_S
        sql = "SELECT slot, layout, data FROM hot WHERE slot > ? AND slot < ? ORDER BY slot LIMIT ?"
        while rows := self._db.execute(sql, (last, end, _ROWS_AT_ONCE)).fetchall():
            hot.add_rows(rows)
            last = rows[-1][0]
            yield
        if hot.damaged:
            logger("history").warning("%d damaged readings were left out.", hot.damaged)

    def _series_in(self, hour: int) -> list[tuple[int, float, bool]]:
        """Return the series that have a place in the hour's rows."""
        span = (hour * HOUR_S, (hour + 1) * HOUR_S)
        sql = "SELECT DISTINCT layout FROM hot WHERE slot >= ? AND slot < ?"
        layouts = layouts_in(self._db)
        ids = {each for (n,) in self._db.execute(sql, span) for each in layouts.get(n, ())}
        return [each for each in self._series() if each[0] in ids]

    def _series(self) -> list[tuple[int, float, bool]]:
        rows = self._db.execute("SELECT id, step, counter FROM series")
        return [(series, step, bool(counter)) for series, step, counter in rows]

    def _chunk(self, series: int, hour: int) -> Column:
        sql = "SELECT data FROM chunk WHERE series = ? AND hour = ?"
        row = self._db.execute(sql, (series, hour)).fetchone()
        try:
            return decode_chunk(row[0], hour) if row else Column([], [])
        except Damaged:
            logger("history").warning("A damaged hour of readings was replaced.")
            return Column([], [])

    def _day_over(self) -> int | None:
        """Return a past day with an hour that is not in the hours' tier yet."""
        today = self._now_hour // DAY_HOURS
        row = self._db.execute(
            f"SELECT hour FROM hour WHERE holds & {HOLDS_HOURS} = 0"  # noqa: S608  (a number)
            " AND (hour < ? OR hour >= ?) ORDER BY hour LIMIT 1",
            (today * DAY_HOURS, (today + 2) * DAY_HOURS),
        ).fetchone()
        return None if row is None else int(row[0]) // DAY_HOURS

    def _pack_day(self, day: int) -> Iterator[None]:
        start = day * DAY_HOURS
        rows: list[tuple[int, int, int, int, bytes]] = []
        for series, _, is_counter in self._series():
            minutes = self._entries(MINUTE_S, series, start, DAY_HOURS)
            if minutes.starts:
                tens = coarser(minutes, TENS_S, is_counter=is_counter)
                hours = coarser(minutes, HOUR_S, is_counter=is_counter)
                for entries in minutes, tens, hours:
                    blob = encode_tier(entries, start, DAY_HOURS, is_counter=is_counter)
                    rows.append((entries.step_s, series, start, DAY_HOURS, blob))
                yield
        with transaction(self._db):
            self._replace(MINUTE_S, start, DAY_HOURS, rows)
            self._db.execute(
                f"UPDATE hour SET holds = holds | {HOLDS_HOURS}"  # noqa: S608  (a number)
                " WHERE hour >= ? AND hour < ?",
                (start, start + DAY_HOURS),
            )
        yield

    def _block_over(self) -> int | None:
        """Return a past block of days whose hours lie in rows of a day each."""
        now = self._now_hour // BLOCK_HOURS * BLOCK_HOURS
        row = self._db.execute(
            "SELECT start FROM tier WHERE step_s = ? AND hours = ? AND start < ? LIMIT 1",
            (HOUR_S, DAY_HOURS, now),
        ).fetchone()
        return None if row is None else int(row[0]) // BLOCK_HOURS

    def _pack_block(self, block: int) -> Iterator[None]:
        start = block * BLOCK_HOURS
        rows: list[tuple[int, int, int, int, bytes]] = []
        for series, _, is_counter in self._series():
            entries = self._entries(HOUR_S, series, start, BLOCK_HOURS)
            if entries.starts:
                blob = encode_tier(entries, start, BLOCK_HOURS, is_counter=is_counter)
                rows.append((HOUR_S, series, start, BLOCK_HOURS, blob))
                yield
        with transaction(self._db):
            self._replace(HOUR_S, start, BLOCK_HOURS, rows)
        yield

    def _entries(self, step_s: int, series: int, start: int, hours: int) -> Entries:
        """Return all entries of a stretch, the newer of a shorter row over those of a longer."""
        rows = self._db.execute(
            "SELECT start, data FROM tier WHERE step_s = ? AND series = ? AND start >= ?"
            " AND start < ? ORDER BY hours DESC, start",
            (step_s, series, start, start + hours),
        ).fetchall()
        pieces: list[Entries] = []
        for each, data in rows:
            try:
                pieces.append(decode_tier(data, step_s, each))
            except Damaged:
                logger("history").warning("Damaged minutes or hours of readings were left out.")
        return merged(pieces, step_s)

    def _replace(
        self, step_s: int, start: int, hours: int, rows: list[tuple[int, int, int, int, bytes]]
    ) -> None:
        self._db.execute(
            "DELETE FROM tier WHERE step_s = ? AND series IN (SELECT id FROM series)"
            " AND start >= ? AND start < ?",
            (step_s, start, start + hours),
        )
        self._db.executemany(_INSERT_TIER, rows)


def minutes_of(column: Column, *, is_counter: bool) -> Entries:
    """Return samples as minutes."""
    buckets = buckets_for(MINUTE_S, is_counter=is_counter)
    buckets.add_samples(column)
    return buckets.entries()


def coarser(entries: Entries, step_s: int, *, is_counter: bool) -> Entries:
    """Return finer entries as entries of ``step_s``."""
    buckets = buckets_for(step_s, is_counter=is_counter)
    buckets.add_entries(entries)
    return buckets.entries()


def note_last_slot(db: sqlite3.Connection, slot: int) -> None:
    """Write down that the recorder of that time was still there at ``slot``."""
    db.execute(
        "UPDATE session SET last_s = max(coalesce(last_s, 0), ?)"
        " WHERE id = (SELECT id FROM session WHERE first_s <= ? ORDER BY id DESC LIMIT 1)",
        (slot, slot),
    )
