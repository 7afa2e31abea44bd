"""The process table: sorted, filtered and refreshed each second without jumping."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableView, QWidget

from hwstudio.core.probe.live import ProcessUse
from hwstudio.gui.kit.column import row_px
from hwstudio.gui.kit.theme_access import current_theme
from hwstudio.gui.monitor.process_model import (
    COLUMNS,
    CPU_COLUMN,
    GPU_COLUMN,
    MEMORY_COLUMN,
    PID_COLUMN,
    USER_COLUMN,
    VRAM_COLUMN,
    ProcessModel,
)
from hwstudio.gui.monitor.process_paint import RowPainter

__all__ = ["CPU_COLUMN", "MEMORY_COLUMN", "PID_COLUMN", "ProcessModel", "ProcessTable"]

_LEAST_FOR_NAMES = 80  # px; under this GPU memory gives way too
_ROOM_FOR_NAMES = 140  # px; under this the owner gives way, then the number
_NO_MATCH = "No process matches the filter."


class ProcessTable(QTableView):
    """The table with its columns, sorted by CPU to begin with.

    ``end_wanted`` carries the ProcessUse to end, ``typed`` what was typed into the table: the
    beginning of a filter.
    """

    end_wanted = Signal(object)
    typed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Processes")
        # One of Python's own: for Qt's, every kind of widget is made known to Python (1 MB).
        self.setViewport(QWidget())
        self.model_ = ProcessModel(self)
        self.setModel(self.model_)
        self._has_gpu = self._has_shares = False
        self._empty = QLabel(_NO_MATCH, self.viewport())
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.hide()
        self._build()
        self._painter = RowPainter(self, self.model_)
        # It paints its own ground: else every new row has seven backgrounds painted behind it.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._connect()

    def _build(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(row_px() - 2)
        # Every row is as high as the others: else Qt measures cells to find that out.
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(False)
        for number, column in enumerate(COLUMNS):
            if column.stretch:
                header.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)
            else:
                header.resizeSection(number, column.width)
        self.setColumnHidden(VRAM_COLUMN, True)
        self.setColumnHidden(GPU_COLUMN, True)
        self.setSortingEnabled(True)
        self.sortByColumn(CPU_COLUMN, Qt.SortOrder.DescendingOrder)

    def _connect(self) -> None:
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.end_action = self._action(
            "End process…", self._on_end, QKeySequence.StandardKey.Delete
        )
        self.end_action.setEnabled(False)
        apart = QAction(self)
        apart.setSeparator(True)
        self.addAction(apart)
        self._action("Copy rows", self.copy_rows, QKeySequence.StandardKey.Copy)
        self._action("Copy table as CSV", self.copy_csv)
        self._action("Copy table as Markdown", self.copy_markdown)
        self.selectionModel().selectionChanged.connect(self._on_selected)
        self.verticalScrollBar().valueChanged.connect(self._watch)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self.restyle)

    def _action(
        self, words: str, slot: object, key: QKeySequence.StandardKey | None = None
    ) -> QAction:
        action = QAction(words, self)
        if key is not None:
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(slot)
        self.addAction(action)
        return action

    # --- rows --------------------------------------------------------------------------------

    def set_rows(self, rows: tuple[ProcessUse, ...], *, has_gpu: bool) -> None:
        """Show processes; without a GPU its columns are left out."""
        # Once told, the share's column stays: columns that come and go make the table jump.
        shares = has_gpu and (self._has_shares or any(r.gpu_share is not None for r in rows))
        if (has_gpu, shares) != (self._has_gpu, self._has_shares):
            self._has_gpu, self._has_shares = has_gpu, shares
            self.setColumnHidden(VRAM_COLUMN, not has_gpu)
            self._make_room()
        if self.model_.watched is None and self.isVisible():
            self._watch()
        self.model_.set_rows(rows)
        self._show_emptiness()

    def set_filter(self, text: str) -> None:
        """Show only processes whose name, owner or number holds every word of ``text``."""
        self.model_.set_filter(text)
        self._watch()
        self._show_emptiness()

    def _show_emptiness(self) -> None:
        is_empty = self.model_.count > 0 and not self.model_.rowCount()
        if self._empty.isHidden() is is_empty:
            self._empty.setVisible(is_empty)

    def selected(self) -> tuple[ProcessUse, ...]:
        """Return the chosen processes as last read, top to bottom."""
        rows = self.model_.rows
        chosen = sorted(self.selectionModel().selectedRows(), key=QModelIndex.row)
        return tuple(rows[index.row()] for index in chosen)

    @Slot()
    def _on_selected(self) -> None:
        self.end_action.setEnabled(len(self.selectionModel().selectedRows()) == 1)

    @Slot()
    def _on_end(self) -> None:
        chosen = self.selected()
        if len(chosen) == 1:
            self.end_wanted.emit(chosen[0])

    # --- room --------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._empty.setGeometry(self.viewport().rect().adjusted(24, 8, -24, -8))
        self._make_room()
        self._watch()

    @Slot()
    def _watch(self) -> None:
        """Tell the model which rows are on the screen."""
        height = max(1, self.verticalHeader().defaultSectionSize())
        first = max(0, self.rowAt(0))
        self.model_.watched = first, first + self.viewport().height() // height + 1

    def _make_room(self) -> None:
        """Show GPU memory and share, number and owner, in this order, while names have room."""
        room = self.viewport().width() - _ROOM_FOR_NAMES
        room -= COLUMNS[CPU_COLUMN].width + COLUMNS[MEMORY_COLUMN].width
        if self._has_gpu:
            room -= COLUMNS[VRAM_COLUMN].width
            self.setColumnHidden(VRAM_COLUMN, room + _ROOM_FOR_NAMES < _LEAST_FOR_NAMES)
        for number in (GPU_COLUMN, PID_COLUMN, USER_COLUMN):
            room -= COLUMNS[number].width if number != GPU_COLUMN or self._has_shares else 0
            self.setColumnHidden(
                number, room < 0 or (number == GPU_COLUMN and not self._has_shares)
            )

    def paintEvent(self, event: QPaintEvent) -> None:
        self._painter.paint(event.region())

    @Slot()
    def restyle(self) -> None:
        """Draw everything anew: another theme or text size."""
        self._painter.restyle()
        self.viewport().update()

    # --- keys --------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text()
        control = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        if text.isprintable() and text.strip() and not event.modifiers() & control:
            self.typed.emit(text)
            return
        super().keyPressEvent(event)

    # --- copies ------------------------------------------------------------------------------

    def as_csv(self) -> str:
        """Return the table in the order shown, memory in bytes."""
        import csv
        import io

        from hwstudio.core.catalog.intake.guard import guarded

        out = io.StringIO()
        writer = csv.writer(out)
        titles = ["process", "pid", "user", "cpu_percent", "memory_bytes", "vram_bytes"]
        writer.writerow([*titles, "gpu_percent"] if self._has_shares else titles)
        for row in self.model_.rows:
            vram = "" if row.vram_bytes is None else row.vram_bytes
            share = "" if row.cpu_share is None else round(row.cpu_share * 100, 1)
            cells = [guarded(row.name), row.pid, guarded(row.user), share, row.memory_bytes, vram]
            if self._has_shares:
                cells.append("" if row.gpu_share is None else round(row.gpu_share * 100, 1))
            writer.writerow(cells)
        return out.getvalue()

    def as_markdown(self, rows: tuple[ProcessUse, ...] | None = None) -> str:
        """Return rows (all shown when not given) as Markdown, with the columns shown."""
        columns = [COLUMNS[n] for n in range(len(COLUMNS)) if not self.isColumnHidden(n)]
        lines = [
            "| " + " | ".join(column.title for column in columns) + " |",
            "|" + "|".join("---:" if column.right else "---" for column in columns) + "|",
        ]
        for row in self.model_.rows if rows is None else rows:
            cells = (_in_markdown(column.copied(row)) for column in columns)
            lines.append("| " + " | ".join(cells) + " |")
        return "\n".join(lines) + "\n"

    @Slot()
    def copy_rows(self) -> None:
        """Copy the chosen rows, or all when none is chosen, as Markdown."""
        QGuiApplication.clipboard().setText(self.as_markdown(self.selected() or None))

    @Slot()
    def copy_csv(self) -> None:
        """Copy the table as CSV."""
        QGuiApplication.clipboard().setText(self.as_csv())

    @Slot()
    def copy_markdown(self) -> None:
        """Copy the table as Markdown."""
        QGuiApplication.clipboard().setText(self.as_markdown())


def _in_markdown(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
