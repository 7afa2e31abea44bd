"""Reading hot rows: blobs of many sensors each, turned into one column per sensor."""

from __future__ import annotations

import sqlite3
import sys
from array import array
from collections.abc import Iterable, Iterator
from itertools import compress, groupby
from operator import itemgetter

from hwstudio.core.history.readings.codec import Column, Number, runs_of, to_steps
from hwstudio.core.history.readings.layout import layouts_in

_FLOAT_BYTES = 8
_Runs = list[tuple[int, int]]


class HotColumns:
    """The columns of some series, from rows in ascending order of time."""

    def __init__(self, db: sqlite3.Connection, wanted: Iterable[int]) -> None:
        self._layouts = layouts_in(db)
        # Each piece: the slots of some neighbouring rows, and the values of one series in them.
        self._pieces: dict[int, list[tuple[list[int], _Runs, array[float]]]] = {}
        self._wanted = list(wanted)
        self.damaged = 0  # rows whose blob does not fit their layout: left out

    def add_rows(self, rows: list[tuple[int, int, bytes]]) -> None:
        """Take in (slot, layout, data)."""
        for layout, group in groupby(rows, key=itemgetter(1)):
            series = self._layouts.get(layout, ())
            found = list(group)
            fit = [row for row in found if series and len(row[2]) == _FLOAT_BYTES * len(series)]
            self.damaged += len(found) - len(fit)
            if not fit:
                continue
            slots = [row[0] for row in fit]
            runs = runs_of(slots)
            numbers = array("d")
            numbers.frombytes(b"".join([row[2] for row in fit]))
            if sys.byteorder == "big":
                numbers.byteswap()
            for at, each in enumerate(series):
                if each in self._wanted:
                    self._pieces.setdefault(each, []).append(
                        (slots, runs, numbers[at :: len(series)])
                    )

    def column(self, series: int, step: float) -> Column:
        """Return the samples of one series."""
        runs: _Runs = []
        numbers: list[Number] = []
        for slots, mine, values in self._pieces.get(series, ()):
            total = sum(values)
            if total == total:  # no NaN among them: all had a number
                _join(runs, mine)
                numbers += to_steps(values, step)
            else:
                there = [value == value for value in values]
                _join(runs, runs_of(list(compress(slots, there))))
                numbers += to_steps(compress(values, there), step)
        return Column(runs, numbers)


def _join(runs: _Runs, more: _Runs) -> None:
    """Add later runs; one that goes on where the last one ended makes it longer."""
    if runs and more and runs[-1][0] + runs[-1][1] == more[0][0]:
        runs[-1] = (runs[-1][0], runs[-1][1] + more[0][1])
        more = more[1:]
    runs += more


def read_hot(
    db: sqlite3.Connection, span: tuple[int, int], steps: dict[int, float]
) -> Iterator[tuple[int, Column]]:
    """Yield the hot samples in ``span`` (slots, half open) of each series that has any."""
    found = HotColumns(db, steps)
    sql = "SELECT slot, layout, data FROM hot WHERE slot >= ? AND slot < ? ORDER BY slot"
    found.add_rows(db.execute(sql, span).fetchall())
    for series, step in steps.items():
        column = found.column(series, step)
        if column.numbers:
            yield series, column


def overlaid(below: Column, above: Column) -> Column:
    """Return both; where both have a second, the one above counts."""
    if not below.numbers or not above.numbers:
        return above if above.numbers else below
    both = dict(zip(below.slots(), below.numbers, strict=True))
    both.update(zip(above.slots(), above.numbers, strict=True))
    slots = sorted(both)
    return Column(runs_of(slots), [both[slot] for slot in slots])


def cut(column: Column, from_slot: int, to_slot: int) -> Column:
    """Return the samples from ``from_slot`` up to, not with, ``to_slot``."""
    runs: list[tuple[int, int]] = []
    numbers: list[Number] = []
    at = 0
    for first, length in column.runs:
        begin, end = max(first, from_slot), min(first + length, to_slot)
        if begin < end:
            runs.append((begin, end - begin))
            numbers += column.numbers[at + begin - first : at + end - first]
        at += length
    return column if len(numbers) == len(column.numbers) else Column(runs, numbers)
