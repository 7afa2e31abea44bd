"""Reads CSV logs as Keras, Lightning and scripts write them, from commas to decimal commas.

Cells may be empty (training and validation on different rows), a header may come again or change
(a run that was appended to), lines that start with "#" are comments.
"""

from __future__ import annotations

from collections.abc import Sequence
from csv import Error as CsvError

from hwstudio.core.monitor.curves.columns import number_of, time_of, total_of
from hwstudio.core.monitor.curves.curves import Curves
from hwstudio.core.monitor.curves.reader import Piece, Taken
from hwstudio.core.monitor.curves.series import NO_TIME, Clock
from hwstudio.core.monitor.curves.table import (
    COMMENT,
    Layout,
    cells,
    is_header,
    layout_of,
    nameless,
    separator_of,
)
from hwstudio.core.monitor.curves.text_lines import LineSplitter


class CsvReader:
    """Reads one CSV file into ``curves``."""

    def __init__(self, curves: Curves, title: str) -> None:
        self._curves = curves
        self._title = title
        self._splitter = LineSplitter()
        self.restart()

    def restart(self) -> None:
        """Forget where it is."""
        self._splitter.restart()
        self._layout: Layout | None = None
        self._comment = ""
        self._row = 0
        self._step = 0.0
        self._time_s = NO_TIME
        self._clock = Clock.NONE
        self._odd = 0
        self._unended = False

    def take(self, piece: Piece) -> Taken:
        """Read the whole lines of ``piece``."""
        if self._unended and piece.data[:1] not in (b"\r", b"\n", b""):
            return Taken(0, again=True)  # a line that was taken for whole has grown
        found = self._splitter.split(piece)
        self._unended = found.unended
        if found.skipped:
            self._count_odd(1)
        self._lines(found.lines, piece.now_s)
        return Taken(found.used, found.wants)

    def _lines(self, lines: list[str], now_s: float | None) -> None:
        rows: list[str] = []
        for line in lines:
            if line.startswith(COMMENT):
                self._comment = line.lstrip(COMMENT).strip()
            elif line.strip():
                rows.append(line)
        if not rows:
            return
        try:
            self._layout = self._layout or self._begin(rows)
            table = cells(rows, self._layout.separator)
        except CsvError:  # a cell beyond the module's limit
            self._count_odd(len(rows))
            return
        self._rows(table, now_s)

    def _begin(self, rows: Sequence[str]) -> Layout:
        separator = separator_of(rows[0])
        (first,) = cells(rows[:1], separator)
        if not is_header(first, comma=separator != ","):
            # Some tools write the header as a comment.
            for mark in (separator, separator_of(self._comment)):
                (names,) = cells([self._comment], mark) if self._comment else ([],)
                if len(names) == len(first) and is_header(names, comma=False):
                    return layout_of(names, separator)
            return nameless(first, separator)
        return layout_of(first, separator)

    def _rows(self, table: list[list[str]], now_s: float | None) -> None:
        """Add rows; those between two headers go together, column by column."""
        layout = self._layout
        if layout is None:
            return
        start = 0
        for place, row in enumerate(table):
            first = row[0].strip() if row else ""
            looks_named = first[:1].isalpha() and number_of(first) is None
            if looks_named and is_header(row, comma=layout.comma) and _is_new(row, layout):
                self._block(table[start:place], layout, now_s)
                layout = self._layout = layout_of(row, layout.separator)
                start = place + 1
        self._block(table[start:], layout, now_s)

    def _block(self, rows: list[list[str]], layout: Layout, now_s: float | None) -> None:
        if not rows:
            return
        width = len(layout.names)
        odd = sum(len(row) > width for row in rows)
        if odd:
            self._count_odd(odd)
        rows = [row if len(row) >= width else [*row, *[""] * (width - len(row))] for row in rows]
        columns = list(zip(*[row[:width] for row in rows], strict=True))
        steps = self._steps(columns, layout, len(rows))
        times = self._times(columns, layout, len(rows), now_s)
        for place, name in enumerate(layout.names):
            if place in (layout.step, layout.time):
                continue
            self._column(name, columns[place], steps, times)

    def _steps(self, columns: list[tuple[str, ...]], layout: Layout, count: int) -> list[float]:
        first = self._row
        self._row += count
        if layout.step is None:
            return [float(row) for row in range(first, self._row)]
        out = []
        for text in columns[layout.step]:
            step = number_of(text, comma=layout.comma)
            if step is not None and step == step and abs(step) < float("inf"):
                self._step = step
            out.append(self._step)
        return out

    def _times(
        self, columns: list[tuple[str, ...]], layout: Layout, count: int, now_s: float | None
    ) -> list[float]:
        if layout.time is None:
            if now_s is not None:
                self._time_s, self._clock = now_s, Clock.ARRIVAL
            return [self._time_s] * count
        out = []
        for text in columns[layout.time]:
            seconds, clock = time_of(text.strip())
            if clock is not Clock.NONE:
                self._time_s, self._clock = seconds, clock
            out.append(self._time_s)
        return out

    def _column(
        self, name: str, column: tuple[str, ...], steps: list[float], times: list[float]
    ) -> None:
        values: Sequence[float]
        try:
            values = list(map(float, column))
        except ValueError:
            comma = self._layout is not None and self._layout.comma
            read = [number_of(text, comma=comma) for text in column]
            places = [place for place, value in enumerate(read) if value is not None]
            values = [value for value in read if value is not None]
            steps = [steps[place] for place in places]
            times = [times[place] for place in places]
        if not values:
            return
        kind = total_of(name)
        if kind:
            self._curves.totals[kind] = values[-1]
            return
        series = self._curves.find(name, self._clock)
        if series is not None:
            series.clock = self._clock
            series.extend(steps, times, values)

    def _count_odd(self, count: int) -> None:
        self._odd += count
        self._curves.notes[self._title] = (
            f"{self._title}: {self._odd:,} line{'s' if self._odd > 1 else ''} did not fit the "
            "header; what fits is read"
        )


def _is_new(row: Sequence[str], layout: Layout) -> bool:
    """Say whether a row without numbers is a header and not a row of text cells."""
    names = {cell.strip() for cell in row if cell.strip()}
    return layout_of(row, layout.separator).step is not None or bool(names & set(layout.names))
