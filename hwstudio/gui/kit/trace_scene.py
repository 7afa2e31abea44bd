"""What a chart over time shows and where: all the work between new numbers and paint.

``arrange`` works everything out for a size. ``advance`` is the cheap way for one new value in a
chart that is already arranged: it says which parts of the picture changed.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QTransform

from hwstudio.gui.kit.trace_axis import RELATIVE_UP_TO_S, AutoTop
from hwstudio.gui.kit.trace_data import (
    Trace,
    TraceGap,
    TraceLine,
    TraceMark,
    highest,
    thinned_band,
)
from hwstudio.gui.kit.trace_level import Levels
from hwstudio.gui.kit.trace_look import Layout, TraceLook, fonts_now, label_room, placed
from hwstudio.gui.kit.trace_paint import (
    paint_absence,
    paint_gap,
    paint_marks,
)
from hwstudio.gui.kit.trace_polygon import (
    BandPicture,
    LinePicture,
    View,
    numbers_of,
    rows_of,
    transform_of,
)
from hwstudio.gui.kit.trace_still import Still, rows_of_legend, ticks_under
from hwstudio.gui.kit.trace_value import HeadValue, Rect
from hwstudio.gui.kit.trace_window import TimeWindow

_THIN_FROM = 2.5  # points per pixel column from which lines are thinned
_KEEP = 1.5  # spans of live values that are kept
_TOP_EVERY = 5  # live values between two looks whether the top is too high
_ANEW_EVERY = 64  # values after which all points are laid out again, to see which rows they cover
_MOST_RESTED = 4  # of five values: the fifth looks whether the top is too high
_BUSY = _MOST_RESTED + 1  # something may be to paint with the next value
_TAIL_STEP = 64  # px by which the newest part of a line grows
_STRIP = 5  # px at the newest end that are painted again when the rest is only moved
_NOTHING = QRect()


class Change(NamedTuple):
    """What one more value changed: all points inside a part of the plot, and the number."""

    lines: QRect
    number: QRect


class Step(NamedTuple):
    """The picture moved left: by how many px, which rows of it, and what to paint after.

    Rectangles are x, y, width and height; an empty one is nothing.
    """

    shift: int
    moved: Rect
    strip: Rect


class Scene:
    """One chart without its widget. Set the attributes, then ``arrange``."""

    def __init__(self, look: TraceLook) -> None:
        self.traces: list[Trace] = []
        self.window = TimeWindow(-60.0, 0.0)
        self.now_s = 0.0
        self.marks: tuple[TraceMark, ...] = ()
        self.gaps: tuple[TraceGap, ...] = ()
        self.headline: tuple[str, str] | None = None
        self.least_left = 0
        self.own_left = 0
        self._pictures: list[LinePicture] = []
        self._bands: list[BandPicture] = []
        self._since_top = 0
        self._appended = 0
        self.is_refitted = True  # other data or another stretch: the top need not go gently
        self._placed_for: tuple[object, ...] = ()
        self._ticks_for: tuple[object, ...] = ()
        self._reached = _NOTHING
        self._is_filled = False
        self._rested = _BUSY  # values taken since the view followed
        self._levels: Levels | None = None
        self._transform: QTransform | None = None
        self._said: tuple[float, tuple[str, str]] | None = None  # the newest value in words
        self.fonts = fonts_now()
        self._value = HeadValue(self.fonts)
        self.set_look(look)
        self.arrange(QSize(320, 150))

    # --- what is shown -----------------------------------------------------------------------

    def set_look(self, look: TraceLook) -> None:
        """Exchange title, scale, limits and so on."""
        self.look = look
        self.is_refitted = True
        self._value.room = 0
        self._said = None
        limits = max((limit.value for limit in look.limits), default=0.0)
        self._auto = AutoTop(look.scale, max(look.least_top, limits * 1.04))

    def set_lines(self, lines: Sequence[TraceLine]) -> None:
        """Take other lines; arrays are not copied."""
        before = [(trace.line.name, trace.line.colour) for trace in self.traces]
        self.traces = [Trace(line) for line in lines]
        self._levels = None
        if before != [(line.name, line.colour) for line in lines]:
            self._pictures = [LinePicture(line.colour) for line in lines]
            self._bands = [BandPicture(line.colour) for line in lines]
            self.is_refitted = True
        newest = max((trace.times[-1] for trace in self.traces if trace.times), default=0.0)
        self.follow(newest)

    def append(self, time_s: float, values: Sequence[float]) -> None:
        """Add one value per line; NaN and infinity are gaps."""
        for trace, value in zip(self.traces, values, strict=True):
            trace.append(time_s, value if math.isfinite(value) else math.nan)
        self.follow(time_s)
        self._appended += 1
        if self._appended % _ANEW_EVERY == 0 and self.window.is_live:
            before_s = self.window.to_s - _KEEP * self.window.span_s
            for trace in self.traces:
                trace.trim(before_s)

    def rest(self, time_s: float, values: Sequence[float]) -> bool:
        """Take the same values again where that changes nothing that can be seen; False = not so.

        The view is left behind for a few values: level lines look the same a little further on.
        """
        if self._rested >= _MOST_RESTED or (self._appended + 1) % _ANEW_EVERY == 0:
            return False
        for trace, value in zip(self.traces, values, strict=True):
            if trace.last() != value:
                return False
        for trace, value in zip(self.traces, values, strict=True):
            trace.append(time_s, value)
        self._appended += 1
        self._rested += 1
        self.follow(time_s)
        return True

    def catch_up(self) -> None:
        """Let the view follow where it was left behind."""
        if 0 < self._rested <= _MOST_RESTED:
            self._rested = _BUSY
            self._look_on(self.view.top)
            self._is_filled = False

    def follow(self, now_s: float) -> None:
        """Let the window's end go along when it is live."""
        if now_s > self.now_s:
            self.now_s = now_s
        if self.window.is_live:
            self.window = self.window.at(self.now_s)

    def refresh_fonts(self) -> None:
        """Take over another text size or theme."""
        self.fonts = fonts_now()
        self._value.refresh(self.fonts)
        for picture in self._pictures:
            picture.recolour()
        for band in self._bands:
            band.recolour()

    def parts_of_value(self) -> tuple[str, str]:
        """Return what stands large at the right: number and unit, empty in the past."""
        if self.headline is not None:
            return self.headline
        if not self.traces or not self.window.is_live or not self.look.has_value:
            return "", ""
        value = self.traces[0].last()
        if self._said is None or self._said[0] != value:
            self._said = value, self.look.scale.parts(value)
        return self._said[1]

    @property
    def is_relative(self) -> bool:
        """Say whether times are shown as distances from now."""
        return self.window.is_live and self.window.span_s <= RELATIVE_UP_TO_S

    # --- the whole work ----------------------------------------------------------------------

    def arrange(self, size: QSize) -> bool:
        """Work everything out for a size; say whether the value labels need other room."""
        self.size = size
        self._rested = _BUSY
        before = self.own_left
        if self.look.top is not None:
            self._auto.top = self.look.top
        self._place()
        if self.look.top is None and self._has_other_top(self._highest()):
            self._place()
        self.is_refitted = False
        self._fill()
        self.still = self._new_still()
        return self.own_left != before

    def _has_other_top(self, highest: float) -> bool:
        before = self._auto.top
        if self.is_refitted or not self.window.is_live:
            return self._auto.start(highest) != before
        return self._auto.feed(highest, self.now_s) != before

    def _place(self) -> None:
        look, fonts = self.look, self.fonts
        top = max(self._auto.top, look.bottom + 1e-12)
        least = self.least_left
        asked = (self.size, look, top, least, fonts, self._names())
        if asked == self._placed_for:
            self._has_bands = any(trace.low is not None for trace in self.traces)
            self._look_on(top)
            return
        self._placed_for = asked
        rows = rows_of_legend(self._names(), look.title, fonts, self.size.width())
        self.layout: Layout = placed(
            look, self.size, fonts, top, legend_rows=rows, least_left=least
        )
        self._thin_from = _THIN_FROM * self.layout.plot.width()
        words = (fonts.wide(limit.words) + 8 for limit in look.limits if limit.words)
        self._words_wide = max(words, default=0)
        self._has_bands = any(trace.low is not None for trace in self.traces)
        self.own_left = label_room(self.layout.ticks, fonts) if self.layout.ticks else 0
        self._plot = numbers_of(self.layout.plot)
        self._levels = None
        self._look_on(top)

    def _look_on(self, top: float) -> None:
        """Fix which stretch of numbers fills the plot: whole pixels while it moves."""
        from_s, to_s = self.window.from_s, self.window.to_s
        if self.window.is_live:
            span_s = to_s - from_s
            width_s = span_s / self._plot[2]
            to_s = math.ceil(to_s / width_s) * width_s
            from_s = to_s - span_s
        self.view = View(from_s, to_s, self.look.bottom, top)
        self._transform = None

    @property
    def transform(self) -> QTransform:
        """Return the map from (Unix seconds, raw value) to pixels, made when it is asked for."""
        if self._transform is None:
            self._transform = transform_of(self._plot, self.view)
        return self._transform

    def _names(self) -> tuple[tuple[str, int], ...]:
        if len(self.traces) < 2:
            return ()
        return tuple((trace.line.name, trace.line.colour) for trace in self.traces)

    def _highest(self) -> float:
        """Return the largest value in sight."""
        found = []
        for trace in self.traces:
            start, end = trace.around(self.view.from_s, self.view.to_s)
            source = trace.values if trace.high is None else trace.high
            found.append(highest(source[start:end]))
        return max((value for value in found if not math.isnan(value)), default=math.nan)

    def _fill(self) -> None:
        """Hand the visible points to the pictures."""
        self._is_filled = True
        view, transform = self.view, self.transform
        width_s = (view.to_s - view.from_s) / self.layout.plot.width()
        for trace, picture, band in zip(self.traces, self._pictures, self._bands, strict=True):
            picture.fill(*self.points(trace, width_s), transform)
            if trace.low is None:
                band.clear()
            else:
                band.fill(*thinned_band(trace, view.from_s, view.to_s, width_s), transform)
        self._reached = self._reach()
        self._rows = (
            (self._reached.top(), self._reached.bottom())
            if self._reached
            else (math.inf, -math.inf)
        )

    def points(self, trace: Trace, width_s: float) -> tuple[array[float], array[float]]:
        """Return the points in sight, and one more at each side."""
        view = self.view
        start, end = trace.around(view.from_s, view.to_s)
        if end - start > self._thin_from:
            return trace.thin.thin(trace.times, trace.values, view.from_s, width_s)
        return trace.times[start:end], trace.values[start:end]

    def _new_still(self) -> Still:
        layout, view = self.layout, self.view
        parts = self.parts_of_value()
        self._value.place(parts, layout, is_wanted=self.look.has_value)
        room = self._value.room if parts[0] else 0
        level = View(0, 1, view.bottom, view.top)
        return Still(self.look, layout, level, self._time_ticks(), self._names(), room)

    def _time_ticks(self) -> tuple[tuple[int, str], ...]:
        asked = (self.layout, self.is_relative, round(self.view.to_s - self.view.from_s, 3))
        if self.is_relative and asked == self._ticks_for:
            return self.still.time_ticks
        self._ticks_for = asked
        return ticks_under(self.layout, self.view, self.fonts, is_relative=self.is_relative)

    # --- one more value ----------------------------------------------------------------------

    def advance(self, *, may_scroll: bool) -> Change | Step | None:
        """Take over what was appended and say what to paint; None = everything anew."""
        self._rested = _BUSY
        if self._wants_other_top():
            return None
        before, window = self.view, self.window
        if not window.is_live and self.now_s > before.to_s:
            return Step(0, (), ())
        self._look_on(before.top)
        view = self.view
        if view.from_s != before.from_s and window.span_s > RELATIVE_UP_TO_S:
            return None  # the labels under the plot go along
        number = self._value.change(self.parts_of_value())
        if number is None:
            return None
        if may_scroll and self.can_scroll and self._appended % _ANEW_EVERY:
            step = self._step(before, view, number)
            if step is not None:
                return step
        old = self._reached if self._is_filled else self.layout.plot
        self._fill()
        lines = self.layout.plot if self.marks or self.gaps else old.united(self._reached)
        return Change(lines, QRect(*number) if number else _NOTHING)

    def _step(self, before: View, view: View, number: Rect) -> Step | None:
        """Move the picture; None where it has to be painted anew."""
        if self._levels is None:
            self._levels = Levels(self.traces, self._plot, before)
        if self._levels.take(self.traces, before.from_s) and self.window.is_live:
            self._is_filled = False
            self._rested = 0
            return Step(0, (), number)  # moved, it would look the same
        x, y, width, height = self._plot
        shift = round((view.from_s - before.from_s) * width / (view.to_s - view.from_s))
        wide = max(shift + _STRIP, shift + self._words_wide)  # words of limits stand still
        if shift < 0 or wide >= width / 2:
            return None
        # One rectangle with the number above it: two would cost a clip of many spans.
        left, upper, right, lower = x + width - wide, y, x + width, y + height
        if number:
            left, upper = min(left, number[0]), min(upper, number[1])
            right, lower = max(right, number[0] + number[2]), max(lower, number[1] + number[3])
        self._fill_tail(x + width - max(x, left))
        return Step(shift, self._rows_of_lines(), (left, upper, right - left, lower - upper))

    def _rows_of_lines(self) -> Rect:
        """Return the part of the plot in which lines stood since all points were laid out."""
        x, y, width, height = self._plot
        upper, lower = self._rows
        up, down = rows_of(self._plot, self.view)
        for trace in self.traces:
            value = trace.last()
            if value == value:  # no gap
                row = up * value + down
                upper, lower = min(upper, row), max(lower, row)
        self._rows = upper, lower
        if upper > lower:  # no line has had a value yet
            return ()
        first = max(y, math.floor(upper) - 2)
        last = min(y + height, math.ceil(lower) + 3)
        return (x, first, width, last - first) if first < last else ()

    @property
    def can_scroll(self) -> bool:
        """Say whether everything in the plot moves with time or is the same all along it."""
        return not (self.marks or self.gaps or self._has_bands)

    def _fill_tail(self, px: int) -> None:
        """Hand only the newest points to the pictures; the rest is on the screen already."""
        self._is_filled = False
        width_s = self.window.span_s / self._plot[2]
        px = -(-px // _TAIL_STEP) * _TAIL_STEP  # a polygon whose length stays costs half
        since_s = self.view.to_s - px * width_s
        for trace, picture in zip(self.traces, self._pictures, strict=True):
            times, values = trace.times, trace.values
            if len(times) > self._thin_from:
                times, values = self.points(trace, width_s)
            wanted = len(times) - bisect_left(times, since_s) + 1
            start = max(0, len(times) - (wanted + 7) // 8 * 8)
            picture.fill_tail(times[start:], values[start:], self.transform)

    def _wants_other_top(self) -> bool:
        """Let the top follow the data; say whether it changed."""
        if self.look.top is not None:
            return False
        before = self._auto.top
        newest = max((trace.last() for trace in self.traces), default=0.0)
        self._since_top += 1
        if newest > before or self._since_top >= _TOP_EVERY:
            self._since_top = 0
            return self._auto.feed(self._highest(), self.now_s) != before
        return False

    def _reach(self) -> QRect:
        """Return the part of the plot that lines cover."""
        found = QRect()
        for picture in self._pictures:
            found = found.united(picture.reach())
        for band in self._bands:
            found = found.united(band.reach())
        return found.intersected(self.layout.plot)

    # --- painting ----------------------------------------------------------------------------

    def paint_moving(self, painter: QPainter, ratio: float) -> None:
        """Draw the number, gaps, lines and marks."""
        if not self._is_filled:
            self._fill()
        self.paint_number(painter, ratio)
        self.paint_plot(painter, self._bands, self._pictures)

    def paint_plot(
        self, painter: QPainter, bands: list[BandPicture], pictures: list[LinePicture]
    ) -> None:
        """Draw gaps, envelopes, lines and marks."""
        layout = self.layout
        painter.setClipRect(layout.plot)
        for gap in self.gaps:
            paint_gap(painter, layout, self.fonts, self.transform, gap)
        for band in bands:
            band.draw(painter)
        for picture in pictures:
            picture.draw(painter)
        if not self.gaps and all(picture.is_empty for picture in pictures):
            paint_absence(painter, layout, self.fonts)
        if self.marks:
            paint_marks(painter, layout, self.fonts, self.transform, self.marks)

    def paint_tail(self, painter: QPainter, ratio: float, upper: int) -> None:
        """Draw what ``advance`` told to paint after it moved the rest, from ``upper`` px down."""
        if upper < self._plot[1]:  # else the part to paint lies inside the plot, and clips itself
            self._value.paint(painter, ratio)
            painter.setClipRect(self.layout.plot)
        for picture in self._pictures:
            picture.draw_tail(painter)

    def paint_number(self, painter: QPainter, ratio: float | None) -> None:
        """Draw the present value; without a screen's ratio as text, for a file."""
        self._value.paint(painter, ratio)
