"""Step 3: how much, with what tax, and what best means."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton

from hwstudio.core.project.codec_more import LEAST_RATE, MOST_RATE
from hwstudio.core.project.state import ProjectState
from hwstudio.core.project.wizard_questions import BANDS, NOT_SURE, amount_in, band_of, question_of
from hwstudio.core.project.wizard_supposed import answer_of, default_of
from hwstudio.core.project.wizard_words import value_words
from hwstudio.gui.configure.controls import Controls
from hwstudio.gui.configure.rail.fields import UnsureButton
from hwstudio.gui.configure.rail.offered import Offered
from hwstudio.gui.configure.rail.page import StepPage
from hwstudio.gui.configure.state import ConfigureState
from hwstudio.gui.kit.fields import ChoiceField, NumberField, labelled
from hwstudio.gui.kit.text import label

CURRENCIES = ("USD", "EUR", "GBP", "JPY", "CNY", "INR", "CAD", "AUD", "CHF", "SEK", "PLN", "BRL")


class BudgetPage(StepPage):
    """The exact amount on its curve, four bands, tax, and what best means."""

    amount_chosen = Signal(object)
    currency_chosen = Signal(str, object)  # and what a dollar buys of it, None for the dollar

    def __init__(self, offered: Offered, fresh: ProjectState, controls: Controls) -> None:
        self.controls = controls
        super().__init__(offered, fresh)

    def build(self) -> None:
        self.box.addWidget(self.controls)
        self.bands = {id_: QPushButton(words) for id_, words, _ in BANDS}
        grid = QGridLayout()
        grid.setSpacing(4)
        for number, (band, button) in enumerate(self.bands.items()):
            button.setCheckable(True)
            button.setProperty("segment", True)
            button.setProperty("band", band)
            button.setAccessibleName(f"Budget: {button.text()}")
            button.clicked.connect(self._on_band)
            grid.addWidget(button, *divmod(number, 2))
        self.box.addLayout(grid)
        self.unsure = UnsureButton("Budget")
        self.unsure.clicked.connect(self._on_unsure)
        self.currency = label("", "small", wrap=True)
        row = QHBoxLayout()
        row.addWidget(self.currency, 1)
        row.addWidget(self.unsure, 0, Qt.AlignmentFlag.AlignTop)
        self.box.addLayout(row)
        self.pair(self.ask("tax"), self.ask("best"))
        self.money = ChoiceField("Currency", tuple((code, code) for code in CURRENCIES))
        self.rate = NumberField(
            "One dollar buys", low=float(LEAST_RATE), high=float(MOST_RATE), value=1.0, decimals=4
        )
        self.rate.setToolTip("hwstudio looks up no rate: type today's")
        self.rate_box = labelled("One dollar buys", self.rate)
        self.pair(labelled("Currency", self.money), self.rate_box)
        self.money.chosen.connect(self._on_money)
        self.rate.changed.connect(self._on_rate)
        self.rate.rejected.connect(self.rejected)

    def show_state(self, state: ConfigureState) -> None:
        super().show_state(state)
        self.controls.show_state(state)
        project = state.project
        present = band_of(project.budget)
        for band, button in self.bands.items():
            button.setChecked(band == present)
            button.setVisible(project.currency == "USD")
        self._budget = project.budget
        usual = default_of(project, "budget", self.fresh)
        words = value_words(question_of("budget"), usual, self.offered.parts, project.currency)
        is_unsure = answer_of(project, "budget", self.fresh) == NOT_SURE
        self.unsure.show_unsure(is_unsure=is_unsure, words=words)
        start = f"{words} assumed, in" if is_unsure else "In"
        tax = "the tax included" if project.tax_pct else "like all prices here"
        self.currency.setText(f"{start} {project.currency}, {tax}.")
        self._show_money(project)

    def _show_money(self, project: ProjectState) -> None:
        if self.money.findData(project.currency) < 0:
            self.money.addItem(project.currency, project.currency)
        self.money.set_value(project.currency)
        self.rate_box.setVisible(project.currency != "USD")
        self.rate.set_unit(project.currency)
        known = project.exchange.per_usd if project.exchange is not None else Decimal(1)
        if self.rate.value != float(known):
            self.rate.set_value(float(known))

    @Slot(str)
    def _on_money(self, code: str) -> None:
        if code == "USD":
            self.currency_chosen.emit(code, None)
            return
        # Nothing is planned at a rate nobody typed: the choice waits for it.
        self.rate.set_unit(code)
        self.rate_box.setVisible(True)
        self.rate.edit.setFocus()
        self.rate.edit.selectAll()

    @Slot(float)
    def _on_rate(self, rate: float) -> None:
        if self.money.value != "USD":
            self.currency_chosen.emit(self.money.value, Decimal(str(round(rate, 4))))

    @Slot()
    def _on_band(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.amount_chosen.emit(amount_in(str(sender.property("band")), self._budget))

    @Slot()
    def _on_unsure(self) -> None:
        if self.unsure.isChecked():
            self.answered.emit("budget", NOT_SURE)
        else:
            self.answered.emit("budget", str(self._budget))
