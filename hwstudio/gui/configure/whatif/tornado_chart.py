"""The tornado: how far each input alone moves one figure, strongest on top."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from hwstudio.core.plan.sensitivity import Swing
from hwstudio.core.plan.terms import Terms
from hwstudio.core.plan.words import INPUT_WORDS, input_value, outcome_value, outcome_words
from hwstudio.gui.configure.whatif.copying import CopiedChart
from hwstudio.gui.kit.theme_access import current_theme, tokens

_ROW = 22
_NAME_SHARE = 0.26
_GAP = 8
_MOST_ROW = 44
_LEGEND = 18  # px below the bars


@dataclass(frozen=True, slots=True)
class _Scale:
    """Places values of the figure on the widget."""

    left: float
    low: float
    px: float

    def x(self, value: float) -> float:
        """Return where a value stands."""
        return self.left + (value - self.low) * self.px


class TornadoChart(CopiedChart):
    """One bar of each input around the typical figure; both ends say their value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("What decides", parent)
        self._swings: tuple[Swing, ...] = ()
        self._terms: Terms | None = None
        self._outcome, self._typical = "cost", math.nan
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(420, 8 * _ROW)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 120)

    def show_swings(
        self, swings: tuple[Swing, ...], outcome: str, typical: float, terms: Terms
    ) -> None:
        """Draw the swings of an outcome around its typical value."""
        self._swings = tuple(s for s in swings if math.isfinite(s.size))
        self._outcome, self._typical, self._terms = outcome, typical, terms
        self.setAccessibleDescription(
            "; ".join(f"{INPUT_WORDS[s.name]}: {self._ends(s, terms)}" for s in self._swings)
        )
        self.update()

    def swings(self) -> tuple[Swing, ...]:
        """Return what is drawn."""
        return self._swings

    def _ends(self, swing: Swing, terms: Terms) -> str:
        ends = (outcome_value(self._outcome, end, terms) for end in (swing.at_low, swing.at_high))
        return " to ".join(ends)

    def copied_rows(self) -> list[list[object]]:
        """Return the inputs with their range and the outcome at both ends."""
        head: list[object] = ["input", "low", "high", f"{self._outcome} at low", "at high"]
        return [
            head,
            *(
                [INPUT_WORDS[s.name], s.band.low, s.band.high, s.at_low, s.at_high]
                for s in self._swings
            ),
        ]

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._swings and self._terms is not None:
            self._paint(painter, self._terms)
        else:
            painter.setPen(QColor(tokens().muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Nothing moves this figure")
        painter.end()

    def _row(self) -> float:
        room = (self.height() - _LEGEND) / (len(self._swings) or 1)
        return min(_MOST_ROW, max(14.0, room))

    def _paint(self, painter: QPainter, terms: Terms) -> None:
        values = [end for s in self._swings for end in (s.at_low, s.at_high)] + [self._typical]
        ends = [outcome_value(self._outcome, value, terms) for value in values]
        room = max(painter.fontMetrics().horizontalAdvance(text) for text in ends) + _GAP
        left = self.width() * _NAME_SHARE + room
        wide = max(20.0, self.width() - room - left)
        low, high = min(values), max(values)
        scale = _Scale(left, low, wide / ((high - low) or 1.0))
        row = self._row()
        for number, swing in enumerate(self._swings):
            self._paint_name(painter, swing, number * row, row)
            self._paint_bar(painter, swing, scale, number * row, row)
            self._paint_ends(painter, swing, scale, number * row, row)
        self._paint_legend(painter, left, row * len(self._swings))
        middle = scale.x(self._typical)
        painter.setPen(QPen(QColor(tokens().text), 1))
        painter.drawLine(QPointF(middle, 0), QPointF(middle, row * len(self._swings)))

    def _paint_name(self, painter: QPainter, swing: Swing, y: float, row: float) -> None:
        painter.setPen(QColor(tokens().text))
        wide = int(self.width() * _NAME_SHARE) - _GAP
        name = painter.fontMetrics().elidedText(
            INPUT_WORDS[swing.name].capitalize(), Qt.TextElideMode.ElideRight, wide
        )
        painter.drawText(QRectF(0, y, wide, row), Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_bar(
        self, painter: QPainter, swing: Swing, scale: _Scale, y: float, row: float
    ) -> None:
        thick = min(14.0, row - 6)
        base = scale.x(self._typical)
        painter.setPen(Qt.PenStyle.NoPen)
        for end, colour in ((swing.at_low, 0), (swing.at_high, 1)):
            painter.setBrush(QColor(tokens().series[colour]))
            x = scale.x(end)
            painter.drawRect(QRectF(min(x, base), y + (row - thick) / 2, abs(x - base), thick))

    def _paint_legend(self, painter: QPainter, x: float, y: float) -> None:
        for colour, words in enumerate(("input at its low end", "at its high end")):
            painter.fillRect(QRectF(x, y + 5, 10, 10), QColor(tokens().series[colour]))
            painter.setPen(QColor(tokens().muted))
            place = QRectF(x + 14, y, 200, _LEGEND)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)
            x += 30 + painter.fontMetrics().horizontalAdvance(words)

    def _paint_ends(
        self, painter: QPainter, swing: Swing, scale: _Scale, y: float, row: float
    ) -> None:
        if self._terms is None:
            return
        painter.setPen(QColor(tokens().muted))
        middle = Qt.AlignmentFlag.AlignVCenter
        first, last = sorted((swing.at_low, swing.at_high, self._typical))[::2]
        left, right = scale.x(first), scale.x(last)
        text = outcome_value(self._outcome, first, self._terms)
        box = QRectF(left - 204, y, 200, row)
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, text)
        text = outcome_value(self._outcome, last, self._terms)
        painter.drawText(QRectF(right + 4, y, 200, row), middle, text)

    def event(self, event: object) -> bool:
        if isinstance(event, QHelpEvent) and self._terms is not None:
            number = int(event.pos().y() // self._row())
            if 0 <= number < len(self._swings):
                QToolTip.showText(event.globalPos(), self._tip(self._swings[number]), self)
                return True
        return bool(super().event(event))  # type: ignore[arg-type]

    def _tip(self, swing: Swing) -> str:
        terms = self._terms
        if terms is None:
            return ""
        low, high = (input_value(swing.name, e, terms) for e in (swing.band.low, swing.band.high))
        what = outcome_words(self._outcome, terms)
        return f"{INPUT_WORDS[swing.name].capitalize()} {low} to {high}. {what}: " + self._ends(
            swing, terms
        )
