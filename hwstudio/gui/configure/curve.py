"""What more money buys: every step of the frontier, the ground the budget slider stands on."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, Decimal
from html import escape

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QSlider, QToolTip, QWidget

from hwstudio.core.base.money import money
from hwstudio.core.base.units import rough
from hwstudio.core.project.answer import Frontier, FrontierPoint
from hwstudio.gui.kit.theme_access import current_theme, tokens

_HANDLE = 8.0  # half the slider's handle: both ends of the scales then stand above each other
_HILL = 40  # px of the curve above the slider's groove
_NEAR = 5.0  # px: a click so near a step means the step
_SPOKEN = 10  # steps named to a screen reader


class BudgetCurve(QWidget):
    """Steps over a logarithmic budget with the slider as their ground; a dot marks the budget.

    The slider keeps the keyboard; a click on the curve sets the budget too.
    """

    chosen = Signal(float)  # a budget that was clicked

    def __init__(self, low: float, high: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high = low, high
        self._points: tuple[FrontierPoint, ...] = ()
        self._found: Frontier | None = None
        self._budget = low
        self._slider: QSlider | None = None
        self.setAccessibleName("Best build at each budget")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self.update)

    def carry(self, slider: QSlider) -> None:
        """Take the slider in as the ground of the curve."""
        self._slider = slider
        slider.setParent(self)
        slider.show()
        self.updateGeometry()
        self._place()

    def sizeHint(self) -> QSize:
        return QSize(200, _HILL + self._foot())

    def _foot(self) -> int:
        return self._slider.sizeHint().height() if self._slider is not None else 3

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        if self._slider is not None:
            foot = self._foot()
            self._slider.setGeometry(0, self.height() - foot, self.width(), foot)

    def show_frontier(self, found: Frontier | None, budget: float) -> None:
        """Draw the steps known so far and mark the present budget."""
        if found is self._found and budget == self._budget:
            return
        is_new = found is not self._found
        self._found, self._budget = found, budget
        self._points = found.points if found is not None else ()
        if is_new:
            self.setAccessibleDescription(_spoken(found))
        self.update()

    # --- places ----------------------------------------------------------------------------

    def _x(self, budget: float) -> float:
        share = math.log(max(budget, 1.0) / self._low) / math.log(self._high / self._low)
        return _HANDLE + (self.width() - 2 * _HANDLE) * min(max(share, 0.0), 1.0)

    def _budget_at(self, x: float) -> float:
        share = (x - _HANDLE) / max(1.0, self.width() - 2 * _HANDLE)
        return float(self._low * (self._high / self._low) ** min(max(share, 0.0), 1.0))

    def _ground(self) -> float:
        return self.height() - self._foot() / 2

    def _y(self, height: float) -> float:
        seen = [p.height for p in self._points if float(p.budget) <= self._high]
        top = max(seen, default=0.0) or 1.0
        ground = self._ground()
        return ground - (ground - 6.0) * min(1.0, height / top)

    # --- painting --------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = self._steps()
        if line:
            self._paint_line(painter, line)
        if self._found is not None and not self._found.is_ready:
            self._paint_progress(painter)
        painter.end()

    def _steps(self) -> list[QPointF]:
        """Return the curve as steps: a budget buys what the last point below it bought."""
        line: list[QPointF] = []
        for point in self._points:
            if float(point.budget) > self._high:
                break
            x, y = self._x(float(point.budget)), self._y(point.height)
            line.append(QPointF(x, line[-1].y() if line else self._ground()))
            line.append(QPointF(x, y))
        if line:
            line.append(QPointF(self.width() - _HANDLE, line[-1].y()))
        return line

    def _paint_line(self, painter: QPainter, line: list[QPointF]) -> None:
        colour = QColor(tokens().series[0])
        fill = QColor(colour)
        fill.setAlphaF(0.14)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPolygon(QPolygonF([*line, QPointF(line[-1].x(), self._ground())]))
        painter.setPen(QPen(colour, 1.5))
        painter.drawPolyline(QPolygonF(line))
        here = self._at(self._budget)
        if here is not None:
            x, y = self._x(self._budget), self._y(here.height)
            painter.setPen(QPen(QColor(tokens().accent), 1.0))
            painter.drawLine(QPointF(x, y), QPointF(x, self._ground()))
            painter.setPen(QPen(QColor(tokens().surface), 1.5))
            painter.setBrush(QColor(tokens().accent))
            painter.drawEllipse(QRectF(x - 5, y - 5, 10, 10))

    def _paint_progress(self, painter: QPainter) -> None:
        font = painter.font()
        font.setPixelSize(12)
        painter.setFont(font)
        text = progress_words(self._found)
        wide = painter.fontMetrics().horizontalAdvance(text)
        where = QRectF(_HANDLE, 8.0, wide + 8.0, 18.0)
        ground = QColor(tokens().surface)
        ground.setAlphaF(0.85)  # the curve may pass behind the words
        painter.fillRect(where, ground)
        painter.setPen(QColor(tokens().muted))
        painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, text)

    def _at(self, budget: float) -> FrontierPoint | None:
        return self._found.at(Decimal(budget)) if self._found is not None else None

    # --- mouse -----------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.chosen.emit(self._clicked(event.position().x()))
            if self._slider is not None:
                self._slider.setFocus(Qt.FocusReason.MouseFocusReason)

    def _clicked(self, x: float) -> float:
        """Return the budget of a click; at the foot of a step what the step costs."""
        edges = [float(p.budget.to_integral_value(ROUND_CEILING)) for p in self._points]
        near = [edge for edge in edges if abs(self._x(edge) - x) <= _NEAR]
        if near:
            return min(near, key=lambda edge: abs(self._x(edge) - x))
        value = self._budget_at(x)
        size = 10.0 ** max(0, math.floor(math.log10(value)) - 1)
        return float(round(value / size) * size)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            text = self._tip(self._budget_at(event.pos().x()))
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return bool(super().event(event))

    def _tip(self, budget: float) -> str:
        """Return the build of the step under the mouse, and where the next step is."""
        if self._found is None:
            return ""
        lines, currency = [], self._found.asked.currency
        here = self._at(budget)
        if here is not None:
            lines.append(_words(here, currency))
        elif self._points:
            lines.append(f"{money(Decimal(round(budget)), currency, decimals=0)}: nothing fits")
        following = next((p for p in self._points if float(p.budget) > budget), None)
        if following is not None:
            lines.append(f"Next step, {_words(following, currency)}")
        if not self._found.is_ready:
            lines.append(progress_words(self._found))
        lines.append("Click to set the budget" if self._points else "Nothing fits at any budget")
        return "".join(f"<p>{escape(line)}</p>" for line in lines)


def progress_words(found: Frontier | None) -> str:
    """Return "42 of 131 graphics card choices", or "" without any."""
    if found is None or found.is_ready:
        return ""
    return f"{found.done} of {found.total} graphics card choices compared"


def _words(point: FrontierPoint, currency: str) -> str:
    price = money(point.budget.to_integral_value(ROUND_CEILING), currency, decimals=0)
    return f"{price}: {point.title}, about {rough(point.per_second)} {point.unit} (estimated)"


def _spoken(found: Frontier | None) -> str:
    """Return up to ten steps in words, evenly picked, first and last among them."""
    if found is None:
        return ""
    if not found.is_ready:
        return progress_words(found)
    points = found.points
    if not points:
        return "Nothing fits at any budget"
    if len(points) > _SPOKEN:
        picked = {round(n * (len(points) - 1) / (_SPOKEN - 1)) for n in range(_SPOKEN)}
        points = tuple(points[n] for n in sorted(picked))
    more = f"; {len(points)} of {len(found.points)} steps" if points != found.points else ""
    return "; ".join(_words(point, found.asked.currency) for point in points) + more
