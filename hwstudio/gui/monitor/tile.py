"""A tile: title, big number, note and a small line, painted in one go (no layout at 1 Hz)."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from hwstudio.gui.kit.spark import Spark
from hwstudio.gui.kit.theme_access import tokens
from hwstudio.gui.monitor.state import TileState
from hwstudio.gui.shell.theme import SMALL_PX, TITLE_PX, font

_PAD = 12
_SPARK = 28


class Tile(QAbstractButton):
    """A button that selects its device; checked = its charts are shown below."""

    def __init__(self, state: TileState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = state
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._small, self._big = font(SMALL_PX), font(TITLE_PX, strong=True)
        self._spark = Spark(f"{state.title}, last minute", series=state.colour)
        self._spark.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._spark.setFixedHeight(_SPARK)
        box = QVBoxLayout(self)
        box.setContentsMargins(_PAD, 0, _PAD, 10)
        box.addStretch(1)
        box.addWidget(self._spark)
        self.show_state(state)

    def show_state(self, state: TileState) -> None:
        """Show new values."""
        self.state = state
        self._spark.setVisible(bool(state.values))
        self._spark.show_values(state.values, state.top, state.limit)
        self.setAccessibleName(f"{state.title}: {state.value} {state.unit}. {state.note}")
        if self.toolTip() != state.tip:
            self.setToolTip(state.tip)
        self.update()

    def sizeHint(self) -> QSize:
        small, big = QFontMetrics(self._small).height(), QFontMetrics(self._big).height()
        return QSize(150, 8 + small + big + small + 4 + _SPARK + 10)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        self._paint_frame(painter)
        width = self.width() - 2 * _PAD
        small, big = QFontMetrics(self._small), QFontMetrics(self._big)
        y = 8
        painter.setFont(self._small)
        painter.setPen(QColor(colours.muted))
        self._text(painter, small, QRect(_PAD, y, width, small.height()), self.state.title)
        y += small.height()
        painter.setFont(self._big)
        painter.setPen(QColor(colours.text if self.state.unit else colours.muted))
        painter.drawText(_PAD, y + big.ascent(), self.state.value)
        after = _PAD + big.horizontalAdvance(self.state.value) + 5
        painter.setFont(self._small)
        painter.setPen(QColor(colours.muted))
        painter.drawText(after, y + big.ascent(), self.state.unit)
        y += big.height()
        room = QRect(_PAD, y, width, small.height())
        if self.state.values:
            self._text(painter, small, room, self.state.note)
        else:
            room.setHeight(self.height() - y - 8)  # the reason takes the place of the line
            painter.drawText(room, Qt.TextFlag.TextWordWrap, self._shortened(small, room))
        painter.end()

    def _shortened(self, metrics: QFontMetrics, room: QRect) -> str:
        """Return the note cut to what its room holds, at a word, with an ellipsis."""
        words = self.state.note.split()
        while words:
            text = " ".join(words) + ("" if len(words) == len(self.state.note.split()) else " …")
            wide = QRect(0, 0, room.width(), 10_000)
            if metrics.boundingRect(wide, Qt.TextFlag.TextWordWrap, text).height() <= room.height():
                return text
            words.pop()
        return ""

    def _text(self, painter: QPainter, metrics: QFontMetrics, room: QRect, text: str) -> None:
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft, shown)

    def _paint_frame(self, painter: QPainter) -> None:
        colours = tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill = colours.raised if self.underMouse() and not self.isChecked() else colours.surface
        edge, thick = (colours.accent, 2) if self.isChecked() else (colours.line, 1)
        painter.setBrush(QColor(fill))
        painter.setPen(QPen(QColor(edge), thick))
        half = thick / 2
        frame = QRectF(self.rect()).adjusted(half, half, -half, -half)
        painter.drawRoundedRect(frame, 6, 6)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.text), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame.adjusted(3, 3, -3, -3), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
