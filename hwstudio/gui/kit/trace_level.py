"""Whether the lines of a chart are level all along the plot: moving such a picture changes nothing.

A resting computer has many such lines: nothing is read from a drive, the clock stays, memory moves
by less than a pixel. They are what a monitor that is open all day shows most of the time.
"""

from __future__ import annotations

import math

from hwstudio.gui.kit.trace_data import Trace
from hwstudio.gui.kit.trace_polygon import View, rows_of


class Levels:
    """Follows since when each line stays in one row of pixels; made anew for another plot or top.

    Rows are counted in halves: two values in one half are drawn alike, however a half is rounded.
    """

    def __init__(self, traces: list[Trace], plot: tuple[int, int, int, int], view: View) -> None:
        up, down = rows_of(plot, view)
        self._up, self._down = 2 * up, 2 * down
        self._rows: list[int | None] = [None] * len(traces)
        self._since_s = [0.0] * len(traces)
        for number, trace in enumerate(traces):
            self._begin(number, trace, view)

    def _begin(self, number: int, trace: Trace, view: View) -> None:
        """Find a line that is level already."""
        start, end = trace.around(view.from_s, view.to_s)
        seen = trace.values[start:end]
        if seen and math.isfinite(sum(seen)):
            low, high = (int(self._up * value + self._down) for value in (min(seen), max(seen)))
            if low == high:
                self._rows[number], self._since_s[number] = low, trace.times[start]

    def take(self, traces: list[Trace], from_s: float) -> bool:
        """Look at the newest value of each line; say whether all are level since ``from_s``."""
        are_level = bool(traces)
        rows, since_s = self._rows, self._since_s
        for number, trace in enumerate(traces):
            values = trace.values
            value = values[-1] if values else math.nan
            if value != value:  # a gap
                rows[number], are_level = None, False
                continue
            row = int(self._up * value + self._down)
            if row != rows[number] or (len(values) > 1 and values[-2] != values[-2]):
                rows[number], since_s[number] = row, trace.times[-1]
                are_level = False
            elif since_s[number] > from_s:
                are_level = False
        return are_level
