"""A chart of curves over steps or elapsed time: where its parts stand and how it is painted."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from hwstudio.core.base.units import significant
from hwstudio.gui.kit.theme_access import tokens
from hwstudio.gui.kit.trace_axis import Tick, nice_step
from hwstudio.gui.kit.trace_data import runs
from hwstudio.gui.kit.trace_look import Fonts
from hwstudio.gui.kit.trace_polygon import Points, View, colour_of, kind_colour, transform_of
from hwstudio.gui.monitor.runs.curves_state import CurveLine, CurveMark

_GRID_PX, _TICK_PX = 25, 62
_FAINT_ALPHA = 70
_LOW_ROWS = 11  # of text; a lower chart has its legend beside the title
_OUTLIERS = 0.01  # of raw values at either end that do not stretch a smoothed chart
_AIR = 0.06
_ROUNDING = 1e-9
_DENSE = 1.5  # points a pixel
_TIMES = ((2 * 86400.0, 86400.0, "days"), (7200.0, 3600.0, "h"), (120.0, 60.0, "min"))
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class CurveLook:
    """What a chart is: its title, and whether its axes are of time and of powers of ten."""

    title: str
    is_time: bool = False
    is_log: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything stands. ``view`` is in steps or seconds, its values as they are drawn."""

    head: QRect
    legend: QRect
    plot: QRect
    view: View
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    x_unit: str

    def x_px(self, x: float) -> float:
        """Return the pixel column of a place on the axis."""
        share = (x - self.view.from_s) / (self.view.to_s - self.view.from_s)
        return self.plot.x() + share * self.plot.width()

    def x_at(self, px: float) -> float:
        """Return the place on the axis under a pixel column."""
        share = (px - self.plot.x()) / max(1, self.plot.width())
        return self.view.from_s + share * (self.view.to_s - self.view.from_s)


# --- numbers ------------------------------------------------------------------------------------


def drawn_values(ys: array[float], *, is_log: bool) -> array[float]:
    """Return values as they are drawn: as they are, or their powers of ten (a gap below 0)."""
    if not is_log:
        return ys
    return array("d", [math.log10(y) if y > 0 else math.nan for y in ys])


def value_range(
    lines: Sequence[CurveLine], window: tuple[float, float], *, is_log: bool
) -> tuple[float, float]:
    """Return the lowest and highest value to show, with some air.

    Where lines are smoothed, single raw values far outside do not stretch the chart.
    """
    low, high = math.inf, -math.inf
    for line in lines:
        inside = _inside(line, window, is_log=is_log)
        if not inside:
            continue
        if line.is_faint:
            inside.sort()
            cut = int(len(inside) * _OUTLIERS)
            inside = [inside[cut], inside[-1 - cut]]
        low, high = min(low, *inside), max(high, *inside)
    if not low <= high:
        return 0.0, 1.0
    if high - low <= _ROUNDING * max(abs(low), abs(high)):  # averaged, an even line is not quite
        reach = abs(low) * 0.1 or 0.5
        return low - reach, high + reach
    air = (high - low) * _AIR
    return low - air, high + air


def _inside(line: CurveLine, window: tuple[float, float], *, is_log: bool) -> list[float]:
    ys = drawn_values(line.ys, is_log=is_log)
    low, high = window
    if not line.xs:
        return []
    if low > min(line.xs) or high < max(line.xs):
        return [y for x, y in zip(line.xs, ys, strict=True) if low <= x <= high and y == y]
    return [y for y in ys if y == y] if math.isnan(sum(ys)) else list(ys)


