"""The list of price sources with a switch each."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from hwstudio.core.cloud.refresh.chosen import Chosen
from hwstudio.core.cloud.refresh.registry import SOURCES, PriceSource
from hwstudio.gui.kit.fields import labelled
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.tip import rows_tip

MIRRORED = "gpuhunt"  # the one that is a set of files anybody may copy to a server of their own


class SourceList(QWidget):
    """``switched`` carries id and on; ``moved`` id and address ("" = the usual one)."""

    switched = Signal(str, bool)
    moved = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        self.boxes: dict[str, QCheckBox] = {}
        for source in SOURCES:
            self.boxes[source.id] = check = QCheckBox(source.title)
            check.setToolTip(_tip(source, source.address))
            check.toggled.connect(partial(self.switched.emit, source.id))
            box.addWidget(check)
            words = label(source.brings, "small")
            words.setContentsMargins(26, 0, 0, 10)
            box.addWidget(words)
        self.mirror = QLineEdit()
        self.mirror.setAccessibleName("Address of the gpuhunt catalogue")
        usual = next(source.address for source in SOURCES if source.id == MIRRORED)
        self.mirror.setPlaceholderText(usual)
        self.mirror.editingFinished.connect(self._on_moved)
        tip = "Leave it empty for the usual one, or name a copy on a server of your own."
        box.addStretch(1)
        box.addWidget(labelled("Address of the gpuhunt catalogue", self.mirror, tip))

    def show_chosen(self, chosen: Chosen) -> None:
        """Show which sources are on and where they are asked."""
        for source in SOURCES:
            check = self.boxes[source.id]
            with QSignalBlocker(check):
                check.setChecked(source.id in chosen.on)
            check.setToolTip(_tip(source, chosen.address(source)))
        if not self.mirror.hasFocus():
            self.mirror.setText(chosen.addresses.get(MIRRORED, ""))

    @Slot()
    def _on_moved(self) -> None:
        self.moved.emit(MIRRORED, self.mirror.text())


def _tip(source: PriceSource, address: str) -> str:
    rows = [("Asked at", address), ("Terms", source.terms), ("Described at", source.described)]
    return rows_tip(rows, source.brings)
