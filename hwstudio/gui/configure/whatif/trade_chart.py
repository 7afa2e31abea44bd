"""Cost against time: every build the budgets bring up, energy as size, unbeaten ones on a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QVBoxLayout, QWidget

from hwstudio.core.base.money import money
from hwstudio.core.base.units import duration, significant
from hwstudio.core.plan.pareto import Weighed, front, price_line
from hwstudio.gui.configure.whatif.copying import CopiedChart
from hwstudio.gui.kit.plot import tick_font
from hwstudio.gui.kit.scatter import log_ticks
from hwstudio.gui.kit.theme_access import current_theme, tokens

_LEAST_PX, _MOST_PX = 7.0, 20.0
_EDGE = 0.08
_MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class TradeDot:
    """One build of the chart; ``is_present``: the one chosen now."""

    weighed: Weighed
    is_present: bool = False


class TradeChart(CopiedChart):
    """Click a dot, or walk with the arrow keys and press Enter, to take a build."""

    taken = Signal(int)  # the number of the dot

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Cost against time of every build", parent)
        self._dots: tuple[TradeDot, ...] = ()
        self._currency = "USD"
        self._at: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.view = pg.PlotWidget()
        self.view.setMenuEnabled(False)
        self.view.hideButtons()
        self.view.setMouseEnabled(x=False, y=False)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.view.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.plot = self.view.getPlotItem()
        self.plot.setLogMode(x=True, y=True)
        self.plot.showGrid(x=True, y=True, alpha=0.12)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(tickFont=tick_font())
        self._line = pg.PlotCurveItem()
        self._points = pg.ScatterPlotItem(pen=None)
        self.plot.addItem(self._line)
        self.plot.addItem(self._points)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.view)
        self.view.scene().sigMouseMoved.connect(self._on_moved)
        self._points.sigClicked.connect(self._on_clicked)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self._draw)
        self._draw()

    def show_dots(self, dots: Sequence[TradeDot], currency: str) -> None:
        """Draw builds."""
        fresh = tuple(dots)
        if (fresh, currency) != (self._dots, self._currency):
            self._dots, self._currency, self._at = fresh, currency, None
            self._draw()

    def dots(self) -> tuple[TradeDot, ...]:
        """Return what is drawn."""
        return self._dots

    @Slot()
    def _draw(self) -> None:
        colours = tokens()
        self.view.setBackground(QColor(colours.surface))
        for side, title in (("bottom", f"Price, {self._currency}"), ("left", "Time of a job, h")):
            axis = self.plot.getAxis(side)
            axis.setPen(QColor(colours.line))
            axis.setTextPen(QColor(colours.muted))
            axis.setLabel(title, color=colours.muted, **{"font-size": "12px"})
        self._describe()
        if not self._dots:
            self._points.setData([], [])
            self._line.setData([], [])
            return
        builds = [dot.weighed for dot in self._dots]
        x = np.log10([build.price for build in builds])
        y = np.log10([build.hours for build in builds])
        is_front = front(builds)
        brushes = [self._brush(dot, on) for dot, on in zip(self._dots, is_front, strict=True)]
        pens = [self._pen(number) for number in range(len(builds))]
        self._points.setData(x, y, size=self._sizes(builds), brush=brushes, pen=pens)
        line = price_line(builds)
        self._line.setData(
            np.log10([build.price for build in line]), np.log10([build.hours for build in line])
        )
        self._line.setPen(pg.mkPen(QColor(colours.muted), width=1))
        self._fit(x, y)

    def _fit(self, x: Any, y: Any) -> None:
        for side, values in (("bottom", x), ("left", y)):
            edge = max(_EDGE, _EDGE * float(values.max() - values.min()))
            low, high = float(values.min()) - edge, float(values.max()) + edge
            view = self.plot.getViewBox()
            (view.setXRange if side == "bottom" else view.setYRange)(low, high, padding=0)
            self.plot.getAxis(side).setTicks([log_ticks(low, high, _MOST_TICKS)])

    def _brush(self, dot: TradeDot, is_front: bool) -> Any:
        colours = tokens()
        name = colours.accent if dot.is_present else colours.ok if is_front else colours.muted
        colour = QColor(name)
        colour.setAlpha(230 if is_front or dot.is_present else 110)
        return pg.mkBrush(colour)

    def _pen(self, number: int) -> Any:
        is_marked = number == self._at or self._dots[number].is_present
        return pg.mkPen(QColor(tokens().text), width=2) if is_marked else pg.mkPen(None)

    @staticmethod
    def _sizes(builds: Sequence[Weighed]) -> list[float]:
        kwh = np.sqrt([build.kwh for build in builds])
        low, high = float(kwh.min()), float(kwh.max())
        wide = (high - low) or 1.0
        return [float(_LEAST_PX + (_MOST_PX - _LEAST_PX) * (one - low) / wide) for one in kwh]

    def words(self, number: int) -> str:
        """Return what a dot is."""
        build = self._dots[number].weighed
        present = " (this build)" if self._dots[number].is_present else ""
        return (
            f"{build.name}{present}: {money(build.price, self._currency)}, "
            f"{duration(build.hours * 3600)} and {significant(build.kwh)} kWh a job"
        )

    def _describe(self) -> None:
        on_line = price_line([dot.weighed for dot in self._dots])
        self.setAccessibleDescription(
            f"{len(self._dots)} builds; unbeaten in price and time: "
            + ", ".join(build.name for build in on_line)
        )

    @Slot(object)
    def _on_moved(self, place: QPointF) -> None:
        found = self._points.pointsAt(self._points.mapFromScene(place))
        if not len(found):
            QToolTip.hideText()
            return
        where = self.view.mapToGlobal(self.view.mapFromScene(place))
        QToolTip.showText(where, f"{self.words(found[0].index())}. Click to take it.", self.view)

    @Slot(object, object)
    def _on_clicked(self, _item: object, points: Any) -> None:
        if len(points):
            self.taken.emit(int(points[0].index()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None and self._dots:
            self._walk(step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at is not None:
            self.taken.emit(self._at)
        else:
            super().keyPressEvent(event)

    def _walk(self, step: int) -> None:
        """Go to the next dearer or cheaper build and say which it is."""
        order = sorted(range(len(self._dots)), key=lambda n: self._dots[n].weighed.price)
        start = next((n for n, dot in enumerate(self._dots) if dot.is_present), order[0])
        place = order.index(start if self._at is None else self._at)
        self._at = order[min(max(place + step, 0), len(order) - 1)]
        self._draw()
        words = f"{self.words(self._at)}. Enter takes it."
        self.setAccessibleDescription(words)
        QToolTip.showText(self.mapToGlobal(QPoint(60, 8)), words, self)

    def leaveEvent(self, event: QEvent) -> None:
        QToolTip.hideText()
        super().leaveEvent(event)

    def copied_rows(self) -> list[list[object]]:
        """Return price, hours and kWh of every build."""
        price = f"price, {self._currency}"
        rows: list[list[object]] = [["build", price, "hours a job", "kWh a job", "unbeaten"]]
        builds = [dot.weighed for dot in self._dots]
        for build, is_front in zip(builds, front(builds), strict=True):
            rows.append([build.name, build.price, build.hours, build.kwh, is_front])
        return rows
