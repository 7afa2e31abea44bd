"""What stands behind the answer, one page at a time: the offers, the ways to pay, what decides."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.catalog.cloud_tables import CloudRow
from hwstudio.core.model.offer import Offer
from hwstudio.gui.cloud.controls import OfferControls
from hwstudio.gui.cloud.free import FreeLink
from hwstudio.gui.cloud.offers_table import OffersTable
from hwstudio.gui.cloud.shaping import WAITING
from hwstudio.gui.cloud.state import CloudState
from hwstudio.gui.cloud.tables import WAY_COLUMNS
from hwstudio.gui.cloud.tornado import Tornado
from hwstudio.gui.cloud.words import count_words
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.table import DataTable
from hwstudio.gui.kit.text import label

NO_OFFER = "No offer meets these filters. Loosen one of them."
NO_WAYS = "The ways cannot be set side by side: the speed of your own hardware is not known."
NO_ODDS = "There are no odds to break down yet."
TORNADO_WORDS = (
    "What owning gains over its life when one input comes out low or high and all others are as "
    "expected. The ranges hold 8 of 10 cases."
)
_REST_MS = 150  # the long table follows when a slider rests
_PAGES = ("Offers", "Ways to pay", "What decides")


class WhyCard(Card):
    """Three pages. The offers table, over a thousand rows, waits until a slider rests."""

    drawn = Signal()  # the table shows the newest state

    def __init__(self, offers: tuple[Offer, ...], free: Iterable[CloudRow]) -> None:
        super().__init__()
        self._state: CloudState | None = None
        self._key: object = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self.show_rows)
        self._build(offers, free)

    def _build(self, offers: tuple[Offer, ...], free: Iterable[CloudRow]) -> None:
        self.pages = QTabBar()
        self.pages.setObjectName("tabs")
        self.pages.setAccessibleName("What stands behind the answer")
        self.pages.setDrawBase(False)
        self.pages.setExpanding(False)
        for title in _PAGES:
            self.pages.addTab(title)
        self.count = label("", "small")
        self.clear = QPushButton("Clear ticks")
        self.filters = OfferControls(offers)
        self.free = FreeLink(free)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.pages)
        head.addStretch(1)
        self._of_offers = (self.free, self.clear, self.filters.pay, self.filters.fitting)
        for widget in self._of_offers:
            head.addWidget(widget)
        self.body.addLayout(head)
        self.stack = QStackedWidget()
        for page in (self._offers_page(), self._ways_page(), self._decides_page()):
            self.stack.addWidget(page)
        self.body.addWidget(self.stack, 1)
        self.pages.currentChanged.connect(self._on_page)

    def _offers_page(self) -> QWidget:
        self.table = OffersTable()
        self.table.setMinimumHeight(80)
        self.whole = QCheckBox("All columns")
        self.whole.setToolTip(
            "Else the table has the columns it has room for; the tip of a row says the rest."
        )
        self.whole.toggled.connect(self.table.show_all)
        page, foot = _page(self.filters, self.table), QHBoxLayout()
        foot.addWidget(self.count, 1)
        foot.addWidget(self.whole)
        layout = page.layout()
        if isinstance(layout, QVBoxLayout):
            layout.addLayout(foot)
        return page

    def _ways_page(self) -> QWidget:
        self.ways = DataTable("Ways to pay", WAY_COLUMNS)
        self.ways.setMinimumHeight(80)
        self.spot = label("", "small", wrap=True)
        return _page(self.ways, self.spot)

    def _decides_page(self) -> QWidget:
        self.tornado = Tornado()
        self.tornado_words = label(NO_ODDS, "muted", wrap=True)
        self.tornado.setToolTip(TORNADO_WORDS)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName("What decides")
        inner = _page(self.tornado_words, self.tornado)
        layout = inner.layout()
        if isinstance(layout, QVBoxLayout):
            layout.addStretch(1)
        area.setWidget(inner)
        return area

    def show_state(self, state: CloudState) -> None:
        """Show a state; the offers at once only where more changed than a slider."""
        self._state = state
        wish, answer = state.wish, state.answer
        self.filters.pay.set_value(wish.pay)
        self.clear.setVisible(bool(wish.chosen) and self.pages.currentIndex() == 0)
        if self.ways.isVisible():
            self._show_ways(state)
        self.tornado.show_odds(answer.odds)
        self.tornado_words.setVisible(answer.odds is None)
        reference = answer.reference.offer.id if answer.reference else None
        shown = (wish.filter, wish.pay, wish.only_fitting, wish.chosen)
        key = (shown, wish.workload_id, wish.own_key, state.is_waiting, reference)
        if key == self._key:
            self._rest.start()
            return
        self._key = key
        self.show_rows()

    def _show_ways(self, state: CloudState) -> None:
        self.ways.set_rows(state.answer.options, WAITING if state.is_waiting else NO_WAYS)
        self.spot.setText(state.answer.spot)

    @Slot()
    def show_rows(self) -> None:
        """Show the offers of the newest state."""
        self._rest.stop()
        state = self._state
        if state is None:
            return
        self.table.show_pay(state.wish.pay)
        self.table.set_rows(state.rows, WAITING if state.is_waiting else NO_OFFER)
        self.count.setText(count_words(state))
        self.drawn.emit()

    @Slot(int)
    def _on_page(self, number: int) -> None:
        self.stack.setCurrentIndex(number)
        state = self._state
        for widget in self._of_offers:
            widget.setVisible(number == 0)
        if state is not None:
            self.clear.setVisible(number == 0 and bool(state.wish.chosen))
            self._show_ways(state)


def _page(*widgets: QWidget) -> QWidget:
    page = QWidget()
    box = QVBoxLayout(page)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(8)
    for widget in widgets:
        box.addWidget(widget, 1 if isinstance(widget, DataTable) else 0)
    return page
