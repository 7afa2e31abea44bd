"""Asks for the speed the user saw of the job shown, and says what was expected."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QVBoxLayout, QWidget

from hwstudio.core.base.units import significant
from hwstudio.core.model.prediction import Prediction
from hwstudio.gui.kit.fields import NumberField
from hwstudio.gui.kit.text import label

WORDS = (
    "Type the speed your own run reached, in the middle of the run and with nothing else going "
    "on. Estimates for this hardware, this model and this software then move towards it, and "
    "their ranges become narrower. It is kept on this computer only."
)


class MeasuredDialog(QDialog):
    """``value`` is the speed in the job's unit per second after ``accept``.

    ``checked`` says how good the predictions were that were checked so far.
    """

    def __init__(
        self,
        job: str,
        hardware: str,
        expected: Prediction,
        checked: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("I measured this job")
        box = QVBoxLayout(self)
        box.setSpacing(12)
        box.addWidget(label(f"{job}, on {hardware}", "section", wrap=True))
        box.addWidget(label(WORDS, "muted", wrap=True))
        start = expected.median or 1.0
        self.field = NumberField(
            "Speed measured", low=1e-9, high=1e12, value=start, unit=expected.unit, decimals=3
        )
        row = QHBoxLayout()
        row.addWidget(label("Speed measured"))
        row.addWidget(self.field, 1)
        box.addLayout(row)
        if expected.low is not None and expected.high is not None:
            low, high = significant(expected.low, 2), significant(expected.high, 2)
            box.addWidget(label(f"Expected: {low} to {high} {expected.unit}.", "small"))
        if checked:
            box.addWidget(label(checked, "small", wrap=True))
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.button(QDialogButtonBox.StandardButton.Ok).setText("Use this speed")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        box.addWidget(buttons)
        self.setMinimumWidth(460)

    @property
    def value(self) -> float:
        """Return the speed typed."""
        return self.field.value
