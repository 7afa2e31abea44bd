"""Filter, table and the button to end a process: everything about processes in one widget."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from hwstudio.core.probe.live import ProcessUse
from hwstudio.gui.kit.ground import Ground
from hwstudio.gui.monitor.end_dialog import ProcessEnder
from hwstudio.gui.monitor.tables import CPU_COLUMN, MEMORY_COLUMN, ProcessTable

_FEW_WILL_DO = (CPU_COLUMN, MEMORY_COLUMN)  # sorted by these, the rest stands below anyway


class _FilterEdit(QLineEdit):
    """Escape empties it, Down goes to the table."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Escape):
            self.left.emit()
        else:
            super().keyPressEvent(event)


class ProcessPanel(Ground):
    """``said`` and ``refused`` carry sentences about ended processes.

    ``all_wanted``: the busiest and largest processes will do, or every one of them is needed.
    """

    all_wanted = Signal(bool)
    said = Signal(str)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None, ender: ProcessEnder | None = None) -> None:
        super().__init__(parent)
        self.filter = _FilterEdit()
        self.filter.setPlaceholderText("Filter by name, user or PID")
        self.filter.setAccessibleName("Filter processes by name, user or PID")
        self.filter.setMinimumWidth(60)
        self.end = QPushButton("End process…")
        self.end.setEnabled(False)
        self.table = ProcessTable()
        self.ender = ender or ProcessEnder(self)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.filter, 1)
        row.addWidget(self.end)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(row)
        box.addWidget(self.table, 1)
        self._connect()

    def _connect(self) -> None:
        self.filter.textChanged.connect(self._on_filter)
        self.filter.textChanged.connect(self.table.set_filter)
        self.filter.textChanged.connect(self._on_asked)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._on_asked)
        self.filter.left.connect(self._on_left)
        self.table.typed.connect(self._on_typed)
        self.table.end_wanted.connect(self.ender.begin)
        self.table.end_action.changed.connect(self._on_action_changed)
        self.end.clicked.connect(self.table.end_action.trigger)
        self.ender.said.connect(self.said)
        self.ender.refused.connect(self.refused)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.focus_filter)

    def set_rows(self, rows: tuple[ProcessUse, ...], *, has_gpu: bool) -> None:
        """Show processes; without a GPU its columns are left out."""
        self.table.set_rows(rows, has_gpu=has_gpu)

    @Slot()
    def focus_filter(self) -> None:
        """Go to the filter, with what stands there chosen."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    @Slot(str)
    def _on_filter(self, text: str) -> None:
        """Offer to empty the filter once there is something to empty.

        Qt looks for the button's picture in every icon folder of the desktop: 5 ms and 1 MB.
        """
        if text and not self.filter.isClearButtonEnabled():
            self.filter.setClearButtonEnabled(True)

    @Slot()
    def _on_asked(self) -> None:
        """Say whether the few that are read each second can answer what is asked."""
        by = self.table.horizontalHeader().sortIndicatorSection()
        self.all_wanted.emit(bool(self.filter.text().strip()) or by not in _FEW_WILL_DO)

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        self.filter.setFocus(Qt.FocusReason.OtherFocusReason)
        self.filter.setText(text)

    @Slot()
    def _on_left(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        if not self.table.selected() and self.table.model_.rowCount():
            self.table.selectRow(0)

    @Slot()
    def _on_action_changed(self) -> None:
        self.end.setEnabled(self.table.end_action.isEnabled())
