"""A tile: title, big number, note and a small line, painted in one go (no layout at 1 Hz)."""

from __future__ import annotations

from array import array

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QShowEvent,
    QTransform,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from hwstudio.gui.kit.theme_access import current_theme, tokens
from hwstudio.gui.kit.trace_data import highest
from hwstudio.gui.kit.trace_polygon import LinePicture
from hwstudio.gui.kit.trace_stamps import shared_stamps
from hwstudio.gui.monitor.state import SPARK, TileState
from hwstudio.gui.shell.theme import SMALL_PX, TITLE_PX, font

_PAD, _EDGE = 12, 8
_SPARK = 24
_PLACES = array("d", range(SPARK))


class Tile(QAbstractButton):
    """A button that selects its device; checked = its charts are shown below.

    The frame and the title hardly ever change: they are painted once into a picture.
    """

    def __init__(self, state: TileState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = state
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._take_fonts()
        self._still = QPixmap()
        self._still_key: tuple[object, ...] = ()
        self._line: LinePicture | None = None
        self._note = ("", 0, "")  # text, width, as shown
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self._on_theme_changed)
        self._name()

    def _take_fonts(self) -> None:
        colours = tokens()
        self._small, self._big = font(SMALL_PX), font(TITLE_PX, strong=True)
        self._of_small, self._of_big = QFontMetrics(self._small), QFontMetrics(self._big)
        self._notes = shared_stamps(self._small, QColor(colours.muted))
        self._values = shared_stamps(self._big, QColor(colours.text))

    def _forget(self) -> None:
        self._still_key = ()
        self._line = None
        self._take_fonts()
        self.update()

    def _name(self) -> None:
        state = self.state
        self.setAccessibleName(f"{state.title}: {state.value} {state.unit}. {state.note}")
        tip = self._tip()
        if self.toolTip() != tip:
            self.setToolTip(tip)

    def _tip(self) -> str:
        """Return the tip; a note that is cut for want of room is told whole above it."""
        state = self.state
        if not state.values or not self.isVisible():
            return state.tip
        is_cut = self._shown_note(self.width() - 2 * _PAD) != state.note
        return f"{state.note}\n{state.tip}" if is_cut else state.tip

    def show_state(self, state: TileState) -> None:
        """Show new values; equal ones cost nothing."""
        if state == self.state:
            return
        old, self.state = self.state, state
        if _words(state) != _words(old):
            self._name()
            self.update()
        elif state.values and old.values and (state.top, state.limit) == (old.top, old.limit):
            self.update(self._spark_rect())
        else:
            self.update()

    def _spark_rect(self) -> QRect:
        """Return what the small line may touch; no words stand there."""
        upper = self.height() - _EDGE - _SPARK - 2
        return QRect(_PAD - 2, upper, self.width() - 2 * _PAD + 4, _SPARK + 2)

    def sizeHint(self) -> QSize:
        small, big = self._of_small.height(), self._of_big.height()
        return QSize(150, _EDGE + small + big + small + 4 + _SPARK + _EDGE)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    @Slot()
    def _on_theme_changed(self) -> None:
        self._be_opaque()
        self._forget()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._be_opaque()
        self._name()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._name()

    def _be_opaque(self) -> None:
        """Have nothing painted behind; a style takes that away when it is applied."""
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    # --- painting ----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        state, ratio = self.state, self.devicePixelRatioF()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._frame())
        if state.values and self._spark_rect().contains(event.rect()):
            self._paint_spark(painter)
            painter.end()
            return
        small, big = self._of_small, self._of_big
        y = _EDGE + small.height()
        base = y + big.ascent()
        if state.unit:
            after = self._values.note(painter, (_PAD, base), state.value, ratio) + 5
            self._notes.note(painter, (after, base), state.unit, ratio)
        else:  # a word that says why there is no number
            painter.setFont(self._big)
            painter.setPen(QColor(tokens().muted))
            painter.drawText(_PAD, base, state.value)
        y += big.height()
        width = self.width() - 2 * _PAD
        if state.values:
            self._paint_note(painter, y + small.ascent(), width, ratio)
            self._paint_spark(painter)
        else:  # the reason takes the place of the line
            room = QRect(_PAD, y, width, self.height() - y - _EDGE)
            painter.setFont(self._small)
            painter.setPen(QColor(tokens().muted))
            painter.drawText(room, Qt.TextFlag.TextWordWrap, self._shortened(room))
        painter.end()

    def _paint_note(self, painter: QPainter, base: int, width: int, ratio: float) -> None:
        self._notes.note(painter, (_PAD, base), self._shown_note(width), ratio)

    def _shown_note(self, width: int) -> str:
        """Return the note cut to what fits; letters are added up, for laying them out is dear."""
        text = self.state.note
        if self._note[:2] != (text, width):
            shown, count = text, len(text)
            while count and self._notes.note_width(shown) > width:
                count -= 1
                shown = f"{text[:count].rstrip()}…"
            self._note = (text, width, shown)
        return self._note[2]

    def _shortened(self, room: QRect) -> str:
        """Return the note cut to what its room holds, at a word, with an ellipsis."""
        whole = self.state.note.split()
        wide = QRect(0, 0, room.width(), 10_000)
        for count in range(len(whole), 0, -1):
            text = " ".join(whole[:count]) + ("" if count == len(whole) else " …")
            taken = self._of_small.boundingRect(wide, Qt.TextFlag.TextWordWrap, text).height()
            if taken <= room.height():
                return text
        return ""

    def _paint_spark(self, painter: QPainter) -> None:
        state = self.state
        values, count = state.values, len(state.values)
        if highest(values) > state.top:
            values = array("d", [min(value, state.top) for value in values])
        width, height = float(self.width() - 2 * _PAD), float(_SPARK - 2)
        base = self.height() - _EDGE - _SPARK + height
        step, up = width / (SPARK - 1), height / max(state.top, 1e-12)
        right = _PAD + width - step * (count - 1)
        line = self._line
        if line is None or line.colour != state.colour:
            line = self._line = LinePicture(state.colour)
        line.fill(_PLACES[:count], values, QTransform(step, 0, 0, -up, right, base))
        line.draw(painter)

    def _frame(self) -> QPixmap:
        state = self.state
        is_over = self.underMouse() and not self.isChecked()
        ratio = self.devicePixelRatioF()
        key = (self.size().toTuple(), ratio, self.isChecked(), self.hasFocus(), is_over,
               state.title, bool(state.values), state.limit, state.top)  # fmt: skip
        if key != self._still_key:
            self._still_key = key
            self._still = QPixmap(self.size() * ratio)
            self._still.setDevicePixelRatio(ratio)
            self._paint_frame(is_over=is_over)
        return self._still

    def _paint_frame(self, *, is_over: bool) -> None:
        colours, state = tokens(), self.state
        self._still.fill(QColor(colours.bg))
        painter = QPainter(self._still)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge, thick = (colours.accent, 2) if self.isChecked() else (colours.line, 1)
        painter.setBrush(QColor(colours.raised if is_over else colours.surface))
        painter.setPen(QPen(QColor(edge), thick))
        half = thick / 2
        frame = QRectF(self.rect()).adjusted(half, half, -half, -half)
        painter.drawRoundedRect(frame, 6, 6)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.text), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame.adjusted(3, 3, -3, -3), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(self._small)
        painter.setPen(QColor(colours.muted))
        width = self.width() - 2 * _PAD
        title = self._of_small.elidedText(state.title, Qt.TextElideMode.ElideRight, width)
        painter.drawText(_PAD, _EDGE + self._of_small.ascent(), title)
        if state.values:
            painter.setPen(QPen(QColor(colours.line), 1))
            base = self.height() - _EDGE - 1
            painter.drawLine(_PAD, base, self.width() - _PAD, base)
            if state.limit is not None and state.limit <= state.top:
                level = round(base - (_SPARK - 2) * state.limit / state.top)
                painter.setPen(QPen(QColor(colours.warn), 1, Qt.PenStyle.DashLine))
                painter.drawLine(_PAD, level, self.width() - _PAD, level)
        painter.end()


def _words(state: TileState) -> tuple[str, ...]:
    return state.title, state.value, state.unit, state.note, state.tip
