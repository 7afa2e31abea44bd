"""The widget of a chart over time: takes lines and values, repaints only what they changed.

What stands still is kept as a picture; a new value costs a copy of the part under the line and
one thin polyline. Nothing is worked out while the chart is hidden.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QTransform,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from hwstudio.gui.kit import trace_file
from hwstudio.gui.kit.theme_access import current_theme
from hwstudio.gui.kit.trace_axis import span_words
from hwstudio.gui.kit.trace_data import (
    Trace,
    TraceGap,
    TraceLine,
    TraceMark,
    highest,
    lowest,
)
from hwstudio.gui.kit.trace_look import Layout, TraceLook, axis_height
from hwstudio.gui.kit.trace_paint import Readout, paint_cursor, paint_focus
from hwstudio.gui.kit.trace_readout import readout_of
from hwstudio.gui.kit.trace_scene import Change, Scene
from hwstudio.gui.kit.trace_still import Still, paint_still
from hwstudio.gui.kit.trace_window import TimeWindow

_WHOLE_RATIOS = (1.0, 2.0, 3.0)  # of pixels: only then is moving them exact


class TraceSurface(QWidget):
    """Lines over a stretch of time. ``left_changed`` tells a stack how wide the labels are."""

    left_changed = Signal()

    def __init__(self, look: TraceLook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = Scene(look)
        self._cursor_s: float | None = None
        self._is_stale = True
        self._still: Still | None = None
        self._picture = QPixmap()
        self._ratio = 0.0
        self._tail: QRect | None = None  # what is to paint of a line that was moved
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(look.title)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self.restyle)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):  # not by changeEvent: see kit.ground
            app.fontChanged.connect(self.restyle)

    # --- what is shown -----------------------------------------------------------------------

    @property
    def look(self) -> TraceLook:
        return self._scene.look

    @property
    def window_shown(self) -> TimeWindow:
        return self._scene.window

    @property
    def now_s(self) -> float:
        """Return the newest moment known, in Unix seconds."""
        return self._scene.now_s

    @property
    def traces(self) -> tuple[Trace, ...]:
        return tuple(self._scene.traces)

    @property
    def cursor_s(self) -> float | None:
        return self._cursor_s

    def set_look(self, look: TraceLook) -> None:
        """Exchange title, scale, limits and so on."""
        if look != self._scene.look:
            self._scene.set_look(look)
            self.setAccessibleName(look.title)
            self._touch()

    def set_lines(self, lines: Sequence[TraceLine]) -> None:
        """Show other lines, or the same lines with other points; arrays are not copied."""
        self._scene.set_lines(lines)
        self._touch()
        self._announce()

    def append(self, time_s: float, values: Sequence[float]) -> None:
        """Add one value per line, in the order of the lines; NaN is a gap."""
        if self._is_at_rest() and self._scene.rest(time_s, values):
            return
        self._scene.append(time_s, values)
        if self._is_stale or not self.isVisible():
            self._touch()
            return
        self._paint_changed(is_plain=self._cursor_s is None)
        if QAccessible.isActive():
            self._announce()

    def _is_at_rest(self) -> bool:
        return self._cursor_s is None and self._tail is None and not self._is_stale

    def _paint_changed(self, *, is_plain: bool) -> None:
        """Move what is on the screen and paint the new end, or paint more where that is wrong."""
        # One value may wait to be painted; were there two, the first would be moved unpainted.
        is_plain = is_plain and self._tail is None
        changed = self._scene.advance(may_scroll=is_plain and self._ratio in _WHOLE_RATIOS)
        self._tail = None
        if changed is None:
            self._touch()
        elif not is_plain:
            self.update()
        elif isinstance(changed, Change):
            self.update(changed.lines)
            if not changed.number.isEmpty():
                self.update(changed.number)
        elif changed.strip:
            if changed.shift and changed.moved:
                self.scroll(-changed.shift, 0, QRect(*changed.moved))
            self._tail = QRect(*changed.strip)
            self.update(self._tail)

    def set_window(self, window: TimeWindow, now_s: float | None = None) -> None:
        """Show another stretch of time; ``now_s`` moves what counts as now."""
        if now_s is not None:
            self._scene.now_s = max(self._scene.now_s, now_s)
        if window != self._scene.window:
            self._scene.window = window
            self._scene.is_refitted = True
            self._touch()

    def set_marks(self, marks: Sequence[TraceMark]) -> None:
        """Draw moments: alerts, the start and end of runs."""
        if tuple(marks) != self._scene.marks:
            self._scene.marks = tuple(marks)
            self._touch()

    def set_gaps(self, gaps: Sequence[TraceGap]) -> None:
        """Shade stretches without numbers."""
        if tuple(gaps) != self._scene.gaps:
            self._scene.gaps = tuple(gaps)
            self._touch()

    def set_headline(self, parts: tuple[str, str] | None) -> None:
        """Say what stands large at the right, as number and unit; None = the newest value."""
        if parts != self._scene.headline:
            self._scene.headline = parts
            self._touch()

    def set_cursor(self, time_s: float | None) -> None:
        """Show the cursor at a moment, or take it away."""
        if time_s != self._cursor_s:
            self._cursor_s = time_s
            self.update()
            self._announce()

    @property
    def own_left(self) -> int:
        """Return the px this chart's own value labels need."""
        self._settle()
        return self._scene.own_left

    def set_least_left(self, px: int) -> None:
        """Leave at least so much room for value labels, so that charts of a stack line up."""
        if px != self._scene.least_left:
            self._scene.least_left = px
            self._touch()

    @Slot()
    def restyle(self) -> None:
        """Draw everything anew: another theme, another text size."""
        self._scene.refresh_fonts()
        self._still = None
        self._touch()

    def _touch(self) -> None:
        self._is_stale = True
        self.update()

    def _settle(self) -> None:
        """Work out what changed, once, however much it was."""
        if self._is_stale or self._scene.size != self.size():  # a hidden chart hears of no resize
            self._is_stale = False
            if self._scene.arrange(self.size()):
                self.left_changed.emit()
        self._scene.catch_up()

    # --- words -------------------------------------------------------------------------------

    def _announce(self) -> None:
        self.setAccessibleDescription(self.described())

    def described(self) -> str:
        """Return the chart in words: at the cursor, or the newest values and their range."""
        if self._cursor_s is not None:
            said = self.readout(self._cursor_s)
            told = ", ".join(f"{row[1]} {row[2]}".strip() for row in said.rows)
            return f"At {said.head}: {told}."
        scale, window, parts = self.look.scale, self.window_shown, []
        for trace in self._scene.traces:
            start, end = trace.around(window.from_s, window.to_s)
            seen = trace.values[start:end]
            least, most, last = lowest(seen), highest(seen), trace.last()
            name = f"{trace.line.name}: " if len(self._scene.traces) > 1 else ""
            if math.isnan(least):
                parts.append(f"{name}no values.")
                continue
            now = "no value now" if math.isnan(last) else f"now {scale.text(last)}"
            parts.append(f"{name}{now}, {scale.text(least)} to {scale.text(most)}.")
        limits = [f"{one.words}: {scale.text(one.value)}." for one in self.look.limits]
        return f"Over {span_words(window.span_s)}. " + " ".join(parts + limits)

    def readout(self, time_s: float) -> Readout:
        """Return what the cursor's box says at a moment."""
        self._settle()
        return readout_of(self._scene, time_s)

    # --- geometry ----------------------------------------------------------------------------

    @property
    def plan(self) -> Layout:
        """Return where everything stands now."""
        self._settle()
        return self._scene.layout

    @property
    def transform(self) -> QTransform:
        """Return the map from (Unix seconds, raw value) to pixels."""
        self._settle()
        return self._scene.transform

    @property
    def axis_height(self) -> int:
        """Return the px that the times under the plot take when there is room for them."""
        return axis_height(self._scene.fonts) if self.look.has_time_axis else 0

    @property
    def second_px(self) -> float:
        """Return the pixels of one second."""
        return self.plan.plot.width() / self._scene.window.span_s

    def time_at(self, x: float) -> float:
        """Return the moment under a pixel."""
        plot = self.plan.plot
        return self._scene.view.from_s + (x - plot.x()) / self.second_px

    def sizeHint(self) -> QSize:
        return QSize(320, 150)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 60)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._is_stale = True

    # --- painting ----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        self._settle()
        scene = self._scene
        tail, self._tail = self._tail, None
        painter, ratio = QPainter(self), self.devicePixelRatioF()
        painter.drawPixmap(0, 0, self._still_picture(ratio))
        if tail is not None and tail.contains(event.rect()):
            scene.paint_tail(painter, ratio, tail.y())
            painter.end()
            return
        scene.paint_moving(painter, ratio)
        if self._cursor_s is not None:
            painter.setClipping(False)
            x = scene.transform.map(QPointF(self._cursor_s, 0)).x()
            if scene.layout.plot.left() - 1 <= x <= scene.layout.plot.right() + 1:
                said = readout_of(scene, self._cursor_s)
                paint_cursor(painter, scene.layout, scene.fonts, x, said)
        if self.hasFocus():
            painter.setClipping(False)
            paint_focus(painter, scene.layout, is_framed=scene.look.is_framed)
        painter.end()

    def draw(self, painter: QPainter) -> None:
        """Draw the chart for a file: nothing cached, no cursor, no focus frame."""
        self._settle()
        trace_file.draw(self._scene, painter)

    def _still_picture(self, ratio: float) -> QPixmap:
        still = self._scene.still
        if still is not self._still or ratio != self._ratio:
            if still != self._still or ratio != self._ratio:
                self._paint_picture(still, ratio)
            self._still, self._ratio = still, ratio
        return self._picture

    def _paint_picture(self, still: Still, ratio: float) -> None:
        wanted = QSize(math.ceil(self.width() * ratio), math.ceil(self.height() * ratio))
        if self._picture.size() != wanted or self._picture.devicePixelRatio() != ratio:
            self._picture = QPixmap(wanted)
            self._picture.setDevicePixelRatio(ratio)
        painter = QPainter(self._picture)
        paint_still(painter, still, self._scene.fonts)
        painter.end()
