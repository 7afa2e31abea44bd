"""The part of a chart that moves or speaks: gaps, marks, the present value, the cursor's box."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from hwstudio.gui.kit.theme_access import tokens
from hwstudio.gui.kit.trace_data import TraceGap, TraceMark
from hwstudio.gui.kit.trace_look import Fonts, Layout
from hwstudio.gui.kit.trace_polygon import colour_of, kind_colour

_LEFT_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT_MIDDLE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter


def paint_gap(
    painter: QPainter, layout: Layout, fonts: Fonts, transform: QTransform, gap: TraceGap
) -> None:
    """Shade a stretch that was not recorded, with its reason where there is room."""
    plot = layout.plot
    left = max(transform.map(QPointF(gap.from_s, 0)).x(), float(plot.left()))
    right = min(transform.map(QPointF(gap.to_s, 0)).x(), plot.right() + 1.0)
    if right - left < 0.5:
        return
    box = QRectF(left, plot.y(), right - left, plot.height() - 1)
    painter.fillRect(box, QColor(tokens().raised))
    if fonts.of_small.horizontalAdvance(gap.reason) + 8 <= box.width():
        painter.setFont(fonts.small)
        painter.setPen(QColor(tokens().muted))
        painter.drawText(box, _CENTRE, gap.reason)


def paint_marks(
    painter: QPainter,
    layout: Layout,
    fonts: Fonts,
    transform: QTransform,
    marks: tuple[TraceMark, ...],
) -> None:
    """Draw moments as dashed lines; words that would overwrite others are left to the readout."""
    plot, free = layout.plot, layout.plot.left()
    painter.setFont(fonts.small)
    for mark in marks:
        x = round(transform.map(QPointF(mark.time_s, 0)).x())
        if not plot.left() <= x <= plot.right():
            continue
        colour = kind_colour(mark.kind)
        pen = QPen(colour, 1)
        pen.setDashPattern([2, 3])
        painter.setPen(pen)
        painter.drawLine(x, plot.top(), x, plot.bottom())
        painter.setPen(colour)
        wide = fonts.of_small.horizontalAdvance(mark.words)
        left = x + 4 if x + 4 + wide <= plot.right() else x - 4 - wide
        if left >= free and plot.height() > 3 * fonts.of_small.height():
            painter.drawText(left, plot.top() + fonts.of_small.ascent(), mark.words)
            free = max(left + wide, x) + 8


@dataclass(frozen=True, slots=True)
class Readout:
    """What the cursor's box says: one head and rows of (colour or None, name, value)."""

    head: str
    rows: tuple[tuple[int | None, str, str], ...]
    dots: tuple[tuple[int, QPointF], ...] = ()  # colour and place of the points it speaks of


def paint_cursor(painter: QPainter, layout: Layout, fonts: Fonts, x: float, said: Readout) -> None:
    """Draw the cursor line, the points it means, and the box with their values."""
    plot, colours = layout.plot, tokens()
    painter.setPen(QPen(QColor(colours.muted), 1))
    painter.drawLine(QLineF(x, plot.top(), x, plot.bottom()))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colours.surface), 1))
    for colour, place in said.dots:
        painter.setBrush(colour_of(colour))
        painter.drawEllipse(place, 3.5, 3.5)
    names = max((fonts.of_small.horizontalAdvance(row[1]) for row in said.rows), default=0)
    values = max((fonts.of_strong.horizontalAdvance(row[2]) for row in said.rows), default=0)
    row = fonts.of_small.height() + 1
    wide = max(16 + names + 12 + values, fonts.of_small.horizontalAdvance(said.head)) + 16
    tall = row * (len(said.rows) + bool(said.head)) + 8
    left = x + 10 if x + 10 + wide <= layout.size.width() else x - 10 - wide
    left = min(max(left, 0), max(0, layout.size.width() - wide))
    upper = min(max(plot.top() + 4, 0), max(0, layout.size.height() - tall))
    box = QRectF(left + 0.5, upper + 0.5, wide - 1, tall - 1)
    painter.setPen(QPen(QColor(colours.line), 1))
    painter.setBrush(QColor(colours.raised))
    painter.drawRoundedRect(box, 4, 4)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    _paint_rows(painter, fonts, said, QRect(round(left) + 8, upper + 4, wide - 16, row))


def _paint_rows(painter: QPainter, fonts: Fonts, said: Readout, line: QRect) -> None:
    colours = tokens()
    if said.head:
        painter.setFont(fonts.small)
        painter.setPen(QColor(colours.muted))
        painter.drawText(line, _LEFT_MIDDLE, said.head)
        line = line.translated(0, line.height())
    for colour, name, value in said.rows:
        indent = 0
        if colour is not None:
            painter.fillRect(QRect(line.x(), line.center().y() - 1, 10, 3), colour_of(colour))
            indent = 16
        painter.setFont(fonts.small)
        painter.setPen(QColor(colours.text))
        painter.drawText(line.adjusted(indent, 0, 0, 0), _LEFT_MIDDLE, name)
        painter.setFont(fonts.strong)
        painter.drawText(line, _RIGHT_MIDDLE, value)
        line = line.translated(0, line.height())


def paint_focus(painter: QPainter, layout: Layout, *, is_framed: bool) -> None:
    """Draw the frame that shows where the keyboard is, around the plot and never over it."""
    painter.setPen(QPen(QColor(tokens().accent), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    frame = QRectF(1, 1, layout.size.width() - 2, layout.size.height() - 2)
    radius = 6 if is_framed else 2
    painter.drawRoundedRect(frame, radius, radius)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_absence(painter: QPainter, layout: Layout, fonts: Fonts) -> None:
    """Say in the plot that there is nothing to draw."""
    words, plot = "No values", layout.plot
    if fonts.of_small.horizontalAdvance(words) + 8 <= plot.width():
        painter.setFont(fonts.small)
        painter.setPen(QColor(tokens().muted))
        painter.drawText(plot, _CENTRE, words)
