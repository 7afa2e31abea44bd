"""Reads logs of one JSON object a line, with objects inside objects and NaN or Infinity in them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from hwstudio.core.monitor.curves.columns import (
    best_step,
    best_time,
    is_step,
    number_of,
    step_rank,
    time_of,
    total_of,
)
from hwstudio.core.monitor.curves.curves import Curves
from hwstudio.core.monitor.curves.reader import Piece, Taken
from hwstudio.core.monitor.curves.series import NO_TIME, Clock
from hwstudio.core.monitor.curves.text_lines import LineSplitter

_DEPTH = 6  # objects nested deeper are not looked into
_TEXT_NUMBER = 40  # a longer text is not tried as a number


def numbers_in(
    document: dict[str, Any], prefix: str = "", depth: int = 0
) -> Iterator[tuple[str, float]]:
    """Yield each number of an object with its path: ``{"train": {"loss": 1}}`` is "train/loss"."""
    for key, value in document.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            if depth < _DEPTH:
                yield from numbers_in(value, f"{name}/", depth + 1)
        elif isinstance(value, bool):
            continue
        elif isinstance(value, (int, float)):
            try:
                yield name, float(value)
            except OverflowError:  # a whole number of hundreds of digits
                continue
        elif isinstance(value, str) and len(value) <= _TEXT_NUMBER:
            number = number_of(value)
            if number is not None:
                yield name, number


class RowTaker:
    """Turns JSON objects, one after another, into points; finds the step and the time itself."""

    def __init__(self, curves: Curves) -> None:
        self._curves = curves
        self.restart()

    def restart(self, wanted_step: str | None = None) -> None:
        """Start over; ``wanted_step`` = count by this name from the first line on."""
        self._step_name = wanted_step
        self._row = 0
        self._step = 0.0
        self._time_s = NO_TIME
        self._clock = Clock.NONE

    def add(self, document: dict[str, Any], now_s: float | None) -> str | None:
        """Add one object. A returned name counts steps better: the log has to be read again."""
        found = dict(numbers_in(document))
        better = self._better_step(found)
        if better:
            return better
        time_name = best_time(document)
        self._tick(found, None if time_name is None else document[time_name], now_s)
        for name, value in found.items():
            if name in (self._step_name, time_name):
                continue
            kind = total_of(name)
            if kind:
                self._curves.totals[kind] = value
                continue
            series = self._curves.find(name, self._clock)
            if series is not None:
                series.clock = self._clock
                series.append(self._step, self._time_s, value)
        return None

    def _better_step(self, found: dict[str, float]) -> str | None:
        name = best_step(found)
        if name is None or name == self._step_name:
            return None
        if self._step_name is not None and step_rank(name) >= step_rank(self._step_name):
            return None
        if self._row:
            return name
        self._step_name = name
        return None

    def _tick(self, found: dict[str, float], time: object, now_s: float | None) -> None:
        """Set the step and the time of this object; what is not said stays as it was."""
        if self._step_name is None:
            self._step = float(self._row)
        else:
            step = found.get(self._step_name, math.nan)
            self._step = step if math.isfinite(step) else self._step
        if any(not is_step(name) and not total_of(name) for name in found):
            self._row += 1
        if time is not None:
            seconds, clock = time_of(time)
            if clock is not Clock.NONE:
                self._time_s, self._clock = seconds, clock
        elif now_s is not None and self._clock in (Clock.NONE, Clock.ARRIVAL):
            self._time_s, self._clock = now_s, Clock.ARRIVAL


class JsonLinesReader:
    """Reads one file of JSON lines into ``curves``; lines that are no object are counted."""

    def __init__(self, curves: Curves, title: str) -> None:
        self._curves = curves
        self._title = title
        self._splitter = LineSplitter()
        self._rows = RowTaker(curves)
        self._wanted: str | None = None
        self.restart()

    def restart(self) -> None:
        """Forget where it is."""
        self._splitter.restart()
        self._rows.restart(self._wanted)
        self._wanted = None  # it holds for the reading it was found out for
        self._odd = 0
        self._unended = False

    def take(self, piece: Piece) -> Taken:
        """Read the whole lines of ``piece``."""
        if self._unended and piece.data[:1] not in (b"\r", b"\n", b""):
            return Taken(0, again=True)
        found = self._splitter.split(piece)
        self._unended = found.unended
        if found.skipped:
            self._count_odd()
        for line in found.lines:
            if not line.strip():
                continue
            document = _object(line)
            if document is None:
                self._count_odd()
                continue
            better = self._rows.add(document, piece.now_s)
            if better:
                self._wanted = better
                return Taken(0, again=True)
        return Taken(found.used, found.wants)

    def _count_odd(self) -> None:
        self._odd += 1
        self._curves.notes[self._title] = (
            f"{self._title}: {self._odd:,} line{'s are' if self._odd > 1 else ' is'} not a JSON "
            "object and left out"
        )


def _object(line: str) -> dict[str, Any] | None:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
