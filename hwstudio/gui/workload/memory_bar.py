"""What the memory of one GPU is needed for, as one bar with a legend and a mark at its size."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from hwstudio.core.base.units import gib
from hwstudio.core.predict.memory import MemoryItem, MemoryPrediction
from hwstudio.gui.kit.theme_access import current_theme, tokens

_BAR, _ROW, _TOP = 18, 20, 4
_SWATCH = 10
_ONE_COLUMN, _GAP = 4, 32  # items in one column, px between two
_STRIPE = 7  # px from one line of a hatching to the next
_MOST = 14  # seven colours, plain and hatched
OTHER = "other, the smallest together"


@dataclass(frozen=True, slots=True)
class Look:
    """How an item is drawn: no two items of a bar look the same, also without colours.

    ``number``: of the colours of a series.
    """

    number: int
    is_hatched: bool


def look_of(place: int, colours: int) -> Look:
    """Return the look of the item at a place: when the colours are used up, they are hatched."""
    return Look(place % colours, place >= colours)


def shown_items(items: tuple[MemoryItem, ...], most: int = _MOST) -> tuple[MemoryItem, ...]:
    """Return at most so many items; the smallest are added up to one at the end."""
    told = tuple(item for item in items if item.bytes > 0)
    if len(told) <= most:
        return told
    large = sorted(told, key=lambda item: -item.bytes)[: most - 1]
    kept = tuple(item for item in told if any(item is each for each in large))
    return (*kept, MemoryItem(OTHER, sum(i.bytes for i in told) - sum(i.bytes for i in kept)))


class MemoryBar(QWidget):
    """Stacked items; the mark is the card's memory, the thin line the 90 % range of the need."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._need: MemoryPrediction | None = None
        self.setAccessibleName("What the memory is needed for")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self.update)

    def show_need(self, need: MemoryPrediction | None) -> None:
        """Show a need; None or an unknown one empties the bar."""
        self._need = need if need is not None and need.need_bytes is not None else None
        all_of_them = self._need.items if self._need is not None else ()
        said = "; ".join(f"{i.label}: {gib(i.bytes)}" for i in all_of_them if i.bytes > 0)
        if self._need is not None and self._need.source:
            said = f"{said}; {self._need.source}"
        self.setAccessibleDescription(said or "not known")
        self.updateGeometry()
        self.update()

    def _items(self) -> tuple[MemoryItem, ...]:
        return shown_items(self._need.items) if self._need is not None else ()

    def _legend_rows(self) -> int:
        """Return the rows of the legend: a long one stands in two columns."""
        count = len(self._items())
        return max(1, count if count <= _ONE_COLUMN else -(-count // 2))

    def sizeHint(self) -> QSize:
        return QSize(300, _TOP + _BAR + 8 + _ROW * self._legend_rows())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _scale(self, need: MemoryPrediction) -> float:
        """Return px a byte: the card and the whole range are in sight."""
        most = max(need.high or 0, need.vram_bytes, need.need_bytes or 0, 1)
        return (self.width() - 2) / (most * 1.02)

    def paintEvent(self, _event: QPaintEvent) -> None:
        need, colours = self._need, tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(QRectF(0, _TOP, self.width(), _BAR), 4, 4)
        if need is None:
            painter.end()
            return
        scale, x = self._scale(need), 0.0
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for number, item in enumerate(self._items()):
            look = look_of(number, len(colours.series))
            wide = item.bytes * scale
            _fill(painter, QRectF(x, _TOP, max(1.0, wide - 1), _BAR), look)
            x += wide
            self._legend(painter, number, look)
        self._range(painter, need, scale)
        self._mark(painter, need, scale)
        painter.end()

    def _legend(self, painter: QPainter, number: int, look: Look) -> None:
        item, colours = self._items()[number], tokens()
        rows = self._legend_rows()
        is_split = len(self._items()) > rows
        width = (self.width() - _GAP) // 2 if is_split else self.width()
        x, y = (number // rows) * (width + _GAP), _TOP + _BAR + 8 + number % rows * _ROW
        _fill(painter, QRectF(x, y + 5, _SWATCH, _SWATCH), look)
        metrics = painter.fontMetrics()
        value = gib(item.bytes)
        room = width - _SWATCH - 8
        wide = metrics.horizontalAdvance(value)
        name = metrics.elidedText(
            item.label, Qt.TextElideMode.ElideRight, max(40, room - wide - 16)
        )
        line = QRectF(x + _SWATCH + 8, y, room, _ROW)
        painter.setPen(QColor(colours.text))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.setPen(QColor(colours.muted))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, value)

    def _range(self, painter: QPainter, need: MemoryPrediction, scale: float) -> None:
        low, high = (need.low or 0) * scale, (need.high or 0) * scale
        painter.fillRect(
            QRectF(low, _TOP + _BAR / 2 - 1, max(1.0, high - low), 2), QColor(tokens().text)
        )

    def _mark(self, painter: QPainter, need: MemoryPrediction, scale: float) -> None:
        if need.vram_bytes <= 0:
            return
        fits = need.need_bytes is not None and need.need_bytes <= need.vram_bytes
        painter.setPen(QPen(QColor(tokens().ok if fits else tokens().error), 2))
        x = round(need.vram_bytes * scale)
        painter.drawLine(x, 0, x, _TOP + _BAR + 4)

    def item_at(self, x: float) -> MemoryItem | None:
        """Return the item drawn ``x`` px from the left."""
        if self._need is None:
            return None
        end, scale = 0.0, self._scale(self._need)
        for item in self._items():
            end += item.bytes * scale
            if x < end:
                return item
        return None

    def event(self, event: object) -> bool:
        if isinstance(event, QHelpEvent) and self._need is not None:
            need = self._need
            under = self.item_at(float(event.pos().x()))
            QToolTip.showText(
                event.globalPos(),
                (f"{under.label}: {gib(under.bytes)}.\n" if under is not None else "")
                + f"Needs about {gib(need.need_bytes or 0)} ({gib(need.low or 0)} to "
                f"{gib(need.high or 0)} in 9 of 10 cases); the mark is the card's "
                f"{gib(need.vram_bytes)}." + (f"\n{need.source}." if need.source else ""),
                self,
            )
            return True
        return bool(super().event(event))  # type: ignore[arg-type]


def _fill(painter: QPainter, place: QRectF, look: Look) -> None:
    """Fill a place with a colour, and with lines across it where the colour is used again."""
    colours = tokens()
    painter.fillRect(place, QColor(colours.series[look.number]))
    if not look.is_hatched:
        return
    painter.save()
    painter.setClipRect(place)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colours.surface), 1.4))
    x, rise = place.left() - place.height(), place.height()
    while x < place.right():
        painter.drawLine(QPointF(x, place.bottom()), QPointF(x + rise, place.top()))
        x += _STRIPE
    painter.restore()
