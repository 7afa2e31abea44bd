"""Choose sensors for a page of one's own: searchable, by device, with a name."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.model.sample import Sample
from hwstudio.core.model.sensor import device_of, sensor_of
from hwstudio.core.monitor.labels import name_of, value_text
from hwstudio.core.monitor.own_pages import MOST_SENSORS, OwnPage
from hwstudio.gui.kit.fields import labelled
from hwstudio.gui.kit.room import resize_within
from hwstudio.gui.kit.text import label
from hwstudio.gui.monitor.pages import all_by_device
from hwstudio.gui.monitor.sensor_tree import ID, rows_below, show_hits, tops_of

_ROW_PX = 26
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PageDialog(QDialog):
    """Accepting needs a name and at least one sensor; ``page`` returns what was chosen.

    ``titles`` are those of the other pages. ``is_unwanted``: the page is to be taken away.
    """

    def __init__(
        self,
        sample: Sample,
        titles: tuple[str, ...],
        parent: QWidget | None = None,
        old: OwnPage | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Edit page" if old else "New page")
        resize_within(self, 460, 560)
        self._titles = titles
        self.is_unwanted = False
        self.name = QLineEdit(old.title if old else _free("My charts", titles))
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
        if old is not None:
            self._add_silent(name for name in old.sensors if name not in sample.values)
            self.choose(old.sensors)
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
        self.remove = QPushButton("Remove page")
        if old is not None:
            buttons.addButton(self.remove, QDialogButtonBox.ButtonRole.ResetRole)
        self.remove.clicked.connect(self._on_remove)
        box.addWidget(buttons)
        self.search.textChanged.connect(self._on_search)

    def _fill(self, sample: Sample) -> None:
        for title, names in all_by_device(sample.values, sample.devices).items():
            texts = [value_text(sensor_of(name), sample.values[name]) for name in names]
            self._add_group(title, [name_of(name) for name in names], names, texts)

    def _add_silent(self, names: Iterable[str]) -> None:
        """Add what stood on the page and says nothing now: it must not be lost by editing."""
        found = list(names)
        if found:
            told = [f"{device_of(name)}: {name_of(name)}" for name in found]
            self._add_group("Without a reading now", told, found, ["–"] * len(found))

    def _add_group(self, title: str, shown: list[str], names: list[str], texts: list[str]) -> None:
        top = QTreeWidgetItem([title])
        top.setSizeHint(0, QSize(0, _ROW_PX))
        self.tree.addTopLevelItem(top)
        for words, name, text in zip(shown, names, texts, strict=True):
            row = QTreeWidgetItem([words, text])
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
                self.tree.scrollToItem(row)  # opens what it stands under

    def chosen(self) -> tuple[str, ...]:
        """Return the ticked sensors."""
        checked = Qt.CheckState.Checked
        return tuple(row.data(0, ID) for row in self._rows() if row.checkState(0) == checked)

    def _why_not(self) -> str:
        count = len(self.chosen())
        if not self.name.text().strip():
            return "Give the page a name."
        if self.name.text().strip() in self._titles:
            return "You have a page of this name already. Choose another name."
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

    @Slot()
    def _on_remove(self) -> None:
        self.is_unwanted = True
        self.reject()

    def page(self) -> OwnPage:
        """Return the page."""
        return OwnPage(self.name.text().strip(), self.chosen())


def _free(wish: str, titles: tuple[str, ...]) -> str:
    name, number = wish, 1
    while name in titles:
        number += 1
        name = f"{wish} {number}"
    return name
