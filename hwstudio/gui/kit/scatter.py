"""Points on two logarithmic axes with the line on which both are equal; hover says what one is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QSizePolicy, QToolTip, QVBoxLayout, QWidget

from hwstudio.core.base.units import si
from hwstudio.gui.kit.plot import tick_font
from hwstudio.gui.kit.theme_access import current_theme, tokens

_SIZE = 7
_LEAST_HEIGHT = 60
_MOST_TICKS = 6
_EDGE = 0.06  # decades around the outermost points


@dataclass(frozen=True, slots=True)
class Dot:
    """One point; ``colour`` is a token's name."""

    x: float
    y: float
    colour: str
    tip: str


def log_ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """Return places (log10) and words of round numbers between two powers of ten."""
    for steps in ((1, 2, 5), (1,)):
        found = [
            (math.log10(step) + decade, si(step * 10.0**decade, "", 1).strip())
            for decade in range(math.floor(low), math.ceil(high) + 1)
            for step in steps
            if low <= math.log10(step) + decade <= high
        ]
        if len(found) <= most:
            return found
    return found[:: -(-len(found) // most)]


class ScatterPlot(QWidget):
    """A square of dots. Give units in the axis titles."""

    def __init__(
        self, name: str, x_title: str, y_title: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._dots: tuple[Dot, ...] = ()
        self.view = pg.PlotWidget()
        self.view.setMenuEnabled(False)
        self.view.hideButtons()
        self.view.setMouseEnabled(x=False, y=False)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot = self.view.getPlotItem()
        self.plot.setLogMode(x=True, y=True)
        self.plot.showGrid(x=True, y=True, alpha=0.12)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(tickFont=tick_font())
        self._line = pg.PlotCurveItem()
        self._points = pg.ScatterPlotItem(size=_SIZE, pen=None)
        self.plot.addItem(self._line)
        self.plot.addItem(self._points)
        self.set_titles(x_title, y_title)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self.view.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumHeight(_LEAST_HEIGHT)
        box.addWidget(self.view)
        self.view.scene().sigMouseMoved.connect(self._on_moved)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self._draw)
        self._draw()

    def set_titles(self, x_title: str, y_title: str) -> None:
        """Name the axes."""
        self.plot.setLabel("bottom", x_title)
        self.plot.setLabel("left", y_title)

    def set_dots(self, dots: Sequence[Dot]) -> None:
        """Draw these; both values of each are above 0."""
        self._dots = tuple(dots)
        self._draw()

    def dots(self) -> tuple[Dot, ...]:
        """Return what is drawn."""
        return self._dots

    @Slot()
    def _draw(self) -> None:
        colours = tokens()
        self.view.setBackground(QColor(colours.surface))
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(QColor(colours.line))
            axis.setTextPen(QColor(colours.muted))
        self.setAccessibleDescription(f"{len(self._dots)} points")
        if not self._dots:
            self._points.setData([], [])
            self._line.setData([], [])
            return
        x = np.log10([dot.x for dot in self._dots])
        y = np.log10([dot.y for dot in self._dots])
        brushes: list[Any] = []
        for dot in self._dots:
            colour = QColor(getattr(colours, dot.colour))
            colour.setAlpha(190)
            brushes.append(pg.mkBrush(colour))
        self._points.setData(x, y, brush=brushes)
        low = float(min(x.min(), y.min())) - _EDGE
        high = float(max(x.max(), y.max())) + _EDGE
        self._line.setData([low, high], [low, high])
        self._line.setPen(pg.mkPen(QColor(colours.muted), width=1, style=Qt.PenStyle.DashLine))
        self.plot.setRange(xRange=(low, high), yRange=(low, high), padding=0)
        ticks = [[(place, words) for place, words in log_ticks(low, high, _MOST_TICKS)]]
        for side in ("left", "bottom"):
            self.plot.getAxis(side).setTicks(ticks)

    @Slot(object)
    def _on_moved(self, place: QPointF) -> None:
        found = self._points.pointsAt(self._points.mapFromScene(place))
        if not len(found):
            QToolTip.hideText()
            return
        dot = self._dots[found[0].index()]
        where = self.view.mapToGlobal(self.view.mapFromScene(place))
        QToolTip.showText(where, dot.tip, self.view)

    def leaveEvent(self, event: QEvent) -> None:
        QToolTip.hideText()
        super().leaveEvent(event)
