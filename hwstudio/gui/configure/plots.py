"""Two small instruments: what the power supply carries, and what fills the GPU's memory."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from hwstudio.core.base.units import gib, watts
from hwstudio.gui.kit.theme_access import current_theme, tokens

_TRACK = 10.0
_SYMBOL, _GAP = 16.0, 14.0  # px: room for a legend's symbol, and between its columns
_HEADROOM = 1.06  # the last mark never touches the edge


@dataclass(frozen=True, slots=True)
class PowerMarks:
    """The four marks of the gauge in watts; None = not known."""

    sustained_w: float
    excursion_w: float
    vendor_minimum_w: float | None
    psu_w: float | None

    @property
    def top_w(self) -> float:
        """Return the full scale."""
        known = (self.sustained_w, self.excursion_w, self.vendor_minimum_w, self.psu_w)
        return max(w for w in known if w is not None) * _HEADROOM or 1.0

    @property
    def words(self) -> tuple[tuple[str, str], ...]:
        """Return label and figure of each mark."""
        return (
            ("Sustained", watts(self.sustained_w)),
            ("Short peaks", watts(self.excursion_w)),
            ("Vendor min.", _watts_or(self.vendor_minimum_w, "unknown")),
            ("Power supply", _watts_or(self.psu_w, "none")),
        )


def _watts_or(value_w: float | None, words: str) -> str:
    return words if value_w is None else watts(value_w)


class _Instrument(QWidget):
    """A painted widget that follows the theme."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self.update)

    def _line_height(self) -> float:
        return float(self.fontMetrics().height()) + 3.0

    def _track(self, painter: QPainter, y: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens().raised))
        painter.drawRoundedRect(QRectF(0, y, self.width(), _TRACK), 3, 3)


