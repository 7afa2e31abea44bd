"""Charts one above the other on one time axis: same width, same window, one cursor through all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from hwstudio.gui.kit.trace_chart import TraceChart
from hwstudio.gui.kit.trace_look import TraceLook
from hwstudio.gui.kit.trace_window import TimeWindow

_SPACING = 4


class TraceStack(QWidget):
    """``charts`` in order. Signals as of one chart: moving or pointing at one does it to all."""

    moved = Signal(object)
    range_wanted = Signal(float, float)
    hovered = Signal(object)
    said = Signal(str)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.charts: tuple[TraceChart, ...] = ()

    def set_looks(self, looks: Sequence[TraceLook]) -> tuple[TraceChart, ...]:
        """Show one chart per look; only the lowest has the time axis. Return the charts.

        Charts are kept, with their lines, where their place in the stack stays.
        """
        last = len(looks) - 1
        wanted = [replace(look, has_time_axis=n == last) for n, look in enumerate(looks)]
        kept = list(self.charts[: len(wanted)])
        for chart in self.charts[len(wanted) :]:
            chart.hide()
            chart.deleteLater()
        for chart, look in zip(kept, wanted, strict=False):
            chart.set_look(look)
        kept += [self._new(look) for look in wanted[len(kept) :]]
        self.charts = tuple(kept)
        self._arrange()
        self._line_up()
        self.updateGeometry()
        return self.charts

    def _new(self, look: TraceLook) -> TraceChart:
        chart = TraceChart(look, self)
        if self.charts:
            chart.set_window(self.charts[0].window_shown, self.charts[0].now_s)
        chart.moved.connect(self._on_moved)
        chart.range_wanted.connect(self.range_wanted)
        chart.hovered.connect(self._on_hovered)
        chart.said.connect(self.said)
        chart.refused.connect(self.refused)
        chart.left_changed.connect(self._line_up, Qt.ConnectionType.QueuedConnection)
        chart.show()
        return chart

    def set_window(self, window: TimeWindow, now_s: float | None = None) -> None:
        """Show another stretch of time in all charts."""
        for chart in self.charts:
            chart.set_window(window, now_s)

    @property
    def window_shown(self) -> TimeWindow:
        """Return the stretch of time shown (the last minute before there are charts)."""
        return self.charts[0].window_shown if self.charts else TimeWindow(-60.0, 0.0)

    @Slot(object)
    def _on_moved(self, window: TimeWindow) -> None:
        for chart in self.charts:
            chart.set_window(window)
        self.moved.emit(window)

    @Slot(object)
    def _on_hovered(self, time_s: float | None) -> None:
        for chart in self.charts:
            chart.set_cursor(time_s)
        self.hovered.emit(time_s)

    @Slot()
    def _line_up(self) -> None:
        """Give all value labels the room that the widest needs."""
        widest = max((chart.own_left for chart in self.charts), default=0)
        for chart in self.charts:
            chart.set_least_left(widest)

    # --- layout ------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Give every plot the same height; the lowest chart has its axis on top of that."""
        count = len(self.charts)
        if not count:
            return
        axis = self.charts[-1].axis_height
        room = self.height() - axis - _SPACING * (count - 1)
        upper = 0
        for number, chart in enumerate(self.charts):
            lower = (room * (number + 1)) // count + _SPACING * number
            extra = axis if number == count - 1 else 0
            chart.setGeometry(0, upper, self.width(), max(1, lower - upper + extra))
            upper = lower + _SPACING

    def sizeHint(self) -> QSize:
        count = max(1, len(self.charts))
        return QSize(480, 140 * count + _SPACING * (count - 1))

    def minimumSizeHint(self) -> QSize:
        count = max(1, len(self.charts))
        return QSize(120, 60 * count + _SPACING * (count - 1))
