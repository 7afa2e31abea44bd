"""What each group of jobs counts: as the goal has it, or the user's own weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.assess.reference_job import JobGroup
from hwstudio.gui.kit.text import label

WORDS = (
    "How much each kind of job counts for you, 0 to 100. Only their proportions matter: the score "
    "always adds up to 100."
)
NONE = "Give at least one group more than 0."


class WeightsDialog(QDialog):
    """``weights`` are the user's own; empty = as the goal has it."""

    def __init__(
        self,
        groups: Sequence[JobGroup],
        now: Mapping[str, float],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("What counts for you")
        self.weights: dict[str, float] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 16)
        box.setSpacing(12)
        box.addWidget(label("What counts for you", "title"))
        box.addWidget(label(WORDS, "muted", wrap=True))
        form = QFormLayout()
        form.setHorizontalSpacing(24)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignVCenter)
        self.fields: dict[str, QSpinBox] = {}
        for group in groups:
            field = QSpinBox()
            field.setRange(0, 100)
            field.setValue(round(now.get(group.id, 0)))
            field.setAccessibleName(group.title)
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.valueChanged.connect(self._on_changed)
            form.addRow(group.title, field)
            self.fields[group.id] = field
        box.addLayout(form)
        self.why_not = label("", "error")
        box.addWidget(self.why_not)
        buttons = QDialogButtonBox()
        self.take = buttons.addButton("Use these", QDialogButtonBox.ButtonRole.AcceptRole)
        self.plain = buttons.addButton("As the goal has it", QDialogButtonBox.ButtonRole.ResetRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._on_take)
        buttons.rejected.connect(self.reject)
        self.plain.clicked.connect(self._on_plain)
        box.addWidget(buttons)
        self.setMinimumWidth(420)

    @Slot()
    def _on_changed(self) -> None:
        is_any = any(field.value() for field in self.fields.values())
        self.take.setEnabled(is_any)
        self.why_not.setText("" if is_any else NONE)

    @Slot()
    def _on_take(self) -> None:
        self.weights = {name: float(field.value()) for name, field in self.fields.items()}
        self.accept()

    @Slot()
    def _on_plain(self) -> None:
        self.weights = {}
        self.accept()
