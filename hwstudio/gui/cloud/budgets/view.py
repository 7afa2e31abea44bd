"""The page "Budgets" of the Cloud tab: four sub-pages over one model."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from hwstudio.gui.cloud.budgets.limits_pane import LimitsPane
from hwstudio.gui.cloud.budgets.plan_pane import PlanPane
from hwstudio.gui.cloud.budgets.policy_pane import PolicyPane
from hwstudio.gui.cloud.budgets.return_pane import ReturnPane
from hwstudio.gui.cloud.budgets.state import BudgetsState
from hwstudio.gui.cloud.budgets.viewmodel import BudgetsViewModel
from hwstudio.gui.cloud.sections import CloudServices
from hwstudio.gui.kit.card import Notice

PAGES = (
    ("Limits", "What may be spent, what is spent, and what it becomes"),
    ("Scaling policy", "How many rented machines run when, replayed on a demand"),
    ("Plan", "Month by month: purchases, money, and whether the cash lasts"),
    ("Return", "Six figures with your targets, and when to buy more"),
)


class _Stack(QStackedWidget):
    """The sub-pages; each fits the height there is, so that the window gets no scroll bar."""

    def hasHeightForWidth(self) -> bool:
        """Say no: wrapped text inside must not make the page taller than the window."""
        return False


class BudgetsPage(QWidget):
    """Limits, scaling policy, plan, return."""

    def __init__(self, services: CloudServices) -> None:
        super().__init__()
        self.setAccessibleName("Budgets")
        context = services.context
        studio = context.studio
        self._context = context
        self.model = BudgetsViewModel(
            studio.home, studio.settings, datetime.now().astimezone().date(), self
        )
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self.pages = QTabBar()
        self.pages.setObjectName("tabs")
        self.pages.setDrawBase(False)
        self.pages.setExpanding(False)
        self.pages.setAccessibleName("Parts of the budgets page")
        self.notice = Notice()
        self.stack = _Stack()
        self.panes: list[LimitsPane | PolicyPane | PlanPane | ReturnPane] = [
            made(self.model) for made in (LimitsPane, PolicyPane, PlanPane, ReturnPane)
        ]
        for number, (title, tip) in enumerate(PAGES):
            self.pages.addTab(title)
            self.pages.setTabToolTip(number, tip)
            self.stack.addWidget(self.panes[number])
        box.addWidget(self.pages)
        box.addWidget(self.notice)
        box.addWidget(self.stack, 1)
        self.pages.currentChanged.connect(self._on_page)
        self.model.changed.connect(self._on_changed)
        self.model.refused.connect(self._on_refused)
        self.model.told.connect(self._on_told)
        self.model.written.connect(self._on_written)
        self.model.begin()

    @Slot(int)
    def _on_page(self, number: int) -> None:
        self.notice.clear()
        self.stack.setCurrentIndex(number)
        self.panes[number].show_state(self.model.state)

    @Slot(object)
    def _on_changed(self, state: BudgetsState) -> None:
        self.panes[self.stack.currentIndex()].show_state(state)

    @Slot(str)
    def _on_refused(self, sentence: str) -> None:
        self.notice.say("warn", sentence)

    @Slot(str)
    def _on_told(self, words: str) -> None:
        """Tell a notice that was never told before; the first sub-page has it as its sentence."""
        if self.stack.currentIndex():
            self.notice.say("warn", words)
        self._context.status(words)

    @Slot(str)
    def _on_written(self, path: str) -> None:
        self.notice.say("ok", f"Written to {path}.")
