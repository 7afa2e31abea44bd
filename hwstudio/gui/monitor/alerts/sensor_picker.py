"""A searchable list of what a rule can watch: by device, and whole kinds of devices at once."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from hwstudio.gui.monitor.alerts.choices import Groups
from hwstudio.gui.monitor.sensor_tree import ID, rows_below, show_hits, tops_of

_OPEN = 3  # so many groups are opened at the beginning
_NOW_PX = 110
_ROW_PX = 24
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class SensorPicker(QWidget):
    """``chosen`` carries a sensor's id or a pattern."""

    chosen = Signal(str)

    def __init__(self, groups: Groups, sensor: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = _Search()
        self.search.setPlaceholderText("Search sensors")
        self.search.setAccessibleName("Search sensors")
        self.search.setClearButtonEnabled(True)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName("What to watch")
        self.tree.setColumnCount(2)
        self.tree.setHeaderLabels(["What to watch", "Now"])
        self.tree.setUniformRowHeights(True)
        self.tree.headerItem().setTextAlignment(1, _RIGHT)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, header.ResizeMode.Stretch)
        header.resizeSection(1, _NOW_PX)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(self.search)
        box.addWidget(self.tree, 1)
        self._fill(groups, sensor)
        self.search.textChanged.connect(self._on_search)
        self.search.went_down.connect(self.tree.setFocus)
        self.tree.currentItemChanged.connect(self._on_current)

    def _fill(self, groups: Groups, sensor: str) -> None:
        for number, (title, found) in enumerate(groups.items()):
            top = QTreeWidgetItem([title])
            top.setFlags(Qt.ItemFlag.ItemIsEnabled)
            top.setSizeHint(0, QSize(0, _ROW_PX))
            self.tree.addTopLevelItem(top)
            top.setFirstColumnSpanned(True)
            for choice in found:
                row = QTreeWidgetItem([choice.words, choice.now])
                row.setData(0, ID, choice.sensor)
                row.setToolTip(0, f"{title}: {choice.words}\n{choice.sensor}")
                row.setTextAlignment(1, _RIGHT)
                top.addChild(row)
                if choice.sensor == sensor:
                    self.tree.setCurrentItem(row)
            has_chosen = any(choice.sensor == sensor for choice in found)
            top.setExpanded(has_chosen or (not sensor and number < _OPEN and len(found) < 20))
        current = self.tree.currentItem()
        if sensor and current is not None:
            self.tree.scrollToItem(current, QTreeWidget.ScrollHint.PositionAtCenter)

    @property
    def sensor(self) -> str:
        """Return what is chosen, "" for nothing yet."""
        current = self.tree.currentItem()
        return str(current.data(0, ID) or "") if current is not None else ""

    def choose(self, sensor: str) -> None:
        """Choose a sensor or a pattern of the list."""
        for top in tops_of(self.tree):
            for row in rows_below(top):
                if row.data(0, ID) == sensor:
                    top.setExpanded(True)
                    self.tree.setCurrentItem(row)

    @Slot(str)
    def _on_search(self, text: str) -> None:
        show_hits(self.tree, text)

    @Slot(QTreeWidgetItem, QTreeWidgetItem)
    def _on_current(self, current: QTreeWidgetItem | None, _before: object) -> None:
        sensor = str(current.data(0, ID) or "") if current is not None else ""
        if sensor:
            self.chosen.emit(sensor)


class _Search(QLineEdit):
    """The arrow down goes on to the list."""

    went_down = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.went_down.emit()
        else:
            super().keyPressEvent(event)
