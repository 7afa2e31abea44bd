"""What reading the sensors costs, and the one that is only read on demand."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.units import significant
from hwstudio.core.probe.probe import PROBES
from hwstudio.gui.kit.room import resize_within
from hwstudio.gui.kit.text import label

_TITLES = ("Sensors", "One read, ms", "Every, s", "Of one core, %")
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_PCIE = "Read the PCIe traffic of NVIDIA GPUs"
_PCIE_HINT = (
    "Every 10 s; the driver takes 40 ms for each GPU and may hold up its work meanwhile, so this "
    "is off unless you want it."
)


class SensorsDialog(QDialog):
    """``wants_pcie`` is what the user chose."""

    def __init__(
        self,
        costs_s: Mapping[str, tuple[float, float]],
        *,
        wants_pcie: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("What the sensors cost")
        resize_within(self, 520, 460)
        self.table = _table(costs_s)
        self.pcie = QCheckBox(_PCIE)
        self.pcie.setChecked(wants_pcie)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 16)
        box.setSpacing(12)
        words = (
            "Measured while they run. A family that turns out slow is read less often by itself."
        )
        box.addWidget(label(words, "muted", wrap=True))
        box.addWidget(self.table, 1)
        box.addWidget(self.pcie)
        box.addWidget(label(_PCIE_HINT, "small", wrap=True))
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        box.addWidget(buttons)

    @property
    def wants_pcie(self) -> bool:
        return self.pcie.isChecked()


def _table(costs_s: Mapping[str, tuple[float, float]]) -> QTableWidget:
    made = QTableWidget(len(costs_s), len(_TITLES))
    made.setAccessibleName("What the sensors cost")
    made.setHorizontalHeaderLabels(_TITLES)
    made.verticalHeader().hide()
    made.setShowGrid(False)
    made.setTabKeyNavigation(False)
    made.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    header = made.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    titles = {entry.name: entry.title for entry in PROBES}
    for row, (name, (cost_s, every_s)) in enumerate(costs_s.items()):
        is_known = cost_s > 0
        texts = (
            titles.get(name, name),
            significant(cost_s * 1e3, 2) if is_known else "–",
            f"{every_s:g}",
            significant(cost_s / every_s * 100, 2) if is_known and every_s else "–",
        )
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            if column:
                item.setTextAlignment(_RIGHT)
            made.setItem(row, column, item)
    return made
