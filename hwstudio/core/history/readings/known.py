"""The small tables beside the numbers, as they are read."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hwstudio.core.base.log import logger
from hwstudio.core.history.readings.codec import Damaged, decode_chunk
from hwstudio.core.history.readings.schema import HOUR_S
from hwstudio.core.model.sample import Device


@dataclass(frozen=True, slots=True)
class Session:
    """One run of a recorder; ``last_s`` is its last second with a reading."""

    boot_id: str
    interval_s: float
    first_s: float
    last_s: float


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without readings, and why."""

    from_s: float
    to_s: float
    why: str


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device that is or was there; ``last_s`` is exact to an hour."""

    device: Device
    first_s: float
    last_s: float


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: an alert, a run, a notice."""

    id: int
    kind: str
    at_s: float
    document: Mapping[str, Any]


def series_names(db: sqlite3.Connection) -> tuple[str, ...]:
    """Return the ids of all sensors, in order."""
    return tuple(row[0] for row in db.execute("SELECT name FROM series ORDER BY name"))


def sessions(db: sqlite3.Connection) -> tuple[Session, ...]:
    """Return the sessions, oldest first; the last second of one that was killed is looked up."""
    rows = db.execute(
        "SELECT boot, interval_s, first_s, last_s FROM session ORDER BY id"
    ).fetchall()
    found: list[Session] = []
    for at, (boot, interval_s, first, last) in enumerate(rows):
        end = rows[at + 1][2] if at + 1 < len(rows) else 2**62
        newest = db.execute(
            "SELECT max(slot) FROM hot WHERE slot >= ? AND slot < ?", (first, end)
        ).fetchone()[0]
        known = max(each for each in (first, last, newest) if each is not None)
        found.append(Session(boot, interval_s, float(first), float(known)))
    return tuple(found)


def interval(db: sqlite3.Connection, from_slot: int, to_slot: int) -> float:
    """Return the longest interval of the sessions that reach into a span; 1 s where none does."""
    row = db.execute(
        "SELECT max(interval_s) FROM session WHERE first_s < ? AND coalesce(last_s, ?) >= ?",
        (to_slot, to_slot, from_slot),
    ).fetchone()
    return float(row[0]) if row[0] else 1.0


def gaps(db: sqlite3.Connection, from_s: float, to_s: float) -> tuple[Gap, ...]:
    """Return the gaps that touch a span, oldest first."""
    sql = "SELECT from_s, to_s, why FROM gap WHERE from_s < ? AND to_s > ? ORDER BY from_s"
    return tuple(Gap(*row) for row in db.execute(sql, (to_s, from_s)))


def devices(db: sqlite3.Connection) -> tuple[KnownDevice, ...]:
    """Return all devices, the one seen last first; a damaged row is left out."""
    found: list[KnownDevice] = []
    sql = "SELECT id, title, kind, document, first_s, last_s FROM device ORDER BY last_s DESC, id"
    for number, title, kind, text, first_s, last_s in db.execute(sql):
        document = _document(text) or {}
        try:
            facts = tuple((str(a), str(b)) for a, b in document["facts"])
            device = Device(number, title, kind, dict(document["limits"]), facts)
        except (KeyError, TypeError, ValueError):
            logger("history").warning("What is kept of the device %s is damaged.", number)
            continue
        found.append(KnownDevice(device, first_s, last_s))
    return tuple(found)


def events(db: sqlite3.Connection, kind: str, from_s: float, to_s: float) -> tuple[Event, ...]:
    """Return the events of one kind in a span, oldest first; a damaged one is left out."""
    sql = (
        "SELECT id, kind, at_s, document FROM event WHERE kind = ? AND at_s >= ? AND at_s < ?"
        " ORDER BY at_s, id"
    )
    found: list[Event] = []
    for number, its_kind, at_s, text in db.execute(sql, (kind, from_s, to_s)):
        document = _document(text)
        if document is not None:
            found.append(Event(number, its_kind, at_s, document))
    return tuple(found)


def _document(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    logger("history").warning("A damaged entry of the history is left out.")
    return None


def samples(db: sqlite3.Connection) -> int:
    """Return how many samples are kept as seconds, hot ones included."""
    kept = db.execute("SELECT coalesce(sum(samples), 0) FROM hour").fetchone()[0]
    hot = db.execute("SELECT coalesce(sum(length(data) / 8), 0) FROM hot").fetchone()[0]
    return int(kept) + int(hot)


def span(db: sqlite3.Connection) -> tuple[float, float] | None:
    """Return the first and the last second with a reading."""
    first, last = db.execute("SELECT min(slot), max(slot) FROM hot").fetchone()
    hours = db.execute("SELECT min(hour), max(hour) FROM hour WHERE holds > 0").fetchone()
    if hours[0] is not None:
        if first is None or first >= hours[0] * HOUR_S:
            edge = _edges(db, hours[0])[0]
            first = edge if first is None else min(first, edge)
        if last is None or last < (hours[1] + 1) * HOUR_S:
            last = max(last or 0, _edges(db, hours[1])[1])
    return None if first is None else (float(first), float(last))


def _edges(db: sqlite3.Connection, hour: int) -> tuple[int, int]:
    """Return the first and the last second with a sample of an hour, or its ends."""
    rows = db.execute(
        "SELECT chunk.data FROM series JOIN chunk ON chunk.series = series.id AND chunk.hour = ?",
        (hour,),
    )
    runs: list[tuple[int, int]] = []
    for (data,) in rows:
        try:
            runs += decode_chunk(data, hour).runs
        except Damaged:
            continue
    if not runs:
        return hour * HOUR_S, (hour + 1) * HOUR_S - 1
    return min(first for first, _ in runs), max(first + length - 1 for first, length in runs)
