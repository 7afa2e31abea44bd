"""A moment as one blob: which sensors, in which order, and their float64 values.

One layout serves for as long as most of its sensors are there: one that has no number is NaN in
the blob and nowhere else. Sensors that come widen the layout, and when most have gone a layout of
those that are left takes over; one that was used before is used again.
"""

from __future__ import annotations

import math
import sqlite3
import sys
from array import array
from collections.abc import Mapping
from operator import itemgetter

from hwstudio.core.model.sensor import sensor_of

# A number beyond this is no measurement, and sums of it would leave float64.
LARGEST = 1e30

Names = tuple[str, ...]


class Layouts:
    """The writer's layouts; the file's numbers for them are looked up when they are written."""

    def __init__(self) -> None:
        self._names: Names = ()
        self._set: frozenset[str] = frozenset()
        self._known: dict[frozenset[str], Names] = {}
        self._series_ids: dict[str, int] = {}
        self._layout_ids: dict[Names, int] = {}
        self.refused = 0  # numbers that were none: NaN, infinite, absurdly large

    def pack(self, values: Mapping[str, float]) -> tuple[Names, bytes]:
        """Return the layout of the values and the values in its order; no names = nothing there."""
        if not _are_finite(values):
            good = {n: v for n, v in values.items() if -LARGEST < v < LARGEST}
            self.refused += len(values) - len(good)
            values = good
        if not values:
            return (), b""
        if not (values.keys() <= self._set and 2 * len(values) >= len(self._names)):
            self._choose(frozenset(values))
        if len(values) == len(self._names) > 1:
            numbers = array("d", itemgetter(*self._names)(values))
        else:
            numbers = array("d", [values.get(name, math.nan) for name in self._names])
        if sys.byteorder == "big":
            numbers.byteswap()
        return self._names, numbers.tobytes()

    def _choose(self, present: frozenset[str]) -> None:
        both = self._set | present
        self._set = both if 2 * len(present) >= len(both) else present
        self._names = self._known.setdefault(self._set, tuple(sorted(self._set)))

    def id_of(self, db: sqlite3.Connection, names: Names) -> int:
        """Return the number of a layout in the file, written there if it is new."""
        known = self._layout_ids.get(names)
        if known is None:
            ids = array("i", [self.series_id(db, name) for name in names])
            if sys.byteorder == "big":
                ids.byteswap()
            blob = ids.tobytes()
            db.execute("INSERT OR IGNORE INTO layout (series) VALUES (?)", (blob,))
            row = db.execute("SELECT id FROM layout WHERE series = ?", (blob,)).fetchone()
            known = self._layout_ids[names] = int(row[0])
        return known

    def series_id(self, db: sqlite3.Connection, name: str) -> int:
        """Return the number of a sensor in the file, written there if it is new."""
        known = self._series_ids.get(name)
        if known is None:
            sensor = sensor_of(name)
            db.execute(
                "INSERT OR IGNORE INTO series (name, step, counter) VALUES (?, ?, ?)",
                (text := clean(name), sensor.step, sensor.is_counter),
            )
            row = db.execute("SELECT id FROM series WHERE name = ?", (text,)).fetchone()
            known = self._series_ids[name] = int(row[0])
        return known

    def forget_ids(self) -> None:
        """Look the numbers up again: what was written was rolled back, pruned or set aside."""
        self._series_ids.clear()
        self._layout_ids.clear()


def layouts_in(db: sqlite3.Connection) -> dict[int, array[int]]:
    """Return the series of every layout in the file."""
    found: dict[int, array[int]] = {}
    for layout, blob in db.execute("SELECT id, series FROM layout"):
        ids: array[int] = array("i")
        ids.frombytes(blob)
        if sys.byteorder == "big":
            ids.byteswap()
        found[layout] = ids
    return found


def clean(text: str) -> str:
    """Return a text that a database takes: what a driver says may not be valid Unicode."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _are_finite(values: Mapping[str, float]) -> bool:
    if not values:
        return True
    numbers = values.values()
    return math.isfinite(sum(numbers)) and max(numbers) < LARGEST and min(numbers) > -LARGEST
