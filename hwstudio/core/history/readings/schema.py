"""The tables of the readings' file and the steps by which they grew.

========  ==========================================================================================
series    a sensor's number here, the step it is kept with and whether it is a counter, for good
layout    which series, in which order, a blob of ``hot`` holds
hot       one row a second, float64 each, until its hour is over; NaN = that sensor had no number
chunk     one series, one hour, every second (codec.py)
tier      one series, a stretch of hours, in entries of ``step_s`` 60, 600 or 3600 (tiers.py); a row
          of fewer hours stands over a longer one that covers the same time
hour      which hours were compacted, how many samples their chunks hold, and what is left of them
session   each start of a recorder: boot, interval, first second, and last second once it is known
gap       a stretch without readings of which the reason is known
device    what had sensors, and when it was first and last seen
event     alerts, runs, notices: a JSON document each
========  ==========================================================================================

An hour's number is Unix time // 3600, a slot is a whole second of Unix time.
"""

from __future__ import annotations

import sqlite3

from hwstudio.core.history.migrations import Migration

HOUR_S = 3600
TENS_S = 600
MINUTE_S = 60

# What is left of an hour (hour.holds). Tens of minutes are there where both minutes and hours are:
# they only make a week or two quicker to draw.
HOLDS_RAW, HOLDS_MINUTES, HOLDS_HOURS = 1, 2, 4

PAGE_BYTES = 16384

READINGS_1 = """
CREATE TABLE series (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, step REAL NOT NULL, counter INTEGER NOT NULL
);
CREATE TABLE layout (id INTEGER PRIMARY KEY, series BLOB NOT NULL UNIQUE);
CREATE TABLE hot (slot INTEGER PRIMARY KEY, layout INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE chunk (
    id INTEGER PRIMARY KEY, series INTEGER NOT NULL, hour INTEGER NOT NULL, data BLOB NOT NULL
);
CREATE UNIQUE INDEX chunk_by_series ON chunk (series, hour);
CREATE TABLE tier (
    id INTEGER PRIMARY KEY, step_s INTEGER NOT NULL, series INTEGER NOT NULL,
    start INTEGER NOT NULL, hours INTEGER NOT NULL, data BLOB NOT NULL
);
CREATE UNIQUE INDEX tier_by_series ON tier (step_s, series, start, hours);
CREATE TABLE hour (hour INTEGER PRIMARY KEY, samples INTEGER NOT NULL, holds INTEGER NOT NULL);
CREATE INDEX hour_to_pack ON hour (hour) WHERE holds & 4 = 0;
CREATE TABLE session (
    id INTEGER PRIMARY KEY, boot TEXT NOT NULL, interval_s REAL NOT NULL,
    first_s INTEGER NOT NULL, last_s INTEGER
);
CREATE TABLE gap (
    id INTEGER PRIMARY KEY, from_s REAL NOT NULL, to_s REAL NOT NULL, why TEXT NOT NULL
);
CREATE TABLE device (
    id TEXT NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL, document TEXT NOT NULL,
    first_s REAL NOT NULL, last_s REAL NOT NULL, PRIMARY KEY (id, title, kind)
);
CREATE TABLE event (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, at_s REAL NOT NULL, document TEXT NOT NULL
);
CREATE INDEX event_by_kind ON event (kind, at_s)
"""


def _readings(db: sqlite3.Connection) -> None:
    for statement in READINGS_1.split(";"):
        db.execute(statement)


MIGRATIONS: tuple[Migration, ...] = (Migration("0001 readings", _readings),)
