"""One value to try: its name, a slider and a field in one line, for a page that is not high."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from hwstudio.gui.kit.fields import SliderField, Span
from hwstudio.gui.kit.text import label

NAME_PX = 92
_FIELD_PX = 108
_UNIT_PX = 42


class Knob(QWidget):
    """A slider field laid out in one row."""

    changed = Signal(float)

    def __init__(
        self,
        name: str,
        span: Span,
        *,
        unit: str = "",
        decimals: int = 0,
        tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        # The kit's field brings slider, field and their rules; only its column becomes a row.
        self._both = SliderField(
            name, span, value=span.slider_low or span.low, unit=unit, decimals=decimals, parent=self
        )
        self._both.hide()
        self.slider, self.field = self._both.slider, self._both.field
        for unit_label in self.field.findChildren(QLabel):
            unit_label.setFixedWidth(_UNIT_PX)  # so that the fields of all knobs stand in a column
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        caption = label(name, "small")
        caption.setBuddy(self.field.edit)
        caption.setFixedWidth(NAME_PX)
        self.field.setFixedWidth(_FIELD_PX)
        self.slider.setMinimumWidth(48)
        row.addWidget(caption)
        row.addWidget(self.slider, 1)
        row.addWidget(self.field)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setToolTip(tip)
        self.setFocusProxy(self.field)
        self._both.changed.connect(self.changed)

    @property
    def value(self) -> float:
        """Return the present value."""
        return self._both.value

    def set_value(self, value: float) -> None:
        """Show a value without sending ``changed``, unless somebody is typing one."""
        is_typing = self.field.edit.hasFocus() and self.field.edit.isModified()
        if value != self._both.value and not is_typing:
            self._both.set_value(value)
