"""The pane beside the table: one part, its price, the user's own price, and every cell's source."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from hwstudio.core.model.fact import Fact
from hwstudio.core.model.price import PriceKind
from hwstudio.gui.kit.card import Card, EmptyState
from hwstudio.gui.kit.table import DataTable
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.tip import price_tip
from hwstudio.gui.parts.columns import fact_columns
from hwstudio.gui.parts.filters import LimitField
from hwstudio.gui.parts.state import PartsState
from hwstudio.gui.parts.words import price_words, whole_words

HINT = "Choose a line to read in full who says so and when."


class DetailPane(QWidget):
    """Shows the selected part; ``price_saved`` carries a Decimal."""

    price_saved = Signal(object)
    price_cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._build()
        self._connect()

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self._empty = EmptyState("parts", "Choose a part to see who says what about it.")
        self._card = Card()
        self.name = label("", "section", wrap=True)
        self.price = label("", "strong", wrap=True)
        self.price_note = label("", "small", wrap=True)
        for widget in (self.name, self.price, self.price_note):
            self._card.body.addWidget(widget)
        self._card.body.addLayout(self._own_price())
        self.facts = DataTable("Facts about the part", fact_columns())
        self._card.body.addWidget(self.facts, 1)
        self.fact = label("", "small", wrap=True)
        self.fact.setMinimumHeight(48)
        self._card.body.addWidget(self.fact)
        box.addWidget(self._empty)
        box.addWidget(self._card)

    def _own_price(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.amount = LimitField("Your own price, USD", "your price, USD")
        self.amount.setMaximumWidth(140)
        self.save = QPushButton("Use my price")
        self.forget = QPushButton("Forget it")
        row.addWidget(self.amount)
        row.addWidget(self.save)
        row.addWidget(self.forget)
        row.addStretch(1)
        return row

    def _connect(self) -> None:
        self.save.clicked.connect(self._on_save)
        self.amount.returnPressed.connect(self._on_save)
        self.amount.changed.connect(self._on_amount)
        self.forget.clicked.connect(self.price_cleared)
        self.facts.row_selected.connect(self._on_fact)

    def show_state(self, state: PartsState) -> None:
        """Show the selected part, or what this pane is for."""
        part = state.selected
        self._empty.setVisible(part is None)
        self._card.setVisible(part is not None)
        if part is None:
            return
        price = part.price
        is_own = price is not None and price.kind is PriceKind.OWN
        self.name.setText(part.name)
        self.price.setText(price_words(price))
        self.price.setToolTip(price_tip(price))
        self.price_note.setText(_note(state))
        self.amount.show_value(float(price.amount) if price is not None and is_own else None)
        self.save.setEnabled(self.amount.number is not None)
        self.forget.setVisible(is_own)
        self.facts.set_rows(state.facts)
        chosen = self.facts.selected_rows()
        self._on_fact(chosen[0] if chosen else None)

    @Slot(object)
    def _on_fact(self, fact: Fact | None) -> None:
        self.fact.setText(whole_words(fact) if fact else HINT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width: what and value grow with the pane, the source takes the rest."""
        super().resizeEvent(event)
        wide = event.size().width()
        self.facts.setColumnWidth(0, min(max(wide * 34 // 100, 116), 190))
        self.facts.setColumnWidth(1, min(max(wide * 25 // 100, 96), 130))

    @Slot(object)
    def _on_amount(self, value: float | None) -> None:
        self.save.setEnabled(value is not None)

    @Slot()
    def _on_save(self) -> None:
        if self.amount.number is not None:
            self.price_saved.emit(Decimal(str(self.amount.number)))


def _note(state: PartsState) -> str:
    price = state.selected.price if state.selected else None
    if price is None:
        return "No list price is known and nothing like it was in the price model. Enter your own."
    if price.kind is PriceKind.ESTIMATE:
        return f"Price level of {price.as_of}; 9 of 10 parts like it cost within the range."
    return f"As of {price.as_of}: {price.source}."
