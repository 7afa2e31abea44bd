"""The pane beside the table: one item, who says what about it, its prices, and what is yours."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from hwstudio.core.base.clock import today
from hwstudio.core.model.fact import Fact
from hwstudio.core.model.part import Part
from hwstudio.core.model.price import Price, PriceKind
from hwstudio.gui.kit.card import Card, EmptyState
from hwstudio.gui.kit.plot import LinePlot
from hwstudio.gui.kit.table import DataTable
from hwstudio.gui.kit.text import label, set_role
from hwstudio.gui.kit.tip import price_tip
from hwstudio.gui.parts.columns import fact_columns
from hwstudio.gui.parts.filters import OWNABLE
from hwstudio.gui.parts.mine import MinePage
from hwstudio.gui.parts.price_plot import (
    price_columns,
    price_ranges,
    price_series,
    usual_currency,
)
from hwstudio.gui.parts.state import PartsState
from hwstudio.gui.parts.words import age_words, price_words, whole_words

HINT = "Choose a line to read in full who says so and when."
FACTS, PRICES, MINE = "Facts", "Prices", "Mine"
_WIDE_PX = 322
PAGES = (FACTS, PRICES, MINE)


class DetailPane(QWidget):
    """Shows the selected item on three pages; ``mine`` hands on what the user says of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._build()
        self.pages.currentChanged.connect(self._on_page)
        self.facts.row_selected.connect(self._on_fact)

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self._empty = EmptyState("parts", "Choose a line to see who says what about it.")
        self._card = Card()
        self.name = label("", "strong", wrap=True)
        self.price = label("", wrap=True)
        self.price_note = label("", "small", wrap=True)
        for widget in (self.name, self.price, self.price_note):
            self._card.body.addWidget(widget)
        self.pages = QTabBar()
        self.pages.setObjectName("tabs")
        self.pages.setAccessibleName("Pages about the part")
        self.pages.setDrawBase(False)
        self.pages.setExpanding(False)
        self._card.body.addWidget(self.pages)
        self.stack = QStackedWidget()
        self.mine = MinePage()
        for page in (self._facts_page(), self._prices_page(), self.mine):
            self.stack.addWidget(page)
        self._card.body.addWidget(self.stack, 1)
        box.addWidget(self._empty)
        box.addWidget(self._card)

    def _facts_page(self) -> QWidget:
        page, box = _page()
        self.facts = DataTable("Facts about the part", fact_columns())
        self.fact = label("", "small", wrap=True)
        self.fact.setMinimumHeight(64)
        box.addWidget(self.facts, 1)
        box.addWidget(self.fact)
        return page

    def _prices_page(self) -> QWidget:
        page, box = _page()
        self.chart = LinePlot("Price history", "Year", "Price, USD")
        self.chart.setMinimumHeight(120)
        self.no_chart = label("No price is known yet. Give your own on the page “Mine”.", "muted",
                              wrap=True)  # fmt: skip
        self.not_drawn = label("", "small")
        self.prices = DataTable("Prices of the part", price_columns(today()))
        self.prices.setMinimumHeight(64)
        box.addWidget(self.no_chart)
        box.addWidget(self.chart, 3)
        box.addWidget(self.not_drawn)
        box.addWidget(self.prices, 2)
        return page

    def show_state(self, state: PartsState) -> None:
        """Show the selected item, or what this pane is for."""
        item = state.selected
        self._empty.setVisible(item is None)
        self._card.setVisible(item is not None)
        if item is None:
            return
        is_part = isinstance(item, Part)
        is_ownable = is_part or state.filters.kind in OWNABLE
        self._offer_pages([FACTS, *([PRICES] if is_part else []), *([MINE] if is_ownable else [])])
        self.name.setText(item.name)
        has_price = is_part or item.price is not None
        self.price.setVisible(has_price)
        self.price.setText(price_words(item.price))
        self.price.setToolTip(price_tip(item.price))
        note, is_old = _note(item.price)
        self.price_note.setVisible(has_price)
        self.price_note.setText(note)
        set_role(self.price_note, "warn" if is_old else "small")
        self.facts.set_rows(_newest_prices(state.facts))
        chosen = self.facts.selected_rows()
        self._on_fact(chosen[0] if chosen else None)
        self._show_prices(state)
        self.mine.show_mine(item.id, state.mine, is_part=is_part)

    def _offer_pages(self, titles: list[str]) -> None:
        """Offer just the pages that mean something, staying on the one in view if it is there."""
        old = [self.pages.tabText(n) for n in range(self.pages.count())]
        if titles == old:
            return
        keep = PAGES[self.stack.currentIndex()]
        with QSignalBlocker(self.pages):
            while self.pages.count():
                self.pages.removeTab(0)
            for title in titles:
                self.pages.addTab(title)
            self.pages.setCurrentIndex(titles.index(keep) if keep in titles else 0)
        self.pages.setVisible(len(titles) > 1)
        self._on_page(self.pages.currentIndex())

    def _show_prices(self, state: PartsState) -> None:
        currency = usual_currency(state.prices)
        left = [price for price in state.prices if price.currency != currency]
        words = ", ".join(sorted({price.currency for price in left}))
        self.not_drawn.setText(f"Not drawn: {len(left)} in {words}." if left else "")
        self.not_drawn.setVisible(bool(left))
        series = price_series(state.prices, currency)
        self.chart.setVisible(bool(series))
        self.no_chart.setVisible(not series)
        if series:
            self.chart.set_axis_titles("Year", f"Price, {currency}")
            self.chart.set_series(series)
            self.chart.set_range(*price_ranges(series))
        self.prices.setVisible(bool(state.prices))
        self.prices.set_rows(state.prices)

    @Slot(int)
    def _on_page(self, number: int) -> None:
        if number >= 0:
            self.stack.setCurrentIndex(PAGES.index(self.pages.tabText(number)))

    @Slot(object)
    def _on_fact(self, fact: Fact | None) -> None:
        self.fact.setText(whole_words(fact) if fact else HINT)

    def hasHeightForWidth(self) -> bool:
        """Say no: the screen must not grow to the height the pane's tables would like."""
        return False

    def sizeHint(self) -> QSize:
        return QSize(_WIDE_PX, self.minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width: what and value grow with the pane, the source takes the rest."""
        super().resizeEvent(event)
        wide = event.size().width()
        self.facts.setColumnWidth(0, min(max(wide * 31 // 100, 90), 190))
        self.facts.setColumnWidth(1, min(max(wide * 25 // 100, 76), 130))


def _newest_prices(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Keep of each kind of price the newest; the others stand on the page of prices."""
    seen: set[str] = set()
    kept = []
    for fact in facts:
        if not fact.name.startswith("price_") or fact.name not in seen:
            kept.append(fact)
            seen.add(fact.name)
    return tuple(kept)


def _page() -> tuple[QWidget, QVBoxLayout]:
    page = QWidget()
    box = QVBoxLayout(page)
    box.setContentsMargins(0, 4, 0, 0)
    box.setSpacing(8)
    return page, box


def _note(price: Price | None) -> tuple[str, bool]:
    """Return what stands under the price, and whether it warns."""
    if price is None:
        return "No list price is known and nothing like it was in the price model.", False
    is_old = price.is_stale(today())
    age = age_words(price, today())
    lead = f"{age[:1].upper()}{age[1:]}."
    if price.kind is PriceKind.ESTIMATE:
        return f"{lead} 9 of 10 parts like it cost within the range.", is_old
    return f"{lead} {price.source}, {price.as_of}.", is_old
