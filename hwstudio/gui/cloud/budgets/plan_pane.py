"""Plan: month by month, what is bought, who pays, and whether the cash lasts."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QMessageBox,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.money import sign_of
from hwstudio.core.cost.amount import MOST
from hwstudio.core.cost.budget.paid import paid_words
from hwstudio.core.cost.budget.templates import TEMPLATES, Portion, portions, template
from hwstudio.gui.cloud.budgets.pane import Pane, exact, show
from hwstudio.gui.cloud.budgets.plan_forms import ItemForm, SourceForm
from hwstudio.gui.cloud.budgets.plan_tables import (
    SHARE_COLUMNS,
    item_columns,
    month_columns,
    source_columns,
)
from hwstudio.gui.cloud.budgets.state import BudgetsState, paid_months
from hwstudio.gui.cloud.budgets.viewmodel import BudgetsViewModel
from hwstudio.gui.cloud.budgets.words import plan_detail, plan_sentence
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.fields import ChoiceField, NumberField, labelled
from hwstudio.gui.kit.plot import LinePlot, Series
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.kit.text import label

_PAGES = ("Months", "Purchases", "Money", "Shares of the template")
_FIRST_TOTAL = 10_000.0


class PlanPane(Pane):
    """Template and rules left; sentence, cash chart and tables right."""

    def __init__(self, model: BudgetsViewModel) -> None:
        super().__init__("Plan")
        self._model = model
        self._sign = sign_of(model.state.currency)
        self._build_controls()
        self._build_answer()
        self._connect()
        self._show_template()

    def _build_controls(self) -> None:
        card = Card("Begin with a template")
        self.template = ChoiceField("Template", tuple((t.id, t.title) for t in TEMPLATES))
        self.about = label("", "small", wrap=True)
        self.total = NumberField(
            "Budget", low=0.01, high=float(MOST), value=_FIRST_TOTAL, unit=self._sign, decimals=2
        )
        self.use = QPushButton("Use this template")
        self.use.setToolTip("Takes the place of the plan there is.")
        card.body.addWidget(self.template)
        card.body.addWidget(self.about)
        card.body.addWidget(labelled("Budget", self.total))
        card.body.addWidget(self.use)
        self.controls.addWidget(card)
        rules = Card("Rules of the plan")
        self.months = NumberField("Months", low=1, high=120, value=12, unit="months")
        self.floor = NumberField(
            "Cash that must be left", low=0, high=float(MOST), value=0, unit=self._sign, decimals=2
        )
        self.reserve = NumberField("Reserve for surprises", low=0, high=100, value=12, unit="%",
                                   decimals=1)  # fmt: skip
        rules.body.addWidget(labelled("Length", self.months))
        rules.body.addWidget(labelled("Cash that must always be left", self.floor))
        rules.body.addWidget(labelled("Reserve for surprises, of each bill", self.reserve))
        rules.body.addWidget(
            label("Money that expires is spent first. Grants pay only what they may.", "small",
                  wrap=True)
        )  # fmt: skip
        self.controls.addWidget(rules)
        self.controls.addStretch(1)

    def _build_answer(self) -> None:
        self.plot = LinePlot(
            "Cash at each month's end", "Month of the plan", f"Cash left, {self._sign}"
        )
        self.plot.setMinimumHeight(110)
        self.plot.legend_columns = 2
        self.plot.setMaximumHeight(160)
        self.top.body.addWidget(self.plot)
        card = Card()
        self.pages = QTabBar()
        self.pages.setObjectName("tabs")
        self.pages.setDrawBase(False)
        self.pages.setExpanding(False)
        self.pages.setAccessibleName("Parts of the plan")
        for title in _PAGES:
            self.pages.addTab(title)
        self.save = QPushButton("Save plan…")
        self.save.setToolTip("As a workbook (XLSX) or CSV.")
        self.remove = QPushButton("Remove the selected")
        card.body.addLayout(card.head)
        for widget in (self.pages,):
            card.head.addWidget(widget)
        card.head.addStretch(1)
        card.head.addWidget(self.remove)
        card.head.addWidget(self.save)
        self.stack = QStackedWidget()
        self._build_tables()
        card.body.addWidget(self.stack, 1)
        self.answer.addWidget(card, 1)

    def _build_tables(self) -> None:
        model = self._model
        self.table = DataTable("Months of the plan", self._month_columns(model))
        self.items = DataTable("Purchases", item_columns(lambda: model.state.book.plan))
        self.sources = DataTable(
            "Sources of money", source_columns(lambda: model.state.book.plan, self._used)
        )
        self.shares = DataTable("Shares of the template", SHARE_COLUMNS)
        self.item_form, self.source_form = ItemForm(), SourceForm()
        for parts in (
            (self.table,), (self.item_form, self.items), (self.source_form, self.sources),
            (self.shares,),
        ):  # fmt: skip
            page = QWidget()
            box = QVBoxLayout(page)
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(8)
            for part in parts:
                box.addWidget(part, int(isinstance(part, DataTable)))
            parts[-1].setMinimumHeight(110)
            self.stack.addWidget(page)

    def _used(self) -> dict[str, Decimal]:
        cash = self._model.state.cash
        return {} if cash is None else {name: used for name, _, used in cash.used}

    def _connect(self) -> None:
        model = self._model
        self.template.chosen.connect(self._on_template)
        self.total.changed.connect(self._show_shares)
        self.use.clicked.connect(self._on_use)
        self.months.changed.connect(lambda v: model.set_plan(months=round(v)))
        self.floor.changed.connect(lambda v: model.set_plan(floor=exact(v)))
        self.reserve.changed.connect(lambda v: model.set_plan(contingency_share=exact(v) / 100))
        self.pages.currentChanged.connect(self._on_page)
        self.save.clicked.connect(self._on_save)
        self.remove.clicked.connect(self._on_remove)
        self.item_form.wanted.connect(self._on_item)
        self.source_form.wanted.connect(self._on_source)
        for sender in (self.total, self.months, self.floor, self.reserve, self.item_form,
                       self.source_form):  # fmt: skip
            sender.rejected.connect(model.refused)
        self._on_page(0)

    def _month_columns(self, model: BudgetsViewModel) -> tuple[Column, ...]:
        self._paid: dict[str, Decimal | None] = {}
        return month_columns(model.state.currency, self._paid.get)

    def show_state(self, state: BudgetsState) -> None:
        """Show the plan and its cash."""
        begun = paid_months(state)
        self._paid.clear()
        self._paid.update({month.month: month.paid for month in begun})
        detail = " ".join(filter(None, (plan_detail(state), paid_words(begun, state.currency))))
        self.say(plan_sentence(state), detail)
        plan, cash = state.book.plan, state.cash
        if plan is not None:
            show(self.months, plan.months)
            show(self.floor, plan.floor)
            show(self.reserve, plan.contingency_share * 100)
        empty = "Nothing yet. Use a template, or add something above."
        self.items.set_rows(() if plan is None else plan.items, empty)
        self.sources.set_rows(() if plan is None else plan.sources, empty)
        months = () if cash is None else cash.months
        self.table.set_rows(months, "Nothing yet. Use a template on the left.")
        self.save.setEnabled(cash is not None)
        self.plot.setVisible(bool(months))
        if months:
            numbers = [float(month.number + 1) for month in months]
            left = [float(month.cash_after) for month in months]
            lines = [Series("Cash left", numbers, left, has_points=True)]
            if plan is not None and plan.floor > 0:
                floor = [float(plan.floor)] * len(numbers)
                lines.append(Series("Floor", numbers, floor, colour=1, is_dashed=True))
            top = max(*left, float(plan.floor) if plan is not None else 0.0, 1.0)
            self.plot.set_range(y=(min([0.0, *left]), top * 1.5))  # the legend has the room above
            self.plot.set_series(tuple(lines))

    @Slot(str)
    def _on_template(self, template_id: str) -> None:
        usual = template(template_id).usual_total
        if usual is not None:
            self.total.set_value(float(usual))
        self._show_template()

    def _show_template(self) -> None:
        self.about.setText(template(self.template.value).about)
        self._show_shares()

    @Slot()
    def _show_shares(self) -> None:
        rows: tuple[Portion, ...] = ()
        try:
            rows = portions(template(self.template.value), exact(round(self.total.value, 2)))
        except HwstudioError as error:
            self._model.refused.emit(error.sentence)
        self.shares.set_rows(rows)

    @Slot()
    def _on_use(self) -> None:
        plan = self._model.state.book.plan
        if plan is not None and (plan.items or plan.sources):
            answer = QMessageBox.question(
                self, "Use this template", "The plan there is will be replaced. Go on?"
            )
            if answer != QMessageBox.StandardButton.Yes:
                return
        self._model.use_template(self.template.value, exact(round(self.total.value, 2)))

    @Slot(int)
    def _on_page(self, number: int) -> None:
        self.stack.setCurrentIndex(number)
        self.remove.setVisible(number in (1, 2))

    @Slot(object)
    def _on_item(self, values: dict[str, Any]) -> None:
        if self._model.add_item(**values):
            self.item_form.clear()

    @Slot(object)
    def _on_source(self, values: dict[str, Any]) -> None:
        if self._model.add_source(**values):
            self.source_form.clear()

    @Slot()
    def _on_remove(self) -> None:
        table = self.items if self.pages.currentIndex() == 1 else self.sources
        for row in table.selected_rows():
            self._model.remove(row)

    @Slot()
    def _on_save(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, "Plan", "plan.xlsx", "Workbook (*.xlsx);;CSV (*.csv)"
        )
        if path:
            self._model.export_plan(Path(path))
