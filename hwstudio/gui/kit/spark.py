"""A small line that costs almost nothing to draw: one polyline, no axes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from hwstudio.gui.kit.theme_access import tokens


class Spark(QWidget):
    """The last ``span`` values between fixed limits; None is drawn as a gap."""

    def __init__(
        self, name: str, span: int = 60, series: int = 0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._span = span
        self._series = series
        self._values: tuple[float | None, ...] = ()
        self._top = 1.0
        self._limit: float | None = None
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(120, 36)

    def show_values(
        self, values: Sequence[float | None], top: float, limit: float | None = None
    ) -> None:
        """Draw values between 0 and ``top``; ``limit`` is a dashed line."""
        self._values = tuple(values[-self._span :])
        self._top = max(top, 1e-12)
        self._limit = limit
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        width, height = float(self.width()), float(self.height()) - 2.0
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.drawLine(QPointF(0, height + 1), QPointF(width, height + 1))
        if self._limit is not None and self._limit <= self._top:
            level = height - height * self._limit / self._top + 1
            painter.drawLine(QPointF(0, level), QPointF(width, level))
        painter.setPen(QPen(QColor(colours.series[self._series % len(colours.series)]), 1))
        step = width / max(1, self._span - 1)
        start = width - step * (len(self._values) - 1)
        run: list[QPointF] = []
        for number, value in enumerate(self._values):
            if value is None:
                painter.drawPolyline(QPolygonF(run))
                run = []
                continue
            share = min(max(value / self._top, 0.0), 1.0)
            run.append(QPointF(start + step * number, height - height * share + 1))
        if run:
            painter.drawPolyline(QPolygonF(run))
        painter.end()
