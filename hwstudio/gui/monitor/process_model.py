"""The rows of the process table: filtered, kept in order, changed cell by cell each second."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from hwstudio.core.base.units import gib
from hwstudio.core.probe.live import ProcessUse
from hwstudio.gui.kit.column import Column

Index = QModelIndex | QPersistentModelIndex
PID_COLUMN, USER_COLUMN, CPU_COLUMN, MEMORY_COLUMN = 1, 2, 3, 4
VRAM_COLUMN, GPU_COLUMN = 5, 6
_RIGHT, _LEFT = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
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
    return -1.0 if row.cpu_share is None else row.cpu_share


def _cpu_text(row: ProcessUse) -> str:
    return "–" if row.cpu_share is None else f"{row.cpu_share * 100:.1f}"


def _memory(row: ProcessUse) -> int:
    return row.memory_bytes


def _memory_text(row: ProcessUse) -> str:
    return _gib(row.memory_bytes)


_gib = lru_cache(maxsize=256)(gib)  # asked for each second, new for few rows


def _vram(row: ProcessUse) -> int:
    return -1 if row.vram_bytes is None else row.vram_bytes


def _vram_text(row: ProcessUse) -> str:
    return "–" if row.vram_bytes is None else gib(row.vram_bytes)


def _gpu(row: ProcessUse) -> float:
    return -1.0 if row.gpu_share is None else row.gpu_share


def _gpu_text(row: ProcessUse) -> str:
    return "–" if row.gpu_share is None else f"{row.gpu_share * 100:.0f}"


COLUMNS = (
    Column("Process", _name_key, _name, stretch=True),
    Column("PID", _pid, right=True, width=78),
    Column("User", _user, width=74),
    Column("CPU, %", _cpu, _cpu_text, right=True, width=68),
    Column("Memory", _memory, _memory_text, right=True, width=92),
    Column("GPU memory", _vram, _vram_text, right=True, width=106),
    Column("GPU, %", _gpu, _gpu_text, right=True, width=68),
)


class ProcessModel(QAbstractTableModel):
    """Rows in the chosen order; a selected process stays selected when it moves.

    ``watched`` is the span of rows on the screen: only cells there are told to have changed. The
    others are asked for when they come into sight. None = all rows are told.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[ProcessUse, ...] = ()
        self._rows: list[ProcessUse] = []
        self._place: dict[int, int] = {}
        self._key: Callable[[ProcessUse], Any] = _cpu
        self._is_descending = True
        self._words: tuple[str, ...] = ()
        self.watched: tuple[int, int] | None = None

    @property
    def rows(self) -> tuple[ProcessUse, ...]:
        """Return the rows shown, in their order."""
        return tuple(self._rows)

    @property
    def rows_shown(self) -> list[ProcessUse]:
        """Return the same as ``rows`` without a copy: to be read, never changed."""
        return self._rows

    @property
    def count(self) -> int:
        """Return how many rows there are with those that the filter hides."""
        return len(self._all)

    def set_rows(self, rows: tuple[ProcessUse, ...]) -> None:
        """Show new rows in the present order."""
        self._all = rows
        self._renew()

    def set_filter(self, text: str) -> None:
        """Show only rows whose name, owner or number holds every word of ``text``."""
        words = tuple(text.lower().split())
        if words != self._words:
            self._words = words
            self._renew()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._key = COLUMNS[column].value
        self._is_descending = order is Qt.SortOrder.DescendingOrder
        self._renew()

    def place_of(self, pid: int) -> int | None:
        """Return the row of a process, or None when it is not shown."""
        return self._place.get(pid)

    def _renew(self) -> None:
        fresh = self._sorted([row for row in self._all if self._matches(row)])
        before, have, count = self._rows, len(self._rows), len(fresh)
        place = {row.pid: number for number, row in enumerate(fresh)}
        if count > have:
            self.beginInsertRows(_NO_PARENT, have, count - 1)
            self._rows = before + fresh[have:]  # at the end only, put in order below
            self.endInsertRows()
        if place != self._place:  # before rows go: what stood in the last ones may have moved up
            self._move_selection(before, place)
        if count < have:
            self.beginRemoveRows(_NO_PARENT, count, have - 1)
            self._rows = before[:count]
            self.endRemoveRows()
        self._rows, self._place = fresh, place
        self._tell(before)

    def _matches(self, row: ProcessUse) -> bool:
        if not self._words:
            return True
        text = f"{row.name}\n{row.user}\n{row.pid}".lower()
        return all(word in text for word in self._words)

    def _sorted(self, rows: list[ProcessUse]) -> list[ProcessUse]:
        """Return rows in order; equal ones stay where they were, so that nothing flickers."""
        place, last = self._place, len(self._place)
        rows.sort(key=lambda row: place.get(row.pid, last))
        rows.sort(key=self._key, reverse=self._is_descending)
        return rows

    def _move_selection(self, before: list[ProcessUse], place: dict[int, int]) -> None:
        for index in self.persistentIndexList():
            row = index.row()
            number = place.get(before[row].pid) if row < len(before) else None
            if number != row:
                there = QModelIndex() if number is None else self.index(number, index.column())
                self.changePersistentIndex(index, there)

    def _tell(self, before: list[ProcessUse]) -> None:
        """Send ``dataChanged`` for the rows in sight that look other than before."""
        first, last = self.watched or (0, len(self._rows) - 1)
        last = min(last, len(self._rows) - 1)
        start = None
        for number in range(first, last + 2):
            is_other = number <= last and (
                number >= len(before) or _looks_other(before[number], self._rows[number])
            )
            if is_other and start is None:
                start = number
            elif not is_other and start is not None:
                self.dataChanged.emit(
                    self.index(start, 0), self.index(number - 1, len(COLUMNS) - 1)
                )
                start = None

    # --- what Qt asks ------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and index.isValid():
            return COLUMNS[index.column()].shown(self._rows[index.row()])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _SIDES[index.column()]
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        return _SIDES[section] if role == Qt.ItemDataRole.TextAlignmentRole else None


_SIDES = tuple((_RIGHT if column.right else _LEFT) | _MIDDLE for column in COLUMNS)


def _looks_other(before: ProcessUse, now: ProcessUse) -> bool:
    """Say whether a row's cells differ: a few pages more memory often read the same."""
    if before == now:
        return False
    return any(column.shown(before) != column.shown(now) for column in COLUMNS)
