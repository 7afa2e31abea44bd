"""Inputs with a label, a unit and a check: number field, slider with field, choice."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSlider,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.units import parse_number
from hwstudio.gui.kit.text import label, restyle

_STEPS = 1000
_ROOM_BESIDE = 56  # px of a closed box that frame, arrow and margins take at most


class NumberField(QWidget):
    """A typed number with limits. A bad entry stays, is marked, and says why in the tooltip."""

    changed = Signal(float)
    rejected = Signal(str)

    def __init__(
        self,
        name: str,
        *,
        low: float,
        high: float,
        value: float,
        unit: str = "",
        decimals: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name, self._low, self._high = name, low, high
        self._unit, self._decimals = unit, decimals
        self._value = value
        self._has_words = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.edit = QLineEdit()
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.edit.setAccessibleName(f"{name}, {unit}" if unit else name)
        self.setFocusProxy(self.edit)
        row.addWidget(self.edit, 1)
        self._unit_label = label(unit, "muted")
        self._unit_label.setVisible(bool(unit))
        row.addWidget(self._unit_label)
        self.edit.editingFinished.connect(self._on_edited)
        self.set_value(value)

    @property
    def value(self) -> float:
        """Return the last good value."""
        return self._value

    def say_for_zero(self, words: str) -> None:
        """Show words instead of 0, where 0 leaves the choice to somebody else; empty is 0 then."""
        self.edit.setPlaceholderText(words)
        self._has_words = True
        self.set_value(self._value)

    def set_unit(self, unit: str) -> None:
        """Show another unit behind the number."""
        if unit != self._unit:
            self._unit = unit
            self._unit_label.setText(unit)
            self._unit_label.setVisible(bool(unit))
            self.edit.setAccessibleName(f"{self._name}, {unit}" if unit else self._name)

    @property
    def is_bad(self) -> bool:
        """Say whether what stands in the field was refused."""
        return bool(self.edit.property("bad"))

    def set_value(self, value: float) -> None:
        """Show a value without sending ``changed``."""
        self._value = value
        is_said = self._has_words and value == 0
        self.edit.setText("" if is_said else f"{value:,.{self._decimals}f}")
        self._mark("")

    def _mark(self, why: str) -> None:
        self.edit.setToolTip(why)
        if bool(why) != self.is_bad:  # applying a style takes a millisecond; a drag has none
            self.edit.setProperty("bad", bool(why))
            restyle(self.edit)

    def _why_bad(self, text: str) -> str:
        try:
            value = parse_number(text.replace("$", "").replace("€", ""))
        except ValueError:
            return f"{self._name} must be a number, written like 1234.50."
        if value < self._low or value > self._high:
            return (
                f"{self._name} must lie between {self._low:,.10g} and "
                f"{self._high:,.10g} {self._unit}.".replace(" .", ".")
            )
        return ""

    @Slot()
    def _on_edited(self) -> None:
        if self._has_words and not self.edit.text().strip():
            self.edit.setText("0")
        why = self._why_bad(self.edit.text())
        was_bad = self.is_bad
        self._mark(why)
        if why:
            self.rejected.emit(why)
            return
        value = parse_number(self.edit.text().replace("$", "").replace("€", ""))
        is_new = value != self._value
        self.set_value(value)
        if is_new or was_bad:  # a mended entry takes the complaint away, even if it is the old one
            self.changed.emit(value)


@dataclass(frozen=True, slots=True)
class Span:
    """What a slider field allows (low..high) and what its slider covers, evenly or by factors."""

    low: float
    high: float
    slider_low: float | None = None
    slider_high: float | None = None
    step: float = 0.0
    is_log: bool = False


class SliderField(QWidget):
    """A slider for the usual range beside a field that takes any allowed value."""

    changed = Signal(float)
    rejected = Signal(str)

    def __init__(
        self,
        name: str,
        span: Span,
        *,
        value: float,
        unit: str = "",
        decimals: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._log, self._step = span.is_log, span.step
        self._from = span.low if span.slider_low is None else span.slider_low
        self._to = span.high if span.slider_high is None else span.slider_high
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        self.field = NumberField(
            name, low=span.low, high=span.high, value=value, unit=unit, decimals=decimals
        )
        caption = label(name, "small")
        caption.setBuddy(self.field.edit)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _STEPS)
        self.slider.setPageStep(_STEPS // 20)
        self.slider.setAccessibleName(f"{name} slider")
        box.addWidget(caption)
        box.addWidget(self.field)
        box.addWidget(self.slider)
        self.setFocusProxy(self.field)
        self.set_value(value)
        self.slider.valueChanged.connect(self._on_slid)
        self.field.changed.connect(self._on_typed)
        self.field.rejected.connect(self.rejected)

    @property
    def value(self) -> float:
        """Return the current value."""
        return self.field.value

    def set_value(self, value: float) -> None:
        """Show a value without sending ``changed``."""
        self.field.set_value(value)
        with QSignalBlocker(self.slider):
            self.slider.setValue(self._to_step(value))

    def _to_step(self, value: float) -> int:
        value = min(max(value, self._from), self._to)
        if self._log:
            share = math.log(value / self._from) / math.log(self._to / self._from)
        else:
            share = (value - self._from) / (self._to - self._from)
        return round(share * _STEPS)

    def _from_step(self, step: int) -> float:
        share = step / _STEPS
        if self._log:
            value = self._from * (self._to / self._from) ** share
            size = 10.0 ** max(0, math.floor(math.log10(value)) - 1)
            return float(round(value / size) * size)
        value = self._from + (self._to - self._from) * share
        return round(value / self._step) * self._step if self._step else value

    @Slot(int)
    def _on_slid(self, step: int) -> None:
        value = self._from_step(step)
        self.field.set_value(value)
        self.changed.emit(value)

    @Slot(float)
    def _on_typed(self, value: float) -> None:
        self.set_value(value)
        self.changed.emit(value)


class ChoiceField(QComboBox):
    """A choice of (id, words) pairs; ``chosen`` carries the id."""

    chosen = Signal(str)

    def __init__(
        self,
        name: str,
        options: Sequence[tuple[str, str]] = (),
        value: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setItemDelegate(QStyledItemDelegate(self))  # the plain one ignores the style sheet
        self.set_options(options, value)
        self.activated.connect(self._on_activated)

    def set_options(self, options: Sequence[tuple[str, str]], value: str = "") -> None:
        """Replace the options, keeping or setting the value."""
        keep = value or self.value
        same = [(self.itemData(n), self.itemText(n)) for n in range(self.count())]
        if same == list(options):  # filling the list anew costs more than everything around it
            self.set_value(keep)
            return
        with QSignalBlocker(self):
            self.clear()
            for key, words in options:
                self.addItem(words, key)
            self.set_value(keep)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the closed box with an ellipsis where the words are too long."""
        if self.fontMetrics().horizontalAdvance(self.currentText()) + _ROOM_BESIDE <= self.width():
            super().paintEvent(event)
            return
        # Late: to know what a style is, Python takes 0.4 MB.
        from PySide6.QtWidgets import QStyle, QStyleOptionComboBox, QStylePainter

        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        control = QStyle.ComplexControl.CC_ComboBox
        painter.drawComplexControl(control, option)
        place = self.style().subControlRect(
            control, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        whole = self.currentText()
        shown = option.fontMetrics.elidedText(whole, Qt.TextElideMode.ElideRight, place.width() - 6)
        option.currentText = shown
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    @property
    def value(self) -> str:
        """Return the id of the chosen option ("" when there is none)."""
        return str(self.currentData() or "")

    def set_value(self, value: str) -> None:
        """Choose without sending ``chosen``."""
        with QSignalBlocker(self):
            self.setCurrentIndex(max(0, self.findData(value)))

    @Slot(int)
    def _on_activated(self, _index: int) -> None:
        self.chosen.emit(self.value)


def labelled(text: str, field: QWidget, tip: str = "") -> QWidget:
    """Return a field with a small caption above it."""
    holder = QWidget()
    box = QVBoxLayout(holder)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(4)
    caption = label(text, "small")
    caption.setBuddy(field)
    if tip:
        caption.setToolTip(tip)
        field.setToolTip(tip)
    box.addWidget(caption)
    box.addWidget(field)
    return holder
