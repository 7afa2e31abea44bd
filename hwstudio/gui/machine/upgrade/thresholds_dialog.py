"""The numbers that decide what is recommended, each with its reason; all can be changed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.assess.upgrade.thresholds import EACH, Threshold, Thresholds, thresholds_from
from hwstudio.gui.kit.fields import NumberField
from hwstudio.gui.kit.text import label

_INTRO = (
    "No source gives these numbers: they are hwstudio's own choice. Change any of them; the "
    "recommendations and the plan follow."
)


class ThresholdsDialog(QDialog):
    """Edits a copy; ``limits`` are the numbers as typed."""

    def __init__(self, limits: Thresholds, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Thresholds of recommendations")
        self.resize(680, 560)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 16)
        box.setSpacing(12)
        box.addWidget(label("Thresholds", "title"))
        box.addWidget(label(_INTRO, "muted", wrap=True))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(0, 1)
        self.fields: dict[str, NumberField] = {}
        for row, each in enumerate(EACH):
            texts = QVBoxLayout()
            texts.setSpacing(0)
            texts.addWidget(label(each.title, "strong"))
            why = label(each.why, "small", wrap=True)
            why.setMinimumHeight(16)
            texts.addWidget(why)
            made = self.fields[each.key] = _field(each, float(getattr(limits, each.key)))
            grid.addLayout(texts, row, 0)
            grid.addWidget(made, row, 1, Qt.AlignmentFlag.AlignTop)
        area.setWidget(holder)
        box.addWidget(area, 1)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok
            | QDialogButtonBox.StandardButton.Cancel
            | QDialogButtonBox.StandardButton.RestoreDefaults
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        usual = buttons.button(QDialogButtonBox.StandardButton.RestoreDefaults)
        usual.clicked.connect(self._on_usual)
        box.addWidget(buttons)

    @property
    def limits(self) -> Thresholds:
        """Return the numbers in the fields."""
        return thresholds_from({key: made.value for key, made in self.fields.items()})

    @Slot()
    def _on_usual(self) -> None:
        usual = Thresholds()
        for key, made in self.fields.items():
            made.set_value(float(getattr(usual, key)))


def _field(each: Threshold, value: float) -> NumberField:
    decimals = 0 if value == round(value) and each.low >= 1 else 1
    made = NumberField(
        each.title, low=each.low, high=each.high, value=value, unit=each.unit, decimals=decimals
    )
    made.setFixedWidth(170)
    return made
