"""The offers table: as many columns as there is room for, the ones people choose by first."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from hwstudio.core.cost.options import SPOT
from hwstudio.gui.cloud.tables import OFFER_COLUMNS
from hwstudio.gui.kit.table import DataTable

# What stays longest as the table gets narrower; all others follow as they stand.
_FIRST = ("On chart", "Provider", "GPUs", "$/job", "One job", "$/month", "$/h", "Speed, est.")
_OF_SPOT = ("Interrupted/month", "Extra billed")
_THEN = ("Price age", "VRAM, GiB", "kg CO2e/job")
_USUAL_PX = 150  # of a column that takes what is left


class OffersTable(DataTable):
    """Hides what there is no room for; a row's tip and the copied table still have it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Offers", OFFER_COLUMNS, parent)
        self._is_whole = self._is_spot = False

    @Slot(bool)
    def show_all(self, is_whole: bool) -> None:
        """Show every column, and scroll sideways where they are too many."""
        self._is_whole = is_whole
        self._fit()

    def show_pay(self, pay: str) -> None:
        """Say how is paid: with spot prices their interruptions matter more."""
        if (pay == SPOT) is not self._is_spot:
            self._is_spot = pay == SPOT
            self._fit()

    def left_out(self) -> tuple[str, ...]:
        """Return the titles of the columns there is no room for."""
        return tuple(
            column.title for n, column in enumerate(OFFER_COLUMNS) if self.isColumnHidden(n)
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        left, shown = self.viewport().width(), set[str]()
        for title in self._by_rank():
            column = next(one for one in OFFER_COLUMNS if one.title == title)
            width = column.width or _USUAL_PX
            if width <= left or self._is_whole:
                left -= width
                shown.add(title)
        for number, column in enumerate(OFFER_COLUMNS):
            self.setColumnHidden(number, column.title not in shown)

    def _by_rank(self) -> tuple[str, ...]:
        ranked = (*_FIRST, *(_OF_SPOT if self._is_spot else ()), *_THEN)
        return (*ranked, *(one.title for one in OFFER_COLUMNS if one.title not in ranked))
