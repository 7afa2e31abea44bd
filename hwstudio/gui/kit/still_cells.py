"""Cells worked out once, for tables that are drawn while a finger moves a slider.

A table asks its model for seven facts of every cell at every paint. Where the model is written in
Python that is hundreds of calls a frame; here Qt holds the facts itself, and only rows that changed
are written again.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSignalBlocker, Qt, Slot
from PySide6.QtGui import QStandardItem, QStandardItemModel

if TYPE_CHECKING:
    from hwstudio.gui.kit.table import TableModel

    Index = QModelIndex | QPersistentModelIndex

_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.ForegroundRole,
    Qt.ItemDataRole.DecorationRole,
    Qt.ItemDataRole.CheckStateRole,
    Qt.ItemDataRole.UserRole,  # to sort by
    Qt.ItemDataRole.UserRole + 1,  # the row itself
)  # in the order of Column.facts
_OF_HEAD = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.TextAlignmentRole,
)


class StillCells(QStandardItemModel):
    """Shows what a table model says of rows whose cells depend on row and theme alone."""

    def __init__(self, source: TableModel) -> None:
        super().__init__(source)
        self._source = source
        self._rows: tuple[Any, ...] = ()
        self._spare: list[list[QStandardItem]] = []  # rows that went, with their cells
        self._told_of: tuple[Any, ...] = ()  # the rows last written, those that went too
        self._told: dict[tuple[int, int], tuple[Any, ...]] = {}  # what Qt was given last
        self.setColumnCount(len(source.columns))
        for number in range(len(source.columns)):
            item = QStandardItem()
            for role in _OF_HEAD:
                told = source.headerData(number, Qt.Orientation.Horizontal, role)
                if told is not None:
                    item.setData(told, role)
            self.setHorizontalHeaderItem(number, item)

    def show_rows(self, rows: tuple[Any, ...]) -> None:
        """Take over the source's rows; those equal to the former ones stay untouched."""
        self._rows = rows
        while self.rowCount() > len(rows):
            self._spare.append(self.takeRow(self.rowCount() - 1))
        while self.rowCount() < len(rows):
            self.appendRow(self._spare.pop() if self._spare else self._new_row())
        told = self._told_of
        kept = [n < len(told) and told[n] == row for n, row in enumerate(rows)]
        self._told_of = (*rows, *told[len(rows) :])
        for is_kept, run in groupby(range(len(rows)), key=kept.__getitem__):
            if not is_kept:
                self._write(tuple(run))

    def _new_row(self) -> list[QStandardItem]:
        return [QStandardItem() for _ in self._source.columns]

    @Slot()
    def write_again(self) -> None:
        """Write every cell anew: another theme."""
        self._told.clear()
        self._told_of = self._rows
        if self._rows:
            self._write(range(len(self._rows)))

    def _write(self, numbers: Sequence[int]) -> None:
        last = self.columnCount() - 1
        blocker = QSignalBlocker(self)  # one signal for all of it
        for number in numbers:
            for column in range(last + 1):
                self._write_cell(number, column)
        blocker.unblock()
        self.dataChanged.emit(self.index(numbers[0], 0), self.index(numbers[-1], last))

    def _write_cell(self, number: int, column: int) -> None:
        asked, row = self._source.columns[column], self._rows[number]
        facts = asked.facts(row)
        known = self._told.get((number, column))
        item = self.item(number, column)
        if known is None:
            item.setFlags(self._source.flags(self._source.index(number, column)))
            item.setData(asked.alignment, Qt.ItemDataRole.TextAlignmentRole)
        for place, role in enumerate(_ROLES):
            fact = facts[place]
            if known is None or (known[place] is not fact and known[place] != fact):
                item.setData(fact, role)
        self._told[number, column] = facts

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Hand a ticked box on; the answer comes back as new rows."""
        return self._source.setData(self._source.index(index.row(), index.column()), value, role)
