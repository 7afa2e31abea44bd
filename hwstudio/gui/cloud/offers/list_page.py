"""The list of all offers with its filters; below it the earlier prices and the comparison."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QPushButton, QSplitter, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from hwstudio.gui.cloud.offers.compare import ComparePane
from hwstudio.gui.cloud.offers.filters import OfferFilters
from hwstudio.gui.cloud.offers.history import HistoryPane
from hwstudio.gui.cloud.offers.memory import Memory
from hwstudio.gui.cloud.offers.state import OffersState
from hwstudio.gui.cloud.offers.tables import MARKET_COLUMNS, OFFER_COLUMNS
from hwstudio.gui.cloud.offers.viewmodel import OffersViewModel
from hwstudio.gui.cloud.offers.words import NO_OFFER, count_words, floor_words
from hwstudio.gui.cloud.sections import CloudServices
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.table import DataTable
from hwstudio.gui.kit.text import label

_NO_MARKET = "None of the offers shown comes from a marketplace."
HISTORY, COMPARE, MARKETS = range(3)


class ListPage(QWidget):
    """Every offer the catalogue and the user know."""

    def __init__(self, services: CloudServices, model: OffersViewModel, memory: Memory) -> None:
        super().__init__()
        self._services, self.model = services, model
        self.filters = OfferFilters(model.offers, memory)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self._list_card())
        split.addWidget(self._detail_card())
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([330, 210])
        box.addWidget(split)
        self._connect()
        self.model.set_filter(self.filters.wish())
        self._on_changed(self.model.state)

    def _list_card(self) -> QWidget:
        card = Card("Offers")
        self.count = label("", "small")
        self.copy = QPushButton("Copy as CSV")
        self.copy.setToolTip("All rows shown, in the order shown.")
        card.head.addWidget(self.count)
        card.head.addWidget(self.copy)
        self.table = DataTable("Offers", OFFER_COLUMNS)
        self.table.setMinimumHeight(110)
        card.body.addWidget(self.filters)
        card.body.addWidget(self.table, 1)
        return card

    def _detail_card(self) -> QWidget:
        card = Card()
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setAccessibleName("About the offers")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for words in ("Earlier prices", "Side by side", "Marketplaces"):
            self.tabs.addTab(words)
        self.untick = QPushButton("Clear ticks")
        head = card.head
        head.addWidget(self.tabs)
        head.addStretch(1)
        head.addWidget(self.untick)
        card.body.insertLayout(0, head)
        self.stack = QStackedWidget()
        self.history, self.compare = HistoryPane(), ComparePane()
        self.stack.addWidget(self.history)
        self.stack.addWidget(self.compare)
        self.stack.addWidget(self._markets())
        self.stack.setMinimumHeight(120)
        card.body.addWidget(self.stack, 1)
        return card

    def _markets(self) -> QWidget:
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        self.floor = label("", "muted", wrap=True)
        self.markets = DataTable("Marketplace medians", MARKET_COLUMNS)
        box.addWidget(self.floor)
        box.addWidget(self.markets, 1)
        return holder

    def _connect(self) -> None:
        self.model.changed.connect(self._on_changed)
        self.model.refused.connect(self._on_refused)
        self.filters.changed.connect(self.model.set_filter)
        self.table.model_.checked.connect(self._on_checked)
        self.table.row_selected.connect(self.model.select)
        self.tabs.currentChanged.connect(self._on_tab)
        self.copy.clicked.connect(self._on_copy)
        self.untick.clicked.connect(self.model.compare_none)

    @Slot(object)
    def _on_changed(self, state: OffersState) -> None:
        self.filters.set_offers(self.model.offers)
        self.table.set_rows(state.lines, NO_OFFER)
        self.count.setText(count_words(state))
        self.history.show_history(state.selected, state.history)
        self.compare.show_lines(state.compared)
        self.tabs.setTabText(COMPARE, f"Side by side ({len(state.compared)})")
        self.untick.setVisible(bool(state.compared))
        self.floor.setText(floor_words(tuple(line.offer for line in state.lines if line.market)))
        self.floor.setVisible(bool(state.markets))
        self.markets.set_rows(state.markets, _NO_MARKET)

    @Slot(object, bool)
    def _on_checked(self, row: object, is_on: bool) -> None:
        self.model.compare(row, is_on)
        if is_on:
            self.tabs.setCurrentIndex(COMPARE)

    @Slot(int)
    def _on_tab(self, number: int) -> None:
        self.stack.setCurrentIndex(number)

    @Slot(str)
    def _on_refused(self, sentence: str) -> None:
        self._services.say_problem(sentence)

    @Slot()
    def _on_copy(self) -> None:
        self.table.copy_csv()
        self._services.context.status(f"{len(self.model.state.lines):,} offers copied as CSV")
