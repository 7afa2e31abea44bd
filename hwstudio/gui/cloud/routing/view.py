"""Where to run a job: the sentence first, a bar and a row for each way, then typical and past."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from hwstudio.gui.cloud.routing.controls import JobControls
from hwstudio.gui.cloud.routing.state import PresetRow, RoutingState
from hwstudio.gui.cloud.routing.tables import PRESET_COLUMNS, REPLAY_COLUMNS, WAY_COLUMNS
from hwstudio.gui.cloud.routing.timeline import Timeline
from hwstudio.gui.cloud.routing.viewmodel import RoutingViewModel
from hwstudio.gui.cloud.routing.words import COUNTED, WAITING, headline
from hwstudio.gui.cloud.sections import CloudServices
from hwstudio.gui.kit.card import Card, Sentence
from hwstudio.gui.kit.table import DataTable
from hwstudio.gui.kit.text import label

_NO_RUNS = "Begin a run in the Monitor tab; it is counted here once it has ended."


class RoutingPage(QWidget):
    """The page; its answers are worked out in the background."""

    def __init__(self, services: CloudServices) -> None:
        super().__init__()
        self._services = services
        context = services.context
        self.model = RoutingViewModel(context.studio, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self._inputs())
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self._answer_card())
        right.addWidget(self._tables_card(), 1)
        row.addLayout(right, 1)
        self._connect()
        self.model.set_build(context.shared.build)
        self.model.set_machine(context.shared.machine)

    def _inputs(self) -> QWidget:
        workloads = self._services.context.studio.catalog.workloads()
        self.controls = JobControls(workloads, self.model.state.gpus)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFixedWidth(304)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its fields take the focus
        area.setAccessibleName("Inputs")
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 8, 0)
        box.addWidget(self.controls)
        box.addStretch(1)
        area.setWidget(holder)
        return area

    def _answer_card(self) -> QWidget:
        card = Card()
        self.sentence = Sentence(WAITING)
        self.timeline = Timeline()
        card.body.addWidget(self.sentence)
        card.body.addWidget(self.timeline)
        foot = QHBoxLayout()
        foot.addWidget(label(COUNTED, "small"), 1)
        self.copy = QPushButton("Copy as job file")
        self.copy.setToolTip("For the command line: hwstudio cost route --job FILE.toml")
        foot.addWidget(self.copy)
        card.body.addLayout(foot)
        card.setMinimumHeight(288)  # three lines, six bars, the foot
        return card

    def _tables_card(self) -> QWidget:
        card = Card()
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setAccessibleName("Tables")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for name in ("All ways", "Six typical jobs", "Your last 30 days"):
            self.tabs.addTab(name)
        self.ways = DataTable("All ways", WAY_COLUMNS)
        self.typical = DataTable("Six typical jobs", PRESET_COLUMNS)
        self.past = DataTable("Your last 30 days", REPLAY_COLUMNS)
        self.past_words = label("", "strong", wrap=True)
        self.typical_words = label(
            "Worked out for your own machine and connection. Double-click one to begin with it.",
            "small", wrap=True,
        )  # fmt: skip
        self.stack = QStackedWidget()
        for words, table in (
            (None, self.ways), (self.typical_words, self.typical), (self.past_words, self.past)
        ):  # fmt: skip
            self.stack.addWidget(_page(words, table))
        card.body.addWidget(self.tabs)
        card.body.addWidget(self.stack, 1)
        # The tables take what is left and never ask for more: the screen must not scroll.
        self.stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        card.setMinimumHeight(232)
        return card

    def _connect(self) -> None:
        model, controls = self.model, self.controls
        model.changed.connect(self._on_changed)
        model.refused.connect(self._services.say_problem)
        controls.job_changed.connect(model.set_job)
        controls.preset_chosen.connect(model.choose_preset)
        controls.own_chosen.connect(model.choose_own)
        controls.rejected.connect(self._services.say_problem)
        self.tabs.currentChanged.connect(self.stack.setCurrentIndex)
        self.typical.row_activated.connect(self._on_preset)
        self.copy.clicked.connect(self._on_copy)
        shared = self._services.context.shared
        shared.machine_changed.connect(model.set_machine)
        shared.build_changed.connect(model.set_build)
        shared.speeds_changed.connect(model.refresh)

    @Slot(object)
    def _on_changed(self, state: RoutingState) -> None:
        self.controls.show_state(state)
        self.sentence.setText(headline(state))
        self.timeline.set_rows(state.rows, state.job.rules.deadline_hours)
        self.ways.set_rows(state.rows, state.problem or WAITING)
        self.typical.set_rows(state.presets, WAITING)
        replay = state.replay
        self.past_words.setText(replay.sentence if replay else WAITING)
        self.past.set_rows(replay.jobs if replay else (), _NO_RUNS)

    @Slot(object)
    def _on_preset(self, row: object) -> None:
        if isinstance(row, PresetRow):
            self.model.choose_preset(row.id)
            self.tabs.setCurrentIndex(0)

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.model.job_text())
        self._services.context.status("Job file copied")


def _page(words: QWidget | None, table: DataTable) -> QWidget:
    page = QWidget()
    box = QVBoxLayout(page)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(8)
    if words is not None:
        box.addWidget(words)
    table.setMinimumHeight(110)
    box.addWidget(table, 1)
    return page
