"""The page "Every offer": a bar of four small pages, each made when it is first shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from hwstudio.core.base import clock
from hwstudio.core.model.cloud_row import PastPrice
from hwstudio.core.project.page_memory import PageMemory
from hwstudio.gui.cloud.offers.list_page import ListPage
from hwstudio.gui.cloud.offers.memory import Memory
from hwstudio.gui.cloud.offers.viewmodel import OffersViewModel
from hwstudio.gui.cloud.sections import CloudServices

_TITLES = ("All offers", "Your quotes and dedicated servers", "Storage and transfer", "Free services")  # fmt: skip # noqa: E501
LIST, QUOTES, STORAGE, FREE = range(4)


class OffersPage(QWidget):
    """Every offer, with what is typed in beside it."""

    def __init__(self, services: CloudServices) -> None:
        super().__init__()
        self._services = services
        studio = services.context.studio
        self._memory = PageMemory(studio.home.offers_page_file)
        past = (r for r in studio.catalog.table("cloud_price_history") if isinstance(r, PastPrice))
        self.model = OffersViewModel(studio.catalog.offers, past, clock.today(), self)
        self.model.changed.connect(self._on_offers)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setAccessibleName("Pages of offers")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for title in _TITLES:
            self.tabs.addTab(title)
        self.stack = QStackedWidget()
        box.addWidget(self.tabs)
        box.addWidget(self.stack, 1)
        self._pages: dict[int, QWidget] = {}
        self.tabs.currentChanged.connect(self.open)
        services.context.shared.prices_changed.connect(self.model.refresh)
        self.open(LIST)

    @Slot(int)
    def open(self, number: int) -> None:
        """Show one of the four pages."""
        if number not in self._pages:
            self._pages[number] = page = self._makers()[number]()
            self.stack.addWidget(page)
        self.tabs.setCurrentIndex(number)
        self.stack.setCurrentWidget(self._pages[number])

    def page(self, number: int) -> QWidget:
        """Return one of the four pages, made if need be."""
        self.open(number)
        return self._pages[number]

    def _makers(self) -> tuple[Callable[[], QWidget], ...]:
        return (self._list, self._quotes, self._storage, self._free)

    def _list(self) -> QWidget:
        return ListPage(self._services, self.model, Memory(self._memory, "filters"))

    def _quotes(self) -> QWidget:
        from hwstudio.gui.cloud.offers.quotes_page import QuotesPage

        page = QuotesPage(self._services, Memory(self._memory, "quote"))
        page.model.changed.connect(self.model.refresh)
        return page

    def _storage(self) -> QWidget:
        from hwstudio.gui.cloud.offers.storage_page import StoragePage

        catalog = self._services.context.studio.catalog
        return StoragePage(
            catalog.table("storage_price"), catalog.table("egress"), self._memory, clock.today()
        )

    def _free(self) -> QWidget:
        from hwstudio.gui.cloud.offers.free_page import FreePage

        table = self._services.context.studio.catalog.table("free_tier")
        return FreePage(table, Memory(self._memory, "free"), clock.today())

    @Slot()
    def _on_offers(self) -> None:
        self._services.model.take_offers(self.model.offers)

    def showEvent(self, event: QShowEvent) -> None:
        """Take up what changed while another page was shown."""
        super().showEvent(event)
        self.model.refresh()
