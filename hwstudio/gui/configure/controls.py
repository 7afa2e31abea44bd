"""The budget: its slider on the curve of what other budgets buy."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hwstudio.core.base.money import sign_of
from hwstudio.gui.configure.curve import BudgetCurve
from hwstudio.gui.configure.state import ConfigureState
from hwstudio.gui.configure.viewmodel import ConfigureViewModel
from hwstudio.gui.kit.fields import SliderField, Span

SLIDER_LOW, SLIDER_HIGH = 500.0, 50_000.0
_ANY_NUMBER = 1e15


class Controls(QWidget):
    """Shows the budget of a project and hands edits to the view model."""

    def __init__(self, model: ConfigureViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._build()
        self._connect()

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        self.budget = SliderField(
            "Budget",
            # The view model says which budgets make sense, and why.
            Span(-_ANY_NUMBER, _ANY_NUMBER, SLIDER_LOW, SLIDER_HIGH, is_log=True),
            value=3000,
            unit="$",
        )
        self.curve = BudgetCurve(SLIDER_LOW, SLIDER_HIGH)
        box.addWidget(self.budget)
        box.addWidget(self.curve)
        self.curve.carry(self.budget.slider)
        QWidget.setTabOrder(self.budget.field, self.budget.slider)

    def _connect(self) -> None:
        self.budget.changed.connect(self._on_budget)
        self.budget.rejected.connect(self._on_rejected)
        self.curve.chosen.connect(self._on_clicked)

    def show_state(self, state: ConfigureState) -> None:
        """Show the budget without sending any."""
        project = state.project
        self.budget.field.set_unit(sign_of(project.currency))
        self.curve.show_frontier(state.frontier, float(project.budget))
        # Untouched while equal, so a half-typed or refused entry stays under the cursor.
        if self.budget.value != float(project.budget):
            self.budget.set_value(float(project.budget))

    @Slot(float)
    def _on_budget(self, value: float) -> None:
        self._model.set_budget(Decimal(str(round(value, 2))))
        kept = float(self._model.state.project.budget)
        if kept != self.budget.value:  # refused: the notice says why, the field shows what holds
            self.budget.set_value(kept)

    @Slot(float)
    def _on_clicked(self, value: float) -> None:
        self.budget.set_value(value)
        self._on_budget(value)

    @Slot(str)
    def _on_rejected(self, why: str) -> None:
        self._model.tell("error", f"{why} Type an amount such as 3000.")
