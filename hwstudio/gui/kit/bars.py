"""Horizontal bars with a name, a value, an optional band and a full-scale track."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from hwstudio.gui.kit.theme_access import current_theme, tokens

_ROW = 40


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. ``colour`` is a token name or a series index; ``low``/``high`` draw a whisker."""

    name: str
    value: float | None
    text: str  # the value in words, or why there is none
    top: float
    low: float | None = None
    high: float | None = None
    colour: str | int = 0
    tip: str = ""


class BarChart(QWidget):
    """Rows of bars; name and value above each bar, so long names never clip the bar."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[Bar, ...] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self.update)

    def set_bars(self, bars: tuple[Bar, ...]) -> None:
        """Show bars."""
        self._bars = bars
        self.setAccessibleDescription("; ".join(f"{bar.name}: {bar.text}" for bar in bars))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, max(_ROW, _ROW * len(self._bars)))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, bar in enumerate(self._bars):
            self._paint(painter, bar, float(number * _ROW))
        painter.end()

    def _paint(self, painter: QPainter, bar: Bar, y: float) -> None:
        colours = tokens()
        width = float(self.width())
        place = QRectF(0, y, width, 20)
        painter.setPen(QColor(colours.text))
        wide = painter.fontMetrics().horizontalAdvance(bar.text)
        name = painter.fontMetrics().elidedText(
            bar.name, Qt.TextElideMode.ElideRight, max(40, int(width) - wide - 12)
        )
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.setPen(QColor(colours.muted))
        painter.drawText(
            place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, bar.text
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(QRectF(0, y + 23, width, 8), 4, 4)
        if bar.value is None or bar.top <= 0:
            return
        painter.setBrush(_colour(bar.colour))
        share = min(max(bar.value / bar.top, 0.0), 1.0)
        if share > 0:
            painter.drawRoundedRect(QRectF(0, y + 23, max(width * share, 4.0), 8), 4, 4)
        if bar.low is not None and bar.high is not None:
            painter.setBrush(QColor(colours.text))
            left = width * min(max(bar.low / bar.top, 0.0), 1.0)
            right = width * min(max(bar.high / bar.top, 0.0), 1.0)
            painter.drawRect(QRectF(left, y + 26, max(right - left, 1.0), 2))

    def event(self, event: object) -> bool:
        if isinstance(event, QHelpEvent):
            row = int(event.pos().y() // _ROW)
            if 0 <= row < len(self._bars) and self._bars[row].tip:
                QToolTip.showText(event.globalPos(), self._bars[row].tip, self)
                return True
        return bool(super().event(event))  # type: ignore[arg-type]


def _colour(colour: str | int) -> QColor:
    colours = tokens()
    if isinstance(colour, int):
        return QColor(colours.series[colour % len(colours.series)])
    return QColor(getattr(colours, colour))
