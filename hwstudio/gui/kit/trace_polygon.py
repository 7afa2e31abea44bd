"""A chart's lines as polygons in memory that is kept, and the map from numbers to pixels."""

from __future__ import annotations

from array import array
from typing import NamedTuple

import shiboken6
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QTransform

from hwstudio.gui.kit.theme_access import tokens
from hwstudio.gui.kit.trace_data import runs

_BAND_ALPHA = 60
_ROOF = 3  # px over the top value, so that a line at its limit stays visible


class Points:
    """A polygon whose memory is written directly: 600 points take 6 µs instead of 200."""

    def __init__(self) -> None:
        self.polygon = QPolygonF()
        self._count = 0
        self._memory: memoryview[float] = memoryview(array("d"))
        self._mixed: array[float] = array("d")

    def write(self, times: array[float], values: array[float]) -> None:
        """Make the polygon of these points; its memory stays where it is while the count does."""
        if len(times) != self._count:
            self._count = len(times)
            self.polygon.resize(self._count)
            self._mixed = array("d", bytes(16 * self._count))
            place = shiboken6.VoidPtr(self.polygon.data(), 16 * self._count, True)
            self._memory = memoryview(place).cast("B").cast("d")
        self._mixed[0::2], self._mixed[1::2] = times, values
        self._memory[:] = memoryview(self._mixed)


class View(NamedTuple):
    """The stretch of numbers that fills the plot."""

    from_s: float
    to_s: float
    bottom: float
    top: float


def numbers_of(rect: QRect) -> tuple[int, int, int, int]:
    """Return x, y, width and height: asked for once, used often."""
    return rect.x(), rect.y(), rect.width(), rect.height()


def rows_of(plot: tuple[int, int, int, int], view: View) -> tuple[float, float]:
    """Return factor and summand that make rows of pixels of raw values."""
    up = (_ROOF - plot[3]) / (view.top - view.bottom)
    return up, plot[1] + plot[3] - 0.5 - view.bottom * up


def transform_of(plot: tuple[int, int, int, int], view: View) -> QTransform:
    """Return the map from (Unix seconds, raw value) to pixels of ``plot``: x, y, width, height."""
    across = plot[2] / (view.to_s - view.from_s)
    up, down = rows_of(plot, view)
    return QTransform(across, 0, 0, up, plot[0] - view.from_s * across, down)


def colour_of(index: int) -> QColor:
    """Return the theme's series colour."""
    series = tokens().series
    return QColor(series[index % len(series)])


def kind_colour(kind: str) -> QColor:
    """Return the colour of muted, ok, warn or error."""
    return QColor(tokens().status(kind))


class LinePicture:
    """One line in pixels, in polygons that are kept: no Python object per point."""

    def __init__(self, colour: int) -> None:
        self._colour = colour
        self._raw: list[Points] = []
        self._lines: list[QPolygonF] = []
        self._dots: list[QPointF] = []
        self._raw_tail: list[Points] = []
        self._tail: list[QPolygonF] = []
        self._tail_dots: list[QPointF] = []
        self.recolour()

    @property
    def colour(self) -> int:
        """Return the number of the series colour."""
        return self._colour

    def recolour(self) -> None:
        """Take the theme's present colour."""
        self._pen = QPen(colour_of(self._colour), 1)

    @property
    def is_empty(self) -> bool:
        return not self._lines and not self._dots

    def fill(self, times: array[float], values: array[float], transform: QTransform) -> None:
        """Take over the points; NaN parts them."""
        self._lines, self._dots = _mapped(self._raw, times, values, transform)

    def fill_tail(self, times: array[float], values: array[float], transform: QTransform) -> None:
        """Take over a few newest points, beside the ones that were drawn before."""
        self._tail, self._tail_dots = _mapped(self._raw_tail, times, values, transform)

    def reach(self) -> QRect:
        """Return the pixels the line may touch."""
        found = QRect()
        for line in self._lines:
            found = found.united(line.boundingRect().toAlignedRect().adjusted(-1, -1, 1, 1))
        for dot in self._dots:
            found = found.united(QRect(int(dot.x()) - 3, int(dot.y()) - 3, 7, 7))
        return found

    def draw(self, painter: QPainter) -> None:
        """Draw the stretches as lines one pixel wide, and single points as dots."""
        self._draw(painter, self._lines, self._dots)

    def draw_tail(self, painter: QPainter) -> None:
        """Draw the newest points alone."""
        self._draw(painter, self._tail, self._tail_dots)

    def _draw(self, painter: QPainter, lines: list[QPolygonF], dots: list[QPointF]) -> None:
        painter.setPen(self._pen)
        for line in lines:
            painter.drawPolyline(line)
        for dot in dots:
            painter.fillRect(QRectF(dot.x() - 1.5, dot.y() - 1.5, 3, 3), self._pen.color())


def _mapped(
    raw: list[Points], times: array[float], values: array[float], transform: QTransform
) -> tuple[list[QPolygonF], list[QPointF]]:
    """Return the stretches between gaps and the single points in pixels; ``raw`` is kept memory."""
    lines: list[QPolygonF] = []
    dots: list[QPointF] = []
    for start, end in runs(values):
        if end - start == 1:
            dots.append(transform.map(QPointF(times[start], values[start])))
            continue
        if len(lines) == len(raw):
            raw.append(Points())
        points = raw[len(lines)]
        points.write(times[start:end], values[start:end])
        lines.append(transform.map(points.polygon))
    return lines, dots


class BandPicture:
    """The envelope between the lowest and the highest of merged values, in pixels."""

    def __init__(self, colour: int) -> None:
        self._colour = colour
        self._areas: list[QPolygonF] = []
        self._bars: list[QLineF] = []
        self.recolour()

    def recolour(self) -> None:
        """Take the theme's present colour."""
        self._fill = colour_of(self._colour)
        self._fill.setAlpha(_BAND_ALPHA)

    def clear(self) -> None:
        """Forget the envelope: the line has none now."""
        self._areas, self._bars = [], []

    def fill(
        self,
        times: array[float],
        low: array[float],
        high: array[float],
        transform: QTransform,
    ) -> None:
        """Take over the envelope; NaN parts it."""
        self._areas, self._bars = [], []
        for start, end in runs(low):
            there = times[start:end]
            if end - start == 1:
                bar = QLineF(there[0], high[start], there[0], low[start])
                self._bars.append(transform.map(bar))
                continue
            points = Points()
            points.write(there + there[::-1], high[start:end] + low[start:end][::-1])
            self._areas.append(transform.map(points.polygon))

    def reach(self) -> QRect:
        """Return the pixels the envelope may touch."""
        found = QRect()
        for area in self._areas:
            found = found.united(area.boundingRect().toAlignedRect())
        for bar in self._bars:
            upper = QPointF(min(bar.x1(), bar.x2()), min(bar.y1(), bar.y2()))
            found = found.united(QRectF(upper, QSizeF(1, abs(bar.dy()))).toAlignedRect())
        return found.adjusted(-1, -1, 1, 1) if not found.isEmpty() else found

    def draw(self, painter: QPainter) -> None:
        """Fill the envelope faintly."""
        if not self._areas and not self._bars:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._fill)
        for area in self._areas:
            painter.drawPolygon(area)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._fill, 1))
        painter.drawLines(self._bars)
