"""The Cloud tab: own against rent, the offers behind it below; further pages beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QTabBar,
    QWidget,
)

from hwstudio.core.base import clock
from hwstudio.core.base.money import money
from hwstudio.core.cost.odds import Odds
from hwstudio.gui.cloud.controls import OfferControls, OwnControls
from hwstudio.gui.cloud.free import TABLE, FreeLink
from hwstudio.gui.cloud.plots import cost_series
from hwstudio.gui.cloud.sections import FIRST, SECTIONS, CloudServices, make_page
from hwstudio.gui.cloud.shaping import WAITING
from hwstudio.gui.cloud.state import Answer, CloudState, Stock
from hwstudio.gui.cloud.tables import OFFER_COLUMNS
from hwstudio.gui.cloud.viewmodel import CloudViewModel
from hwstudio.gui.cloud.words import count_words, months, swing_words
from hwstudio.gui.kit.card import BigNumber, Card, EmptyState, Sentence
from hwstudio.gui.kit.plot import LinePlot
from hwstudio.gui.kit.screen import Screen
from hwstudio.gui.kit.table import DataTable
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.tip import provenance_tip, rows_tip
from hwstudio.gui.shell.context import Context

FORMULA = "(price - resale) / (rent per month - running cost per month)"
CHART_WORDS = (
    "The own line starts at the price less what it sells for in the end. "
    "Shaded: 8 of 10 cases. All speeds are estimated."
)
NO_OFFER = "No offer meets these filters. Loosen one of them."
NO_CHART = "No chart: there is nothing to compare yet."


def stock_of(context: Context) -> Stock:
    """Return what the catalogue and the settings give this tab."""
    catalog, settings = context.studio.catalog, context.studio.settings
    return Stock(
        offers=catalog.offers(),
        gpus=catalog.gpus(),
        cards=catalog.cards(),
        workloads=catalog.workloads(),
        goal=settings.goal,
        price_per_kwh=settings.electricity_per_kwh,
        tariff_source=settings.electricity_source,
        today=clock.today(),
        predictors=context.studio.predictors,
    )


class CloudView(Screen):
    """Own or rent, with the odds."""

    def __init__(self, context: Context) -> None:
        super().__init__("Cloud", FIRST.tip)
        self._context = context
        stock = stock_of(context)
        self.model = CloudViewModel(stock, self)
        self._made: dict[str, QWidget] = {}
        self._build(stock)
        self._connect()
        self.model.set_machine(context.shared.machine)
        self.model.set_build(context.shared.build)
        if context.shared.hours_per_week is not None:
            self.model.set_use(context.shared.hours_per_week)

    def _build(self, stock: Stock) -> None:
        self.sections = QTabBar()
        self.sections.setObjectName("tabs")
        self.sections.setAccessibleName("Pages of the cloud tab")
        self.sections.setDrawBase(False)
        self.sections.setExpanding(False)
        for number, section in enumerate((FIRST, *SECTIONS)):
            self.sections.addTab(section.title)
            self.sections.setTabToolTip(number, section.tip)
        self.sections.setVisible(bool(SECTIONS))
        self.head.insertWidget(0, self.sections)
        self.own = OwnControls(stock.workloads, stock.price_per_kwh, stock.tariff_source)
        card = Card()
        card.body.addWidget(self.own)
        self.controls.addWidget(card)
        self.controls.addStretch(1)
        self.copy = self.add_more("Copy the answer as text")
        self.report = self.add_more("Report…")
        self.reset = self.add_more("Use the estimates again")
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self._answer_card())
        split.addWidget(self._offers_card(stock))
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([300, 240])
        self.answer.addWidget(split, 1)

    def _answer_card(self) -> QWidget:
        card = Card()
        self.sentence = Sentence()
        self.detail = label("", "muted", wrap=True)
        card.body.addWidget(self.sentence)
        card.body.addWidget(self.detail)
        card.setMinimumHeight(270)  # two wrapped lines above and the numbers below them
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(self._numbers())
        self.plot = LinePlot("Cost over the months", "Months from now", "Cost so far, $")
        self.plot.setMinimumSize(240, 150)
        self.plot.mark_position = 0.08  # the legend has the top
        row.addWidget(self.plot, 1)
        self.nothing = EmptyState("chart", NO_CHART, "Clear the filters")
        row.addWidget(self.nothing, 1)
        card.body.addLayout(row, 1)
        return card

    def _numbers(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        self.wait = BigNumber("Owning pays back after")
        self.chance = BigNumber("Owning wins in")
        self.own_month = BigNumber("Own, a month", role="medium")
        self.rent_month = BigNumber("Rent, a month", role="medium")
        numbers = (self.wait, self.chance, self.own_month, self.rent_month)
        for place, number in enumerate(numbers):
            number.setFixedWidth(148)
            grid.addWidget(number, place // 2, place % 2, Qt.AlignmentFlag.AlignTop)
        legend = label(CHART_WORDS, "small", wrap=True)
        legend.setMaximumWidth(308)
        grid.addWidget(legend, 2, 0, 1, 2, Qt.AlignmentFlag.AlignTop)
        grid.setRowStretch(2, 1)
        return grid

    def _offers_card(self, stock: Stock) -> QWidget:
        card = Card("Offers")
        self.count = label("", "small")
        self.clear = QPushButton("Clear ticks")
        self.filters = OfferControls(stock.offers)
        for widget in (self.count, self.clear, self.filters.pay, self.filters.fitting):
            card.head.addWidget(widget)
        self.free = FreeLink(self._context.studio.catalog.table(TABLE))
        card.head.insertWidget(1, self.free)
        self.table = DataTable("Offers", OFFER_COLUMNS)
        self.table.setMinimumHeight(110)
        card.body.addWidget(self.filters)
        card.body.addWidget(self.table, 1)
        return card

    def _connect(self) -> None:
        model, own, filters = self.model, self.own, self.filters
        self.sections.currentChanged.connect(self._on_section)
        model.changed.connect(self._on_changed)
        model.refused.connect(self._on_refused)
        own.own.chosen.connect(model.choose_own)
        own.job.chosen.connect(model.choose_workload)
        own.price.changed.connect(model.set_price)
        own.hours.changed.connect(model.set_hours)
        own.tariff.changed.connect(model.set_tariff)
        own.watts.changed.connect(model.set_load_w)
        own.resale.changed.connect(model.set_resale_percent)
        own.life.changed.connect(model.set_life)
        own.ratio.changed.connect(model.set_speed_ratio)
        own.reset.clicked.connect(model.forget_own_figures)
        for field in (own.price, own.hours, own.tariff, own.watts, own.life, own.ratio):
            field.rejected.connect(self._on_refused)
        filters.changed.connect(model.set_filter)
        filters.pay.chosen.connect(model.choose_pay)
        filters.fitting.toggled.connect(model.set_only_fitting)
        self.table.model_.checked.connect(model.choose_offer)
        self.clear.clicked.connect(model.clear_offers)
        self.free.clicked.connect(self._on_free)
        self._context.shared.use_changed.connect(model.set_use)
        self.nothing.acted.connect(filters.reset)
        self.copy.triggered.connect(self._on_copy)
        self.report.triggered.connect(self.open_report)
        self.reset.triggered.connect(model.forget_own_figures)
        self._context.shared.machine_changed.connect(model.set_machine)
        self._context.shared.build_changed.connect(model.set_build)
        self._context.shared.speeds_changed.connect(model.refresh)

    def open_section(self, section_id: str) -> None:
        """Show one of the pages by its id."""
        ids = [section.id for section in (FIRST, *SECTIONS)]
        if section_id in ids:
            self.sections.setCurrentIndex(ids.index(section_id))

    @Slot(int)
    def _on_section(self, number: int) -> None:
        section = (FIRST, *SECTIONS)[number]
        if number and section.id not in self._made:
            services = CloudServices(self._context, self.model, self._on_refused)
            self._made[section.id] = page = make_page(section, services)
            self.outer.addWidget(page, 1)
        self.notice.clear()
        self.purpose.setText(section.tip)
        self.body.setVisible(not number)
        for key, page in self._made.items():
            page.setVisible(key == section.id)

    @Slot(object)
    def _on_changed(self, state: CloudState) -> None:
        self.notice.clear()
        answer = state.answer
        self.own.show_state(state)
        self.sentence.setText(answer.sentence)
        self.detail.setText(answer.detail)
        self._show_numbers(state)
        self.plot.set_series(cost_series(answer))
        self.plot.set_marks(answer.marks)
        self.plot.setVisible(bool(answer.lines))
        self.nothing.setVisible(not answer.lines)
        self.nothing.button.setVisible(answer.reference is None and not state.is_waiting)
        self.table.set_rows(state.rows, WAITING if state.is_waiting else NO_OFFER)
        self.count.setText(count_words(state))
        self.clear.setVisible(bool(state.wish.chosen))
        self.report.setEnabled(not state.is_waiting)

    def _show_numbers(self, state: CloudState) -> None:
        answer = state.answer
        tip = provenance_tip(
            "Months until owning is cheaper",
            source="your inputs, the offer compared, and speeds predicted for this job",
            formula=FORMULA,
        )
        self.wait.show_value(*_wait(answer), tip=tip)
        odds = answer.odds
        chance = f"{odds.owning_wins_share:.0%}" if odds else "–"
        note = f"of {odds.draws:,} cases" if odds else ""
        self.chance.show_value(chance, "", note, odds_tip(odds) if odds else "")
        own = money(answer.own_month) if answer.own_month is not None else "–"
        self.own_month.show_value(own, "", "wear and electricity" if own != "–" else "")
        rent = money(answer.rent_month) if answer.rent_month is not None else "–"
        self.rent_month.show_value(rent, "", "the same work" if answer.odds else "")

    @Slot()
    def _on_free(self) -> None:
        self._context.open_tab("parts")
        self._context.shared.want_records(TABLE)

    @Slot(str)
    def _on_refused(self, sentence: str) -> None:
        self.notice.say("warn", sentence)

    @Slot()
    def open_report(self) -> None:
        """Show the answer as a report to save or print."""
        from hwstudio.gui.report.choices import cost_choice
        from hwstudio.gui.report.dialog import show_report

        asked = self.model.asked()
        if asked is not None:
            question, shapes, offers = asked
            shown = (offers, self.model.state.answer)
            show_report((cost_choice(self._context.studio, question, shapes, shown),), self)

    @Slot()
    def _on_copy(self) -> None:
        answer = self.model.state.answer
        QGuiApplication.clipboard().setText(f"{answer.sentence} {answer.detail}")
        self._context.status("Answer copied")


def odds_tip(odds: Odds) -> str:
    """Return what each doubtful input does to the gain from owning, largest first."""
    rows = [(swing.name, swing_words(swing)) for swing in odds.swings if swing.size > 0]
    return rows_tip(rows, "What owning gains over its life when one input is low or high:")


def _wait(answer: Answer) -> tuple[str, str, str]:
    """Return value, unit and note of the break-even."""
    if answer.payback is None or answer.odds is None:
        return "–", "", ""
    if answer.payback.months is None:
        return (
            "Never",
            "",
            f"at best {months(answer.odds.p10_months)}" if answer.odds.p10_months else "",
        )
    value = months(float(answer.payback.months))
    unit = "months" if value[-1].isdigit() else ""
    if value.startswith("over "):
        value, unit = "10+", "years"  # large letters have room for no more
    hours = f"{answer.payback.busy_hours:,.0f} busy hours" if answer.payback.busy_hours else ""
    return value, unit, hours
