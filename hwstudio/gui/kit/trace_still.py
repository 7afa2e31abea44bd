"""The part of a chart that stands still: ground, title, grid, limits, labels. Painted rarely."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from hwstudio.gui.kit.theme_access import tokens
from hwstudio.gui.kit.trace_axis import Tick, end_ticks, time_ticks
from hwstudio.gui.kit.trace_data import TraceLimit
from hwstudio.gui.kit.trace_look import Fonts, Layout, TraceLook
from hwstudio.gui.kit.trace_polygon import View, colour_of, kind_colour, numbers_of, transform_of

_SWATCH = 10  # px of a line beside its number
_ZONE_ALPHA = 26
_CLOCK_SECONDS_UNDER_S = 300.0
_ROOM_FOR_VALUE = 150  # px beside a title that a legend leaves to the value
_RIGHT_MIDDLE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter


@dataclass(frozen=True, slots=True)
class Still:
    """Everything the standing part of the picture depends on."""

    look: TraceLook
    layout: Layout
    view: View
    time_ticks: tuple[tuple[int, str], ...]  # px and words
    names: tuple[tuple[str, int], ...]  # of the lines, with their colours, when there are several
    value_room: int  # px of the head that the value and its unit take


def paint_still(painter: QPainter, still: Still, fonts: Fonts) -> None:
    """Draw the ground, frame, title, grid, limits and labels."""
    colours, layout = tokens(), still.layout
    rect = QRect(0, 0, layout.size.width(), layout.size.height())
    painter.fillRect(rect, QColor(colours.bg if still.look.is_framed else colours.surface))
    if still.look.is_framed:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.setBrush(QColor(colours.surface))
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    _paint_head(painter, still, fonts)
    transform = transform_of(numbers_of(layout.plot), still.view)
    _paint_zones(painter, still, transform)
    _paint_grid(painter, still, fonts, transform)
    for limit in still.look.limits:
        _paint_limit(painter, still, fonts, transform, limit)
    _paint_time_axis(painter, still, fonts)


def _paint_head(painter: QPainter, still: Still, fonts: Fonts) -> None:
    head = still.layout.head
    if head.isEmpty():
        return
    colours = tokens()
    room = head.width() - (still.value_room + 8 if still.value_room else 0)
    if still.names and still.value_room:  # of several lines the number is the first one's
        room -= _SWATCH + 6
        place = QRect(head.x() + room + 8, head.y() + head.height() // 2 - 1, _SWATCH, 3)
        painter.fillRect(place, colour_of(still.names[0][1]))
    title = fonts.of_strong.elidedText(still.look.title, Qt.TextElideMode.ElideRight, room)
    base = head.y() + (head.height() + fonts.of_strong.ascent() - fonts.of_strong.descent()) // 2
    painter.setFont(fonts.strong)
    painter.setPen(QColor(colours.text))
    painter.drawText(head.x(), base, title)
    used = fonts.of_strong.horizontalAdvance(title)
    unit = f", {still.layout.unit}" if still.layout.unit and still.layout.ticks else ""
    painter.setFont(fonts.small)
    painter.setPen(QColor(colours.muted))
    if unit and used + fonts.of_small.horizontalAdvance(unit) <= room:
        painter.drawText(head.x() + used, base, unit)
        used += fonts.of_small.horizontalAdvance(unit)
    if not still.names:
        return
    if still.layout.legend.isEmpty():
        wanted = legend_width(still.names, fonts)
        if used + 16 + wanted <= room:
            box = QRect(head.x() + used + 16, head.y(), wanted, head.height())
            _paint_legend(painter, box, still.names, fonts)
    else:
        _paint_legend(painter, still.layout.legend, still.names, fonts)


def legend_width(names: tuple[tuple[str, int], ...], fonts: Fonts) -> int:
    """Return the px a legend in one row needs."""
    return sum(_entry_width(name, fonts) for name, _ in names)


def legend_rows(names: tuple[tuple[str, int], ...], fonts: Fonts, room: int) -> int:
    """Return the rows a legend needs in ``room`` px."""
    rows, used = 1, 0
    for name, _ in names:
        wide = _entry_width(name, fonts)
        if used and used + wide > room:
            rows, used = rows + 1, 0
        used += wide
    return rows


def _entry_width(name: str, fonts: Fonts) -> int:
    return 14 + fonts.of_small.horizontalAdvance(name) + 12


def _paint_legend(
    painter: QPainter, box: QRect, names: tuple[tuple[str, int], ...], fonts: Fonts
) -> None:
    painter.setFont(fonts.small)
    row = fonts.of_small.height()
    x, y = box.x(), box.y() + (0 if box.height() % row == 0 else (box.height() - row) // 2)
    for name, colour in names:
        wide = _entry_width(name, fonts)
        if x > box.x() and x + wide > box.right() + 13:
            x, y = box.x(), y + row
        painter.fillRect(QRect(x, y + row // 2 - 1, 10, 3), colour_of(colour))
        painter.setPen(QColor(tokens().muted))
        painter.drawText(x + 14, y + fonts.of_small.ascent(), name)
        x += wide


def _paint_zones(painter: QPainter, still: Still, transform: QTransform) -> None:
    plot, view = still.layout.plot, still.view
    for zone in still.look.zones:
        low, high = max(zone.low, view.bottom), view.top if zone.high is None else zone.high
        if low >= view.top or high <= low:
            continue
        upper = plot.y() if high >= view.top else transform.map(QPointF(0, high)).y()
        lower = transform.map(QPointF(0, low)).y()
        fill = kind_colour(zone.kind)
        fill.setAlpha(_ZONE_ALPHA)
        painter.fillRect(QRectF(plot.x(), upper, plot.width(), lower - upper), fill)


def _paint_grid(painter: QPainter, still: Still, fonts: Fonts, transform: QTransform) -> None:
    colours, plot = tokens(), still.layout.plot
    faint = QColor(colours.line)
    faint.setAlpha(150)
    painter.setFont(fonts.small)
    half = fonts.of_small.height() // 2
    for tick in still.layout.ticks:
        y = round(transform.map(QPointF(0, tick.at)).y() - 0.5)
        painter.setPen(QPen(faint, 1))
        painter.drawLine(plot.left(), y, plot.right(), y)
        painter.setPen(QColor(colours.muted))
        # Kept inside the picture: the lowest label gives way to the times under the plot.
        lowest = plot.bottom() + 5 if still.layout.bottom_axis else still.layout.size.height()
        middle = min(max(y, half), lowest - half)
        box = QRect(plot.x() - 206, middle - half, 200, 2 * half)
        painter.drawText(box, _RIGHT_MIDDLE, tick.words)
    painter.setPen(QPen(QColor(colours.line), 1))
    painter.drawLine(plot.bottomLeft(), plot.bottomRight())


def _paint_limit(
    painter: QPainter, still: Still, fonts: Fonts, transform: QTransform, limit: TraceLimit
) -> None:
    view, plot = still.view, still.layout.plot
    if not view.bottom < limit.value <= view.top:
        return
    y = round(transform.map(QPointF(0, limit.value)).y() - 0.5)
    colour = kind_colour(limit.kind)
    painter.setPen(QPen(colour, 1))  # not dashed: the plot is moved sideways as it is
    painter.drawLine(plot.left(), y, plot.right(), y)
    height = fonts.of_small.height()
    wide = fonts.of_small.horizontalAdvance(limit.words) + 4
    if not limit.words or wide > plot.width() * 0.8 or plot.height() < 2.5 * height:
        return
    is_above = y - height >= plot.y() - 2
    box = QRect(plot.right() - wide - 1, y - height if is_above else y + 1, wide, height)
    painter.setFont(fonts.small)
    painter.setPen(colour)
    painter.drawText(box, _CENTRE, limit.words)


def _paint_time_axis(painter: QPainter, still: Still, fonts: Fonts) -> None:
    axis, plot = still.layout.bottom_axis, still.layout.plot
    if axis.isEmpty():
        return
    colours = tokens()
    painter.setFont(fonts.small)
    free = 0
    for x, words in still.time_ticks:
        painter.setPen(QColor(colours.line))
        painter.drawLine(x, plot.bottom() + 1, x, plot.bottom() + 3)
        wide = fonts.of_small.horizontalAdvance(words)
        left = min(max(x - wide // 2, axis.left()), axis.right() - wide + 1)
        if left < free:
            continue
        painter.setPen(QColor(colours.muted))
        painter.drawText(left, axis.y() + 3 + fonts.of_small.ascent(), words)
        free = left + wide + 8


def placed_ticks(
    ticks: tuple[Tick, ...], layout: Layout, view: View
) -> tuple[tuple[int, str], ...]:
    """Return time ticks as pixels and words, those inside the plot."""
    plot = layout.plot
    across = plot.width() / (view.to_s - view.from_s)
    found = ((round(plot.x() + (tick.at - view.from_s) * across), tick.words) for tick in ticks)
    return tuple(
        (min(x, plot.right()), words) for x, words in found if plot.x() - 1 <= x <= plot.right() + 1
    )


def ticks_under(
    layout: Layout, view: View, fonts: Fonts, *, is_relative: bool
) -> tuple[tuple[int, str], ...]:
    """Return the time axis: as many round times as there is room for, as pixels and words."""
    if layout.bottom_axis.isEmpty():
        return ()
    widest = "00 Mmm"
    if is_relative:
        widest = "-00 min"
    elif view.to_s - view.from_s < _CLOCK_SECONDS_UNDER_S:
        widest = "00:00:00"
    count = int(layout.plot.width() / (fonts.wide(widest) * 1.5))
    found = time_ticks(view.from_s, view.to_s, count, is_relative=is_relative)
    if len(found) < 2 and not is_relative:
        found = end_ticks(view.from_s, view.to_s)
    return placed_ticks(found, layout, view)


def rows_of_legend(names: tuple[tuple[str, int], ...], title: str, fonts: Fonts, width: int) -> int:
    """Return the rows of the legend under the title, 0 when it stands beside it."""
    if not names:
        return 0
    room = width - 20
    beside = room - fonts.of_strong.horizontalAdvance(title) - round(_ROOM_FOR_VALUE * fonts.scale)
    return 0 if legend_width(names, fonts) <= beside else legend_rows(names, fonts, room)
