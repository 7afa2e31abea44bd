"""Tables over tuples of frozen rows: sorted by value, copied as CSV or Markdown, keyboard first."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QAction, QColor, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QTableView,
    QWidget,
)

from hwstudio.core.catalog.intake.guard import guarded
from hwstudio.gui.kit.column import Column, row_px
from hwstudio.gui.kit.still_cells import StillCells
from hwstudio.gui.kit.theme_access import current_theme, tokens

__all__ = ["Column", "DataTable", "TableModel", "row_px"]

Index = QModelIndex | QPersistentModelIndex
SORT_ROLE = Qt.ItemDataRole.UserRole
_BREAKS = re.compile(r"[\t\r\n\v\f\x85\u2028\u2029]+")
ROW_ROLE = Qt.ItemDataRole.UserRole + 1


class TableModel(QAbstractTableModel):
    """Rows are immutable; a change is a new tuple."""

    checked = Signal(object, bool)  # row, new state

    def __init__(self, columns: tuple[Column, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = columns
        self._rows: tuple[Any, ...] = ()

    @property
    def rows(self) -> tuple[Any, ...]:
        return self._rows

    def set_rows(self, rows: tuple[Any, ...]) -> None:
        """Show new rows; with the same count only the cells are refreshed, so nothing jumps."""
        if len(rows) == len(self._rows) and rows:
            self._rows = rows
            self.dataChanged.emit(
                self.index(0, 0), self.index(len(rows) - 1, len(self.columns) - 1)
            )
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return None
        # The tip has the whole title where a narrow column cuts it.
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignRight
                if self.columns[section].right
                else (Qt.AlignmentFlag.AlignLeft)
            )
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if self.columns[index.column()].check is not None:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.shown(row)
        if role == SORT_ROLE:
            return column.value(row)
        if role == ROW_ROLE:
            return row
        return _decoration(row, column, role)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        self.checked.emit(self._rows[index.row()], Qt.CheckState(value) is Qt.CheckState.Checked)
        return True


def _decoration(row: Any, column: Column, role: int) -> Any:
    if role == Qt.ItemDataRole.TextAlignmentRole:
        return column.alignment
    if role == Qt.ItemDataRole.ToolTipRole and column.tip is not None:
        return column.tip(row)
    if role == Qt.ItemDataRole.ForegroundRole and column.colour is not None:
        name = column.colour(row)
        return QColor(getattr(tokens(), name)) if name else None
    if role == Qt.ItemDataRole.DecorationRole and column.icon is not None:
        return column.icon(row)
    if role == Qt.ItemDataRole.CheckStateRole and column.check is not None:
        state = column.check(row)
        if state is None:
            return None
        return Qt.CheckState.Checked if state else Qt.CheckState.Unchecked
    return None


class _SortProxy(QSortFilterProxyModel):
    """Sorts by raw value; missing values always come last."""

    def lessThan(self, left: Index, right: Index) -> bool:
        a = left.data(SORT_ROLE)
        b = right.data(SORT_ROLE)
        ascending = self.sortOrder() is Qt.SortOrder.AscendingOrder
        if a is None or b is None:
            return (b is None and a is not None) if ascending else (a is None and b is not None)
        try:
            return bool(a < b)
        except TypeError:
            return str(a) < str(b)


def _one_line(text: str) -> str:
    return _BREAKS.sub(" ", text)


def _in_markdown(text: str) -> str:
    return _one_line(text).replace("|", "\\|")


class DataTable(QTableView):
    """A finished table. ``row_selected``/``row_activated`` carry the row object."""

    row_selected = Signal(object)
    row_activated = Signal(object)

    def __init__(
        self,
        name: str,
        columns: tuple[Column, ...],
        parent: QWidget | None = None,
        *,
        is_still: bool = False,
    ) -> None:
        """``is_still``: cells depend on row and theme alone; unchanged rows are not drawn again."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self.model_ = TableModel(columns, self)
        self._still = StillCells(self.model_) if is_still else None
        self._proxy = _SortProxy(self)
        self._proxy.setSourceModel(self._still or self.model_)
        self._proxy.setSortRole(SORT_ROLE)
        self.setModel(self._proxy)
        self._empty = QLabel("", self.viewport())
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._build(columns)
        self._connect()

    def _build(self, columns: tuple[Column, ...]) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(row_px())
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(40)
        header.setResizeContentsPrecision(60)
        stretched = any(column.stretch for column in columns)
        header.setStretchLastSection(not stretched)
        for number, column in enumerate(columns):
            if column.stretch:
                header.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)
            elif column.width:
                header.resizeSection(number, column.width)
        self._autosize = [n for n, c in enumerate(columns) if not c.stretch and not c.width]

    def _connect(self) -> None:
        self.selectionModel().currentRowChanged.connect(self._on_current_changed)
        self.activated.connect(self._on_activated)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        copy = QAction("Copy row", self)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy_selection)
        as_csv = QAction("Copy table as CSV", self)
        as_csv.triggered.connect(self.copy_csv)
        as_markdown = QAction("Copy table as Markdown", self)
        as_markdown.triggered.connect(self.copy_markdown)
        for action in (copy, as_csv, as_markdown):
            self.addAction(action)
        theme = current_theme()
        if theme is not None:
            if self._still is not None:
                theme.changed.connect(self._still.write_again)
            theme.changed.connect(self.viewport().update)

    def set_rows(self, rows: tuple[Any, ...], empty: str = "Nothing to show.") -> None:
        """Show rows; ``empty`` is what stands there when there are none."""
        fresh = not self.model_.rows and bool(rows)
        self.model_.set_rows(rows)
        if self._still is not None:
            self._still.show_rows(rows)
        self._empty.setText("" if rows else empty)
        self._empty.setVisible(not rows)
        if fresh:
            for number in self._autosize:
                self.resizeColumnToContents(number)
                self.setColumnWidth(number, min(self.columnWidth(number) + 12, 360))

    def selected_rows(self) -> tuple[Any, ...]:
        """Return the selected row objects, top to bottom."""
        chosen = sorted(self.selectionModel().selectedRows(), key=QModelIndex.row)
        return tuple(index.data(ROW_ROLE) for index in chosen)

    def shown_rows(self) -> tuple[Any, ...]:
        """Return all rows in the order shown."""
        return tuple(self._proxy.index(n, 0).data(ROW_ROLE) for n in range(self._proxy.rowCount()))

    def as_csv(self) -> str:
        """Return the table as CSV in the order shown."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([guarded(column.title) for column in self.model_.columns])
        for row in self.shown_rows():
            writer.writerow([column.copied(row) for column in self.model_.columns])
        return out.getvalue()

    def as_markdown(self) -> str:
        """Return the table as Markdown in the order shown."""
        columns = self.model_.columns
        lines = [
            "| " + " | ".join(_in_markdown(guarded(column.title)) for column in columns) + " |",
            "|" + "|".join("---:" if column.right else "---" for column in columns) + "|",
        ]
        for row in self.shown_rows():
            cells = (_in_markdown(column.copied(row)) for column in columns)
            lines.append("| " + " | ".join(cells) + " |")
        return "\n".join(lines) + "\n"

    @Slot()
    def copy_selection(self) -> None:
        """Copy the selected rows, tab-separated."""
        columns, rows = self.model_.columns, self.selected_rows()
        lines = ["\t".join(_one_line(c.copied(row)) for c in columns) for row in rows]
        QGuiApplication.clipboard().setText("\n".join(lines))

    @Slot()
    def copy_csv(self) -> None:
        """Copy the whole table as CSV."""
        QGuiApplication.clipboard().setText(self.as_csv())

    @Slot()
    def copy_markdown(self) -> None:
        """Copy the whole table as Markdown."""
        QGuiApplication.clipboard().setText(self.as_markdown())

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self._empty.setGeometry(self.viewport().rect().adjusted(24, 8, -24, -8))

    @Slot(QModelIndex, QModelIndex)
    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self.row_selected.emit(current.data(ROW_ROLE) if current.isValid() else None)

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        self.row_activated.emit(index.data(ROW_ROLE))