class PowerGauge(_Instrument):
    """A bar up to the sustained load, paler up to the peaks; two marks; their legend below."""

    _MARK_Y = 5.0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Power supply load", parent)
        self._marks: PowerMarks | None = None

    def show_marks(self, marks: PowerMarks | None) -> None:
        """Show the marks of a build, or none."""
        self._marks = marks
        words = marks.words if marks else ()
        self.setAccessibleDescription("; ".join(f"{name} {value}" for name, value in words))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, round(2 * self._MARK_Y + _TRACK + 6 + 2 * self._line_height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(324, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._track(painter, self._MARK_Y)
        if self._marks is not None:
            self._paint_load(painter, self._marks)
            self._paint_marks(painter, self._marks)
            self._paint_legend(painter, self._marks)
        painter.end()

    def _x(self, value_w: float, marks: PowerMarks) -> float:
        return self.width() * value_w / marks.top_w

    def _paint_load(self, painter: QPainter, marks: PowerMarks) -> None:
        painter.setBrush(_peak_colour())
        width = self._x(marks.excursion_w, marks)
        painter.drawRoundedRect(QRectF(0, self._MARK_Y, width, _TRACK), 3, 3)
        painter.setBrush(QColor(tokens().series[0]))
        width = self._x(marks.sustained_w, marks)
        painter.drawRoundedRect(QRectF(0, self._MARK_Y, width, _TRACK), 3, 3)

    def _paint_marks(self, painter: QPainter, marks: PowerMarks) -> None:
        if marks.vendor_minimum_w is not None:
            _paint_diamond(painter, self._x(marks.vendor_minimum_w, marks), self._MARK_Y + 5)
        if marks.psu_w is not None:
            _paint_post(painter, self._x(marks.psu_w, marks), self._MARK_Y + 5)

    def _paint_legend(self, painter: QPainter, marks: PowerMarks) -> None:
        top = 2 * self._MARK_Y + _TRACK + 6
        row, strong = self._line_height(), QFontMetricsF(_strong(painter.font()))
        first = (
            _SYMBOL
            + _GAP
            + max(
                painter.fontMetrics().horizontalAdvance(name) + 6 + strong.horizontalAdvance(value)
                for name, value in marks.words[:2]
            )
        )
        for number, (name, value) in enumerate(marks.words):
            left, y = first * (number // 2), top + row * (number % 2)
            _paint_symbol(painter, number, left + 5, y + row / 2)
            _paint_words(
                painter, QRectF(left + _SYMBOL, y, self.width() - left - _SYMBOL, row), name, value
            )


def _peak_colour() -> QColor:
    colour = QColor(tokens().series[0])
    colour.setAlphaF(0.38)
    return colour


def _paint_symbol(painter: QPainter, number: int, x: float, y: float) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    if number == 2:
        _paint_diamond(painter, x, y)
    elif number == 3:
        _paint_post(painter, x, y)
    else:
        painter.setBrush(_peak_colour() if number else QColor(tokens().series[0]))
        painter.drawRoundedRect(QRectF(x - 5, y - 4, 10, 8), 2, 2)


def _paint_diamond(painter: QPainter, x: float, y: float) -> None:
    painter.setPen(QPen(QColor(tokens().surface), 1))
    painter.setBrush(QColor(tokens().warn))
    corners = [QPointF(x, y - 6), QPointF(x + 5, y), QPointF(x, y + 6), QPointF(x - 5, y)]
    painter.drawPolygon(QPolygonF(corners))


def _paint_post(painter: QPainter, x: float, y: float) -> None:
    painter.setPen(QPen(QColor(tokens().surface), 1))
    painter.setBrush(QColor(tokens().text))
    painter.drawRoundedRect(QRectF(x - 2.5, y - 8, 5, 16), 1.5, 1.5)


def _paint_words(painter: QPainter, place: QRectF, name: str, value: str) -> None:
    """Draw a muted name and its figure right behind it."""
    side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.setPen(QColor(tokens().muted))
    painter.drawText(place, side, name)
    shift = painter.fontMetrics().horizontalAdvance(name) + 6
    painter.setPen(QColor(tokens().text))
    plain = painter.font()
    painter.setFont(_strong(plain))
    painter.drawText(place.adjusted(shift, 0, 0, 0), side, value)
    painter.setFont(plain)


def _strong(font: QFont) -> QFont:
    made = QFont(font)
    made.setWeight(QFont.Weight.DemiBold)
    return made


@dataclass(frozen=True, slots=True)
class MemoryFill:
    """What fills one GPU's memory: named shares of ``vram_bytes``, and the band of the sum."""

    vram_bytes: int
    need_bytes: int
    low_bytes: int
    high_bytes: int
    items: tuple[tuple[str, int], ...]


class MemoryBar(_Instrument):
    """The card's memory as a track; the need split by cause; a whisker for the band."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("GPU memory", parent)
        self._fill: MemoryFill | None = None

    def show_fill(self, fill: MemoryFill | None) -> None:
        """Show what fills the memory, or an empty track."""
        self._fill = fill
        parts = (f"{name} {gib(size)}" for name, size in fill.items) if fill else ()
        self.setAccessibleDescription("; ".join(parts))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, 22)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, 22)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._track(painter, 4)
        if self._fill is not None:
            self._paint_fill(painter, self._fill)
        painter.end()

    def _paint_fill(self, painter: QPainter, fill: MemoryFill) -> None:
        top = float(max(fill.vram_bytes, fill.high_bytes, 1))
        scale = self.width() / top
        x = 0.0
        for number, (_, size) in enumerate(fill.items):
            colour = tokens().series[number % len(tokens().series)]
            painter.setBrush(QColor(colour))
            painter.drawRect(QRectF(x, 4, max(size * scale - 1, 0.5), _TRACK))
            x += size * scale
        painter.setBrush(QColor(tokens().text))
        left, right = fill.low_bytes * scale, fill.high_bytes * scale
        painter.drawRect(QRectF(left, 17, max(right - left, 1.0), 2))
        if fill.high_bytes > fill.vram_bytes:
            _paint_post(painter, fill.vram_bytes * scale, 9)
