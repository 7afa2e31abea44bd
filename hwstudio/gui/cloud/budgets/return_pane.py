"""Return: six figures with their targets, and which purchase phase the data open."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from hwstudio.core.base.money import money, sign_of
from hwstudio.core.cost.amount import MOST
from hwstudio.core.cost.budget.gates import Gate, gates
from hwstudio.core.report.roi import DEFAULT_TARGETS, RoiFigure
from hwstudio.gui.cloud.budgets.pane import Pane, exact, show
from hwstudio.gui.cloud.budgets.state import BudgetsState
from hwstudio.gui.cloud.budgets.viewmodel import BudgetsViewModel
from hwstudio.gui.cloud.budgets.words import STATUS_KIND, STATUS_WORD, return_sentence
from hwstudio.gui.kit.card import Card, Chip
from hwstudio.gui.kit.fields import NumberField, labelled
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.kit.text import label

_TARGETS = (
    ("utilisation", "GPU utilisation, at least", "%", 100.0),
    ("cost_per_training_hour", "A training hour, at most", "$", float(MOST)),
    ("time_to_result", "Time to a result, at most", "h", 1e6),
    ("success_rate", "Runs that finish, at least", "%", 100.0),
    ("cloud_per_month", "Cloud a month, at most", "$", float(MOST)),
    ("depreciation_per_month", "Wear a month, at most", "$", float(MOST)),
)
_FEET = "Figures of the last 30 days. Targets are yours; the first ones are no norm."


def _text(value: Decimal | None, unit: str, currency: str) -> str:
    if value is None:
        return "–"
    if unit == "share":
        return f"{value * 100:.0f} %"
    return f"{value:,.1f} h" if unit == "hours" else money(value, currency, decimals=2)


def _columns(currency: str) -> tuple[Column, ...]:
    def goal(figure: RoiFigure) -> str:
        least = "at least" if figure.target.is_least else "at most"
        return f"{least} {_text(figure.target.value, figure.unit, currency)}"

    def status(figure: RoiFigure) -> str:
        return STATUS_WORD[figure.status]

    def how(figure: RoiFigure) -> str:
        if figure.value is None:
            return f"{figure.needs[:1].upper()}{figure.needs[1:]}"
        return f"{figure.source[:1].upper()}{figure.source[1:]}"

    return (
        Column("Figure", lambda f: f.name, width=230, tip=lambda f: f.definition),
        Column("Now", lambda f: f.value, lambda f: _text(f.value, f.unit, currency), right=True,
               width=90),
        Column("Target", lambda f: f.target.value, goal, right=True, width=130),
        Column("Status", status, colour=lambda f: STATUS_KIND[f.status], width=110),
        Column("Source, or what would measure it", how, tip=how, stretch=True),
    )  # fmt: skip


class ReturnPane(Pane):
    """Targets and own prices left; the six figures and the three gates right."""

    def __init__(self, model: BudgetsViewModel) -> None:
        super().__init__("Return")
        self._model = model
        self._sign = sign_of(model.state.currency)
        self._build_prices()
        self._build_targets()
        self._build_answer()
        self._connect()

    def _build_prices(self) -> None:
        card = Card("What only you know (0 = not said)")
        self.cloud = _amount(self._sign, "Cloud bill a month")
        self.purchase = _amount(self._sign, "Price of the hardware")
        self.resale = _amount(self._sign, "What it will sell for")
        self.years = NumberField("Years kept", low=0.5, high=30, value=5, unit="years", decimals=1)
        self.gained = _amount(self._sign, "Earned or saved with it so far")
        for name, field in (
            ("Cloud bill a month", self.cloud), ("Price of the hardware", self.purchase),
            ("What it will sell for", self.resale), ("Years kept", self.years),
            ("Earned or saved with it so far", self.gained),
        ):  # fmt: skip
            card.body.addWidget(labelled(name, field))
        self.controls.addWidget(card)

    def _build_targets(self) -> None:
        card = Card("Targets")
        self.targets: dict[str, NumberField] = {}
        for name, caption, unit, high in _TARGETS:
            shown = self._sign if unit == "$" else unit
            field = NumberField(caption, low=0, high=high, value=0, unit=shown)
            self.targets[name] = field
            card.body.addWidget(labelled(caption, field))
        self.controls.addWidget(card)
        self.controls.addStretch(1)

    def _build_answer(self) -> None:
        card = Card("Six figures")
        self.table = DataTable("Six figures of return", _columns(self._model.state.currency))
        self.table.setMinimumHeight(180)
        self.definition = label("", "small", wrap=True)
        card.body.addWidget(self.table, 1)
        card.body.addWidget(self.definition)
        self.answer.addWidget(card, 1)
        below = Card("Buying in three phases")
        row = QHBoxLayout()
        row.setSpacing(16)
        self.gates = [_GateBox() for _ in range(3)]
        for box in self.gates:
            row.addLayout(box, 1)
        below.body.addLayout(row)
        self.answer.addWidget(below)

    def _connect(self) -> None:
        model = self._model
        self.cloud.changed.connect(lambda v: model.set_prices(cloud_per_month=_said(v)))
        self.purchase.changed.connect(lambda v: model.set_prices(purchase=_said(v)))
        self.resale.changed.connect(lambda v: model.set_prices(resale=exact(v)))
        self.years.changed.connect(lambda v: model.set_prices(life_years=exact(v)))
        self.gained.changed.connect(lambda v: model.set_prices(gained=_said(v)))
        for name, field in self.targets.items():
            field.changed.connect(lambda v, name=name: self._on_target(name, v))
            field.rejected.connect(model.refused)
        for field in (self.cloud, self.purchase, self.resale, self.years, self.gained):
            field.rejected.connect(model.refused)
        self.table.row_selected.connect(self._on_figure)

    def show_state(self, state: BudgetsState) -> None:
        """Show the figures, the targets and the gates."""
        self.say(return_sentence(state))
        own = state.book.prices
        for field, value in (
            (self.cloud, own.cloud_per_month), (self.purchase, own.purchase),
            (self.resale, own.resale), (self.years, own.life_years), (self.gained, own.gained),
        ):  # fmt: skip
            show(field, value)
        for name, field in self.targets.items():
            target = state.book.targets.get(name, DEFAULT_TARGETS[name].value)
            show(field, target * 100 if name in ("utilisation", "success_rate") else target)
        if state.board is None:
            return
        self.table.set_rows(state.board.figures)
        if not self.definition.text():
            self.definition.setText(f"{_FEET} Choose a row to read what is counted.")
        for box, gate in zip(self.gates, gates(state.board.gate_data), strict=True):
            box.show_gate(gate)

    def _on_target(self, name: str, value: float) -> None:
        is_share = name in ("utilisation", "success_rate")
        self._model.set_target(name, exact(value) / 100 if is_share else exact(value))

    @Slot(object)
    def _on_figure(self, figure: object) -> None:
        if isinstance(figure, RoiFigure):
            self.definition.setText(f"{figure.name}: {figure.definition} {_FEET}")


class _GateBox(QVBoxLayout):
    """One phase: what to do in it, and whether its gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.setSpacing(4)
        self._title = label("", "strong", wrap=True)
        self._advice = label("", "", wrap=True)
        self._chip = Chip("unknown", "")
        self._why = label("", "small", wrap=True)
        for widget in (self._title, self._advice, self._chip, self._why):
            self.addWidget(widget)
        self.addStretch(1)

    def show_gate(self, gate: Gate) -> None:
        """Show a phase and its gate."""
        self._title.setText(f"{gate.number}. {gate.phase}")
        self._advice.setText(gate.advice)
        if gate.is_open:
            self._chip.show_status("ok", "Gate open")
        else:
            kind = "info" if gate.is_measured else "unknown"
            self._chip.show_status(kind, "Gate shut" if gate.is_measured else "Not measured")
        self._why.setText(f"{gate.condition} {gate.why}")


def _amount(sign: str, name: str) -> NumberField:
    return NumberField(name, low=0, high=float(MOST), value=0, unit=sign, decimals=2)


def _said(value: float) -> Decimal | None:
    return exact(value) if value > 0 else None
