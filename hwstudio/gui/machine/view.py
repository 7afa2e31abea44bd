"""The This PC tab: sentence, score with its groups, lost points, best changes, jobs, parts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QWidget,
)

from hwstudio.core.assess.goal import weights_text
from hwstudio.core.assess.readiness import Assessment
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.settings import changed
from hwstudio.core.probe.machine import detect_machine
from hwstudio.core.project.reference_jobs import reference_jobs
from hwstudio.core.project.upgrade_ground import own_facts, parts_of
from hwstudio.core.studio import Studio
from hwstudio.gui.configure.todo.acting import act
from hwstudio.gui.kit.card import BigNumber, Card, Sentence
from hwstudio.gui.kit.fields import ChoiceField
from hwstudio.gui.kit.screen import Screen
from hwstudio.gui.kit.table import DataTable
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.tip import rows_tip
from hwstudio.gui.machine.changes import LINE_PX, ChangeList
from hwstudio.gui.machine.group_bars import GroupBars
from hwstudio.gui.machine.how_page import HowPage
from hwstudio.gui.machine.jobs import JOB_COLUMNS, job_rows
from hwstudio.gui.machine.lost import LostBar
from hwstudio.gui.machine.rows import found_rows
from hwstudio.gui.machine.state import Look, Shelf
from hwstudio.gui.machine.tables import FOUND_COLUMNS
from hwstudio.gui.machine.text import as_text, band_words
from hwstudio.gui.machine.viewmodel import MachineViewModel
from hwstudio.gui.machine.weights_dialog import WeightsDialog
from hwstudio.gui.shell.context import Context

if TYPE_CHECKING:
    from hwstudio.gui.machine.upgrade.page import UpgradePage

FIRST = "hwstudio is looking at this computer. This takes about a second."
NOT_LOOKED = "Nothing is known about this computer yet."

_LOWEST = 116  # px: table header and three rows
OWN_WEIGHTS, PLAIN_WEIGHTS = "Your weights…", "Weights…"
NOT_YET = "Appears as soon as the computer has been looked at."


def shelf_of(studio: Studio) -> Shelf:
    """Return what judging needs; slow the first time."""
    catalog = studio.catalog
    return Shelf(
        catalog.gpus(),
        catalog.workloads(),
        parts_of(catalog),
        reference_jobs(catalog),
        catalog.match_cpu,
        studio.predictors.now(),
        partial(own_facts, studio),
    )


class MachineView(Screen):
    """What can my PC do?"""

    def __init__(self, context: Context) -> None:
        super().__init__(
            "This PC", "What your computer can do, and what would help most.", has_controls=False
        )
        self._context = context
        studio = context.studio
        self.model = MachineViewModel(
            partial(shelf_of, studio),
            partial(detect_machine, studio.catalog.match_gpu),
            studio.settings.goal,
            self,
            studio.settings.readiness_weights,
        )
        self._has_looked = False
        self.upgrade_page: UpgradePage | None = None
        self._build()
        self._connect()

    def _build(self) -> None:
        self.again = self.set_primary("Look again")
        self.copy = self.add_more("Copy the answer as text")
        self.report = self.add_more("Report…")
        self.report.setEnabled(False)
        self.answer.addWidget(self._sentence_card())
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self._score_card(), 9)
        middle.addWidget(self._lost_card(), 5)
        middle.addWidget(self._changes_card(), 9)
        self.answer.addLayout(middle)
        self.answer.addWidget(self._below(), 1)

    def _sentence_card(self) -> QWidget:
        card = Card()
        self.sentence = Sentence(FIRST)
        self.sentence.setMinimumHeight(LINE_PX)
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Looking at this computer")
        self._step = label("", "small")
        card.body.addWidget(self.sentence)
        card.body.addWidget(self.progress)
        card.body.addWidget(self._step)
        return card

    def _score_card(self) -> QWidget:
        card = Card("Readiness")
        workloads = self._context.studio.catalog.workloads()
        self.goal = ChoiceField(
            "Goal", [(work.id, work.title) for work in workloads], self.model.state.goal
        )
        self.goal.setMinimumContentsLength(20)
        self.weigh = QPushButton(PLAIN_WEIGHTS)
        self.weigh.setToolTip("What each group of jobs counts for you")
        self.weigh.setEnabled(False)
        card.head.setStretch(1, 0)  # the goal's name needs the room between
        card.head.addWidget(label("for", "muted"))
        card.head.addWidget(self.goal, 1)
        card.head.addWidget(self.weigh)
        row = QHBoxLayout()
        row.setSpacing(20)
        self.score = BigNumber("Score for this goal")
        row.addWidget(self.score, 2, Qt.AlignmentFlag.AlignTop)
        self.bars = GroupBars()
        row.addWidget(self.bars, 4, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(row)
        card.body.addStretch(1)
        return card

    def _lost_card(self) -> QWidget:
        card = Card("What the points are lost to")
        card.head.addStrut(self.weigh.sizeHint().height())  # on one line with its neighbours
        self.lost = LostBar()
        card.body.addWidget(self.lost)
        card.body.addStretch(1)
        return card

    def _changes_card(self) -> QWidget:
        card = Card("Best changes: points gained, best value first")
        self.upgrades = QPushButton("Upgrade plan")
        self.upgrades.setEnabled(False)
        card.head.addWidget(self.upgrades)
        self.changes = ChangeList()
        card.body.addWidget(self.changes)
        return card

    def _below(self) -> QWidget:
        card = Card()
        row = QHBoxLayout()
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setAccessibleName("Below the answer")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for title in ("Jobs", "What was found, and how", "How the score is counted"):
            self.tabs.addTab(title)
        self._took = label("", "small")
        row.addWidget(self.tabs)
        row.addStretch(1)
        row.addWidget(self._took)
        self.setup = QPushButton("Check my setup")
        self.setup.setToolTip("PyTorch, graphics card and driver of each Python here")
        self.bought = QPushButton("After buying")
        self.bought.setToolTip("The list for a new computer, checked on this one")
        self.setup.clicked.connect(partial(act, self._context, self, "setup"))
        self.bought.clicked.connect(partial(act, self._context, self, "after"))
        row.addWidget(self.setup)
        row.addWidget(self.bought)
        self.jobs = DataTable("Jobs this computer can do", JOB_COLUMNS)
        self.jobs.set_rows((), NOT_YET)
        self.parts = DataTable("Parts found", FOUND_COLUMNS)
        self.parts.set_rows((), NOT_YET)
        self.how = HowPage()
        pages = QStackedWidget()
        for page in (self.jobs, self.parts, self.how):
            pages.addWidget(page)
        # It takes what room is left: no page that scrolls around a table that scrolls.
        pages.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        pages.setMinimumHeight(_LOWEST)
        self.tabs.currentChanged.connect(pages.setCurrentIndex)
        card.body.addLayout(row)
        card.body.addWidget(pages, 1)
        return card

    def _connect(self) -> None:
        self.again.clicked.connect(self._on_look)
        self.copy.triggered.connect(self._on_copy)
        self.report.triggered.connect(self.open_report)
        self.upgrades.clicked.connect(self.open_upgrades)
        self.goal.chosen.connect(self._on_goal)
        self._context.shared.goal_changed.connect(self._take_goal)
        self.weigh.clicked.connect(self._on_weigh)
        self.model.changed.connect(self._on_changed)
        self.model.detected.connect(self._on_detected)
        self._context.theme.changed.connect(self._on_changed)
        self._context.shared.speeds_changed.connect(self.model.refresh)
        self.notice.acted.connect(self._on_look)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._has_looked:
            self._has_looked = True
            self.model.look()

    @Slot()
    def _on_look(self) -> None:
        self.model.look()

    @Slot(str)
    def _on_goal(self, goal: str) -> None:
        studio = self._context.studio
        try:
            studio.save_settings(changed(studio.settings, goal=goal))
        except HwstudioError as error:
            self._context.status(error.sentence)  # the choice still holds until the end
        self.model.set_goal(goal)

    @Slot(str)
    def _take_goal(self, goal: str) -> None:
        """Judge for what the first questions were answered with."""
        self.goal.set_value(goal)
        self.model.set_goal(goal)

    @Slot()
    def _on_weigh(self) -> None:
        look = self.model.state.look
        if look is None:
            return
        judged = look.assessment
        now = {part.id: float(part.max) for part in judged.score.parts}
        dialog = WeightsDialog(judged.groups, now, self)
        if dialog.exec():
            self.weigh_by(dialog.weights)

    def weigh_by(self, weights: dict[str, float]) -> None:
        """Judge by these weights from now on; empty = as the goal has it."""
        text, studio = weights_text(weights), self._context.studio
        try:
            studio.save_settings(changed(studio.settings, readiness_weights=text))
        except HwstudioError as error:
            self._context.status(error.sentence)  # the choice still holds until the end
        self.model.set_weights(text)

    @Slot(object)
    def _on_detected(self, machine: object) -> None:
        self._context.shared.set_machine(machine)  # type: ignore[arg-type]
        if self.upgrade_page is not None and self.upgrade_page.isVisible():
            self.open_upgrades()

    @Slot()
    def _on_copy(self) -> None:
        look = self.model.state.look
        if look is not None:
            QGuiApplication.clipboard().setText(as_text(look.machine, look.assessment))
            self._context.status("Answer copied")

    @Slot()
    def _on_changed(self) -> None:
        state = self.model.state
        self.again.setEnabled(not state.is_busy)
        self.progress.setVisible(state.is_busy)
        self._step.setText(state.step)
        self._step.setVisible(state.is_busy)
        if state.error:
            self.notice.say("error", state.error, "Try again")
            if state.look is None:
                self.sentence.setText(NOT_LOOKED)
        else:
            self.notice.clear()
        self.report.setEnabled(state.look is not None)
        self.weigh.setEnabled(state.look is not None)
        self.weigh.setText(OWN_WEIGHTS if state.weights else PLAIN_WEIGHTS)
        self.upgrades.setEnabled(state.look is not None)
        if state.look is not None:
            self._show(state.look)

    @Slot()
    def open_report(self) -> None:
        """Show what was found as a report to save or print."""
        from hwstudio.gui.report.choices import assess_choice
        from hwstudio.gui.report.dialog import show_report

        look = self.model.state.look
        if look is not None:
            show_report((assess_choice(look.machine, look.assessment),), self)

    @Slot()
    def open_upgrades(self) -> None:
        """Show the upgrade plan in the place of the answer."""
        from hwstudio.gui.machine.upgrade.page import UpgradePage

        look = self.model.state.look
        if look is None:
            return
        if self.upgrade_page is None:
            self.upgrade_page = UpgradePage(self._context.studio)
            self.upgrade_page.closed.connect(self._on_plan_closed)
            self.upgrade_page.book_changed.connect(self.model.refresh)
            self.outer.addWidget(self.upgrade_page, 1)
        self.body.hide()
        self.upgrade_page.show()
        self.upgrade_page.show_machine(look.machine, self.model.state.goal)

    @Slot()
    def _on_plan_closed(self) -> None:
        if self.upgrade_page is not None:
            self.upgrade_page.hide()
        self.body.show()

    def _show(self, look: Look) -> None:
        judged = look.assessment
        self.sentence.setText(judged.sentence)
        self._show_score(judged)
        self.bars.show_parts(judged.score.parts)
        self.lost.show_score(judged.score)
        self.changes.show_changes(judged.recommendations, judged.advice, judged.rent)
        self.jobs.set_rows(job_rows(judged))
        self.how.show_how(judged)
        self.parts.set_rows(found_rows(look.machine))
        self._took.setText(f"Looked in {look.seconds:.1f} s, nothing was sent anywhere")

    def _show_score(self, judged: Assessment) -> None:
        score = judged.score
        tip = rows_tip([("Formula", judged.formula)], "100 = every job as fast as one would like")
        self.score.show_value(str(score.total), "of 100", band_words(score), tip)
