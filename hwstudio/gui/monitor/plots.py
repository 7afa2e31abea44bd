"""The charts of a page in a grid on one time axis, and the bars of all threads."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from hwstudio.gui.kit.theme_access import tokens
from hwstudio.gui.kit.trace_axis import scale_of
from hwstudio.gui.kit.trace_chart import TimeWindow, TraceChart, TraceLine, TraceLook
from hwstudio.gui.kit.trace_data import TraceGap, TraceLimit, TraceZone
from hwstudio.gui.monitor.pages import ChartSpec, PageSpec
from hwstudio.gui.monitor.state import Picture

_WIDEST_BAR = 28.0
_LEAST_TOPS = {"bytes_per_s": 1e5, "w": 50.0, "bytes": float(2**30), "count": 1.0, "": 1.0}
_LEAST_HEIGHT = 44
_NEAR = 0.92  # of a limit: from here on the band is drawn


class PageCharts(QWidget):
    """Rebuilt only when another page is chosen; each second only a point is added."""

    range_wanted = Signal(float, float, bool)  # from, to, follows now
    said = Signal(str)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)
        # The room is what is left over: what charts would like must not make the screen scroll.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self._page: PageSpec | None = None
        self.charts: list[TraceChart] = []
        self._last_s = -math.inf
        self._columns = 1

    def show_page(self, page: PageSpec, picture: Picture, *, is_live: bool) -> None:
        """Draw every line of a page anew over the shown stretch of time."""
        if page is not self._page:
            self._rebuild(page)
        window = TimeWindow(picture.from_s, picture.to_s, is_live=is_live)
        gaps = tuple(TraceGap(*gap) for gap in picture.gaps)
        for chart, spec in zip(self.charts, page.charts, strict=True):
            chart.set_window(window, picture.to_s)
            chart.set_lines([_line(spec, n, picture) for n in range(len(spec.lines))])
            chart.set_gaps(gaps)
            if picture.first_s is not None:
                chart.set_reach(picture.first_s)
        self._last_s = max(
            (trace.times_s[-1] for trace in picture.traces.values() if len(trace.times_s)),
            default=-math.inf,
        )

    def append(self, taken_s: float, values: Mapping[str, float]) -> None:
        """Add the newest sample to every line."""
        if self._page is None or taken_s <= self._last_s:
            return
        self._last_s = taken_s
        for chart, spec in zip(self.charts, self._page.charts, strict=True):
            chart.append(taken_s, [values.get(line.sensor, math.nan) for line in spec.lines])

    def _rebuild(self, page: PageSpec) -> None:
        for chart in self.charts:
            self._grid.removeWidget(chart)
            chart.hide()
            chart.deleteLater()
        self._page = page
        self._columns = _columns(len(page.charts))
        self.charts = []
        rows = -(-len(page.charts) // self._columns) if page.charts else 0
        for number, spec in enumerate(page.charts):
            row, column = divmod(number, self._columns)
            is_last = row == rows - 1 or number + self._columns >= len(page.charts)
            chart = TraceChart(_look(spec, has_time_axis=is_last))
            chart.moved.connect(self._on_moved)
            chart.range_wanted.connect(self._on_range_wanted)
            chart.hovered.connect(self._on_hovered)
            chart.said.connect(self.said)
            chart.refused.connect(self.refused)
            chart.left_changed.connect(self._line_up)
            chart.setMinimumHeight(_LEAST_HEIGHT)
            self.charts.append(chart)
            self._grid.addWidget(chart, row, column)
            # The row with the time axis gets the room that the axis takes.
            self._grid.setRowStretch(row, 5 if row == rows - 1 else 4)
        for row in range(rows, self._grid.rowCount()):
            self._grid.setRowStretch(row, 0)

    @Slot()
    def _line_up(self) -> None:
        """Give every chart the same room for its labels, so that moments stand above each other."""
        widest = max((chart.own_left for chart in self.charts), default=0)
        for chart in self.charts:
            chart.set_least_left(widest)

    @Slot(object)
    def _on_moved(self, window: object) -> None:
        if isinstance(window, TimeWindow):
            for chart in self.charts:
                if chart is not self.sender():
                    chart.set_window(window)

    @Slot(float, float)
    def _on_range_wanted(self, from_s: float, to_s: float) -> None:
        sender = self.sender()
        is_live = sender.window_shown.is_live if isinstance(sender, TraceChart) else False
        self.range_wanted.emit(from_s, to_s, is_live)

    @Slot(object)
    def _on_hovered(self, time_s: object) -> None:
        moment = time_s if isinstance(time_s, float) else None
        for chart in self.charts:
            if chart is not self.sender():
                chart.set_cursor(moment)


def _columns(count: int) -> int:
    return 1 if count <= 3 else 2 if count <= 8 else 3


def _look(spec: ChartSpec, *, has_time_axis: bool) -> TraceLook:
    limits: tuple[TraceLimit, ...] = ()
    zones: tuple[TraceZone, ...] = ()
    if spec.limit is not None:
        kind = "warn" if spec.unit in ("c", "bytes") else "muted"
        limits = (TraceLimit(spec.limit, spec.limit_words, kind),)
        if spec.unit == "c":
            zones = (TraceZone(spec.limit * _NEAR, spec.limit, "warn"),
                     TraceZone(spec.limit, None, "error"))  # fmt: skip
    return TraceLook(
        spec.title,
        scale_of(spec.unit),
        top=spec.top,
        least_top=_LEAST_TOPS.get(spec.unit, 0.0),
        limits=limits,
        zones=zones,
        has_time_axis=has_time_axis,
    )


def _line(spec: ChartSpec, number: int, picture: Picture) -> TraceLine:
    line = spec.lines[number]
    trace = picture.traces[line.sensor]
    return TraceLine(
        line.name, trace.times_s, trace.values, line.colour, low=trace.low, high=trace.high
    )


class CoreBars(QWidget):
    """One thin bar per logical processor: 2 or 256 of them in the same room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares: tuple[float, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Use of each thread")

    def sizeHint(self) -> QSize:
        return QSize(200, 28)

    def show_shares(self, shares: tuple[float, ...]) -> None:
        """Show each thread's share, in the system's order."""
        if shares == self._shares:
            return
        self._shares = shares
        told = ", ".join(f"{share * 100:.0f}" for share in shares[:64])
        self.setAccessibleDescription(f"Per cent: {told}")
        self.setToolTip(f"Each bar is one thread. Per cent now: {told}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours.surface))
        if not self._shares:
            painter.end()
            return
        step = min(self.width() / len(self._shares), _WIDEST_BAR)
        gap = 2.0 if step > 6 else (1.0 if step > 3 else 0.0)
        height = float(self.height())
        track, fill = QColor(colours.raised), QColor(colours.series[0])
        for number, share in enumerate(self._shares):
            left = number * step
            painter.fillRect(QRectF(left, 0, step - gap, height), track)
            tall = height * min(max(share, 0.0), 1.0)
            painter.fillRect(QRectF(left, height - tall, step - gap, tall), fill)
        painter.end()
