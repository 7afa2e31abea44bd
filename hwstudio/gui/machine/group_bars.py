"""One slim row for each group of jobs: its name, its points of how many, a bar with its range."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from hwstudio.core.assess.score import PartScore
from hwstudio.gui.kit.theme_access import current_theme, tokens
from hwstudio.gui.kit.tip import rows_tip

_ROW, _BAR = 30, 6


class GroupBars(QWidget):
    """Rows of bars; hovering one says why."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parts: tuple[PartScore, ...] = ()
        self.setAccessibleName("Points of each group of jobs")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self.update)

    def show_parts(self, parts: tuple[PartScore, ...]) -> None:
        """Show the groups of a score."""
        self.parts = parts
        said = (f"{p.name}: {p.points} of {p.max}, {p.reason}" for p in parts)
        self.setAccessibleDescription("; ".join(said))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(230, _ROW * max(6, len(self.parts)))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, part in enumerate(self.parts):
            self._paint(painter, part, float(number * _ROW))
        painter.end()

    def _paint(self, painter: QPainter, part: PartScore, y: float) -> None:
        colours, width = tokens(), float(self.width())
        text = f"{part.points} of {part.max}"
        place = QRectF(0, y, width, 18)
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        middle = Qt.AlignmentFlag.AlignVCenter
        wide = painter.fontMetrics().horizontalAdvance(text)
        room = max(40, int(width) - wide - 10)
        name = painter.fontMetrics().elidedText(part.name, Qt.TextElideMode.ElideRight, room)
        painter.setPen(QColor(colours.text))
        painter.drawText(place, left | middle, name)
        painter.setPen(QColor(colours.muted))
        painter.drawText(place, right | middle, text)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(QRectF(0, y + 20, width, _BAR), 3, 3)
        if part.max <= 0:
            return
        if part.points > 0:
            painter.setBrush(QColor(colours.accent))
            share = max(width * part.points / part.max, 3.0)
            painter.drawRoundedRect(QRectF(0, y + 20, share, _BAR), 3, 3)
        if part.low != part.high:
            painter.setBrush(QColor(colours.text))
            start, end = (width * min(v / part.max, 1.0) for v in (part.low, part.high))
            painter.drawRect(QRectF(start, y + 22, max(end - start, 1.0), 2))

    def event(self, event: object) -> bool:
        if isinstance(event, QHelpEvent):
            row = int(event.pos().y() // _ROW)
            if 0 <= row < len(self.parts):
                QToolTip.showText(event.globalPos(), tip_of(self.parts[row]), self)
                return True
        return bool(super().event(event))  # type: ignore[arg-type]


def tip_of(part: PartScore) -> str:
    """Return what a group's row says when hovered."""
    band = "" if part.low == part.high else f"{part.low} to {part.high} points"
    lead = f"{part.name}: {part.points} of {part.max} points"
    return rows_tip([("Why", part.reason), ("Range", band)], lead)
