"""Where the points of the score are: kept, and lost to what, as one bar with a row for each."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from hwstudio.core.assess.score import LostPoints, Score
from hwstudio.gui.kit.theme_access import current_theme, tokens
from hwstudio.gui.kit.tip import rows_tip

_BAR, _ROW, _TOP, _SWATCH = 16, 22, 26, 10
NOTHING = "Nothing is lost."
NOT_YET = "Not looked yet."


class LostBar(QWidget):
    """The first piece is what the machine has; then each cause, most first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._score: Score | None = None
        self.setAccessibleName("Where the points are lost")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self.update)

    def show_score(self, score: Score) -> None:
        """Show a score's lost points."""
        self._score = score
        said = "; ".join(f"{one.title}: {one.points} points. {one.reason}" for one in self.lost)
        self.setAccessibleDescription(said or NOTHING)
        self.updateGeometry()
        self.update()

    @property
    def lost(self) -> tuple[LostPoints, ...]:
        """Return the causes that cost a point at least."""
        return tuple(one for one in self._score.lost if one.points) if self._score else ()

    def sizeHint(self) -> QSize:
        return QSize(220, _TOP + _ROW * max(5, len(self.lost)))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._score is not None:
            self._paint_bar(painter, self._score)
        for number, one in enumerate(self.lost):
            self._paint_row(painter, one, number)
        if not self.lost:
            painter.setPen(QColor(tokens().muted))
            place = QRectF(0, 0 if self._score is None else _TOP, self.width(), _ROW)
            words = NOT_YET if self._score is None else NOTHING
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()

    def _paint_bar(self, painter: QPainter, score: Score) -> None:
        width = float(self.width())
        painter.setPen(Qt.PenStyle.NoPen)
        x = width * score.total / 100
        painter.setBrush(QColor(tokens().raised))
        painter.drawRect(QRectF(0, 0, width, _BAR))
        painter.setBrush(QColor(tokens().accent))
        painter.drawRect(QRectF(0, 0, x, _BAR))
        for number, one in enumerate(self.lost):
            wide = width * one.points / 100
            painter.setBrush(look_of(number))
            painter.drawRect(QRectF(x + 1, 0, max(wide - 1, 1.0), _BAR))
            x += wide

    def _paint_row(self, painter: QPainter, one: LostPoints, number: int) -> None:
        y = float(_TOP + number * _ROW)
        place = QRectF(_SWATCH + 8, y, self.width() - _SWATCH - 8, _ROW)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look_of(number))
        painter.drawRect(QRectF(0, y + (_ROW - _SWATCH) / 2, _SWATCH, _SWATCH))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(tokens().text))
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | middle, one.title)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | middle, f"−{one.points}")

    def event(self, event: object) -> bool:
        if isinstance(event, QHelpEvent):
            row = int((event.pos().y() - _TOP) // _ROW)
            if 0 <= row < len(self.lost):
                one = self.lost[row]
                tip = rows_tip([("Where", one.reason)], f"{one.title}: {one.exact:.1f} points lost")
                QToolTip.showText(event.globalPos(), tip, self)
                return True
        return bool(super().event(event))  # type: ignore[arg-type]


def look_of(number: int) -> QBrush:
    """Return how the piece at a place is drawn: hatched when the colours are used up.

    The first colour of the series is this machine's own.
    """
    others = tokens().series[1:]
    is_hatched = number >= len(others)
    style = Qt.BrushStyle.Dense4Pattern if is_hatched else Qt.BrushStyle.SolidPattern
    return QBrush(QColor(others[number % len(others)]), style)
