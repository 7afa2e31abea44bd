"""What one owns, with age, warranty and support; lines are added, changed and removed here."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from hwstudio.core.assess.upgrade.lifecycle import Lifecycle
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.machine.upgrade.words import age_words

EMPTY = (
    "Nothing listed yet. List the board, the power supply and the case, and every change is "
    "checked against them; with the day they were bought, the plan sees what gets old."
)


def _machine(row: Lifecycle) -> str:
    return row.item.machine


def _name(row: Lifecycle) -> str:
    many = f"{row.item.quantity} x " if row.item.quantity > 1 else ""
    return f"{many}{row.item.name}"


def _age(row: Lifecycle) -> float | None:
    return row.age_years


def _colour(row: Lifecycle) -> str:
    return "warn" if row.is_overdue or row.is_unsupported else ""


def _age_text(row: Lifecycle) -> str:
    return f"{age_words(row)}, overdue" if row.is_overdue else age_words(row)


def _warranty(row: Lifecycle) -> str:
    return row.item.warranty_until or "not known"


def _support(row: Lifecycle) -> str:
    return row.support_words


def _support_tip(row: Lifecycle) -> str:
    return "\n".join(each.words for each in row.supports) or "No source gives a date for this part."


COLUMNS = (
    Column("Computer", _machine, width=80),
    Column("Part", _name, tip=_name, stretch=True),
    Column("Age, years", _age, _age_text, right=True, colour=_colour, width=124),
    Column("Warranty until", _warranty, width=108),
    Column("Maker's support", _support, tip=_support_tip, colour=_colour, width=200),
)


class InventoryCard(Card):
    """``edited`` carries a line's number (0 = a new one), ``removed`` the line's number."""

    edited = Signal(int)
    removed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("What you own", parent)
        self.add = QPushButton("Add a part…")
        self.edit = QPushButton("Change…")
        self.remove = QPushButton("Remove")
        for button in (self.add, self.edit, self.remove):
            self.head.addWidget(button)
        self.table = DataTable("Parts you own", COLUMNS)
        self.body.addWidget(self.table, 1)
        self.add.clicked.connect(self._on_add)
        self.edit.clicked.connect(self._on_edit)
        self.remove.clicked.connect(self._on_remove)
        self.table.row_selected.connect(self._on_selected)
        self.table.row_activated.connect(self._on_edit, Qt.ConnectionType.DirectConnection)
        self.show_items(())

    def show_items(self, rows: tuple[Lifecycle, ...]) -> None:
        """Show the inventory."""
        self.table.set_rows(rows, EMPTY)
        self._on_selected()

    def _chosen(self) -> int:
        rows = self.table.selected_rows()
        return rows[0].item.id if rows else 0

    @Slot()
    def _on_selected(self) -> None:
        has_one = bool(self._chosen())
        self.edit.setEnabled(has_one)
        self.remove.setEnabled(has_one)

    @Slot()
    def _on_add(self) -> None:
        self.edited.emit(0)

    @Slot()
    def _on_edit(self) -> None:
        if self._chosen():
            self.edited.emit(self._chosen())

    @Slot()
    def _on_remove(self) -> None:
        if self._chosen():
            self.removed.emit(self._chosen())
