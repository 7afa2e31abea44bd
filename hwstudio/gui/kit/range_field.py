"""From-to limits: a slider with two handles under two fields that take any number, or nothing."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from hwstudio.core.base.units import parse_number, significant
from hwstudio.gui.kit.text import label, restyle
from hwstudio.gui.kit.theme_access import current_theme, tokens

Limits = tuple[float | None, float | None]
OPEN: Limits = (None, None)
_RADIUS = 7.0
# Prices and memory spread over factors; an even slider would spend its length on the dearest.
_LOG_FROM = 20.0
_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}
_JUMPS = {Qt.Key.Key_PageUp: 5, Qt.Key.Key_PageDown: -5, Qt.Key.Key_Home: -50, Qt.Key.Key_End: 50}
_STEPS = 50
_LONG = 100_000  # from here on an end of the slider is written in thousands
_TINY = 0.01  # what is smaller reads as 0 in a field this narrow


class RangeSlider(QWidget):
    """Two handles on one groove. Shares run from 0 to 1; arrow keys move the last one touched."""

    moved = Signal(int, float)  # 0 = lower handle, 1 = upper; its new share

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares = [0.0, 1.0]
        self._active = 0
        self._is_held = False
        self.setAccessibleName(f"{name}: slider with two handles, arrow keys move them")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(120, 20)

    @property
    def shares(self) -> tuple[float, float]:
        """Return where the handles stand."""
        return self._shares[0], self._shares[1]

    def set_shares(self, low: float, high: float) -> None:
        """Place the handles without sending ``moved``."""
        self._shares = [min(max(low, 0.0), 1.0), min(max(high, 0.0), 1.0)]
        self.update()

    def _x(self, share: float) -> float:
        return _RADIUS + share * (self.width() - 2 * _RADIUS)

    def _share(self, x: float) -> float:
        return min(max((x - _RADIUS) / max(self.width() - 2 * _RADIUS, 1.0), 0.0), 1.0)

    def _move(self, share: float) -> None:
        low, high = self._shares
        share = min(share, high) if self._active == 0 else max(share, low)
        if share != self._shares[self._active]:
            self._shares[self._active] = share
            self.update()
            self.moved.emit(self._active, share)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        share = self._share(event.position().x())
        low, high = self._shares
        # Where both handles stand together, the side of the click says which one is meant.
        nearer_low = abs(share - low) < abs(share - high) or (low == high and share < low)
        self._active = 0 if nearer_low else 1
        self._is_held = True
        self._move(share)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_held:
            self._move(self._share(event.position().x()))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._is_held = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        step = (_KEYS | _JUMPS).get(key)
        if step is not None:
            self._move(min(max(self._shares[self._active] + step / _STEPS, 0.0), 1.0))
        elif key is Qt.Key.Key_Space:  # the other handle
            self._active = 1 - self._active
            self.update()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.line))
        painter.drawRoundedRect(QRectF(_RADIUS, middle - 2, self.width() - 2 * _RADIUS, 4), 2, 2)
        left, right = self._x(self._shares[0]), self._x(self._shares[1])
        colour = QColor(colours.accent if self.isEnabled() else colours.muted)
        painter.setBrush(colour)
        painter.drawRect(QRectF(left, middle - 2, right - left, 4))
        for number, place in enumerate((left, right)):
            is_lit = self.hasFocus() and number == self._active
            painter.setPen(QPen(QColor(colours.text if is_lit else colours.surface), 2))
            painter.drawEllipse(QPointF(place, middle), _RADIUS - 1, _RADIUS - 1)
        painter.end()


class RangeField(QWidget):
    """Caption, from, to, and the slider. ``changed`` carries (low or None, high or None)."""

    changed = Signal(object)

    def __init__(
        self, name: str, *, unit: str = "", is_grouped: bool = True, parent: QWidget | None = None
    ) -> None:
        """Make the field; ``is_grouped`` writes 2,016 rather than 2016 (wrong for years)."""
        super().__init__(parent)
        self._name = name
        self._is_grouped = is_grouped
        self._bounds = (0.0, 1.0)
        self._limits: Limits = OPEN
        title = f"{name}, {unit}" if unit else name
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        row = QHBoxLayout()
        row.setSpacing(4)
        self._title = title
        self.caption = label(title, "small")
        self.caption.setMinimumWidth(0)
        self.caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.caption.setToolTip(title)
        self.low, self.high = self._edit(f"{title}, from"), self._edit(f"{title}, to")
        row.addWidget(self.caption, 1)
        row.addWidget(self.low)
        row.addWidget(label("–", "muted"))
        row.addWidget(self.high)
        self.slider = RangeSlider(title)
        box.addLayout(row)
        box.addWidget(self.slider)
        self.setFocusProxy(self.low)
        self.slider.moved.connect(self._on_moved)
        self.low.editingFinished.connect(self._on_typed)
        self.high.editingFinished.connect(self._on_typed)

    def _edit(self, name: str) -> QLineEdit:
        made = QLineEdit()
        made.setAccessibleName(name)
        made.setAlignment(Qt.AlignmentFlag.AlignRight)
        made.setFixedWidth(60)
        made.setProperty("dense", True)
        return made

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut a long caption with a sign; its tooltip has the whole."""
        super().resizeEvent(event)
        room = max(self.width() - 2 * self.low.width() - 28, 20)
        metrics = self.caption.fontMetrics()
        shown = metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, room)
        self.caption.setText(shown)

    @property
    def limits(self) -> Limits:
        """Return the limits in force."""
        return self._limits

    def set_bounds(self, low: float, high: float) -> None:
        """Say what the slider covers: the least and the most there is."""
        self._bounds = (low, high if high > low else low + 1.0)
        self.low.setPlaceholderText(self._short(low))
        self.high.setPlaceholderText(self._short(high))
        self._place()

    def set_limits(self, limits: Limits) -> None:
        """Show limits without sending ``changed``."""
        self._limits = limits
        for edit, value in zip((self.low, self.high), limits, strict=True):
            if not edit.hasFocus() or not edit.isModified():
                edit.setText("" if value is None else self._words(value))
                self._mark(edit, "")
        self._place()

    @property
    def _is_log(self) -> bool:
        low, high = self._bounds
        return low > 0 and high / low > _LOG_FROM

    def _to_share(self, value: float) -> float:
        low, high = self._bounds
        value = min(max(value, low), high)
        if self._is_log:
            return math.log(value / low) / math.log(high / low)
        return (value - low) / (high - low)

    def _from_share(self, share: float) -> float:
        low, high = self._bounds
        value = low * (high / low) ** share if self._is_log else low + (high - low) * share
        size = 10.0 ** (math.floor(math.log10(max(high - low, 1e-9))) - 2)
        if self._is_log and value > 0:
            size = 10.0 ** (math.floor(math.log10(value)) - 1)
        return float(round(value / size) * size)

    def _place(self) -> None:
        low, high = self._limits
        self.slider.set_shares(
            0.0 if low is None else self._to_share(low),
            1.0 if high is None else self._to_share(high),
        )

    def _mark(self, edit: QLineEdit, why: str) -> None:
        if edit.toolTip() == why:
            return
        edit.setProperty("bad", bool(why))
        edit.setToolTip(why)
        restyle(edit)

    @Slot(int, float)
    def _on_moved(self, handle: int, share: float) -> None:
        """A handle at its end means no limit: parts of unknown value come back."""
        at_end = share <= 0.0 if handle == 0 else share >= 1.0
        value = None if at_end else self._from_share(share)
        low, high = self._limits
        limits = (value, high) if handle == 0 else (low, value)
        edit = self.low if handle == 0 else self.high
        edit.setText("" if value is None else self._words(value))
        self._mark(edit, "")
        if limits != self._limits:
            self._limits = limits
            self.changed.emit(limits)

    @Slot()
    def _on_typed(self) -> None:
        read: list[float | None] = []
        for edit in (self.low, self.high):
            value, why = self._read(edit.text())
            self._mark(edit, why)
            if why:
                return
            read.append(value)
        low, high = read
        if low is not None and high is not None and low > high:
            self._mark(self.high, f"{self._name}: the upper limit is under the lower one.")
            return
        if (low, high) != self._limits:
            self._limits = (low, high)
            self._place()
            self.changed.emit(self._limits)

    def _read(self, text: str) -> tuple[float | None, str]:
        if not text.strip():
            return None, ""
        try:
            value = parse_number(text.replace("$", "").replace("€", ""))
        except ValueError:
            return None, f"{self._name} must be a number like 16.5, or empty for no limit."
        return (None, f"{self._name} must not be under zero.") if value < 0 else (value, "")

    def _short(self, value: float) -> str:
        """Return an end of the slider as it fits the field: 399,000 is "399k"."""
        return f"{value / 1000:,.0f}k" if value >= _LONG else self._words(value)

    def _words(self, value: float) -> str:
        if value >= 100 or value == int(value):
            return f"{value:,.0f}" if self._is_grouped else f"{value:.0f}"
        return significant(value, 3) if value >= _TINY else "0"
