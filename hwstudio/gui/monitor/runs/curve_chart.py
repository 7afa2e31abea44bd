"""A chart of training curves that is read with mouse and keyboard, copied, saved, or read aloud."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from hwstudio.core.base.units import significant
from hwstudio.gui.kit.theme_access import current_theme
from hwstudio.gui.kit.trace_look import Fonts, Layout
from hwstudio.gui.kit.trace_paint import Readout, paint_cursor
from hwstudio.gui.monitor.runs.curve_paint import (
    CurveLook,
    Plan,
    drawn_values,
    paint_chart,
    paint_frame,
    planned,
    x_words,
)
from hwstudio.gui.monitor.runs.curves_state import CurveLine, CurveMark, Group

_ZOOM, _PAN, _DRAG_PX, _MARK_PX, _REACH_PX = 1.5, 0.1, 4, 5.0, 24.0
_LEAST_PART = 1e-5  # of the whole axis
_KEYS = Qt.Key


class CurveChart(QWidget):
    """``window_wanted`` carries a stretch of the axis or None (all), ``hovered`` a place or None.

    Zooming and moving are wishes: the owner shows the same stretch in every chart of a log.
    """

    window_wanted = Signal(object)
    hovered = Signal(object)
    menu_wanted = Signal(object)  # a global position

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = CurveLook("")
        self.lines: tuple[CurveLine, ...] = ()
        self.marks: tuple[CurveMark, ...] = ()
        self._span = (0.0, 1.0)
        self._window: tuple[float, float] | None = None
        self._cursor: float | None = None
        self._pressed: tuple[QPointF, tuple[float, float]] | None = None
        self._plan: Plan | None = None
        self._picture: QPixmap | None = None
        self._fonts = Fonts()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Chart")
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self._restyle)

    # --- what is shown -----------------------------------------------------------------------

    def show_group(self, group: Group, look: CurveLook, span: tuple[float, float]) -> None:
        """Show a chart's lines and marks; ``span`` is the whole axis."""
        self.look, self.lines, self.marks, self._span = look, group.lines, group.marks, span
        self.setAccessibleName(f"{group.title} over {'time' if look.is_time else 'steps'}")
        self._touch()
        if not self.accessibleDescription() or self.hasFocus() or QAccessible.isActive():
            self.setAccessibleDescription(self.described())

    def set_window(self, window: tuple[float, float] | None) -> None:
        """Show a stretch of the axis, or all of it."""
        if window != self._window:
            self._window = window
            self._touch()

    def set_cursor(self, x: float | None) -> None:
        """Show the cursor at a place, or take it away."""
        if x != self._cursor:
            self._cursor = x
            if x is not None:
                said = self.readout(x)
                told = ", ".join(f"{row[1]} {row[2]}".strip() for row in said.rows)
                self.setAccessibleDescription(f"At {said.head}: {told}.")
            self.update()

    @property
    def window_shown(self) -> tuple[float, float]:
        """Return the stretch of the axis that is shown."""
        return self._window or self._span

    @property
    def cursor_x(self) -> float | None:
        return self._cursor

    def described(self) -> str:
        """Return the chart in words: the newest value and the range of every line."""
        parts = []
        for line in self.lines:
            known = [y for y in line.ys if y == y]
            if line.name and known:
                parts.append(
                    f"{line.name}: now {significant(known[-1])}, "
                    f"{significant(min(known))} to {significant(max(known))}."
                )
        parts += [f"{mark.words.capitalize()} is marked." for mark in self.marks]
        return " ".join(parts)

    def readout(self, x: float) -> Readout:
        """Return what the cursor's box says at a place."""
        plan = self.plan
        rows: list[tuple[int | None, str, str]] = []
        dots: list[tuple[int, QPointF]] = []
        for line in self.lines:
            place = self._nearest(line, x) if line.name else None
            if place is None:
                continue
            rows.append((line.colour, line.name, significant(line.ys[place], 4)))
            y = drawn_values(line.ys[place : place + 1], is_log=self.look.is_log)[0]
            if math.isfinite(y):
                height = (y - plan.view.bottom) / (plan.view.top - plan.view.bottom)
                top = plan.plot.bottom() - height * plan.plot.height()
                dots.append((line.colour, QPointF(plan.x_px(line.xs[place]), top)))
        at_px = plan.x_px(x)
        near = [mark for mark in self.marks if abs(plan.x_px(mark.x) - at_px) <= _MARK_PX]
        rows += [(None, words, "") for words in dict.fromkeys(mark.words for mark in near)]
        low, high = self.window_shown
        return Readout(x_words(self.look, x, high - low), tuple(rows), tuple(dots))

    def _nearest(self, line: CurveLine, x: float) -> int | None:
        """Return the place of the point nearest on the axis, if it is near enough to speak."""
        best, reach = None, _REACH_PX * (self.window_shown[1] - self.window_shown[0])
        reach /= max(1, self.plan.plot.width())
        wide = max(reach, self._usual_step(line))
        for place, there in enumerate(line.xs):
            distance = abs(there - x)
            if distance <= wide and line.ys[place] == line.ys[place]:
                best, wide = place, distance
        return best

    @staticmethod
    def _usual_step(line: CurveLine) -> float:
        count = len(line.xs)
        return abs(line.xs[-1] - line.xs[0]) / (count - 1) if count > 1 else math.inf

    def snapped(self, x: float) -> float:
        """Return the place of the nearest point of any line."""
        found = [
            line.xs[place]
            for line in self.lines
            if line.name and (place := self._nearest(line, x)) is not None
        ]
        return min(found, key=lambda there: abs(there - x), default=x)

    # --- moving ------------------------------------------------------------------------------

    def zoom(self, factor: float, around: float | None = None) -> None:
        """Ask for ``factor`` times as much of the axis, around a place."""
        low, high = self.window_shown
        middle = around if around is not None else self._cursor
        middle = (low + high) / 2 if middle is None else middle
        self._want(middle - (middle - low) * factor, middle + (high - middle) * factor)

    def pan(self, share: float) -> None:
        """Ask to move by a share of what is shown."""
        low, high = self.window_shown
        shift = (high - low) * share
        self._want(low + shift, high + shift)

    def _want(self, low: float, high: float) -> None:
        first, last = self._span
        whole = last - first
        width = high - low
        if width >= whole:
            self.window_wanted.emit(None)
            return
        width = max(width, whole * _LEAST_PART)
        low = min(max(low, first), last - width)
        self.window_wanted.emit((low, low + width))

    def step_cursor(self, steps: int) -> None:
        """Move the cursor by points of the first named line; it begins at the newest."""
        line = next((line for line in self.lines if line.name and line.xs), None)
        if line is None:
            return
        low, high = self.window_shown
        xs = sorted(
            {x for x, y in zip(line.xs, line.ys, strict=True) if low <= x <= high and y == y}
        )
        if not xs:
            return
        place = len(xs) - 1
        if self._cursor is not None:
            nearest = min(range(len(xs)), key=lambda n: abs(xs[n] - (self._cursor or 0.0)))
            place = min(max(nearest + steps, 0), len(xs) - 1)
        self._point_at(xs[place])

    def _point_at(self, x: float | None) -> None:
        if x != self._cursor:
            self.set_cursor(x)
            self.hovered.emit(x)

    # --- events ------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = event.position(), self.window_shown
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place, plan = event.position(), self.plan
        if self._pressed is not None and abs(place.x() - self._pressed[0].x()) >= _DRAG_PX:
            low, high = self._pressed[1]
            shift = (self._pressed[0].x() - place.x()) * (high - low) / plan.plot.width()
            self._want(low + shift, high + shift)
        is_inside = plan.plot.contains(place.toPoint())
        self._point_at(self.snapped(plan.x_at(place.x())) if is_inside else None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self._pressed = None
        self.window_wanted.emit(None)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        if turned.x() and abs(turned.x()) > abs(turned.y()):
            self.pan(-_PAN if turned.x() > 0 else _PAN)
        elif turned.y():
            around = self.plan.x_at(event.position().x())
            self.zoom(1 / _ZOOM if turned.y() > 0 else _ZOOM, around)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, is_control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in (_KEYS.Key_Left, _KEYS.Key_Right):
            way = -1 if key == _KEYS.Key_Left else 1
            if is_control:
                self.step_cursor(way)
            else:
                self.pan(way * _PAN)
        elif key in (_KEYS.Key_Plus, _KEYS.Key_Equal):
            self.zoom(1 / _ZOOM)
        elif key == _KEYS.Key_Minus:
            self.zoom(_ZOOM)
        elif key == _KEYS.Key_Escape and (self._cursor is not None or self._window is not None):
            self._point_at(None)
            self.window_wanted.emit(None)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(event.globalPos())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.setAccessibleDescription(self.described())
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point_at(None)
        self.update()

    # --- painting ----------------------------------------------------------------------------

    @property
    def plan(self) -> Plan:
        """Return where everything stands now."""
        if self._plan is None:
            self._plan = planned(self.look, self.lines, self.window_shown, self.size(), self._fonts)
        return self._plan

    def _touch(self) -> None:
        self._plan = self._picture = None
        self.update()

    @Slot()
    def _restyle(self) -> None:
        self._fonts = Fonts()
        self._touch()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._plan = self._picture = None

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._restyle()

    def sizeHint(self) -> QSize:
        return QSize(320, 180)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 64)

    def draw(self, painter: QPainter) -> None:
        """Draw the chart for a file: no cursor, no focus frame."""
        parts = (self.plan, self.size(), self._fonts)
        paint_chart(painter, self.look, self.lines, self.marks, parts)

    def _still(self) -> QPixmap:
        """Return the picture without the cursor, painted when something changed."""
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatio() != ratio:
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            painter = QPainter(self._picture)
            self.draw(painter)
            painter.end()
        return self._picture

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._still())
        layout = _layout_of(self.plan, self.size())
        if self._cursor is not None:
            x = self.plan.x_px(self._cursor)
            if self.plan.plot.left() - 1 <= x <= self.plan.plot.right() + 1:
                paint_cursor(painter, layout, self._fonts, x, self.readout(self._cursor))
        if self.hasFocus():
            paint_frame(painter, self.size())
        painter.end()


def _layout_of(plan: Plan, size: QSize) -> Layout:
    """Return the plan in the form the painters of the kit take."""
    empty = plan.legend
    return Layout(size, plan.head, plan.plot, empty, empty, (), "", plan.plot.x(), False, 0)


def snapshot_rows(charts: Sequence[CurveChart]) -> list[tuple[str, str, float, float]]:
    """Return the points shown as (chart, line, place, value), for copying and for a table."""
    rows = []
    for chart in charts:
        low, high = chart.window_shown
        for line in chart.lines:
            if not line.name:
                continue
            for x, y in zip(line.xs, line.ys, strict=True):
                if low <= x <= high and y == y:
                    rows.append((chart.look.title, line.name, x, y))
    return rows
