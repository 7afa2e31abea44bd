"""Arranges the pages: as tabs of one card, or beside each other where there is room."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hwstudio.gui.configure.page import Page
from hwstudio.gui.configure.pages import AlternativesPage, ChecksPage, PartsPage, PowerPage
from hwstudio.gui.configure.power_limit import PowerLimit
from hwstudio.gui.configure.rail.offered import PartNames
from hwstudio.gui.configure.rows import finding_rows
from hwstudio.gui.configure.state import ConfigureState
from hwstudio.gui.kit.card import Card

_WIDE = 1240  # px: from here the checks and the power sum stand beside the parts list
_AROUND_PAGE = 64  # px: tabs and margins of the card
_LOWEST = 240  # px: head, table header and five rows


class Detail(QWidget):
    """The lower half of the answer."""

    alternatives_wanted = Signal(object)
    reshaped = Signal()  # another least height

    def __init__(
        self,
        limit: PowerLimit,
        names: PartNames,
        more: tuple[Page, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.parts = PartsPage()
        self.alternatives = AlternativesPage(names)
        self.checks = ChecksPage()
        self.power = PowerPage(limit)
        self._upper = QStackedWidget()  # the parts list, or the alternatives of a row
        self.pages = (
            Page("Parts", self._upper),
            Page("Checks", self.checks, is_beside=True),
            Page("Power", self.power, is_beside=True),
            *more,
        )
        self._more = more
        self._is_wide = False
        self.setMinimumHeight(_LOWEST)
        # It takes the room that is left, whatever its pages would like.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._build()
        self._connect()

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self._main = Card()
        self._main.body.addLayout(self._bar())
        self.stack = QStackedWidget()
        self._upper.addWidget(self.parts)
        self._upper.addWidget(self.alternatives)
        for page in self.pages:
            self.stack.addWidget(page.widget)
        self._main.body.addWidget(self.stack, 1)
        self._checks_card, self._power_card = Card("Checks"), Card("Power sum")
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addWidget(self._main, 3)
        column.addWidget(self._power_card, 2)
        row.addLayout(column, 9)
        row.addWidget(self._checks_card, 4)
        self._checks_card.hide()
        self._power_card.hide()

    def _bar(self) -> QHBoxLayout:
        bar = QHBoxLayout()
        bar.setSpacing(4)
        self._group = QButtonGroup(self)
        self.tabs = tuple(QPushButton(page.title) for page in self.pages)
        for number, button in enumerate(self.tabs):
            button.setCheckable(True)
            button.setProperty("segment", True)
            self._group.addButton(button, number)
            bar.addWidget(button)
        self.tabs[0].setChecked(True)
        bar.addStretch(1)
        self.other = QPushButton("Alternatives")
        self.other.setToolTip("Other parts that fit the selected row (Enter)")
        self.price = QPushButton("My price")
        self.price.setToolTip("Enter what the selected part costs you")
        bar.addWidget(self.other)
        bar.addWidget(self.price)
        return bar

    def _connect(self) -> None:
        self._group.idClicked.connect(self._on_tab)
        self.other.clicked.connect(self._on_other)
        self.price.clicked.connect(self._on_price)
        self.parts.opened.connect(self.alternatives_wanted)

    def turn_to(self, title: str) -> None:
        """Show the page of that title."""
        for page, button in zip(self.pages, self.tabs, strict=True):
            if page.title == title:
                button.click()

    def show_state(self, state: ConfigureState) -> None:
        """Show a state on every page."""
        self.parts.show_state(state)
        self.checks.show_state(state)
        self.power.show_state(state)
        is_looking = state.looking_at is not None
        if is_looking:
            self.alternatives.show_state(state)
        self._turn(is_looking=is_looking)
        for page in self._more:
            page.show_state(state)
        chosen = state.answer.chosen if state.answer is not None else None
        findings = finding_rows(chosen)
        self.tabs[1].setText(f"Checks ({len(findings)})" if findings else "Checks")
        for button in (self.other, self.price):
            button.setEnabled(chosen is not None)
        self._show_actions()

    def _turn(self, *, is_looking: bool) -> None:
        """Turn to the alternatives or back; whoever works here by keyboard stays here."""
        if is_looking is bool(self._upper.currentIndex()):
            return
        focus = self.window().focusWidget()
        is_here = focus is not None and self.isAncestorOf(focus)
        self._upper.setCurrentIndex(1 if is_looking else 0)
        if is_here:
            target = self.alternatives.finder if is_looking else self.parts.table
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_actions(self) -> None:
        is_parts = self.stack.currentWidget() is self._upper
        is_list = is_parts and self._upper.currentIndex() == 0
        # The list leaves room for the sum below it; every other page wants all of the height.
        self._power_card.setVisible(self._is_wide and is_list)
        self.other.setVisible(is_list)
        self.price.setVisible(is_list)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), _LOWEST)

    def hasHeightForWidth(self) -> bool:
        """Its pages scroll by themselves: the height their words would like must not count."""
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = event.size().width() >= _WIDE
        if is_wide != self._is_wide:
            self._arrange(is_wide=is_wide)

    def _arrange(self, *, is_wide: bool) -> None:
        self._is_wide = is_wide
        if is_wide:
            self._checks_card.body.addWidget(self.checks)
            self._power_card.body.addWidget(self.power)
            self.checks.show()
            self.power.show()
        else:
            self.stack.addWidget(self.checks)
            self.stack.addWidget(self.power)
        self._checks_card.setVisible(is_wide)
        for page, button in zip(self.pages, self.tabs, strict=True):
            button.setVisible(not (is_wide and page.is_beside))
        if self.pages[self._group.checkedId()].is_beside:
            self.tabs[0].setChecked(True)
        self._on_tab(self._group.checkedId())

    @Slot(int)
    def _on_tab(self, number: int) -> None:
        page = self.pages[number]
        self.stack.setCurrentWidget(page.widget)
        self._show_actions()
        least = max(_LOWEST, page.least_px + _AROUND_PAGE)
        if least != self.minimumHeight():
            self.setMinimumHeight(least)
            self.reshaped.emit()

    @Slot()
    def _on_other(self) -> None:
        row = self.parts.selected()
        if row is not None:
            self.alternatives_wanted.emit(row)

    @Slot()
    def _on_price(self) -> None:
        row = self.parts.selected()
        if row is not None:
            self.parts.prices.open(row)
