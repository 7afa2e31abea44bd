"""The page where the user says what is theirs: a price, how many they own, a note."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.units import parse_number
from hwstudio.gui.kit.fields import ChoiceField, labelled
from hwstudio.gui.kit.text import label, restyle
from hwstudio.gui.parts.state import Mine

CURRENCIES = ("USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "CNY", "INR")
KINDS = (("own", "what I pay"), ("quote", "a quote"), ("used", "second hand"))
BAD_PRICE = "The price must be a number over zero."


class NoteField(QPlainTextEdit):
    """A note that is handed on when the field is left."""

    left = Signal(str)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit(self.toPlainText().strip())


class MinePage(QWidget):
    """``price_saved`` carries amount, currency and kind."""

    price_saved = Signal(object, str, str)
    price_cleared = Signal()
    owned_changed = Signal(int)
    note_changed = Signal(str, str)  # item id, text

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 4, 0, 0)
        box.setSpacing(8)
        self.price_box = QWidget()
        inner = QVBoxLayout(self.price_box)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addLayout(self._price_row())
        inner.addLayout(self._button_row())
        inner.addWidget(self.forget)
        self.why = label("Your price wins everywhere. Plans count in USD.", "small")
        inner.addWidget(self.why)
        box.addWidget(self.price_box)
        self.owned = QSpinBox()
        self.owned.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.owned.setRange(0, 9999)
        self.owned.setAccessibleName("How many I own")
        self.owned.setMaximumWidth(120)
        box.addWidget(labelled("How many I own", self.owned))
        self.note = NoteField()
        self.note.setAccessibleName("My note")
        self.note.setPlaceholderText("Serial number, warranty until, where it was bought …")
        self.note.setTabChangesFocus(True)
        self.note.setMinimumHeight(48)
        self.note.setMaximumHeight(120)
        box.addWidget(labelled("My note", self.note), 1)
        box.addStretch(1)
        self._item_id, self._kept_note = "", ""
        self._connect()

    def _price_row(self) -> QHBoxLayout:
        self.amount = QLineEdit()
        self.amount.setAccessibleName("My price")
        self.amount.setPlaceholderText("my price")
        self.currency = ChoiceField("Currency", [(one, one) for one in CURRENCIES], "USD")
        self.kind = ChoiceField("Kind of price", KINDS, "own")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.amount, 1)
        row.addWidget(self.currency)
        return row

    def _button_row(self) -> QHBoxLayout:
        self.save = QPushButton("Use this price")
        self.forget = QPushButton("Forget my prices")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.kind, 1)
        row.addWidget(self.save)
        return row

    def _connect(self) -> None:
        self.amount.textChanged.connect(self._on_amount)
        self.amount.returnPressed.connect(self._on_save)
        self.save.clicked.connect(self._on_save)
        self.forget.clicked.connect(self.price_cleared)
        self.owned.valueChanged.connect(self.owned_changed)
        self.note.left.connect(self._on_note_left)

    def show_mine(self, item_id: str, mine: Mine, *, is_part: bool) -> None:
        """Show what the user said of an item; prices only for parts."""
        is_other = item_id != self._item_id
        if is_other:
            self.flush()  # a note still being written belongs to the item before
        self._item_id = item_id
        self.price_box.setVisible(is_part)
        said = mine.prices[0] if mine.prices else None
        if is_other or not self.amount.hasFocus():
            self.amount.setText(f"{said.amount:,f}" if said else "")
            self.currency.set_value(said.currency if said else "USD")
            self.kind.set_value(said.kind.value if said else "own")
        self.forget.setVisible(bool(mine.prices))
        with QSignalBlocker(self.owned):
            self.owned.setValue(mine.quantity)
        if is_other or self.note.toPlainText().strip() == self._kept_note:
            self.note.setPlainText(mine.note)
        self._kept_note = mine.note
        self._on_amount(self.amount.text())

    def flush(self) -> None:
        """Hand on a note that was typed and not yet kept."""
        self._on_note_left(self.note.toPlainText().strip())

    @Slot(str)
    def _on_note_left(self, text: str) -> None:
        if self._item_id and text != self._kept_note:
            self._kept_note = text
            self.note_changed.emit(self._item_id, text)

    def _read(self, text: str) -> Decimal | None:
        try:
            value = parse_number(text.replace("$", "").replace("€", "").replace("£", ""))
        except ValueError:
            return None
        return Decimal(str(value)) if value > 0 else None

    @Slot(str)
    def _on_amount(self, text: str) -> None:
        is_bad = bool(text.strip()) and self._read(text) is None
        self.amount.setProperty("bad", is_bad)
        self.amount.setToolTip(BAD_PRICE if is_bad else "")
        restyle(self.amount)
        self.save.setEnabled(self._read(text) is not None)

    @Slot()
    def _on_save(self) -> None:
        amount = self._read(self.amount.text())
        if amount is not None:
            self.price_saved.emit(amount, self.currency.value, self.kind.value)
