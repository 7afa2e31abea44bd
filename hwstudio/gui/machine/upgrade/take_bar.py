"""Plan a part oneself: which, when; one that lowers GPU memory needs a tick first."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QWidget

from hwstudio.core.assess.change import Change
from hwstudio.core.base.units import gib
from hwstudio.core.plan.upgrade_steps import TITLES
from hwstudio.gui.kit.fields import ChoiceField
from hwstudio.gui.kit.text import label
from hwstudio.gui.machine.upgrade.words import choice_words


class TakeBar(QWidget):
    """``taken`` carries the change, the months and whether less GPU memory is confirmed."""

    taken = Signal(object, int, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.part = ChoiceField("Part to plan yourself")
        self.part.setMinimumContentsLength(40)
        self.when = ChoiceField("When", [(str(m), TITLES[m]) for m in TITLES], "0")
        self.confirm = QCheckBox()
        self.go = QPushButton("Plan it")
        row.addWidget(label("Plan a part yourself:", "muted"))
        row.addWidget(self.part, 1)
        row.addWidget(self.when)
        row.addWidget(self.confirm)
        row.addWidget(self.go)
        self._choices: dict[str, Change] = {}
        self.part.currentIndexChanged.connect(self._on_part)
        self.confirm.toggled.connect(self._on_ticked)
        self.go.clicked.connect(self._on_go)
        self.show_choices(())

    def show_choices(self, choices: tuple[Change, ...]) -> None:
        """Offer these parts."""
        self._choices = {change.part_id: change for change in choices}
        self.part.set_options([(c.part_id, choice_words(c)) for c in choices], self.part.value)
        self.setEnabled(bool(choices))
        self._on_part()

    @property
    def chosen(self) -> Change | None:
        """Return the change that is chosen."""
        return self._choices.get(self.part.value)

    @Slot()
    def _on_part(self) -> None:
        change = self.chosen
        less = 0 if change is None else change.less_vram_bytes
        self.confirm.setChecked(False)
        self.confirm.setVisible(less > 0)
        self.confirm.setText(f"Yes, {gib(less, 2)} less GPU memory" if less else "")
        self._on_ticked()

    @Slot()
    def _on_ticked(self) -> None:
        change = self.chosen
        is_safe = change is not None and (not change.less_vram_bytes or self.confirm.isChecked())
        self.go.setEnabled(is_safe)

    @Slot()
    def _on_go(self) -> None:
        change = self.chosen
        if change is not None:
            self.taken.emit(change, int(self.when.value), self.confirm.isChecked())
