"""Small inputs of the rule dialog: a number with its unit, a span of time, reasons to tick."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLineEdit, QWidget

from hwstudio.core.monitor.labels import THROTTLE_WORDS
from hwstudio.gui.kit.fields import ChoiceField
from hwstudio.gui.kit.text import label, restyle
from hwstudio.gui.monitor.alerts.units import SPANS

_SPAN_WORDS = tuple((name, words) for name, words, _ in SPANS)


def mark(edit: QLineEdit, why: str) -> None:
    """Mark a field that cannot be used; "" takes the mark away."""
    if bool(edit.property("bad")) != bool(why):
        edit.setProperty("bad", bool(why))
        restyle(edit)
    edit.setToolTip(why)


def line(name: str, hint: str = "") -> QLineEdit:
    """Return a named text field."""
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setPlaceholderText(hint)
    return made


class UnitField(QWidget):
    """A typed number; its unit stands behind it and changes with the sensor."""

    changed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.edit = line(name)
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.edit.setMinimumWidth(56)
        self._unit = label("", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.edit, 1)
        row.addWidget(self._unit)
        self.setFocusProxy(self.edit)
        self.edit.textChanged.connect(self.changed)

    def show_unit(self, word: str) -> None:
        """Show another unit."""
        self._unit.setText(word)
        self._unit.setVisible(bool(word))
        self.edit.setAccessibleName(f"{self._name}, {word}" if word else self._name)


class SpanField(QWidget):
    """A span of time as a number and seconds, minutes, hours or days."""

    changed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = line(name)
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.edit.setMinimumWidth(48)
        self.unit = ChoiceField(f"{name}, unit", _SPAN_WORDS, "s")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.edit, 1)
        row.addWidget(self.unit)
        self.setFocusProxy(self.edit)
        self.edit.textChanged.connect(self.changed)
        self.unit.chosen.connect(self.changed)

    @property
    def typed(self) -> tuple[str, str]:
        """Return number and unit as typed."""
        return self.edit.text(), self.unit.value

    def show_typed(self, typed: tuple[str, str]) -> None:
        """Show a number and its unit."""
        self.unit.set_value(typed[1])
        self.edit.setText(typed[0])


class ReasonBoxes(QWidget):
    """The reasons for which a GPU runs slower; bits without a name are kept as they are."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rest = 0
        self._boxes: dict[int, QCheckBox] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(2)
        for number, (bit, words) in enumerate(THROTTLE_WORDS):
            box = QCheckBox(words[:1].upper() + words[1:])
            box.toggled.connect(self.changed)
            self._boxes[bit] = box
            grid.addWidget(box, number // 2, number % 2)

    @property
    def bits(self) -> int:
        """Return the ticked bits."""
        return self._rest + sum(bit for bit, box in self._boxes.items() if box.isChecked())

    def show_bits(self, bits: int) -> None:
        """Tick the boxes of some bits."""
        self._rest = bits & ~sum(self._boxes)
        for bit, box in self._boxes.items():
            box.setChecked(bool(bits & bit))
