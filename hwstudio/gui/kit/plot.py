"""Line charts on pyqtgraph: titled axes with units, hover readout, copy as picture or data."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QAction, QColor, QFont, QGuiApplication, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hwstudio.core.base.units import significant
from hwstudio.gui.kit.theme_access import current_theme, tokens

# The switches that cost the most are off (research: fixed ranges and thin pens are 5x cheaper).
pg.setConfigOptions(antialias=False, useOpenGL=False)


MARK_STEP = 0.16  # marks stand one above the other, so that near ones never overwrite


@dataclass(frozen=True, slots=True)
class Series:
    """One line. NaN in ``y`` is a gap. ``low``/``high`` draw a band. ``colour`` indexes series."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    colour: int = 0
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None
    is_dashed: bool = False
    has_points: bool = False


class LinePlot(QWidget):
    """A chart of a few lines. Give units in the axis titles: ``"Cost, $"``.

    ``is_live`` draws thin lines without smoothing: several times cheaper, for charts that move.
    """

    def __init__(
        self,
        name: str,
        x_title: str,
        y_title: str,
        *,
        is_live: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._titles = (x_title, y_title)
        self._is_live = is_live
        self._series: tuple[Series, ...] = ()
        self._marks: tuple[tuple[float, str], ...] = ()
        self.legend_columns = 1  # 2 = one line, for flat charts
        self.mark_position = 0.92  # where a mark's words stand, 0 = bottom
        self.legend_offset = (8, 4)  # from the left top; negative: from the right
        self._curves: list[Any] = []
        self._mark_lines: list[Any] = []
        self._fixed_x: tuple[float, float] | None = None
        self._fixed_y: tuple[float, float] | None = None
        self._words_of_x: Callable[[float], str] | None = (
            None  # set where both axes are logarithmic
        )
        self._build()
        self._connect()
        self._restyle()

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self.view = pg.PlotWidget()
        self.view.setMenuEnabled(False)
        self.view.hideButtons()
        self.view.setMouseEnabled(x=False, y=False)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot = self.view.getPlotItem()
        self.plot.setLabel("bottom", self._titles[0])
        self.plot.setLabel("left", self._titles[1])
        self.plot.showGrid(x=False, y=True, alpha=0.15)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(tickFont=tick_font())
        self._readout = pg.TextItem(anchor=(0, 1))
        self._readout.setZValue(50)
        self._readout.hide()
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._cursor.hide()
        self.view.addItem(self._cursor, ignoreBounds=True)
        self.view.addItem(self._readout, ignoreBounds=True)
        box.addWidget(self.view)

    def _connect(self) -> None:
        self.view.scene().sigMouseMoved.connect(self._on_mouse_moved)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        for words, slot in (
            ("Copy chart as picture", self.copy_png),
            ("Copy chart as SVG", self.copy_svg),
            ("Copy chart data as CSV", self.copy_csv),
        ):
            action = QAction(words, self)
            action.triggered.connect(slot)
            self.addAction(action)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self._restyle)

    def set_series(self, series: Sequence[Series]) -> None:
        """Draw lines; when names and count stay the same only the data are exchanged."""
        fresh = tuple(series)
        same = [(s.name, s.colour, s.low is None) for s in fresh] == [
            (s.name, s.colour, s.low is None) for s in self._series
        ]
        self._series = fresh
        if same and self._curves:
            for curve, one in zip(self._curves, fresh, strict=True):
                curve.setData(np.asarray(one.x, float), np.asarray(one.y, float))
            if not any(one.low is not None for one in fresh):
                self._describe()
                return
        self._draw()

    def be_logarithmic(self, words_of_x: Callable[[float], str]) -> None:
        """Draw by powers of ten on both axes; ``words_of_x`` names a place under the pointer."""
        self._words_of_x = words_of_x
        self.plot.setLogMode(x=True, y=True)
        plain = [(float(tens), f"{10.0**tens:,.15g}") for tens in range(-6, 10)]  # not 10²
        self.plot.getAxis("left").setTicks([plain])

    def set_ticks(self, ticks: Sequence[tuple[float, str]]) -> None:
        """Name places of a logarithmic lower axis, e.g. sizes in bytes by their usual words."""
        named = [(math.log10(place), words) for place, words in ticks]
        self.plot.getAxis("bottom").setTicks([named])

    def set_axis_titles(self, x_title: str, y_title: str) -> None:
        """Rename the axes, e.g. when the currency changes."""
        if (x_title, y_title) != self._titles:
            self._titles = (x_title, y_title)
            self.plot.setLabel("bottom", x_title)
            self.plot.setLabel("left", y_title)
            self._restyle()

    def set_marks(self, marks: Sequence[tuple[float, str]]) -> None:
        """Draw vertical marks with words, e.g. the crossing of two costs."""
        fresh = tuple(marks)
        if fresh == self._marks:
            return
        before, self._marks = self._marks, fresh
        if [bool(words) for _, words in before] != [bool(words) for _, words in fresh]:
            self._draw()
            return
        for line, (place, words) in zip(self._mark_lines, fresh, strict=True):
            line.setValue(place)  # drawing all anew costs a hundred times as much
            if words:
                line.label.setFormat(words)

    def set_range(
        self, x: tuple[float, float] | None = None, y: tuple[float, float] | None = None
    ) -> None:
        """Fix the ranges (cheaper than letting them follow the data)."""
        if (x, y) == (self._fixed_x, self._fixed_y):
            return
        self._fixed_x, self._fixed_y = x, y
        self._apply_range()

    def _apply_range(self) -> None:
        box = self.plot.getViewBox()
        if self._fixed_x:
            box.setXRange(*self._fixed_x, padding=0)
        if self._fixed_y:
            box.setYRange(*self._fixed_y, padding=0)
        box.enableAutoRange(x=self._fixed_x is None, y=self._fixed_y is None)

    def _draw(self) -> None:
        colours = tokens()
        self.plot.clear()
        if self.plot.legend is not None:
            self.plot.legend.scene().removeItem(self.plot.legend)
            self.plot.legend = None
        if len(self._series) > 1:
            self.plot.addLegend(
                offset=self.legend_offset,
                labelTextColor=colours.text,
                labelTextSize="9pt",
                colCount=self.legend_columns,
            )
        self._curves = []
        for one in self._series:
            self._curves.append(self._draw_one(one))
        self._mark_lines = []
        for number, (place, words) in enumerate(self._marks):
            self._draw_mark(place, words, self.mark_position + number * MARK_STEP)
        self.view.addItem(self._cursor, ignoreBounds=True)
        self.view.addItem(self._readout, ignoreBounds=True)
        self._apply_range()
        self._describe()

    def _draw_one(self, one: Series) -> Any:
        colours = tokens()
        colour = QColor(colours.series[one.colour % len(colours.series)])
        if one.low is not None and one.high is not None:
            self._draw_band(one, colour)
        pen = pg.mkPen(colour, width=1 if self._is_live else 2)
        if one.is_dashed:
            pen.setStyle(Qt.PenStyle.DashLine)
        points = {"symbol": "o", "symbolSize": 6, "symbolBrush": colour, "symbolPen": None}
        return self.plot.plot(
            np.asarray(one.x, float),
            np.asarray(one.y, float),
            pen=pen,
            name=one.name,
            connect="finite",
            antialias=not self._is_live,
            **(points if one.has_points else {}),
        )

    def _draw_band(self, one: Series, colour: QColor) -> None:
        fill = QColor(colour)
        fill.setAlpha(45)
        values = (np.asarray(each, float) for each in (one.x, one.low, one.high))
        x, lower, upper = (np.log10(v) if self._words_of_x else v for v in values)
        low, high = pg.PlotCurveItem(x, lower, pen=None), pg.PlotCurveItem(x, upper, pen=None)
        self.plot.addItem(pg.FillBetweenItem(low, high, brush=fill))

    def _draw_mark(self, place: float, words: str, height: float) -> None:
        colours = tokens()
        line = pg.InfiniteLine(
            place,
            angle=90,
            pen=pg.mkPen(colours.muted, width=1, style=Qt.PenStyle.DashLine),
            label=words or None,
            labelOpts={
                "position": min(height, 0.92),
                "color": colours.text,
                "fill": colours.raised,
                "movable": False,
            },
        )
        self.plot.addItem(line)
        self._mark_lines.append(line)

    @Slot()
    def _restyle(self) -> None:
        colours = tokens()
        self.view.setBackground(colours.surface)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(pg.mkPen(colours.line))
            axis.setTextPen(pg.mkPen(colours.muted))
            axis.setTickPen(pg.mkPen(colours.line))
            axis.setLabel(axis.labelText, color=colours.muted, **{"font-size": "12px"})
        self._readout.setColor(colours.text)
        self._readout.fill = pg.mkBrush(colours.raised)
        self._cursor.setPen(pg.mkPen(colours.muted, width=1))
        self._draw()

    def _describe(self) -> None:
        """Give screen readers the last value of every line."""
        parts = []
        for one in self._series:
            known = [v for v in one.y if not math.isnan(v)]
            if known:
                parts.append(f"{one.name}: last {significant(known[-1])}")
        self.setAccessibleDescription(f"{self._titles[1]}. " + "; ".join(parts))

    @Slot(object)
    def _on_mouse_moved(self, place: QPointF) -> None:
        inside = self.plot.sceneBoundingRect().contains(place) and bool(self._series)
        self._readout.setVisible(inside)
        self._cursor.setVisible(inside)
        if not inside:
            return
        x = self.plot.getViewBox().mapSceneToView(place).x()
        self._cursor.setPos(x)
        found = 10.0**x if self._words_of_x else x
        lines = [f"{self._titles[0]}: {significant(x)}"]
        for one in self._series:
            if len(one.x):
                xs = np.asarray(one.x, float)
                at = int(np.argmin(np.abs(xs - found)))
                if self._words_of_x:  # a size between two measured ones was not measured
                    lines[0] = f"{self._titles[0]}: {self._words_of_x(one.x[at])}"
                lines.append(f"{one.name}: {significant(float(one.y[at]))}")
        (left, right), (_, top) = self.plot.getViewBox().viewRange()
        self._readout.setText("\n".join(lines))
        self._readout.setAnchor((1 if x > (left + right) / 2 else 0, 0))
        self._readout.setPos(x, top)

    def as_csv(self) -> str:
        """Return the drawn data: one column per line, rows by x."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([self._titles[0], "series", self._titles[1], "low", "high"])
        for one in self._series:
            for n, (x, y) in enumerate(zip(one.x, one.y, strict=True)):
                low = one.low[n] if one.low is not None else ""
                high = one.high[n] if one.high is not None else ""
                writer.writerow([x, one.name, "" if math.isnan(y) else y, low, high])
        return out.getvalue()

    @Slot()
    def copy_png(self) -> None:
        """Copy the chart as a picture."""
        QGuiApplication.clipboard().setPixmap(self.view.grab())

    @Slot()
    def copy_svg(self) -> None:
        """Copy the chart as SVG text."""
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(self.view.size())
        generator.setViewBox(self.view.rect())
        generator.setTitle(self.accessibleName())
        painter = QPainter(generator)
        self.view.render(painter, QRectF(self.view.rect()))
        painter.end()
        buffer.close()
        QGuiApplication.clipboard().setText(bytes(data.data()).decode())

    @Slot()
    def copy_csv(self) -> None:
        """Copy the data."""
        QGuiApplication.clipboard().setText(self.as_csv())


def tick_font() -> QFont:
    made = QFont("Inter")
    made.setPixelSize(12)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made
