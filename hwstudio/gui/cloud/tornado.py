"""A tornado chart: what each input, low or high, does to the gain from owning; strongest on top."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from hwstudio.core.base.money import money
from hwstudio.core.cost.odds import Odds, Swing
from hwstudio.gui.cloud.words import band_words, swing_words
from hwstudio.gui.kit.theme_access import current_theme, tokens

MOST = 8
_ROW, _TOP, _NAME = 23, 24, 300
_BAR = 13
_SIDE = 76  # room for the figure at each end of the longest bar


class Tornado(QWidget):
    """Bars left and right of the typical gain; each end says the gain there."""

    def __init__(self) -> None:
        super().__init__()
        self._swings: tuple[Swing, ...] = ()
        self._middle = 0.0
        self.setAccessibleName("What decides: each input low and high")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self.update)

    def show_odds(self, odds: Odds | None) -> None:
        """Show the strongest inputs; none without odds."""
        swings = () if odds is None else odds.swings
        self._swings = tuple(swing for swing in swings if swing.size > 0)[:MOST]
        self._middle = 0.0 if odds is None else odds.typical_gain
        said = (f"{s.name}, {band_words(s)}: {swing_words(s)}" for s in self._swings)
        self.setAccessibleDescription("Gain from owning over its life. " + "; ".join(said))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(560, _TOP + _ROW * max(1, len(self._swings)) + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(420, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._swings:
            self._paint_axis(painter)
        for number, swing in enumerate(self._swings):
            self._paint_row(painter, swing, float(_TOP + number * _ROW))
        painter.end()

    def _x(self, gain: float) -> float:
        ends = [self._middle, *(s.gain_at_low for s in self._swings)]
        ends += [s.gain_at_high for s in self._swings]
        low, high = min(ends), max(ends)
        left, right = _NAME + _SIDE, self.width() - _SIDE
        return left + (gain - low) / ((high - low) or 1.0) * (right - left)

    def _paint_axis(self, painter: QPainter) -> None:
        colours = tokens()
        self._paint_key(painter)
        x = self._x(self._middle)
        painter.setPen(QColor(colours.muted))
        words = f"typical: {_gain_words(self._middle)}"
        wide = painter.fontMetrics().horizontalAdvance(words)
        left = min(max(x - wide / 2, _NAME), self.width() - wide)
        painter.drawText(QRectF(left, 0, wide + 2, 20), Qt.AlignmentFlag.AlignLeft, words)
        painter.setPen(QPen(QColor(colours.muted), 1))
        painter.drawLine(int(x), _TOP - 4, int(x), self.height() - 2)

    def _paint_key(self, painter: QPainter) -> None:
        colours, x = tokens(), 0.0
        for colour, words in zip(colours.series, ("comes out low", "comes out high"), strict=False):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRect(QRectF(x, 4, 10, 10))
            painter.setPen(QColor(colours.muted))
            painter.drawText(QRectF(x + 16, 0, 130, 20), Qt.AlignmentFlag.AlignLeft, words)
            x += 30 + painter.fontMetrics().horizontalAdvance(words)

    def _paint_row(self, painter: QPainter, swing: Swing, y: float) -> None:
        colours = tokens()
        painter.setPen(QColor(colours.text))
        middle = Qt.AlignmentFlag.AlignVCenter
        name = f"{swing.name[:1].upper()}{swing.name[1:]}"
        painter.drawText(QRectF(0, y, _NAME, _ROW), middle, name)
        painter.setPen(QColor(colours.muted))
        place = QRectF(0, y, _NAME - 8, _ROW)
        painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, band_words(swing))
        first, second = self._x(swing.gain_at_low), self._x(swing.gain_at_high)
        at = self._x(self._middle)
        painter.setPen(Qt.PenStyle.NoPen)
        for end, colour in ((first, colours.series[0]), (second, colours.series[1])):
            painter.setBrush(QColor(colour))
            left = min(at, end)
            painter.drawRect(QRectF(left, y + (_ROW - _BAR) / 2, abs(end - at), _BAR))
        self._paint_ends(painter, swing, y)

    def _paint_ends(self, painter: QPainter, swing: Swing, y: float) -> None:
        painter.setPen(QColor(tokens().muted))
        gains = sorted((swing.gain_at_low, swing.gain_at_high))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        low = QRectF(self._x(gains[0]) - _SIDE, y, _SIDE - 5, _ROW)
        painter.drawText(low, right, money(round(gains[0]), decimals=0))
        high = QRectF(self._x(gains[1]) + 5, y, _SIDE - 5, _ROW)
        painter.drawText(high, Qt.AlignmentFlag.AlignVCenter, money(round(gains[1]), decimals=0))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            row = int((event.pos().y() - _TOP) // _ROW)
            if 0 <= row < len(self._swings):
                swing = self._swings[row]
                words = f"{swing.name}, {band_words(swing)}: owning gains {swing_words(swing)}"
                QToolTip.showText(event.globalPos(), words[:1].upper() + words[1:], self)
                return True
        return bool(super().event(event))


def _gain_words(gain: float) -> str:
    return (
        f"owning gains {money(round(gain))}" if gain >= 0 else f"owning loses {money(round(-gain))}"
    )
