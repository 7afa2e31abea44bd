"""Limits: what may be spent a day, a week and a month, and how it stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPushButton

from hwstudio.core.base.money import money, sign_of
from hwstudio.core.cost.amount import MOST
from hwstudio.core.cost.budget.forecast import Forecast, Spending
from hwstudio.core.cost.budget.limits import Span
from hwstudio.core.cost.budget.notices import Notice
from hwstudio.gui.cloud.budgets.pane import Pane, exact, note, show
from hwstudio.gui.cloud.budgets.state import BudgetsState
from hwstudio.gui.cloud.budgets.viewmodel import BudgetsViewModel
from hwstudio.gui.cloud.budgets.words import (
    LEVEL_KIND,
    LEVEL_WORD,
    limits_conflicts,
    limits_detail,
    limits_sentence,
)
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.fields import NumberField, labelled
from hwstudio.gui.kit.table import Column, DataTable

_TITLES = {Span.DAY: "A day", Span.WEEK: "A week", Span.MONTH: "A month"}
_NOW = {Span.DAY: "Today", Span.WEEK: "This week", Span.MONTH: "This month"}
_Row = tuple[Forecast, Decimal, tuple[Notice, ...], str]
ADVICE = (
    "Notices come at 80, 90 and 100 % of a limit, for what is spent and for the forecast, each "
    "once a period. They advise: hwstudio stops nothing."
)


def _period_columns() -> tuple[Column, ...]:
    def cash(pick: Callable[[_Row], Decimal]) -> Callable[[_Row], str]:
        return lambda row: money(pick(row), row[3], decimals=2)

    return (
        Column("Period", lambda r: r[0].term.days, lambda r: _NOW[r[0].term.span]),
        Column("Limit", lambda r: r[1], cash(lambda r: r[1]), right=True),
        Column("Spent", lambda r: r[0].spent, cash(lambda r: r[0].spent), right=True),
        Column(
            "Used, %",
            lambda r: r[0].spent / r[1],
            lambda r: f"{r[0].spent / r[1] * 100:,.0f}",
            right=True,
        ),
        Column("Days left", lambda r: r[0].days_left, right=True),
        Column(
            "Forecast",
            lambda r: r[0].expected,
            cash(lambda r: r[0].expected),
            right=True,
            tip=_forecast_tip,
        ),
        Column("So far", lambda r: _level(r, False), colour=lambda r: _colour(r, False), width=116),
        Column(
            "By its end", lambda r: _level(r, True), colour=lambda r: _colour(r, True), stretch=True
        ),
    )


def _forecast_tip(row: _Row) -> str:
    seen, sign = row[0], row[3]
    rate = money(seen.burn_per_day, sign, decimals=2)
    rough = " Rough: few days have passed." if seen.is_rough else ""
    return f"Spent + {rate} a day x {seen.days_left} days left.{rough}"


def _notice(row: _Row, is_forecast: bool) -> Notice | None:
    mine = [n for n in row[2] if n.is_forecast == is_forecast and n.key.startswith(row[0].term.key)]
    return mine[-1] if mine else None


def _level(row: _Row, is_forecast: bool) -> str:
    notice = _notice(row, is_forecast)
    if notice is None:
        return "–" if is_forecast and row[0].days_left == 0 else "OK"
    word = LEVEL_WORD[notice.level]
    return (
        word.replace("reached", "ahead").replace("Limit ahead", "Over the limit")
        if (is_forecast)
        else word
    )


def _colour(row: _Row, is_forecast: bool) -> str:
    notice = _notice(row, is_forecast)
    return "ok" if notice is None else LEVEL_KIND[notice.level]


class LimitsPane(Pane):
    """Limits left, standing right, what was paid below."""

    def __init__(self, model: BudgetsViewModel) -> None:
        super().__init__("Limits")
        self._model = model
        self._sign = sign_of(model.state.currency)
        self._build_controls()
        self._build_answer()
        self._connect()

    def _build_controls(self) -> None:
        card = Card("What may be spent")
        self.limits: dict[Span, NumberField] = {}
        for span in Span:
            field = NumberField(
                f"{_TITLES[span]}, limit",
                low=0,
                high=float(MOST),
                value=0,
                unit=self._sign,
                decimals=2,
            )
            self.limits[span] = field
            card.body.addWidget(labelled(f"{_TITLES[span]} (0 = no limit)", field))
        self.runs = QCheckBox("Count electricity of recorded runs")
        self.runs.setToolTip("Energy of the runs marked on the Monitor tab x your price of a kWh.")
        card.body.addWidget(self.runs)
        card.body.addWidget(self._desktop())
        self.controls.addWidget(card)
        paid = Card("Note something paid")
        self.amount = NumberField(
            "Amount paid", low=0, high=float(MOST), value=0, unit=self._sign, decimals=2
        )
        self.day = QLineEdit(self._model.state.today.isoformat())
        self.day.setAccessibleName("Day it was paid")
        self.note = QLineEdit()
        self.note.setPlaceholderText("What for, e.g. rented GPU")
        self.note.setAccessibleName("What it was paid for")
        self.add = QPushButton("Note it")
        paid.body.addWidget(labelled("Amount", self.amount))
        paid.body.addWidget(labelled("Day (year-month-day)", self.day))
        paid.body.addWidget(labelled("What for", self.note))
        paid.body.addWidget(self.add)
        self.controls.addWidget(paid)
        self.controls.addStretch(1)

    def _desktop(self) -> QCheckBox:
        self.desktop = QCheckBox("Notices on the desktop too")
        self.desktop.setToolTip(
            "While hwstudio is open, or when `hwstudio cost budget status` is run."
        )
        return self.desktop

    def _build_answer(self) -> None:
        card = Card("How it stands")
        self.periods = DataTable("Periods with a limit", _period_columns())
        self.periods.setMinimumHeight(116)
        self.periods.setMaximumHeight(132)
        card.body.addWidget(self.periods)
        card.body.addWidget(note(ADVICE))
        self.answer.addWidget(card)
        below = Card("What was paid")
        self.remove = QPushButton("Remove the selected")
        self.remove.setEnabled(False)
        below.head.addWidget(self.remove)
        self.paid = DataTable(
            "What was paid",
            (
                Column("Day", lambda s: s.day.isoformat(), width=110),
                Column("Amount", lambda s: s.amount, self._amount, right=True, width=120),
                Column("What for", lambda s: s.note or "–", stretch=True),
                Column(
                    "From",
                    lambda s: "recorded run" if s.source == "run" else "typed",
                    width=120,
                    colour=lambda _: "muted",
                ),
            ),
        )
        self.paid.setMinimumHeight(84)
        below.body.addWidget(self.paid, 1)
        self.answer.addWidget(below, 1)

    def _amount(self, paid: Spending) -> str:
        return money(paid.amount, self._model.state.currency, decimals=2)

    def _connect(self) -> None:
        for span, field in self.limits.items():
            field.changed.connect(
                lambda value, span=span: self._model.set_limit(span, exact(value))
            )
            field.rejected.connect(self._model.refused)
        self.amount.rejected.connect(self._model.refused)
        self.runs.toggled.connect(self._model.count_runs)
        self.desktop.toggled.connect(self._model.notify)
        self.add.clicked.connect(self._on_add)
        self.note.returnPressed.connect(self._on_add)
        self.paid.row_selected.connect(self._on_selected)
        self.remove.clicked.connect(self._on_remove)

    def show_state(self, state: BudgetsState) -> None:
        """Show limits, how they stand and what was paid."""
        self.say(limits_sentence(state), limits_detail(state), limits_conflicts(state))
        for span, field in self.limits.items():
            show(field, state.book.limits.of(span))
        for box, is_on in (
            (self.runs, state.book.counts_runs),
            (self.desktop, state.book.notifies),
        ):
            with QSignalBlocker(box):
                box.setChecked(is_on)
        found = state.watch.notices
        rows = tuple((seen, limit, found, state.currency) for seen, limit in state.watch.forecasts)
        self.periods.set_rows(rows, "Set a limit on the left.")
        runs = state.runs if state.book.counts_runs else ()
        paid = sorted((*state.book.spendings, *runs), key=lambda s: s.day, reverse=True)
        self.paid.set_rows(
            tuple(paid), "Nothing yet. Note what was paid, or mark runs on the Monitor tab."
        )
        self.remove.setEnabled(False)

    @Slot()
    def _on_add(self) -> None:
        try:
            day = date.fromisoformat(self.day.text().strip())
        except ValueError:
            self._model.refused.emit("The day cannot be read. Write it as 2026-11-20.")
            return
        if not self.amount.is_bad and self._model.spend(
            day, exact(self.amount.value), self.note.text()
        ):
            self.amount.set_value(0)
            self.note.clear()

    @Slot(object)
    def _on_selected(self, row: object) -> None:
        self.remove.setEnabled(isinstance(row, Spending) and row.source != "run")

    @Slot()
    def _on_remove(self) -> None:
        for row in self.paid.selected_rows():
            self._model.forget(row)
