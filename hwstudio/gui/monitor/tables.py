"""The process table: sorted in Python in one go, refreshed each second without jumping."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Slot
from PySide6.QtGui import QAction, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from hwstudio.core.base.units import gib
from hwstudio.core.probe.live import ProcessUse
from hwstudio.gui.kit.table import Column

Index = QModelIndex | QPersistentModelIndex
PID_COLUMN, USER_COLUMN, CPU_COLUMN = 1, 2, 3
_ROOM_FOR_NAMES = 140  # px; under this the owner gives way, then the number
_ALIGN = Qt.AlignmentFlag.AlignVCenter
_NO_PARENT = QModelIndex()


def _name(row: ProcessUse) -> str:
    return row.name


def _name_key(row: ProcessUse) -> str:
    return row.name.lower()


def _pid(row: ProcessUse) -> int:
    return row.pid


def _user(row: ProcessUse) -> str:
    return row.user


def _cpu(row: ProcessUse) -> float:
    return row.cpu_share


def _cpu_text(row: ProcessUse) -> str:
    return f"{row.cpu_share * 100:.1f}"


def _memory(row: ProcessUse) -> int:
    return row.memory_bytes


def _memory_text(row: ProcessUse) -> str:
    return gib(row.memory_bytes)


def _vram(row: ProcessUse) -> int:
    return -1 if row.vram_bytes is None else row.vram_bytes


def _vram_text(row: ProcessUse) -> str:
    return "–" if row.vram_bytes is None else gib(row.vram_bytes)


COLUMNS = (
    Column("Process", _name_key, _name, stretch=True),
    Column("PID", _pid, right=True, width=78),
    Column("User", _user, width=74),
    Column("CPU, %", _cpu, _cpu_text, right=True, width=68),
    Column("Memory", _memory, _memory_text, right=True, width=92),
    Column("GPU memory", _vram, _vram_text, right=True, width=106),
)


class ProcessModel(QAbstractTableModel):
    """Rows in the chosen order; a selected process stays selected when it moves."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[ProcessUse] = []
        self._key: Callable[[ProcessUse], Any] = _cpu
        self._is_descending = True

    @property
    def rows(self) -> tuple[ProcessUse, ...]:
        return tuple(self._rows)

    def set_rows(self, rows: tuple[ProcessUse, ...]) -> None:
        """Show new rows in the present order."""
        fresh = sorted(rows, key=self._key, reverse=self._is_descending)
        kept = self.persistentIndexList()
        before = [self._rows[index.row()].pid for index in kept]
        self._resize(len(fresh))
        self._rows = fresh
        place = {row.pid: number for number, row in enumerate(fresh)}
        for index, pid in zip(kept, before, strict=True):
            number = place.get(pid)
            moved = self.index(number, index.column()) if number is not None else QModelIndex()
            self.changePersistentIndex(index, moved)
        if fresh:
            self.dataChanged.emit(self.index(0, 0), self.index(len(fresh) - 1, len(COLUMNS) - 1))

    def _resize(self, count: int) -> None:
        """Add or remove rows at the end only."""
        have = len(self._rows)
        if count > have:
            self.beginInsertRows(_NO_PARENT, have, count - 1)
            self._rows = self._rows + [ProcessUse(-1, "", "", 0.0, 0)] * (count - have)
            self.endInsertRows()
        elif count < have:
            self.beginRemoveRows(_NO_PARENT, count, have - 1)
            self._rows = self._rows[:count]
            self.endRemoveRows()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._key = COLUMNS[column].value
        self._is_descending = order is Qt.SortOrder.DescendingOrder
        self.set_rows(tuple(self._rows))

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and index.isValid():
            return COLUMNS[index.column()].shown(self._rows[index.row()])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(index.column())
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        return _side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None


def _side(column: int) -> Qt.AlignmentFlag:
    return (_RIGHT if COLUMNS[column].right else _LEFT) | _ALIGN


_RIGHT, _LEFT = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft


class ProcessTable(QTableView):
    """The table with its columns, sorted by CPU to begin with."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Processes")
        self.model_ = ProcessModel(self)
        self.setModel(self.model_)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(26)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(False)
        for number, column in enumerate(COLUMNS):
            if column.stretch:
                header.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)
            else:
                header.resizeSection(number, column.width)
        self.setColumnHidden(len(COLUMNS) - 1, True)
        self.setSortingEnabled(True)
        self.sortByColumn(CPU_COLUMN, Qt.SortOrder.DescendingOrder)

    def _connect(self) -> None:
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        copy = QAction("Copy table as CSV", self)
        copy.triggered.connect(self.copy_csv)
        self.addAction(copy)

    def set_rows(self, rows: tuple[ProcessUse, ...], *, has_gpu: bool) -> None:
        """Show processes; without a GPU its column is left out."""
        last = len(COLUMNS) - 1
        if self.isColumnHidden(last) is has_gpu:
            self.setColumnHidden(last, not has_gpu)
            self._make_room()
        self.model_.set_rows(rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Show owner and number only where the name keeps enough room beside them."""
        room = self.viewport().width() - _ROOM_FOR_NAMES
        for number in (USER_COLUMN, PID_COLUMN):
            others = [n for n in range(len(COLUMNS)) if n == number or not self.isColumnHidden(n)]
            needed = sum(COLUMNS[n].width for n in others)
            self.setColumnHidden(number, needed > room)

    def as_csv(self) -> str:
        """Return the table in the order shown, memory in bytes."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(["process", "pid", "user", "cpu_percent", "memory_bytes", "vram_bytes"])
        for row in self.model_.rows:
            vram = "" if row.vram_bytes is None else row.vram_bytes
            share = round(row.cpu_share * 100, 1)
            writer.writerow([row.name, row.pid, row.user, share, row.memory_bytes, vram])
        return out.getvalue()

    @Slot()
    def copy_csv(self) -> None:
        """Copy the table."""
        QGuiApplication.clipboard().setText(self.as_csv())
