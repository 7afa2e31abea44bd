"""One line of the inventory: which computer, what, when bought, for how much, warranty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QCompleter,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.assess.upgrade.inventory import KINDS, Item, checked
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import parse_number
from hwstudio.core.model.part import Part
from hwstudio.gui.kit.card import Notice
from hwstudio.gui.kit.fields import ChoiceField, labelled
from hwstudio.gui.kit.text import label

_DATE_HINT = "2024-05-31, 2024-05 or 2024"
PartsOf = Callable[[str], "tuple[Part, ...]"]


class ItemDialog(QDialog):
    """Edits a copy; ``item`` is the line after OK. Names of catalogue parts are offered."""

    def __init__(
        self, item: Item, parts_of: PartsOf, today: date, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.item = item
        self._parts_of, self._today = parts_of, today
        self._ids: dict[str, str] = {}
        self.setWindowTitle("A part you own")
        self.setMinimumWidth(520)
        kinds = [(key, f"{words[:1].upper()}{words[1:]}") for key, words in KINDS.items()]
        self.kind = ChoiceField("Kind of part", kinds, item.kind)
        self.machine = _line("Computer", item.machine)
        self.name = _line("Name", item.name, "Type a model; the catalogue's names are offered")
        self.quantity = _line("Pieces", str(item.quantity))
        self.bought = _line("Bought", item.bought, _DATE_HINT)
        self.price = _line("Paid for one piece", "" if item.price is None else str(item.price))
        self.currency = _line("Currency", item.currency)
        self.warranty = _line("Warranty until", item.warranty_until, _DATE_HINT)
        self.notice = Notice()
        self._lay_out()
        self.kind.chosen.connect(self._on_kind)
        self._on_kind()

    def _lay_out(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 16)
        box.setSpacing(12)
        box.addWidget(label("A part you own", "title"))
        grid = QGridLayout()
        grid.setSpacing(12)
        fields = (
            (("Computer", self.machine, 1), ("Kind", self.kind, 1)),
            (("Name", self.name, 2),),
            (("Bought", self.bought, 1), ("Warranty until", self.warranty, 1)),
            (("Paid for one piece", self.price, 1), ("Currency", self.currency, 1)),
            (("Pieces", self.quantity, 1),),
        )
        for row, cells in enumerate(fields):
            for column, (words, made, span) in enumerate(cells):
                grid.addWidget(labelled(words, made), row, column, 1, span)
        box.addLayout(grid)
        box.addWidget(self.notice)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self._on_ok)
        buttons.rejected.connect(self.reject)
        box.addWidget(buttons)

    @Slot()
    def _on_kind(self) -> None:
        found = self._parts_of(self.kind.value)
        self._ids = {part.name: part.id for part in found}
        completer = QCompleter(sorted(self._ids), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.name.setCompleter(completer)

    @Slot()
    def _on_ok(self) -> None:
        try:
            self.item = checked(self._typed(), self._today)
        except UserError as error:
            self.notice.say("error", error.sentence)
            return
        self.accept()

    def _typed(self) -> Item:
        name = self.name.text().strip()
        return replace(
            self.item,
            machine=self.machine.text(),
            kind=self.kind.value,
            name=name,
            part_id=self._ids.get(name, ""),
            quantity=int(_number(self.quantity.text() or "1", "The number of pieces")),
            bought=self.bought.text(),
            price=_number(self.price.text(), "The price") if self.price.text().strip() else None,
            currency=self.currency.text().strip().upper() or "USD",
            warranty_until=self.warranty.text(),
        )


def _number(text: str, what: str) -> Decimal:
    try:
        return Decimal(str(parse_number(text)))
    except ValueError:
        raise UserError(f"{what} is no number", f"got '{text}'", "Write it like 1234.50") from None


def _line(name: str, text: str, hint: str = "") -> QLineEdit:
    made = QLineEdit(text)
    made.setAccessibleName(name)
    made.setPlaceholderText(hint)
    return made