def y_ticks(low: float, high: float, at_most: int, *, is_log: bool) -> tuple[Tick, ...]:
    """Return round values with their words; in powers of ten 1, 2 and 5 are round."""
    if at_most < 1 or not high > low:
        return ()
    if is_log:
        for steps in ((1.0, 2.0, 5.0), (1.0,)):
            found = [
                Tick(math.log10(step) + power, f"{step * 10.0**power:.10g}")
                for power in range(math.floor(low), math.ceil(high) + 1)
                for step in steps
            ]
            found = [tick for tick in found if low <= tick.at <= high]
            if 2 <= len(found) <= at_most + 1:
                return tuple(found)
        every = -(-len(found) // max(1, at_most))
        return tuple(found[::every]) if len(found) > 1 else _ends(low, high)
    step = nice_step(high - low, at_most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(Tick(n * step, f"{n * step:,.10g}") for n in range(first, last + 1))


def _ends(low: float, high: float) -> tuple[Tick, ...]:
    """Return ticks near both ends of a logarithmic axis too short for round powers."""
    places = (low + (high - low) * 0.1, high - (high - low) * 0.1)
    return tuple(Tick(at, significant(10.0**at)) for at in places)


def x_scale(look: CurveLook, span: float) -> tuple[float, str]:
    """Return what places are divided by and the unit of that."""
    if not look.is_time:
        return 1.0, ""
    return next(((size, unit) for least, size, unit in _TIMES if span >= least), (1.0, "s"))


def x_words(look: CurveLook, x: float, span: float) -> str:
    """Return a place on the axis in words: "step 1,200", "2.4 h"."""
    size, unit = x_scale(look, span)
    if not look.is_time:
        return f"step {x:,.0f}" if x == int(x) else f"step {x:,.2f}"
    return f"{significant(x / size)} {unit} after its start"


# --- layout -------------------------------------------------------------------------------------


def planned(
    look: CurveLook,
    lines: Sequence[CurveLine],
    window: tuple[float, float],
    size: QSize,
    fonts: Fonts,
) -> Plan:
    """Return where the parts of a chart stand at a size."""
    row = fonts.of_small.height()
    head = QRect(0, 0, size.width(), row + 4)
    upper = head.bottom() + 1 + row // 2  # half a row for the topmost label
    names = [line for line in lines if line.name]
    legend = QRect()
    if len(names) > 1 and size.height() < _LOW_ROWS * row:
        used = fonts.of_strong.horizontalAdvance(look.title) + 12
        legend = QRect(used, 2, max(0, size.width() - used), row)
    elif len(names) > 1:
        rows = min(_legend_rows(names, fonts, size.width()), 3)
        legend = QRect(0, head.bottom() + 3, size.width(), rows * row)
        upper = legend.bottom() + 1 + row // 2
    height = max(1, size.height() - upper - row - 5)
    low, high = value_range(lines, window, is_log=look.is_log)
    ticks = y_ticks(low, high, max(1, round(height / (_GRID_PX * fonts.scale))), is_log=look.is_log)
    room = max((fonts.wide(tick.words) for tick in ticks), default=0) + 6
    plot = QRect(room, upper, max(1, size.width() - room - 2), height)
    span = window[1] - window[0]
    factor, unit = x_scale(look, span)
    count = max(1, round(plot.width() / (_TICK_PX * fonts.scale)))
    x_step = nice_step(span / factor, count)
    if not look.is_time:
        x_step = max(x_step, 1.0)
    first, last = math.ceil(window[0] / factor / x_step), math.floor(window[1] / factor / x_step)
    x_ticks = tuple(
        Tick(n * x_step * factor, f"{n * x_step:,.10g}") for n in range(first, last + 1)
    )
    view = View(window[0], window[1], low, high)
    return Plan(head, legend, plot, view, x_ticks, ticks, unit)


def _legend_rows(lines: Sequence[CurveLine], fonts: Fonts, room: int) -> int:
    rows, used = 1, 0
    for line in lines:
        wide = _entry_width(line, fonts)
        if used and used + wide > room:
            rows, used = rows + 1, 0
        used += wide
    return rows


def _entry_width(line: CurveLine, fonts: Fonts) -> int:
    return 20 + fonts.wide(line.name) + 14


# --- painting -----------------------------------------------------------------------------------


def paint_chart(
    painter: QPainter,
    look: CurveLook,
    lines: Sequence[CurveLine],
    marks: Sequence[CurveMark],
    parts: tuple[Plan, QSize, Fonts],
) -> None:
    """Draw everything but the cursor."""
    plan, size, fonts = parts
    painter.fillRect(QRect(0, 0, size.width(), size.height()), QColor(tokens().surface))
    _paint_head(painter, look, plan, fonts)
    _paint_axes(painter, plan, fonts)
    _paint_legend(painter, lines, plan, fonts)
    painter.save()
    painter.setClipRect(plan.plot.adjusted(0, -2, 2, 0))
    _paint_marks(painter, marks, plan)
    transform = transform_of(
        (plan.plot.x(), plan.plot.y(), plan.plot.width(), plan.plot.height()), plan.view
    )
    for line in lines:
        # Smooth edges cost ten times as much and cannot be seen where points are this close.
        is_dense = len(line.xs) > _DENSE * plan.plot.width()
        pen = _pen_of(line, is_dense=is_dense)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not is_dense)
        painter.setPen(pen)
        ys = drawn_values(line.ys, is_log=look.is_log)
        for start, end in runs(ys):
            if end - start == 1:
                dot = transform.map(QPointF(line.xs[start], ys[start]))
                painter.fillRect(QRectF(dot.x() - 2, dot.y() - 2, 4, 4), pen.color())
                continue
            points = Points()
            points.write(line.xs[start:end], ys[start:end])
            painter.drawPolyline(transform.map(points.polygon))
    painter.restore()
    if not lines:
        painter.setFont(fonts.small)
        painter.setPen(QColor(tokens().muted))
        painter.drawText(plan.plot, Qt.AlignmentFlag.AlignCenter, "No values")


def paint_frame(painter: QPainter, size: QSize) -> None:
    """Draw the frame that shows where the keyboard is."""
    painter.setPen(QPen(QColor(tokens().accent), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.drawRoundedRect(QRectF(1, 1, size.width() - 2, size.height() - 2), 2, 2)


def _pen_of(line: CurveLine, *, is_dense: bool = False) -> QPen:
    colour = colour_of(line.colour)
    if line.is_faint:
        colour.setAlpha(_FAINT_ALPHA)
        return QPen(colour, 1)
    if is_dense:
        return QPen(colour, 1)
    pen = QPen(colour, 1.6)
    if line.is_dashed:
        pen.setDashPattern([4, 2.5])
    return pen


def _paint_head(painter: QPainter, look: CurveLook, plan: Plan, fonts: Fonts) -> None:
    painter.setFont(fonts.strong)
    painter.setPen(QColor(tokens().text))
    axis = f"over {plan.x_unit} since its start" if look.is_time else "over steps"
    words = f"{axis}, powers of ten" if look.is_log else axis
    room = plan.head.width()
    title = fonts.of_strong.elidedText(look.title, Qt.TextElideMode.ElideMiddle, room)
    painter.drawText(plan.head, _LEFT, title)
    used = fonts.of_strong.horizontalAdvance(title) + 6
    is_beside = not plan.legend.isEmpty() and plan.legend.top() < plan.head.bottom()
    if not is_beside and used + fonts.wide(words) <= room:
        painter.setFont(fonts.small)
        painter.setPen(QColor(tokens().muted))
        painter.drawText(plan.head.adjusted(used, 0, 0, 0), _LEFT, words)


def _paint_axes(painter: QPainter, plan: Plan, fonts: Fonts) -> None:
    colours, plot = tokens(), plan.plot
    faint = QColor(colours.line)
    faint.setAlpha(150)
    half = fonts.of_small.height() // 2
    painter.setFont(fonts.small)
    span = plan.view.top - plan.view.bottom
    for tick in plan.y_ticks:
        y = round(plot.bottom() - (tick.at - plan.view.bottom) / span * plot.height())
        painter.setPen(QPen(faint, 1))
        painter.drawLine(plot.left(), y, plot.right(), y)
        painter.setPen(QColor(colours.muted))
        painter.drawText(QRect(plot.x() - 206, y - half, 200, 2 * half), _RIGHT, tick.words)
    painter.setPen(QPen(QColor(colours.line), 1))
    painter.drawLine(plot.bottomLeft(), plot.bottomRight())
    free = 0
    for tick in plan.x_ticks:
        x, wide = round(plan.x_px(tick.at)), fonts.wide(tick.words)
        left = min(max(x - wide // 2, 0), plot.right() - wide)
        painter.setPen(QColor(colours.line))
        painter.drawLine(x, plot.bottom() + 1, x, plot.bottom() + 3)
        if left >= free:
            painter.setPen(QColor(colours.muted))
            painter.drawText(left, plot.bottom() + 4 + fonts.of_small.ascent(), tick.words)
            free = left + wide + 8


def _paint_legend(painter: QPainter, lines: Sequence[CurveLine], plan: Plan, fonts: Fonts) -> None:
    if plan.legend.isEmpty():
        return
    painter.setFont(fonts.small)
    row = fonts.of_small.height()
    x, y = plan.legend.x(), plan.legend.y()
    for line in (line for line in lines if line.name):
        wide = _entry_width(line, fonts)
        if x > plan.legend.x() and x + wide > plan.legend.right() + 14:
            x, y = plan.legend.x(), y + row
        if y + row > plan.legend.bottom() + 2:
            return  # the readout and the table name the rest
        painter.setPen(_pen_of(line))
        painter.drawLine(x, y + row // 2, x + 14, y + row // 2)
        painter.setPen(QColor(tokens().muted))
        room = plan.legend.right() - x - 20
        name = fonts.of_small.elidedText(line.name, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(x + 20, y + fonts.of_small.ascent(), name)
        x += wide


def _paint_marks(painter: QPainter, marks: Sequence[CurveMark], plan: Plan) -> None:
    for mark in marks:
        x = round(plan.x_px(mark.x))
        pen = QPen(kind_colour(mark.kind), 1)
        pen.setDashPattern([2, 3])
        painter.setPen(pen)
        painter.drawLine(x, plan.plot.top(), x, plan.plot.bottom())
