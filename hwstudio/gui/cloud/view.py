"""The Cloud tab: own against rent, the offers behind it below; further pages beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QTabBar, QWidget

from hwstudio.core.base import clock
from hwstudio.core.catalog.cloud_tables import countries_of, grids_of
from hwstudio.core.cost.cloud_data import data_plan
from hwstudio.gui.cloud.answer_card import AnswerCard
from hwstudio.gui.cloud.controls import OwnControls
from hwstudio.gui.cloud.free import TABLE
from hwstudio.gui.cloud.sections import FIRST, SECTIONS, CloudServices, make_page
from hwstudio.gui.cloud.state import CloudState, Stock
from hwstudio.gui.cloud.viewmodel import CloudViewModel
from hwstudio.gui.cloud.why_card import WhyCard
from hwstudio.gui.cloud.words import verdict_words
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.screen import Screen
from hwstudio.gui.shell.context import Context


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
        kept=context.studio.home.cloud_wish_file,
        grids=grids_of(catalog.table("carbon")),
        countries=countries_of(catalog.table("carbon")),
        data=data_plan(catalog.table("storage_price"), catalog.table("egress")),
    )


class CloudView(Screen):
    """Own or rent, with the odds."""

    def __init__(self, context: Context) -> None:
        super().__init__("Cloud", FIRST.tip)
        self._context = context
        stock = stock_of(context)
        self.model = CloudViewModel(stock, self)
        self._made: dict[str, QWidget] = {}
        self._prices: QWidget | None = None
        self._build(stock)
        self._connect()
        self.model.set_machine(context.shared.machine)
        self.model.set_build(context.shared.build)
        self.model.set_main_job(context.shared.main_job)
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
        self.own = OwnControls(
            stock.workloads,
            stock.price_per_kwh,
            stock.tariff_source,
            self._context.studio.home.monitor_file,
            stock.countries,
        )
        card = Card()
        card.body.addWidget(self.own)
        self.controls.addWidget(card)
        self.controls.addStretch(1)
        self.prices = self.add_more("Refresh prices…")
        self.copy = self.add_more("Copy the answer as text")
        self.report = self.add_more("Report…")
        self.reset = self.add_more("Use the estimates again")
        self.top = AnswerCard()
        self.why = WhyCard(stock.offers, self._context.studio.catalog.table(TABLE))
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.top)
        split.addWidget(self.why)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([290, 260])
        self.answer.addWidget(split, 1)
        QWidget.setTabOrder(self.sections, self.more)  # as they stand

    def _connect(self) -> None:
        model, own, filters = self.model, self.own, self.why.filters
        self.sections.currentChanged.connect(self._on_section)
        model.changed.connect(self._on_changed)
        model.refused.connect(self._on_refused)
        own.own.chosen.connect(model.choose_own)
        own.job.chosen.connect(model.choose_workload)
        own.price.changed.connect(model.set_price)
        own.hours.changed.connect(model.set_hours)
        own.tariff.changed.connect(model.set_tariff)
        own.country.chosen.connect(model.choose_country)
        own.watts.changed.connect(model.set_load_w)
        own.resale.changed.connect(model.set_resale_percent)
        own.life.changed.connect(model.set_life)
        own.ratio.changed.connect(model.set_speed_ratio)
        own.discount.changed.connect(model.set_discount_percent)
        own.rented.changed.connect(model.set_rented_percent)
        own.spot.changed.connect(model.set_terms)
        own.reasons.changed.connect(model.set_reasons)
        own.data.changed.connect(model.set_data)
        own.preset_chosen.connect(model.choose_preset)
        own.recorded.taken.connect(model.set_hours)
        own.reset.clicked.connect(model.forget_own_figures)
        for field in (
            own.price, own.hours, own.tariff, own.watts, own.life, own.ratio, own.resale,
            own.discount, own.rented, own.spot, own.data,
        ):  # fmt: skip
            field.rejected.connect(self._on_refused)
        filters.changed.connect(model.set_filter)
        filters.pay.chosen.connect(model.choose_pay)
        filters.fitting.toggled.connect(model.set_only_fitting)
        self.why.table.model_.checked.connect(model.choose_offer)
        self.why.clear.clicked.connect(model.clear_offers)
        self.why.free.clicked.connect(self._on_free)
        self._context.shared.main_job_changed.connect(model.set_main_job)
        self._context.shared.use_changed.connect(model.set_use)
        self.top.nothing.acted.connect(filters.reset)
        self.copy.triggered.connect(self._on_copy)
        self.prices.triggered.connect(self.open_prices)
        self._context.shared.prices_changed.connect(self._on_prices)
        self.report.triggered.connect(self.open_report)
        self.reset.triggered.connect(model.forget_own_figures)
        self._context.shared.machine_changed.connect(model.set_machine)
        self._context.shared.build_changed.connect(model.set_build)
        self._context.shared.speeds_changed.connect(model.refresh)

    def showEvent(self, event: QShowEvent) -> None:
        """Look what the recorder saw meanwhile."""
        super().showEvent(event)
        self.own.recorded.look()

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep what was typed; a closing window hides its pages first."""
        self.model.keep()
        super().hideEvent(event)

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
        self.own.show_state(state)
        self.top.show_state(state)
        self.why.show_state(state)
        self.report.setEnabled(not state.is_waiting)

    @Slot()
    def open_prices(self) -> None:
        """Show where newer prices come from and what a refresh changed."""
        from hwstudio.gui.cloud.refresh.dialog import RefreshDialog

        if self._prices is None:
            self._prices = RefreshDialog(self._context, self.model, self)
        self._prices.show()
        self._prices.raise_()

    @Slot()
    def _on_prices(self) -> None:
        self.model.take_offers(self._context.studio.catalog.offers())

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
        parts = (answer.sentence, verdict_words(answer.verdict), answer.detail)
        QGuiApplication.clipboard().setText(" ".join(filter(None, parts)))
        self._context.status("Answer copied")
