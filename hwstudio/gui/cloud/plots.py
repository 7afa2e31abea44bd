"""The cost chart: one line a way to pay, the range of the one pointed at, the crossing marked."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Slot
from PySide6.QtGui import QColor, QResizeEvent

from hwstudio.core.base.units import significant
from hwstudio.gui.cloud.state import Answer
from hwstudio.gui.kit.plot import MARK_STEP, LinePlot, Series
from hwstudio.gui.kit.theme_access import tokens

Marks = tuple[tuple[float, str], ...]
_LEGEND_ALPHA = 170  # lines run under the names, which stay readable
_LETTER_PX, _MARK_PX, _AROUND_PX = 7, 50, 80  # of a name in the legend; of what is around it
_NEAR = 0.06  # of the chart's height: so near a line counts as pointed at


def cost_series(answer: Answer) -> tuple[Series, ...]:
    """Return one series per way; the first is the own hardware."""
    return tuple(
        Series(
            line.name,
            line.cost.months,
            line.cost.typical,
            colour=line.colour,
            low=line.cost.low,
            high=line.cost.high,
            is_dashed=line.is_dashed,
        )
        for line in answer.lines
    )


class CostPlot(LinePlot):
    """Draws every line, but only the ranges that were asked for and of the line pointed at.

    Moving a slider exchanges data; nothing is taken away and made anew while the lines stay.
    """

    def __init__(self) -> None:
        self._shown: frozenset[str] = frozenset()
        self._bands: dict[str, tuple[Any, Any, Any]] = {}
        self._pointed = ""
        super().__init__("Cost over the months", "Months from now", "Cost so far, $")

    def show_answer(self, answer: Answer) -> None:
        """Show the lines and marks of an answer."""
        series, marks = cost_series(answer), answer.marks
        shown = frozenset(line.name for line in answer.lines if line.has_band)
        is_same = (
            _looks(series) == _looks(self._series) and shown == self._shown and bool(self._curves)
        )
        self._shown, self._series = shown, series
        self.set_range(y=_range(answer))
        if not is_same:
            self._pointed = ""
            self._marks = marks
            self._draw()
            return
        for curve, one in zip(self._curves, series, strict=True):
            curve.setData(np.asarray(one.x, float), np.asarray(one.y, float))
        self._move_marks(marks)
        self._show_bands()
        self._describe()

    def _draw(self) -> None:
        self._bands = {}
        self._lines: list[Any] = []
        super()._draw()
        if self.plot.legend is not None and len(self._series) > 3:
            self._fit_legend()
            back = QColor(tokens().surface)
            back.setAlpha(_LEGEND_ALPHA)
            self.plot.legend.setBrush(pg.mkBrush(back))
            self.plot.legend.setVisible(not self._readout.isVisible())
        self._show_bands()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_legend()  # it may have been drawn before it had its place

    def _fit_legend(self) -> None:
        if self.plot.legend is not None and len(self._series) > 3:
            self.plot.legend.setColumnCount(_beside(self._series, self.width()))

    def _draw_band(self, one: Series, colour: QColor) -> None:
        fill = QColor(colour)
        fill.setAlpha(45)
        low, high = pg.PlotCurveItem(pen=None), pg.PlotCurveItem(pen=None)
        area = pg.FillBetweenItem(low, high, brush=fill)
        area.setZValue(-10)
        self.plot.addItem(area)
        self._bands[one.name] = (low, high, area)

    def _draw_mark(self, place: float, words: str, height: float) -> None:
        super()._draw_mark(place, words, height)
        self._lines.append(self.plot.items[-1])

    def _move_marks(self, marks: Marks) -> None:
        if len(marks) != len(self._marks):
            for line in self._lines:
                self.plot.removeItem(line)
            self._lines = []
            for number, (place, words) in enumerate(marks):
                self._draw_mark(place, words, self.mark_position + number * MARK_STEP)
        self._marks = marks
        for line, (place, words) in zip(self._lines, marks, strict=True):
            line.setPos(place)
            line.label.setFormat(words)

    def _show_bands(self) -> None:
        """Show the ranges asked for and of the line pointed at; only those are kept up to date."""
        for one in self._series:
            low, high, area = self._bands[one.name]
            is_shown = one.name in self._shown or one.name == self._pointed
            area.setVisible(is_shown)
            for curve in (low, high):
                curve.setVisible(is_shown)
            if is_shown:
                _fill(low, high, one)

    @Slot(object)
    def _on_mouse_moved(self, place: QPointF) -> None:
        inside = self.plot.sceneBoundingRect().contains(place) and bool(self._series)
        self._readout.setVisible(inside)
        self._cursor.setVisible(inside)
        if self.plot.legend is not None:
            self.plot.legend.setVisible(not inside)  # the readout has its place and its names
        point = self.plot.getViewBox().mapSceneToView(place)
        pointed = self.line_at(point.x(), point.y()) if inside else ""
        self.point_at(pointed)
        if inside:
            self._say(point.x())

    def leaveEvent(self, event: QEvent) -> None:
        """Give the legend its place back."""
        self._readout.hide()
        self._cursor.hide()
        if self.plot.legend is not None:
            self.plot.legend.setVisible(True)
        self.point_at("")
        super().leaveEvent(event)

    def point_at(self, name: str) -> None:
        """Show the range of one more line; "" = only those always shown."""
        if name != self._pointed:
            self._pointed = name
            self._show_bands()

    def shows_range(self, name: str) -> bool:
        """Say whether the range of a line is drawn."""
        return name in self._bands and bool(self._bands[name][2].isVisible())

    def line_at(self, x: float, y: float) -> str:
        """Return the name of the line at a point of the chart, "" where none is near."""
        _, (bottom, top) = self.plot.getViewBox().viewRange()
        near = [(abs(_at(one, one.y, x) - y), one.name) for one in self._series]
        distance, name = min(near, default=(math.inf, ""))
        return name if distance <= _NEAR * (top - bottom) else ""

    def _say(self, x: float) -> None:
        self._cursor.setPos(x)
        lines = [f"{self._titles[0]}: {significant(x)}"]
        for one in self._series:
            text = f"{one.name}: ${_at(one, one.y, x):,.0f}"
            if one.name == self._pointed and one.low is not None and one.high is not None:
                low, high = _at(one, one.low, x), _at(one, one.high, x)
                text += f"\n    8 of 10 cases: ${low:,.0f} to ${high:,.0f}"
            lines.append(text)
        (left, right), (_, top) = self.plot.getViewBox().viewRange()
        self._readout.setText("\n".join(lines))
        self._readout.setAnchor((1 if x > (left + right) / 2 else 0, 0))
        self._readout.setPos(x, top)


def _range(answer: Answer) -> tuple[float, float] | None:
    """Return the range of costs that owning and the rental compared with reach, in all cases.

    A commitment can cost ten times as much; drawn to its end, the rest would lie in one line.
    """
    highs = [max(line.cost.high) for line in answer.lines if line.has_band]
    top = max(highs, default=0.0)
    return (-0.04 * top, 1.04 * top) if top > 0 else None


def _beside(series: tuple[Series, ...], width: int) -> int:
    """Return how many names fit side by side: three, else two; the fewer rows, the less is hidden.

    The names go row by row, so each column is as wide as its longest.
    """
    longest = (max(len(one.name) for one in series[column::3]) for column in range(3))
    wanted = sum(letters * _LETTER_PX + _MARK_PX for letters in longest)
    return 3 if len(series) > 4 and wanted <= width - _AROUND_PX else 2


def _looks(series: tuple[Series, ...]) -> list[tuple[str, int, bool]]:
    return [(one.name, one.colour, one.is_dashed) for one in series]


def _fill(low: Any, high: Any, one: Series) -> None:
    x = np.asarray(one.x, float)
    low.setData(x, np.asarray(one.low, float))
    high.setData(x, np.asarray(one.high, float))


def _at(one: Series, values: Any, x: float) -> float:
    return float(np.interp(x, one.x, values))
