"""The recorder's side of the readings' history: takes a tick a second and never stands in its way.

Ticks are held back and written together, at most ``commit_s`` later: that is all a killed process
loses. Where the file cannot be written (disk full, read-only, locked) the ticks of the last
``hold_s`` stay in memory, ``notice`` has words for people, and everything held is written once that
is possible again. A damaged file is set aside and a new one begun.
"""

from __future__ import annotations

import math
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hwstudio.core.base.clock import monotonic_s
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.log import logger
from hwstudio.core.history.readings import store
from hwstudio.core.history.readings.compact import (
    Compaction,
    note_last_slot,
    past_hour,
    transaction,
)
from hwstudio.core.history.readings.layout import Layouts, Names, clean
from hwstudio.core.history.readings.records import (
    Note,
    Seen,
    event_change,
    event_note,
    event_removal,
    gap_note,
)
from hwstudio.core.history.readings.retention import Pruning, Retention
from hwstudio.core.history.readings.schema import HOUR_S
from hwstudio.core.model.sample import Device

# A sample from further ahead than this has a broken time; a few seconds ahead are nothing.
_AHEAD_S = 3600.0
_NOTES_HELD = 1000
_BREAK_INTERVALS = 2.5
_AGAIN_S = 60.0  # after a compaction that failed


@dataclass(frozen=True, slots=True)
class Pace:
    """How long ticks wait to be written, and how many seconds of them are held in trouble."""

    commit_s: float = 10.0
    hold_s: float = 600.0


