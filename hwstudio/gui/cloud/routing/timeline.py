"""One bar for each way on one axis of hours: waiting, working, the likely range, the deadline."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from hwstudio.core.base.units import significant
from hwstudio.core.cloud.routing.choose import spell
from hwstudio.gui.cloud.routing.state import WayRow
from hwstudio.gui.cloud.routing.words import time_tip, way_name
from hwstudio.gui.kit.theme_access import current_theme, tokens

_ROW, _AXIS, _NAMES, _PAST = 20, 32, 128, 84
_SIDE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_ROUND = (1, 2, 5, 10, 24, 48, 72, 168, 336, 720, 1440, 4380, 8760)


@dataclass(frozen=True, slots=True)
class Scale:
    """Hours on the axis: where it ends and where its ticks stand."""

    end: float
    ticks: tuple[float, ...]


def scale_of(rows: tuple[WayRow, ...], deadline_hours: float) -> Scale:
    """Return an axis that shows the deadline and what comes at most a while after it."""
    highs = [row.option.finish.high for row in rows if row.option.finish]
    medians = [row.option.finish.median for row in rows if row.option.finish]
    end = max(min(max(highs, default=deadline_hours), 2 * deadline_hours), 1e-3)
    if max(highs, default=0.0) < deadline_hours / 6:
        end = max(highs) * 1.5  # a far deadline would press all bars together
    elif medians:
        end = max(end, deadline_hours * 1.05)
    step = next((one for one in _ROUND if end / one <= 6), end / 4)
    if end < 1:
        step = end / 4
    return Scale(end, tuple(step * n for n in range(int(end / step) + 1)))


class Timeline(QWidget):
    """Shows when each way is done. The table below is its twin for screen readers."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[WayRow, ...] = ()
        self._deadline = 1.0
        self.setAccessibleName("When each way is done")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self.update)

    def set_rows(self, rows: tuple[WayRow, ...], deadline_hours: float) -> None:
        """Show the ways."""
        self._rows, self._deadline = rows, deadline_hours
        said = "; ".join(f"{way_name(row.option)}: {_after(row)}" for row in rows)
        self.setAccessibleDescription(f"{said}; deadline {spell(deadline_hours)}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, _ROW * 6 + _AXIS)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._rows:
            scale = scale_of(self._rows, self._deadline)
            self._paint_axis(painter, scale)
            for number, row in enumerate(self._rows):
                self._paint_row(painter, row, float(number * _ROW), scale)
            self._paint_deadline(painter, scale)
        painter.end()

    def _x(self, hours: float, scale: Scale) -> float:
        room = max(40.0, float(self.width() - _NAMES - _PAST))
        return _NAMES + room * min(max(hours / scale.end, 0.0), 1.0)

    def _paint_axis(self, painter: QPainter, scale: Scale) -> None:
        colours, bottom = tokens(), float(_ROW * len(self._rows))
        for tick in scale.ticks:
            x = self._x(tick, scale)
            painter.setPen(QColor(colours.line))
            painter.drawLine(int(x), 0, int(x), int(bottom))
            painter.setPen(QColor(colours.muted))
            place = QRectF(x - 30, bottom, 60, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, significant(tick, 1) if tick < 1 else f"{tick:,.0f}")  # fmt: skip # noqa: E501
        painter.drawText(QRectF(0, bottom, _NAMES - 8, 16), _SIDE, "Hours from now")

    def _paint_row(self, painter: QPainter, row: WayRow, y: float, scale: Scale) -> None:
        colours, option = tokens(), row.option
        painter.setPen(QColor(colours.text if option.is_feasible else colours.muted))
        painter.drawText(QRectF(0, y, _NAMES - 8, _ROW), _SIDE, way_name(option))
        finish = option.finish
        if finish is None:
            room = int(self.width() - _NAMES - 8)
            why = f"not possible: {option.why_not}"
            shown = painter.fontMetrics().elidedText(why, Qt.TextElideMode.ElideRight, room)
            painter.drawText(QRectF(_NAMES + 4, y, room, _ROW), _SIDE, shown)
            return
        waits = sum(hours for _, hours in option.waits)
        begin, middle = self._x(min(waits, finish.median), scale), self._x(finish.median, scale)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.line))
        painter.drawRect(QRectF(_NAMES, y + 5, begin - _NAMES, 10))
        shade = QColor(colours.accent if row.is_choice else colours.series[5])
        if not option.is_feasible:
            shade.setAlphaF(0.45)
        painter.setBrush(shade)
        painter.drawRect(QRectF(begin, y + 5, max(middle - begin, 2.0), 10))
        painter.setBrush(QColor(colours.text))
        left, right = self._x(finish.low, scale), self._x(finish.high, scale)
        painter.drawRect(QRectF(left, y + 9, max(right - left, 1.0), 2))
        if finish.median > scale.end:
            painter.setPen(QColor(colours.muted))
            past = QRectF(self._x(scale.end, scale) + 4, y, _PAST - 4, _ROW)
            painter.drawText(past, _SIDE, spell(finish.median))

    def _paint_deadline(self, painter: QPainter, scale: Scale) -> None:
        if self._deadline > scale.end:
            return
        colours, bottom = tokens(), _ROW * len(self._rows)
        x = self._x(self._deadline, scale)
        painter.setPen(QPen(QColor(colours.error), 1.5, Qt.PenStyle.DashLine))
        painter.drawLine(int(x), 0, int(x), bottom)
        text = f"deadline {spell(self._deadline)}"
        wide = painter.fontMetrics().horizontalAdvance(text) + 4.0
        left = min(max(x - wide / 2, 0.0), self.width() - wide)
        painter.drawText(QRectF(left, bottom + 16.0, wide, 16), Qt.AlignmentFlag.AlignCenter, text)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            number = int(event.pos().y() // _ROW)
            if 0 <= number < len(self._rows):
                QToolTip.showText(event.globalPos(), time_tip(self._rows[number].option), self)
                return True
        return bool(super().event(event))


def _after(row: WayRow) -> str:
    finish = row.option.finish
    return f"done in {spell(finish.median)}" if finish else f"not possible: {row.option.why_not}"
