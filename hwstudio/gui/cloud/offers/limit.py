"""A small field for an optional limit: empty = no limit; a bad entry is marked and limits none."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit

from hwstudio.gui.kit.text import restyle


def number_of(text: str) -> Decimal | None:
    """Return a typed number at or above 0; None when it is none."""
    try:
        value = Decimal(text.strip().lstrip("$€").replace(",", ""))
    except ArithmeticError:
        return None
    return value if value.is_finite() and 0 <= value <= Decimal(10) ** 12 else None


class LimitField(QLineEdit):
    """``limited`` is sent whenever the text changed."""

    limited = Signal()

    def __init__(self, hint: str, name: str) -> None:
        super().__init__()
        self._name = name
        self.setPlaceholderText(hint)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setClearButtonEnabled(True)
        self.textChanged.connect(self._on_changed)

    @property
    def value(self) -> Decimal | None:
        """Return the limit; None = none, or not a number yet."""
        return number_of(self.text()) if self.text().strip() else None

    @Slot()
    def _on_changed(self) -> None:
        is_bad = bool(self.text().strip()) and self.value is None
        if is_bad != bool(self.property("bad")):
            self.setProperty("bad", is_bad)
            restyle(self)
        wrong = f"{self._name} must be a number such as 2.50. No limit is set."
        self.setToolTip(wrong if is_bad else self._name)
        self.limited.emit()
