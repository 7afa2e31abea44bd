"""The rail itself: six steps in any order, the current one unfolded, Back and Next at the foot."""

from __future__ import annotations

from PySide6.QtCore import QMetaMethod, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.project.wizard import summary
from hwstudio.core.project.wizard_questions import STEP_WORDS, Step
from hwstudio.gui.configure.controls import Controls
from hwstudio.gui.configure.rail.budget import BudgetPage
from hwstudio.gui.configure.rail.head import StepHead
from hwstudio.gui.configure.rail.jobs import JobsPage
from hwstudio.gui.configure.rail.left import LeftLine
from hwstudio.gui.configure.rail.limits import LimitsPage
from hwstudio.gui.configure.rail.offered import Offered
from hwstudio.gui.configure.rail.page import StepPage
from hwstudio.gui.configure.rail.review import ReviewPage
from hwstudio.gui.configure.rail.site import SitePage
from hwstudio.gui.configure.rail.who import WhoPage
from hwstudio.gui.configure.state import ConfigureState
from hwstudio.gui.configure.viewmodel import ConfigureViewModel

WIDTH = 304
_LAID_OUT_MS = 30  # the page has its height then
STEPS = tuple(Step)


class StepRail(QWidget):
    """Shows the wishes of a project step by step and hands answers to the view model.

    ``guide_wanted`` names a guide beside a question: builds, setup, memory, storage. The links
    that ask for one show once something listens.
    """

    guide_wanted = Signal(str)

    def __init__(self, model: ConfigureViewModel, offered: Offered) -> None:
        super().__init__()
        self._model, self._offered = model, offered
        self._state = model.state
        self.setFixedWidth(WIDTH)
        self.controls = Controls(model)
        self.pages = self._pages()
        self.heads: dict[Step, StepHead] = {}
        self._build()
        self._connect()

    def _pages(self) -> dict[Step, StepPage]:
        offered, fresh = self._offered, self._model.fresh
        return {
            Step.WHO: WhoPage(offered, fresh),
            Step.JOBS: JobsPage(offered, fresh),
            Step.BUDGET: BudgetPage(offered, fresh, self.controls),
            Step.LIMITS: LimitsPage(offered, fresh),
            Step.SITE: SitePage(offered, fresh),
            Step.REVIEW: ReviewPage(offered, fresh),
        }

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        holder = QWidget()
        holder.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 10, 0)
        box.setSpacing(3)
        for number, step in enumerate(STEPS, 1):
            head = StepHead(number, len(STEPS), STEP_WORDS[step])
            head.setProperty("place", step.value)
            head.clicked.connect(self._on_head)
            self.heads[step] = head
            box.addWidget(head)
            box.addWidget(self.pages[step])
            self.pages[step].hide()
        box.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its fields take the focus
        self.area.setAccessibleName("Steps")
        self.area.setWidget(holder)
        outer.addWidget(self.area, 1)
        outer.addWidget(self._foot())

    def _foot(self) -> QWidget:
        foot = QWidget()
        box = QVBoxLayout(foot)
        box.setContentsMargins(0, 0, 10, 0)
        box.setSpacing(6)
        self.left = LeftLine(self._offered.count)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.back, self.next = QPushButton("Back"), QPushButton("Next")
        self.back.setToolTip("The step before")
        self.next.setToolTip("The next step")
        row.addWidget(self.back, 1)
        row.addWidget(self.next, 1)
        box.addWidget(self.left)
        box.addLayout(row)
        return foot

    def _connect(self) -> None:
        for page in self.pages.values():
            page.answered.connect(self._on_answered)
            page.rejected.connect(self._on_rejected)
            page.guide_wanted.connect(self.guide_wanted)
        budget, review = self.pages[Step.BUDGET], self.pages[Step.REVIEW]
        if isinstance(budget, BudgetPage):
            budget.amount_chosen.connect(self._model.set_budget)
            budget.currency_chosen.connect(self._model.set_currency)
        if isinstance(review, ReviewPage):
            review.change_wanted.connect(self._on_change_wanted)
        self.back.clicked.connect(self.go_back)
        self.next.clicked.connect(self.go_on)

    def connectNotify(self, signal: QMetaMethod) -> None:
        """Show the links to guides once something answers them."""
        if signal.name().data() == b"guide_wanted":
            for page in self.pages.values():
                for link in page.links:
                    link.show()

    @property
    def step(self) -> Step:
        """Return the open step."""
        return step_of(self._state)

    def show_state(self, state: ConfigureState) -> None:
        """Show a state: every heading, and the fields of the open step."""
        before = self._state
        self._state = state
        here = self.step
        names, fresh = self._offered.parts, self._model.fresh
        for step, head in self.heads.items():
            said = summary(state.project, step, names, fresh)
            head.show_step(said, is_current=step is here)
            self.pages[step].setVisible(step is here)
        self.pages[here].show_state(state)
        self.back.setEnabled(here is not STEPS[0])
        self.next.setEnabled(here is not STEPS[-1])
        self.left.show_project(state.project)
        if step_of(before) is not here:
            QTimer.singleShot(_LAID_OUT_MS, self._show_top)

    @Slot()
    def _show_top(self) -> None:
        head, bar = self.heads[self.step], self.area.verticalScrollBar()
        page = self.pages[self.step]
        is_whole = page.geometry().bottom() - head.y() <= self.area.viewport().height()
        if is_whole:
            self.area.ensureWidgetVisible(page, 0, 0)
            self.area.ensureWidgetVisible(head, 0, 0)
        else:
            bar.setValue(head.y())

    def open(self, step: Step) -> None:
        """Open a step and put the focus on its heading, so that Tab leads into its fields."""
        self._model.go_to(step.value)
        self.heads[step].setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def go_on(self) -> None:
        """Open the next step."""
        place = STEPS.index(self.step) + 1
        if place < len(STEPS):
            self.open(STEPS[place])

    @Slot()
    def go_back(self) -> None:
        """Open the step before."""
        place = STEPS.index(self.step) - 1
        if place >= 0:
            self.open(STEPS[place])

    @Slot()
    def _on_head(self) -> None:
        sender = self.sender()
        if isinstance(sender, StepHead):
            sender.setChecked(True)
            self.open(Step(str(sender.property("place"))))

    @Slot(str, str)
    def _on_change_wanted(self, step: str, question: str) -> None:
        self.open(Step(step))
        page = self.pages[Step(step)]
        field = page.fields.get(question) or self.controls.budget
        field.setFocus(Qt.FocusReason.TabFocusReason)
        self.area.ensureWidgetVisible(field)

    @Slot(str, str)
    def _on_answered(self, question: str, answer: str) -> None:
        self._model.answer(question, answer)
        self.show_state(self._model.state)  # a refused answer gives way to what holds

    @Slot(str)
    def _on_rejected(self, why: str) -> None:
        self._model.tell("error", why)


def step_of(state: ConfigureState) -> Step:
    """Return the step a project was left at; the first where that says nothing."""
    known = {step.value for step in Step}
    return Step(state.project.step) if state.project.step in known else Step.WHO
