"""A chart over time that is read with the mouse and the keyboard, copied, saved, or read aloud."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from hwstudio.core.base.errors import HwstudioError
from hwstudio.gui.kit.trace_data import TraceLine
from hwstudio.gui.kit.trace_look import TraceLook
from hwstudio.gui.kit.trace_readout import snapped
from hwstudio.gui.kit.trace_surface import TraceSurface
from hwstudio.gui.kit.trace_window import TimeWindow

__all__ = ["TimeWindow", "TraceChart", "TraceLine", "TraceLook"]

_ASK_AFTER_MS = 60  # so many ms without a move before the owner is asked for points
_ZOOM, _PAN, _DRAG_PX = 1.5, 0.1, 4
_KEYS = Qt.Key
_SAVE_FILTER = "PNG picture (*.png);;SVG drawing (*.svg);;Data as CSV (*.csv)"


class TraceChart(TraceSurface):
    """Lines over time that can be zoomed, moved and asked for values.

    ``moved`` carries the new TimeWindow at once, ``range_wanted`` from and to (Unix seconds) when
    the movement rests: fetch and ``set_lines``. ``hovered`` carries the cursor's moment or None.
    ``said`` and ``refused`` carry sentences for the status line and for a notice.
    """

    moved = Signal(object)
    range_wanted = Signal(float, float)
    hovered = Signal(object)
    said = Signal(str)
    refused = Signal(str)

    def __init__(self, look: TraceLook, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.takes_wheel = True  # switch off where the page around must scroll
        self._earliest_s: float | None = None
        self._pressed: tuple[QPointF, TimeWindow] | None = None
        self._is_dragging = False
        self._mouse_x: float | None = None
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.setInterval(_ASK_AFTER_MS)
        self._ask.timeout.connect(self._on_ask)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_reach(self, earliest_s: float | None) -> None:
        """Say how far back numbers are known: where the Home key goes."""
        self._earliest_s = earliest_s

    def append(self, time_s: float, values: list[float] | tuple[float, ...]) -> None:  # type: ignore[override]
        super().append(time_s, values)
        if self._mouse_x is not None and self.isVisible():
            self._point_at(self.time_at(self._mouse_x))

    # --- moving in time ----------------------------------------------------------------------

    def move_to(self, window: TimeWindow) -> None:
        """Show another stretch as if the user had gone there."""
        if window == self.window_shown:
            return
        self.set_window(window)
        self.moved.emit(window)
        self._ask.start()

    def zoom(self, factor: float, around_s: float | None = None) -> None:
        """Show ``factor`` times as much time, around a moment (the cursor, or now when live)."""
        shown = self.window_shown
        if around_s is None:
            around_s = self.cursor_s
        if around_s is None:
            around_s = shown.to_s if shown.is_live else (shown.from_s + shown.to_s) / 2
        self.move_to(shown.zoomed(factor, around_s, self.now_s))

    def pan(self, share: float) -> None:
        """Move by a share of what is shown, to the past when negative."""
        shown = self.window_shown
        self.move_to(shown.panned(share * shown.span_s, self.now_s))

    @Slot()
    def go_live(self) -> None:
        """Follow the newest value again."""
        self.move_to(self.window_shown.live(self.now_s))

    def go_first(self) -> None:
        """Show the oldest numbers known."""
        firsts = [trace.times[0] for trace in self.traces if trace.times]
        first = self._earliest_s if self._earliest_s is not None else min(firsts, default=None)
        if first is not None:
            span = self.window_shown.span_s
            self.move_to(TimeWindow(first, first + span, is_live=False).held(self.now_s))

    @Slot()
    def _on_ask(self) -> None:
        shown = self.window_shown
        self.range_wanted.emit(shown.from_s, shown.to_s)

    # --- the cursor --------------------------------------------------------------------------

    def _point_at(self, time_s: float | None) -> None:
        if time_s is not None:
            self._settle()
            time_s = snapped(self._scene, time_s)
        if time_s != self.cursor_s:
            self.set_cursor(time_s)
            self.hovered.emit(time_s)

    def step_cursor(self, steps: int) -> None:
        """Move the cursor by points of the first line that has any; it begins at the newest."""
        trace = next((trace for trace in self.traces if trace.times), None)
        if trace is None:
            return
        shown = self.window_shown
        start, end = trace.around(shown.from_s, shown.to_s)
        inside = [n for n in range(start, end) if shown.from_s <= trace.times[n] <= shown.to_s]
        if not inside:
            return
        place = inside[-1]
        if self.cursor_s is not None:
            nearest = trace.nearest(self.cursor_s)
            place = min(max((nearest or 0) + steps, inside[0]), inside[-1])
        self.set_cursor(trace.times[place])
        self.hovered.emit(trace.times[place])

    # --- events ------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._is_dragging = (event.position(), self.window_shown), False
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if self._pressed is not None:
            start, window = self._pressed
            if self._is_dragging or abs(place.x() - start.x()) >= _DRAG_PX:
                self._is_dragging = True
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                seconds = (start.x() - place.x()) / self.second_px
                self.move_to(window.panned(seconds, self.now_s))
        is_inside = self.plan.plot.contains(place.toPoint())
        self._mouse_x = place.x() if is_inside else None
        self._point_at(self.time_at(place.x()) if is_inside else None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None
        if self._is_dragging:
            self._is_dragging = False
            self.unsetCursor()
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self._pressed = None
        self.go_live()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._mouse_x = None
        self._point_at(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.takes_wheel:
            event.ignore()
            return
        turned = event.angleDelta()
        if abs(turned.x()) > abs(turned.y()):
            self.pan(-turned.x() / 120 * _PAN)
        elif turned.y():
            self.zoom(_ZOOM ** (-turned.y() / 120), self.time_at(event.position().x()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            steps = {_KEYS.Key_Left: -1, _KEYS.Key_Right: 1}.get(_KEYS(key))
            if steps is None:
                super().keyPressEvent(event)
                return
            self.step_cursor(steps)
        elif key in (_KEYS.Key_Left, _KEYS.Key_Right):
            self.pan(-_PAN if key == _KEYS.Key_Left else _PAN)
        elif key in (_KEYS.Key_Plus, _KEYS.Key_Equal):
            self.zoom(1 / _ZOOM)
        elif key == _KEYS.Key_Minus:
            self.zoom(_ZOOM)
        elif key == _KEYS.Key_Home:
            self.go_first()
        elif key == _KEYS.Key_End:
            self.go_live()
        elif key == _KEYS.Key_Escape and (self.cursor_s is not None or not self._is_live()):
            self._point_at(None)
            self.go_live()
        else:
            super().keyPressEvent(event)

    def _is_live(self) -> bool:
        return self.window_shown.is_live

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._announce()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._mouse_x is None:
            self._point_at(None)
        self.update()

    # --- copies ------------------------------------------------------------------------------

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def menu(self) -> QMenu:
        """Return the chart's menu, made when it is asked for."""
        menu = QMenu(self)
        for words, slot in (
            ("Copy as picture", self.copy_png),
            ("Copy as SVG", self.copy_svg),
            ("Copy data as CSV", self.copy_csv),
            ("Save chart as…", self.save_as),
            ("Show as table", self.show_table),
        ):
            menu.addAction(words).triggered.connect(slot)
        menu.addSeparator()
        live = menu.addAction("Back to live")
        live.setEnabled(not self._is_live())
        live.triggered.connect(self.go_live)
        return menu

    def as_table(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """Return what is shown as headers and rows of text."""
        from hwstudio.gui.kit import trace_export  # only who takes a chart away needs it

        return trace_export.table_of(self)

    @Slot()
    def copy_png(self) -> None:
        """Copy the chart as a picture."""
        from hwstudio.gui.kit import trace_export

        QGuiApplication.clipboard().setImage(trace_export.picture_of(self))
        self.said.emit("Chart copied as a picture")

    @Slot()
    def copy_svg(self) -> None:
        """Copy the chart as SVG text."""
        from hwstudio.gui.kit import trace_export

        QGuiApplication.clipboard().setText(trace_export.svg_of(self))
        self.said.emit("Chart copied as SVG")

    @Slot()
    def copy_csv(self) -> None:
        """Copy the numbers shown."""
        from hwstudio.gui.kit import trace_export

        QGuiApplication.clipboard().setText(trace_export.csv_of(self))
        self.said.emit("Chart data copied as CSV")

    @Slot()
    def save_as(self) -> None:
        """Ask for a file name and save the chart as PNG, SVG or CSV."""
        from hwstudio.gui.kit import trace_export

        start = trace_export.file_name_of(self)
        from PySide6.QtWidgets import QFileDialog

        name, _ = QFileDialog.getSaveFileName(self, "Save chart as", start, _SAVE_FILTER)
        if not name:
            return
        try:
            trace_export.save(self, Path(name))
        except HwstudioError as error:
            self.refused.emit(error.sentence)
        else:
            self.said.emit(f"Chart saved as {Path(name).name}")

    @Slot()
    def show_table(self) -> None:
        """Open the numbers as a table, for screen readers and for reading closely."""
        from hwstudio.gui.kit import trace_export

        trace_export.table_window(self).show()
