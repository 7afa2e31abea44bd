"""What stands below the answer: where it runs, renting, saving memory, several GPUs, the errors."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QStackedWidget, QTabBar, QWidget

from hwstudio.core.predict.fitted.points import CheckPoints
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.fields import ChoiceField
from hwstudio.gui.workload.errors_page import ErrorsPage
from hwstudio.gui.workload.filters import (
    ALL,
    HARDWARE_KINDS,
    OFFER_KINDS,
    hardware_words,
    is_of_hardware_kind,
    is_of_offer_kind,
    kept_rows,
    offer_words,
)
from hwstudio.gui.workload.giving_table import GivingTable
from hwstudio.gui.workload.memory_pages import SavingsPage, WaysPage
from hwstudio.gui.workload.state import HardwareRow, WorkloadState
from hwstudio.gui.workload.tables import (
    HARDWARE_COLUMNS,
    HARDWARE_GIVES_WAY,
    RENT_COLUMNS,
    RENT_GIVES_WAY,
)
from hwstudio.gui.workload.viewmodel import WorkloadViewModel, fits

READING = "Reading the measurements…"
UNNAMED = "Nothing is called so and of this kind."
_LOWEST = 240  # px: tabs, table header and five rows; it takes what room is left
_FILTER_WIDTH, _KIND_WIDTH = 98, 116
NOWHERE = "It fits none of them. See the advice above."


class Page(IntEnum):
    """The pages in their order."""

    HARDWARE = 0
    RENT = 1
    SAVINGS = 2
    WAYS = 3
    ERRORS = 4


_TITLES = {
    Page.HARDWARE: "Where it runs",
    Page.RENT: "Rent it",
    Page.SAVINGS: "Save memory",
    Page.WAYS: "Several GPUs",
    Page.ERRORS: "How far off it was",
}


class Below(Card):
    """Pages that are reckoned only when they are looked at."""

    def __init__(
        self,
        model: WorkloadViewModel,
        load_points: Callable[[], CheckPoints],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent)
        self._model = model
        self._marked = ""  # the hardware whose row was last marked
        self._build(load_points)
        self.tabs.currentChanged.connect(self._on_tab)
        self.only_fitting.toggled.connect(self._show_rows)
        self.filter.textChanged.connect(self._show_rows)
        self.kind.chosen.connect(self._show_rows)
        self.offer_kind.chosen.connect(self._show_rows)
        self.table.row_selected.connect(self._on_row)
        self.savings.wanted.connect(model.take_saving)

    def _build(self, load_points: Callable[[], CheckPoints]) -> None:
        row = QHBoxLayout()
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setAccessibleName("Below the answer")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for page in Page:
            self.tabs.addTab(_TITLES[page])
        self.only_fitting = QCheckBox("Fits only")
        self.kind = ChoiceField("Kind of hardware", HARDWARE_KINDS)
        self.offer_kind = ChoiceField("Kind of offer", OFFER_KINDS)
        self.offer_kind.hide()
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter")
        self.filter.setAccessibleName("Filter by name, maker or architecture")
        self.filter.setToolTip("Words of the name, the maker or the architecture: 4090, amd, ada")
        self.filter.setClearButtonEnabled(True)
        self.filter.setFixedWidth(_FILTER_WIDTH)
        row.addWidget(self.tabs)
        row.addStretch(1)
        for field in (self.kind, self.offer_kind):
            field.setFixedWidth(_KIND_WIDTH)
            row.addWidget(field)
        row.addWidget(self.filter)
        row.addWidget(self.only_fitting)
        self.body.addLayout(row)
        self.table = GivingTable("Where it runs", HARDWARE_COLUMNS, HARDWARE_GIVES_WAY)
        self.table.sortByColumn(4, Qt.SortOrder.AscendingOrder)
        self.rent = GivingTable("What it costs to rent", RENT_COLUMNS, RENT_GIVES_WAY)
        self.rent.sortByColumn(5, Qt.SortOrder.AscendingOrder)
        self.savings, self.ways = SavingsPage(), WaysPage()
        self.errors = ErrorsPage(load_points)
        self.stack = QStackedWidget()
        for shown in (self.table, self.rent, self.savings, self.ways, self.errors):
            self.stack.addWidget(shown)
        self.body.addWidget(self.stack, 1)

    def hasHeightForWidth(self) -> bool:
        """Its pages scroll by themselves: the height their words would like must not count."""
        return False

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), _LOWEST)

    def show_state(self, state: WorkloadState) -> None:
        """Show an answer; only the page in sight is filled anew, so that a knob stays light."""
        page = Page(self.tabs.currentIndex())
        if page in (Page.HARDWARE, Page.RENT):
            self._show_rows()
        elif page is Page.SAVINGS:
            self.savings.show_state(state)
        elif page is Page.WAYS:
            self.ways.show_state(state)
        else:
            self.errors.set_rows(state.errors)
        good, all_of_them = fits(state)
        self.only_fitting.setToolTip(f"The job surely fits {good} of {all_of_them}")
        self.only_fitting.setText(f"Fits only ({good})")

    def show_place(self, place: str) -> None:
        """Show the page a link names: "ways" or "savings"."""
        pages = {"ways": Page.WAYS, "savings": Page.SAVINGS}
        if place in pages:
            self.tabs.setCurrentIndex(pages[place])

    @Slot()
    def _show_rows(self) -> None:
        state, said = self._model.state, self.filter.text()
        only_fitting = self.only_fitting.isChecked()
        if self.tabs.currentIndex() == Page.RENT:
            kind = self.offer_kind.value
            rent = kept_rows(
                state.rent, said, offer_words, lambda row: is_of_offer_kind(row, kind),
                only_fitting=only_fitting,
            )  # fmt: skip
            self.rent.set_rows(rent, _nothing(said, kind) if state.rent else READING)
            return
        kind = self.kind.value
        rows = kept_rows(
            state.rows, said, hardware_words, lambda row: is_of_hardware_kind(row, kind),
            only_fitting=only_fitting,
        )  # fmt: skip
        self.table.set_rows(rows, _nothing(said, kind) if state.rows else READING)
        self._mark_chosen()

    def _mark_chosen(self) -> None:
        """Let the table's row be the hardware the answer is about."""
        chosen = self._model.state.chosen
        rows = self.table.shown_rows()
        place = next((n for n, row in enumerate(rows) if chosen and row.gpu == chosen.gpu), None)
        if chosen is None or place is None:
            return
        is_other, self._marked = chosen.gpu.id != self._marked, chosen.gpu.id
        if self.table.currentIndex().row() != place:
            with QSignalBlocker(self.table):
                self.table.selectRow(place)
        if is_other:  # it may have been chosen elsewhere; a knob alone must not scroll the table
            self.table.scrollTo(self.table.currentIndex())

    @Slot(object)
    def _on_row(self, row: object) -> None:
        if isinstance(row, HardwareRow):
            self._model.choose_hardware(row.gpu.id)

    @Slot(int)
    def _on_tab(self, number: int) -> None:
        for field in (self.only_fitting, self.filter):
            field.setVisible(number in (Page.HARDWARE, Page.RENT))
        self.kind.setVisible(number == Page.HARDWARE)
        self.offer_kind.setVisible(number == Page.RENT)
        self._model.look_at(
            offers=number == Page.RENT, savings=number == Page.SAVINGS, ways=number == Page.WAYS
        )
        self.show_state(self._model.state)
        self.stack.setCurrentIndex(number)  # filled already: a page that appears picks its row


def _nothing(said: str, kind: str) -> str:
    """Return why a table is empty."""
    return UNNAMED if said.strip() or kind != ALL else NOWHERE
