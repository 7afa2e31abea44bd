"""Stacked columns on pyqtgraph: a legend in words above, the figures of a column on hover."""

from __future__ import annotations

import csv
import io
from html import escape
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Slot
from PySide6.QtGui import QAction, QColor, QGuiApplication
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from hwstudio.core.base.money import money
from hwstudio.core.cost.sheets.model import Stack
from hwstudio.gui.kit.plot import tick_font
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.theme_access import current_theme, tokens

_WIDTH = 0.62
# Series in this order: the sixth is too near the first to stand on top of it.
_ORDER = (0, 1, 2, 3, 4, 6)
_NOTHING = Stack("", "", "", (), ())


def _colour(number: int) -> str:
    return tokens().series[_ORDER[number % len(_ORDER)]]


class StackedColumns(QWidget):
    """Gains (negative parts) hang below the zero line, so that the columns stay honest."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._stack = _NOTHING
        self._bars: list[Any] = []
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        self.title = label("", "strong")
        self.legend = QLabel()
        self.legend.setProperty("role", "small")
        self.legend.setWordWrap(True)
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        box.addWidget(self.title)
        box.addWidget(self.legend)
        self.view = pg.PlotWidget()
        self.view.setMenuEnabled(False)
        self.view.hideButtons()
        self.view.setMouseEnabled(x=False, y=False)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot = self.view.getPlotItem()
        self.plot.showGrid(x=False, y=True, alpha=0.15)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(tickFont=tick_font())
        self._readout = pg.TextItem(anchor=(0, 0))
        self._readout.setZValue(50)
        self._readout.hide()
        self.view.addItem(self._readout, ignoreBounds=True)
        box.addWidget(self.view, 1)
        self._connect()
        self._restyle()

    def _connect(self) -> None:
        self.view.scene().sigMouseMoved.connect(self._on_mouse_moved)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        for words, slot in (
            ("Copy chart as picture", self.copy_png),
            ("Copy chart data as CSV", self.copy_csv),
        ):
            action = QAction(words, self)
            action.triggered.connect(slot)
            self.addAction(action)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self._restyle)

    def set_stack(self, stack: Stack) -> None:
        """Show columns."""
        if stack == self._stack:
            return
        self._stack = stack
        self._draw()

    def _draw(self) -> None:
        colours, stack = tokens(), self._stack
        for bar in self._bars:
            self.plot.removeItem(bar)
        self._bars = []
        count = len(stack.columns)
        up, down = [0.0] * count, [0.0] * count
        for number, (_, values) in enumerate(stack.kinds):
            brush = QColor(_colour(number))
            starts = [up[n] if value >= 0 else down[n] for n, value in enumerate(values)]
            bars = pg.BarGraphItem(
                x=list(range(count)), y0=starts, height=list(values), width=_WIDTH,
                brush=brush, pen=pg.mkPen(colours.surface, width=1),
            )  # fmt: skip
            self.plot.addItem(bars)
            self._bars.append(bars)
            for n, value in enumerate(values):
                if value >= 0:
                    up[n] += value
                else:
                    down[n] += value
        self._axes(up, down)
        self._words()

    def _axes(self, up: list[float], down: list[float]) -> None:
        stack = self._stack
        bottom = self.plot.getAxis("bottom")
        step = max(1, len(stack.columns) // 12)
        bottom.setTicks([[(n, text) for n, text in enumerate(stack.columns) if n % step == 0]])
        self.plot.setLabel("bottom", stack.x_title)
        self.plot.setLabel("left", stack.y_title)
        top, low = max(up, default=0.0), min(down, default=0.0)
        room = (top - low) * 0.05 or 1.0
        box = self.plot.getViewBox()
        box.setXRange(-0.6, max(0.6, len(stack.columns) - 0.4), padding=0)
        box.setYRange(low - (room if low else 0), top + room, padding=0)

    def _words(self) -> None:
        stack = self._stack
        self.title.setText(stack.title)
        self.legend.setText(
            "&nbsp; ".join(
                f"<span style='white-space:nowrap'><span style='color:"
                f"{_colour(n)}'>■</span>&nbsp;"
                f"{escape(name).replace(' ', '&nbsp;')}</span>"
                for n, (name, _) in enumerate(stack.kinds)
            )
        )
        totals = [self._total(n) for n in range(len(stack.columns))]
        self.setAccessibleDescription(
            "; ".join(
                f"{stack.x_title} {name}: {money(round(total))}"
                for name, total in zip(stack.columns, totals, strict=True)
            )
        )

    def _total(self, column: int) -> float:
        return sum(values[column] for _, values in self._stack.kinds)

    @Slot()
    def _restyle(self) -> None:
        colours = tokens()
        self.view.setBackground(colours.surface)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(pg.mkPen(colours.line))
            axis.setTextPen(pg.mkPen(colours.muted))
            axis.setTickPen(pg.mkPen(colours.line))
            axis.setLabel(axis.labelText, color=colours.muted, **{"font-size": "12px"})
        self._readout.setColor(colours.text)
        self._readout.fill = pg.mkBrush(colours.raised)
        self._draw()

    @Slot(object)
    def _on_mouse_moved(self, place: QPointF) -> None:
        stack = self._stack
        x = self.plot.getViewBox().mapSceneToView(place).x()
        column = round(x)
        inside = (
            self.plot.sceneBoundingRect().contains(place) and 0 <= column < len(stack.columns)
        )  # fmt: skip
        self._readout.setVisible(inside)
        if not inside:
            return
        lines = [f"{stack.x_title} {stack.columns[column]}: {money(round(self._total(column)))}"]
        lines += [
            f"{name}: {money(round(values[column]))}" for name, values in stack.kinds if values
        ]
        (left, right), (_, top) = self.plot.getViewBox().viewRange()
        self._readout.setText("\n".join(lines))
        self._readout.setAnchor((1 if x > (left + right) / 2 else 0, 0))
        self._readout.setPos(x, top)

    def as_csv(self) -> str:
        """Return the columns as CSV: one row a column, one cell a kind."""
        out = io.StringIO()
        writer = csv.writer(out)
        stack = self._stack
        writer.writerow([stack.x_title, *(f"{name}, $" for name, _ in stack.kinds), "Total, $"])
        for n, name in enumerate(stack.columns):
            parts = [f"{values[n]:.2f}" for _, values in stack.kinds]
            writer.writerow([name, *parts, f"{self._total(n):.2f}"])
        return out.getvalue()

    @Slot()
    def copy_png(self) -> None:
        """Copy the chart as a picture."""
        QGuiApplication.clipboard().setPixmap(self.grab())

    @Slot()
    def copy_csv(self) -> None:
        """Copy the data."""
        QGuiApplication.clipboard().setText(self.as_csv())
