"""The table of the Parts tab: long names keep both ends, Space ticks the row."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from hwstudio.gui.kit.table import Column, DataTable


class _BothEnds(QStyledItemDelegate):
    """Names begin alike and differ at the end: "AMD Ryzen Th…er 9970X" still says which."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideMiddle


class PartsTable(DataTable):
    """A DataTable whose first column is a tick box."""

    def __init__(
        self, name: str, columns: tuple[Column, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(name, columns, parent)
        self._both_ends = _BothEnds(self)
        for number, column in enumerate(columns):
            if column.stretch:
                self.setItemDelegateForColumn(number, self._both_ends)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) is Qt.Key.Key_Space and self.selected_rows():
            row = self.selected_rows()[0]
            tick = self.model_.columns[0].check
            self.model_.checked.emit(row, not (tick(row) if tick else False))
            return
        super().keyPressEvent(event)
