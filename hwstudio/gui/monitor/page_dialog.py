"""Choose sensors for a page of one's own: searchable, by device, with a name."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.model.sample import Sample
from hwstudio.core.model.sensor import sensor_of
from hwstudio.core.monitor.labels import name_of, value_text
from hwstudio.core.monitor.own_pages import MOST_SENSORS, OwnPage
from hwstudio.gui.kit.fields import labelled
from hwstudio.gui.kit.text import label
from hwstudio.gui.monitor.pages import all_by_device
from hwstudio.gui.monitor.sensor_tree import ID, rows_below, show_hits, tops_of

_ROW_PX = 26
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PageDialog(QDialog):
    """Accepting needs a name and at least one sensor; ``page`` returns what was chosen."""

    def __init__(
        self, sample: Sample, titles: tuple[str, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("New page")
        self.resize(460, 560)
        self._titles = titles
        self.name = QLineEdit(_free("My charts", titles))
        self.name.setAccessibleName("Name of the page")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search sensors")
        self.search.setAccessibleName("Search sensors")
        self.search.setClearButtonEnabled(True)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName("Sensors")
        self.tree.setColumnCount(2)
        self.tree.setHeaderLabels(["Sensor", "Now"])
        self.tree.setColumnWidth(0, 280)
        self.tree.setUniformRowHeights(True)
        self._fill(sample)
        self._problem = label("", "error", wrap=True)
        self._problem.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addWidget(labelled("Name", self.name))
        box.addWidget(self.search)
        box.addWidget(self.tree, 1)
        box.addWidget(self._problem)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.button(QDialogButtonBox.StandardButton.Ok).setProperty("primary", True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        box.addWidget(buttons)
        self.search.textChanged.connect(self._on_search)

    def _fill(self, sample: Sample) -> None:
        for title, names in all_by_device(sample.values, sample.devices).items():
            top = QTreeWidgetItem([title])
            top.setSizeHint(0, QSize(0, _ROW_PX))
            self.tree.addTopLevelItem(top)
            for name in names:
                text = value_text(sensor_of(name), sample.values[name])
                row = QTreeWidgetItem([name_of(name), text])
                row.setData(0, ID, name)
                row.setCheckState(0, Qt.CheckState.Unchecked)
                row.setTextAlignment(1, _RIGHT)
                top.addChild(row)
            top.setExpanded(len(names) <= 12)

    def _rows(self) -> list[QTreeWidgetItem]:
        return [row for top in tops_of(self.tree) for row in rows_below(top)]

    @Slot(str)
    def _on_search(self, text: str) -> None:
        show_hits(self.tree, text)

    def choose(self, names: tuple[str, ...]) -> None:
        """Tick some sensors."""
        for row in self._rows():
            if row.data(0, ID) in names:
                row.setCheckState(0, Qt.CheckState.Checked)

    def chosen(self) -> tuple[str, ...]:
        """Return the ticked sensors."""
        checked = Qt.CheckState.Checked
        return tuple(row.data(0, ID) for row in self._rows() if row.checkState(0) == checked)

    def _why_not(self) -> str:
        count = len(self.chosen())
        if not self.name.text().strip():
            return "Give the page a name."
        if not count:
            return "Tick at least one sensor."
        if count > MOST_SENSORS:
            return f"A page holds at most {MOST_SENSORS} sensors; {count} are ticked."
        return ""

    def accept(self) -> None:
        why = self._why_not()
        self._problem.setText(why)
        self._problem.setVisible(bool(why))
        if not why:
            super().accept()

    def page(self) -> OwnPage:
        """Return the page; one of the same name is replaced by it."""
        return OwnPage(self.name.text().strip(), self.chosen())


def _free(wish: str, titles: tuple[str, ...]) -> str:
    name, number = wish, 1
    while name in titles:
        number += 1
        name = f"{wish} {number}"
    return name