class ReadingWriter:
    """The open file, for one recorder. All methods may be called from any thread.

    ``refused`` counts ticks and numbers that were none, ``lost`` the ticks that could not be held.
    """

    def __init__(
        self,
        file: Path,
        retention: Retention,
        pace: Pace,
        clock: Callable[[], float],
    ) -> None:
        self.retention = retention
        self.lost = 0
        self._file = file
        self._pace = pace
        self._clock = clock
        self._lock = threading.RLock()
        self._db: sqlite3.Connection | None = None
        self._inode = 0
        self._layouts = Layouts()
        self._ticks: deque[tuple[int, Names, bytes]] = deque()
        self._notes: deque[Note] = deque(maxlen=_NOTES_HELD)
        self._seen = Seen()
        self._boot = ""
        self._interval_s = 1.0
        self._is_begun = False  # the session is in the file
        self._new_ticks = 0
        self._tried_s = monotonic_s()
        self._lost_slots: tuple[int, int] | None = None
        self._refused = 0
        self._trouble = ""
        self._damage = ""
        self._work: tuple[Compaction, Iterator[None]] | None = None
        self._rested_hour: int | None = None  # nothing older is left to compact
        self._not_before_s = 0.0

    @classmethod
    def open(
        cls,
        file: Path,
        *,
        retention: Retention | None = None,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.time,
    ) -> ReadingWriter:
        """Open or begin the file; where that fails, go on in memory with a ``notice``.

        Raises:
            UserError: the file is from a newer hwstudio.
        """
        writer = cls(file, retention or Retention(), pace or Pace(), clock)
        writer._attempt(writer._write, may_refuse=True)
        return writer

    @property
    def notice(self) -> str:
        """A sentence people should see, or ""."""
        return " ".join(filter(None, (self._trouble, self._damage)))

    @property
    def refused(self) -> int:
        """Ticks with an impossible time and numbers that were none."""
        return self._refused + self._layouts.refused

    @property
    def held(self) -> int:
        """Ticks that are not in the file yet."""
        return len(self._ticks)

    def begin(self, boot_id: str, interval_s: float) -> None:
        """Begin a session; the stretch since the last one becomes a gap with its reason."""
        with self._lock:
            self._boot, self._interval_s, self._is_begun = boot_id, interval_s, False

    def add(self, taken_s: float, values: Mapping[str, float]) -> None:
        """Keep one moment. Of two in the same second the later one counts, whole.

        NaN and infinite numbers are left out, a time that is none or more than an hour ahead of the
        clock is refused; both are counted in ``refused``. A clock that was set back writes over the
        seconds it repeats.
        """
        with self._lock:
            if not (math.isfinite(taken_s) and 0 <= taken_s <= self._clock() + _AHEAD_S):
                self._refused += 1
                return
            names, data = self._layouts.pack(values)
            if not names:
                return
            slot = int(taken_s)
            if self._ticks and self._ticks[-1][0] == slot:
                self._ticks.pop()
            self._ticks.append((slot, names, data))
            self._new_ticks += 1
            self._hold_no_more_than_allowed()
            waited_s = max(
                self._new_ticks * self._interval_s,
                monotonic_s() - self._tried_s + self._interval_s,
            )
            if waited_s >= self._pace.commit_s:
                self.flush()

    def _hold_no_more_than_allowed(self) -> None:
        if len(self._ticks) > max(1.0, self._pace.hold_s / self._interval_s):
            slot = self._ticks.popleft()[0]
            self.lost += 1
            self._lost_slots = (min(slot, (self._lost_slots or (slot,))[0]), slot + 1)

    def flush(self) -> bool:
        """Write what is held; False where that is not possible now (``notice`` says why)."""
        with self._lock:
            self._new_ticks, self._tried_s = 0, monotonic_s()
            if not self._ticks and not self._notes:
                return not self._trouble
            return self._attempt(self._write)

    def close(self) -> None:
        """Write what is held and close the file."""
        with self._lock:
            self._notes.extend(self._seen.farewell(self._clock()))
            if self._db is not None or self._ticks or self._notes:
                self._attempt(self._write_last)
            self._disconnect()

    def gap(self, from_s: float, to_s: float, why: str) -> None:
        """Keep why there are no readings from ``from_s`` to ``to_s`` (the computer slept)."""
        self._note(gap_note(from_s, to_s, why))

    def remember_devices(self, devices: Sequence[Device]) -> None:
        """Keep what the devices that are there now are; cheap to call with every tick."""
        with self._lock:
            self._notes.extend(self._seen.notes(devices, self._clock()))

    def add_event(self, kind: str, at_s: float, document: Mapping[str, Any]) -> int:
        """Keep one event (an alert, a run, a notice) at once; return its id."""
        number, note = event_note(kind, at_s, document)
        self._note(note)
        self.flush()
        return number

    def update_event(self, number: int, document: Mapping[str, Any]) -> None:
        """Replace an event's document; none of that id is no error."""
        self._note(event_change(number, document))
        self.flush()

    def delete_event(self, number: int) -> None:
        """Forget an event; none of that id is no error."""
        self._note(event_removal(number))
        self.flush()

    def compact_some(self, now_s: float, budget_s: float = 0.02) -> bool:
        """Turn hours that are over into chunks and tiers for about ``budget_s``.

        Returns whether more is left. The last slice, the transaction, takes as long as it takes
        (some milliseconds). Nothing to do costs next to nothing: call it with every tick.
        """
        with self._lock:
            now_hour = past_hour(now_s)
            idle = self._work is None and self._rested_hour == now_hour
            if idle or monotonic_s() < self._not_before_s:
                return False
            end_s = monotonic_s() + budget_s
            if not self._attempt(lambda db: self._slices(db, now_s, end_s)):
                self._work, self._not_before_s = None, monotonic_s() + _AGAIN_S
                return False
            if self._work is None:
                self._rested_hour = now_hour
            return self._work is not None

    def _slices(self, db: sqlite3.Connection, now_s: float, end_s: float) -> None:
        if self._work is None:
            self._write(db)
            work = Compaction(db, now_s)
            self._work = work, work.slices()
        for _ in self._work[1]:
            if monotonic_s() >= end_s:
                return
        self._work = None

    def prune(self, now_s: float, budget_s: float = 0.1) -> bool:
        """Drop what is past its time or beyond the size for about ``budget_s``.

        Returns whether more is left: call again, with the next tick; else once an hour is enough.
        The file shrinks where that is worth moving pages. A compaction under way goes first. What
        is past its time is only dropped when several hours near ``now_s`` were recorded: a clock
        that jumps ahead must not empty the history.
        """
        with self._lock:
            if self._work is not None:
                return True
            more: list[bool] = []
            end_s = monotonic_s() + budget_s
            self._attempt(lambda db: more.append(self._prune(db, now_s, end_s)))
            return more == [True]

    def _prune(self, db: sqlite3.Connection, now_s: float, end_s: float) -> bool:
        self._layouts.forget_ids()
        for _ in Pruning(db, self.retention, now_s).slices():
            if monotonic_s() >= end_s:
                return True
        db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        return False

    def size_bytes(self) -> int:
        """Return what the history takes on the disk."""
        return store.size_bytes(self._file)

    def _note(self, note: Note) -> None:
        with self._lock:
            self._notes.append(note)

    def _write(self, db: sqlite3.Connection) -> None:
        """Write what is held, in one transaction."""
        if not self._ticks and not self._notes:
            return
        with transaction(db):
            if self._ticks and not self._is_begun:
                self._start_session(db, self._ticks[0][0])
            if self._lost_slots:
                sql, values = gap_note(*self._lost_slots, "they could not be written in time")
                db.execute(sql, values)
            db.executemany(
                "INSERT OR REPLACE INTO hot VALUES (?, ?, ?)",
                [(slot, self._layouts.id_of(db, names), data) for slot, names, data in self._ticks],
            )
            for sql, values in self._notes:
                db.execute(sql, values)
        self._is_begun = self._is_begun or bool(self._ticks)
        self._lost_slots = None
        hours = {slot // HOUR_S for slot, _, _ in self._ticks}
        if hours - {self._rested_hour}:
            self._rested_hour = None
        if self._work is not None and self._work[0].hour in hours:
            self._work = None
        self._ticks.clear()
        self._notes.clear()

    def _write_last(self, db: sqlite3.Connection) -> None:
        self._write(db)
        last = db.execute("SELECT max(slot) FROM hot").fetchone()[0]
        if self._is_begun and last is not None:
            note_last_slot(db, last)

    def _start_session(self, db: sqlite3.Connection, first_slot: int) -> None:
        sql = "SELECT boot, last_s FROM session ORDER BY id DESC LIMIT 1"
        boot, last = db.execute(sql).fetchone() or ("", None)
        newest = db.execute("SELECT max(slot) FROM hot WHERE slot < ?", (first_slot,)).fetchone()[0]
        if newest is not None and newest >= (last or 0):
            note_last_slot(db, newest)
            last = newest
        if last is not None and first_slot - last > _BREAK_INTERVALS * self._interval_s:
            is_other = boot and self._boot and boot != self._boot
            why = "the computer was restarted" if is_other else "nothing was recording"
            sql, values = gap_note(last + 1, first_slot, why)
            db.execute(sql, values)
        db.execute(
            "INSERT INTO session (boot, interval_s, first_s) VALUES (?, ?, ?)",
            (clean(self._boot), self._interval_s, first_slot),
        )

    def _attempt(
        self, act: Callable[[sqlite3.Connection], None], *, may_refuse: bool = False
    ) -> bool:
        """Do something with the file; what goes wrong is told by ``notice`` and tried again."""
        try:
            act(self._connected())
        except (sqlite3.Error, OSError) as error:
            self._failed(error)
            return False
        except UserError as error:
            if may_refuse:
                raise
            self._trouble = error.sentence
            return False
        self._trouble = ""
        return True

    def _connected(self) -> sqlite3.Connection:
        """Return the open file; one that was deleted or replaced under us is opened anew."""
        if self._db is not None:
            try:
                if self._file.stat().st_ino == self._inode:
                    return self._db
            except FileNotFoundError:
                pass
            self._disconnect()
        self._db = store.open_to_write(self._file)
        self._inode = self._file.stat().st_ino
        return self._db

    def _disconnect(self) -> None:
        self._layouts.forget_ids()
        self._work = None
        if self._db is not None:
            db, self._db = self._db, None
            try:
                db.close()
            except sqlite3.Error as error:
                logger("history").warning("The readings could not be closed: %s", error)

    def _failed(self, error: sqlite3.Error | OSError) -> None:
        """Put the trouble in words; a damaged file makes room for a new one."""
        self._disconnect()
        why = store.in_words(error, self._file)
        if store.is_damage(error):
            try:
                aside = store.set_aside(self._file)
            except OSError as refusal:
                why = f"it is damaged, and {store.in_words(refusal)}"
            else:
                self._is_begun = False
                self._damage = (
                    f"The history of readings was damaged. It was kept as {aside.name} and a new"
                    " one was begun."
                )
                logger("history").warning(self._damage)
                return
        told = self._trouble
        minutes = round(self._pace.hold_s / 60)
        self._trouble = (
            f"New readings cannot be kept: {self._file} cannot be written ({why})."
            f" The last {minutes} minutes are held until it can be."
        )
        if not told:
            logger("history").warning(self._trouble)
