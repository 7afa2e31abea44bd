"""The selected device's charts, stacked on one time axis, and the bars of all threads."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from hwstudio.gui.kit.plot import LinePlot, Series
from hwstudio.gui.kit.theme_access import tokens
from hwstudio.gui.monitor.state import ChartState, Detail

_AXIS_WIDTH = 62  # the same for all, so that one moment stands above the other
_HEADROOM = 1.03  # a line at its limit stays visible under the frame
_WIDEST_BAR = 28.0
TIME_TITLE = "Seconds (0 = now)"


class PlotStack(QWidget):
    """One to three charts of one device; rebuilt only when another device is chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(4)
        self._shape: tuple[str, ...] = ()
        self._plots: list[LinePlot] = []

    def show_detail(self, detail: Detail, span_s: int) -> None:
        """Draw the device's charts over the last ``span_s`` seconds."""
        shape = (detail.id, *(chart.title for chart in detail.charts))
        if shape != self._shape:
            self._rebuild(detail)
            self._shape = shape
        times = np.frombuffer(detail.times_s, float) if len(detail.times_s) else np.empty(0)
        for plot, chart in zip(self._plots, detail.charts, strict=True):
            plot.set_range((-float(span_s), 0.0), (0.0, chart.top * _HEADROOM))
            plot.set_series([_series(chart, n, times) for n in range(len(chart.lines))])

    def _rebuild(self, detail: Detail) -> None:
        for plot in self._plots:
            self._box.removeWidget(plot)
            plot.close()
            plot.deleteLater()
        self._plots = []
        for number, chart in enumerate(detail.charts):
            is_last = number == len(detail.charts) - 1
            title = f"{detail.title}: {chart.title}"
            plot = LinePlot(title, TIME_TITLE if is_last else "", chart.title)
            plot.plot.getAxis("left").setWidth(_AXIS_WIDTH)
            plot.setMinimumHeight(88)
            if not is_last:
                plot.plot.getAxis("bottom").setStyle(showValues=False)
                plot.plot.getAxis("bottom").setHeight(8)
            self._plots.append(plot)
            self._box.addWidget(plot, 4 if is_last else 3)


def _series(chart: ChartState, number: int, times: np.ndarray) -> Series:
    line = chart.lines[number]
    values = np.frombuffer(line.values, float) if len(line.values) else np.empty(0)
    return Series(line.name, times, values * line.scale, line.colour)  # type: ignore[arg-type]


class CoreBars(QWidget):
    """One thin bar per logical processor: 2 or 256 of them in the same room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares: tuple[float, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Use of each thread")

    def sizeHint(self) -> QSize:
        return QSize(200, 36)

    def show_shares(self, shares: tuple[float, ...]) -> None:
        """Show each thread's share, in the system's order."""
        self._shares = shares
        told = ", ".join(f"{share * 100:.0f}" for share in shares[:64])
        self.setAccessibleDescription(f"Per cent: {told}")
        self.setToolTip(f"Each bar is one thread. Per cent now: {told}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._shares:
            return
        colours = tokens()
        painter = QPainter(self)
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
