"""What a chart over time is (title, scale, limits) and where its parts stand at a given size."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QApplication

from hwstudio.gui.kit.trace_axis import Tick, TraceScale, value_ticks
from hwstudio.gui.kit.trace_data import TraceLimit, TraceZone
from hwstudio.gui.shell.theme import BODY_PX, SMALL_PX, TITLE_PX, font

_LEAST_PLOT = 22  # px of height under which a part around the plot gives way
_LEAST_WIDTH = 150  # px of width under which the value axis gives way
_GRID = 34  # px between grid lines at the ordinary text size


@dataclass(frozen=True, slots=True)
class TraceLook:
    """What stays the same while values come: one object, exchanged as a whole.

    ``top`` fixed, or None = follows the data, never under ``least_top``. Raw values throughout.
    """

    title: str
    scale: TraceScale = field(default_factory=TraceScale)
    top: float | None = None
    least_top: float = 0.0
    bottom: float = 0.0
    limits: tuple[TraceLimit, ...] = ()
    zones: tuple[TraceZone, ...] = ()
    has_time_axis: bool = True
    has_value: bool = True  # the present value, large, at the right of the title
    is_framed: bool = False  # draws its own card around itself


class Fonts:
    """The fonts of a chart at the present text size, with their measures."""

    def __init__(self) -> None:
        self.scale = _scale_now()
        self.small, self.strong = self._font(SMALL_PX), self._font(SMALL_PX, is_strong=True)
        self.big, self.body = self._font(TITLE_PX, is_strong=True), self._font(BODY_PX + 2, True)
        self.of_small, self.of_strong = QFontMetrics(self.small), QFontMetrics(self.strong)
        self.of_big, self.of_body = QFontMetrics(self.big), QFontMetrics(self.body)

    def wide(self, words: str) -> int:
        """Return the px of small text."""
        return self.of_small.horizontalAdvance(words)

    def _font(self, px: int, is_strong: bool = False) -> QFont:
        return font(round(px * self.scale), strong=is_strong)


def _scale_now() -> float:
    size = QApplication.font().pixelSize()
    return max(0.5, size / BODY_PX) if size > 0 else 1.0


_known: list[Fonts] = []


def fonts_now() -> Fonts:
    """Return the fonts of the present text size: the same for all charts."""
    if not _known or _known[0].scale != _scale_now():
        _known[:] = [Fonts()]
    return _known[0]


@dataclass(frozen=True, slots=True)
class Layout:
    """Rectangles in widget pixels; an empty one means the part found no room."""

    size: QSize
    head: QRect
    plot: QRect
    legend: QRect
    bottom_axis: QRect
    ticks: tuple[Tick, ...]
    unit: str
    label_room: int  # px left of the plot
    is_big: bool  # the value in the head is drawn large
    base: int  # px of the line the value stands on


def placed(
    look: TraceLook, size: QSize, fonts: Fonts, top: float, *, legend_rows: int, least_left: int = 0
) -> Layout:
    """Return where the parts stand; what has no room gives way, the line comes last."""
    pad = 10 if look.is_framed and size.width() > 200 else (6 if look.is_framed else 4)
    left, right = pad, size.width() - pad
    upper, lower = pad * 3 // 4, size.height() - max(pad * 3 // 4, 1)
    has_room = lower - upper - fonts.of_big.height() - axis_height(fonts) >= 44 * fonts.scale
    head_height = (fonts.of_big if has_room else fonts.of_body).height()
    if lower - upper - head_height < _LEAST_PLOT * fonts.scale:
        head_height = 0
    head = QRect(left, upper, right - left, head_height)
    upper += head_height + (4 if head_height else 0)
    legend = QRect()
    if legend_rows and lower - upper > 80 * fonts.scale:
        legend = QRect(left, upper, right - left, legend_rows * fonts.of_small.height())
        upper += legend.height() + 2
    is_wide = right - left >= _LEAST_WIDTH * fonts.scale
    axis = axis_height(fonts) if look.has_time_axis and is_wide else 0
    if lower - upper - axis < _LEAST_PLOT * 1.5 * fonts.scale:
        axis = 0
    plot_height = max(1, lower - upper - axis)
    count = round(plot_height / (_GRID * fonts.scale)) if is_wide and plot_height > 24 else 0
    ticks, unit = value_ticks(look.bottom, top, count, look.scale)
    room = max(least_left, label_room(ticks, fonts)) if ticks else (least_left if is_wide else 0)
    plot = QRect(left + room, upper, max(1, right - left - room), plot_height)
    bottom = QRect(left, plot.bottom() + 1, right - left, axis) if axis else QRect()
    of_big = fonts.of_big if has_room else fonts.of_body
    base = head.y() + (head.height() + of_big.ascent() - of_big.descent()) // 2
    return Layout(size, head, plot, legend, bottom, ticks, unit, room, has_room, base)


def axis_height(fonts: Fonts) -> int:
    """Return the px that the times under a plot take."""
    return fonts.of_small.height() + 3


def label_room(ticks: tuple[Tick, ...], fonts: Fonts) -> int:
    """Return the px that the value labels need left of the plot."""
    least = fonts.of_small.horizontalAdvance("000")
    return max([least, *(fonts.of_small.horizontalAdvance(tick.words) for tick in ticks)]) + 6
