"""What more money buys: the fastest build over the budget, drawn under the budget slider."""

from __future__ import annotations

import math
from html import escape

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from hwstudio.core.base.money import money
from hwstudio.core.project.answer import FrontierPoint
from hwstudio.core.project.share import rough
from hwstudio.gui.kit.theme_access import current_theme, tokens

_HANDLE = 8.0  # half the slider's handle: both ends of the scales then stand above each other
_HEIGHT = 38


class BudgetCurve(QWidget):
    """Steps over a logarithmic budget that match the slider above; a dot marks the budget."""

    def __init__(self, low: float, high: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high = low, high
        self._points: tuple[FrontierPoint, ...] = ()
        self._budget = low
        self.setAccessibleName("Fastest build at each budget")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    def show_points(self, points: tuple[FrontierPoint, ...], budget: float) -> None:
        """Draw the fastest build of each budget and mark the present one."""
        if (points, budget) == (self._points, self._budget):
            return
        self._points, self._budget = points, budget
        self.setAccessibleDescription("; ".join(_words(point) for point in points))
        self.update()

    def _x(self, budget: float) -> float:
        share = math.log(max(budget, 1.0) / self._low) / math.log(self._high / self._low)
        return _HANDLE + (self.width() - 2 * _HANDLE) * min(max(share, 0.0), 1.0)

    def _y(self, speed: float) -> float:
        top = max(point.per_second or 0.0 for point in self._points) or 1.0
        return 6.0 + (self.height() - 10.0) * (1.0 - speed / top)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        base = self.height() - 3.0
        painter.setPen(QPen(QColor(tokens().line), 1))
        painter.drawLine(QPointF(_HANDLE, base), QPointF(self.width() - _HANDLE, base))
        line = self._steps()
        if line:
            self._paint_line(painter, line, base)
        painter.end()

    def _steps(self) -> list[QPointF]:
        """Return the curve as steps: a budget buys what the last point below it bought."""
        line: list[QPointF] = []
        for point in self._points:
            if point.per_second is not None:
                x, y = self._x(float(point.budget)), self._y(point.per_second)
                if line:
                    line.append(QPointF(x, line[-1].y()))
                line.append(QPointF(x, y))
        if line:
            line.append(QPointF(self.width() - _HANDLE, line[-1].y()))
        return line

    def _paint_line(self, painter: QPainter, line: list[QPointF], base: float) -> None:
        colour = QColor(tokens().series[0])
        fill = QColor(colour)
        fill.setAlphaF(0.14)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPolygon(
            QPolygonF([QPointF(line[0].x(), base), *line, QPointF(line[-1].x(), base)])
        )
        painter.setPen(QPen(colour, 1.5))
        painter.drawPolyline(QPolygonF(line))
        here = self._at(self._budget)
        if here is not None and here.per_second is not None:
            x, y = self._x(self._budget), self._y(here.per_second)
            painter.setPen(QPen(QColor(tokens().surface), 1.5))
            painter.setBrush(QColor(tokens().accent))
            painter.drawEllipse(QRectF(x - 5, y - 5, 10, 10))

    def _at(self, budget: float) -> FrontierPoint | None:
        below = [point for point in self._points if float(point.budget) <= budget]
        return below[-1] if below else None

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._points:
            share = (event.pos().x() - _HANDLE) / max(1.0, self.width() - 2 * _HANDLE)
            share = min(max(share, 0.0), 1.0)
            found = self._at(self._low * (self._high / self._low) ** share)
            if found is not None:
                text = f"<p>{escape(_words(found))}</p><p>Fastest build at each budget</p>"
                QToolTip.showText(event.globalPos(), text, self)
            return True
        return bool(super().event(event))


def _words(point: FrontierPoint) -> str:
    price = money(point.budget, decimals=0)
    if point.per_second is None:
        return f"{price}: nothing fits"
    return f"{price}: {point.title}, about {rough(point.per_second)} {point.unit} (estimated)"
