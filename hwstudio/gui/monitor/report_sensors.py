"""All sensors, or a searchable choice of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from hwstudio.gui.kit.column import row_px

_ID = Qt.ItemDataRole.UserRole
_LEAST_PX = 160
_FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable


class SensorTicks(QWidget):
    """``chosen`` is empty while all are wanted (see ``is_all``)."""

    shape_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.all = QCheckBox("All sensors")
        self.all.setChecked(True)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search sensors")
        self.search.setAccessibleName("Search sensors")
        self.search.setClearButtonEnabled(True)
        self.list = QTableWidget(0, 1)
        self.list.setAccessibleName("Sensors to write")
        self.list.horizontalHeader().hide()
        self.list.horizontalHeader().setStretchLastSection(True)
        self.list.verticalHeader().hide()
        self.list.verticalHeader().setDefaultSectionSize(row_px())
        self.list.setShowGrid(False)
        self.list.setTabKeyNavigation(False)
        self.list.setMinimumHeight(_LEAST_PX)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(self.all)
        box.addWidget(self.search)
        box.addWidget(self.list, 1)
        self.all.toggled.connect(self._on_all)
        self.search.textChanged.connect(self._on_search)
        self._on_all(True)

    def set_sensors(self, sensors: Sequence[tuple[str, str]]) -> None:
        """Offer sensors as (id, words)."""
        self.list.setRowCount(len(sensors))
        for number, (name, words) in enumerate(sensors):
            row = QTableWidgetItem(words)
            row.setData(_ID, name)
            row.setToolTip(name)
            row.setFlags(_FLAGS)
            row.setCheckState(Qt.CheckState.Unchecked)
            self.list.setItem(number, 0, row)

    @property
    def is_all(self) -> bool:
        """Say whether all sensors are wanted."""
        return self.all.isChecked()

    def choose(self, names: Sequence[str]) -> None:
        """Tick some sensors, and no longer all."""
        self.all.setChecked(False)
        for row in self._rows():
            is_wanted = row.data(_ID) in names
            row.setCheckState(Qt.CheckState.Checked if is_wanted else Qt.CheckState.Unchecked)

    def chosen(self) -> tuple[str, ...]:
        """Return the ticked sensors; none while all are wanted."""
        if self.is_all:
            return ()
        checked = Qt.CheckState.Checked
        return tuple(str(row.data(_ID)) for row in self._rows() if row.checkState() == checked)

    def _rows(self) -> list[QTableWidgetItem]:
        found = (self.list.item(number, 0) for number in range(self.list.rowCount()))
        return [row for row in found if row is not None]

    @Slot(bool)
    def _on_all(self, is_all: bool) -> None:
        self.search.setVisible(not is_all)
        self.list.setVisible(not is_all)
        self.shape_changed.emit()

    @Slot(str)
    def _on_search(self, text: str) -> None:
        words = text.casefold().split()
        for row in self._rows():
            whole = f"{row.text()} {row.data(_ID)}".casefold()
            self.list.setRowHidden(row.row(), not all(word in whole for word in words))
