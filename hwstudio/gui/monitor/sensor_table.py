"""Every sensor of a page: now, and lowest, mean and highest since watching began."""

from __future__ import annotations

import csv
import io
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from hwstudio.gui.monitor.state import SensorRow

Index = QModelIndex | QPersistentModelIndex
_TITLES = ("Sensor", "Now", "Lowest", "Mean", "Highest")
_TIPS = (
    "What is measured",
    "The newest reading",
    "Lowest since watching began",
    "Mean since watching began",
    "Highest since watching began",
)
_WIDTH = 100


class SensorModel(QAbstractTableModel):
    """Rows of texts; a new second changes them in place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[SensorRow, ...] = ()

    def set_rows(self, rows: tuple[SensorRow, ...]) -> None:
        """Show rows; the same sensors in the same order only get new numbers."""
        same = len(rows) == len(self.rows) and all(
            new.id == old.id for new, old in zip(rows, self.rows, strict=True)
        )
        if not same:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return
        changed = [
            number
            for number, (new, old) in enumerate(zip(rows, self.rows, strict=True))
            if new.texts != old.texts
        ]
        self.rows = rows
        if changed:
            self.dataChanged.emit(
                self.index(changed[0], 1), self.index(changed[-1], len(_TITLES) - 1)
            )

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(_TITLES)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            row = self.rows[index.row()]
            return row.name if index.column() == 0 else row.texts[index.column() - 1]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column():
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 0:
            return f"{self.rows[index.row()].name}\n{self.rows[index.row()].id}"
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return _TIPS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None


class SensorTable(QTableView):
    """The table; ``chosen`` tells which sensor a person wants on a chart of their own."""

    chosen = Signal(str)
    restart_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("All sensors of this device")
        self.model_ = SensorModel(self)
        self.setModel(self.model_)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(24)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for number in range(1, len(_TITLES)):
            header.resizeSection(number, _WIDTH)
        self._add_actions()

    def _add_actions(self) -> None:
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for words, slot in (
            ("Add to my charts", self._on_chosen),
            ("Copy table as CSV", self.copy_csv),
            ("Start lowest, mean and highest again", self.restart_wanted.emit),
        ):
            action = QAction(words, self)
            action.triggered.connect(slot)
            self.addAction(action)

    def set_rows(self, rows: tuple[SensorRow, ...]) -> None:
        """Show sensors."""
        self.model_.set_rows(rows)

    @Slot()
    def _on_chosen(self) -> None:
        for index in self.selectionModel().selectedRows():
            self.chosen.emit(self.model_.rows[index.row()].id)

    def as_csv(self) -> str:
        """Return the table in SI units; what is absent is empty."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(["sensor", "id", "now", "lowest", "mean", "highest"])
        for row in self.model_.rows:
            numbers = (row.now, row.low, row.mean, row.high)
            writer.writerow([row.name, row.id, *("" if n is None else n for n in numbers)])
        return out.getvalue()

    @Slot()
    def copy_csv(self) -> None:
        """Copy the table."""
        QGuiApplication.clipboard().setText(self.as_csv())
