"""The Benchmark tab: layout and wiring."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.bench.suites import benches
from hwstudio.gui.bench.answer import AnswerCard
from hwstudio.gui.bench.form import ParameterForm
from hwstudio.gui.bench.machines import MACHINE_COLUMNS, NO_MACHINES, Found, MachinesModel
from hwstudio.gui.bench.state import BenchState, Phase
from hwstudio.gui.bench.tables import (
    POINT_COLUMNS,
    PUBLISHED_COLUMNS,
    RUN_COLUMNS,
    RunRow,
    point_rows,
    run_rows,
)
from hwstudio.gui.bench.viewmodel import BenchStock, BenchViewModel
from hwstudio.gui.kit.card import Card, EmptyState
from hwstudio.gui.kit.fields import ChoiceField, labelled
from hwstudio.gui.kit.screen import Screen
from hwstudio.gui.kit.table import DataTable
from hwstudio.gui.kit.text import label
from hwstudio.gui.shell.commands import Command
from hwstudio.gui.shell.context import Context

EFFORTS = (("quick", "Quick"), ("full", "Thorough, about 4 times longer"))
WHY_MIN_PX = 230  # the tab bar, a header and five rows
NO_PUBLISHED = (
    "No published result fits this run. Published results exist for many GPUs, not for processors."
)
FIRST_TIME = (
    "See how fast this computer really is. hwstudio multiplies matrices or trains a small network "
    "for some seconds, checks the result, and says whether the number can be trusted."
)


RESULT_FILES = "Result files (*.json);;All files (*)"
MACHINES = 3  # the place of the tab


class BenchView(QWidget):
    """The tab."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        studio = context.studio
        self.model = BenchViewModel(
            BenchStock(
                history=studio.history,
                log_dir=studio.home.run_dir,
                match_gpu=studio.catalog.match_gpu,
                references=studio.catalog.reference_results,
                interpreter=self._chosen_interpreter,
            ),
            self,
        )
        self.machines = MachinesModel(studio.history, self)
        self._form_of = ""
        self._form: ParameterForm | None = None
        self._has_looked = False
        self._build()
        self._connect()
        self._show(self.model.state)

    def _chosen_interpreter(self) -> str:
        return self._context.studio.settings.interpreter

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self.frame = Screen(
            "Benchmark", "How fast is this computer, and can the number be trusted?"
        )
        outer.addWidget(self.frame)
        self.run_button = self.frame.set_primary("Run benchmark")
        self.report = self.frame.add_more("Report…")
        self.frame.controls.addWidget(self._what())
        self.frame.controls.addWidget(self._with())
        self.frame.controls.addWidget(self._others())
        self.frame.controls.addStretch(1)
        self.answer = AnswerCard()
        self.empty = EmptyState("bench", FIRST_TIME, "Run benchmark")
        self.top = QStackedWidget()
        self.top.addWidget(self.answer)
        self.top.addWidget(self.empty)
        self.frame.answer.addWidget(self.top, 1)
        self.why = self._why()
        self.why.setMinimumHeight(WHY_MIN_PX)
        self.frame.answer.addWidget(self.why, 1)

    def _what(self) -> Card:
        card = Card("What to measure")
        self.bench = ChoiceField("Benchmark", [(b.id, b.title) for b in benches()])
        self.effort = ChoiceField("Effort", EFFORTS, "quick")
        self.purpose = label("", "small", wrap=True)
        self.holder = QVBoxLayout()
        card.body.addWidget(labelled("Benchmark", self.bench))
        card.body.addWidget(self.purpose)
        card.body.addLayout(self.holder)
        card.body.addWidget(
            labelled("Effort", self.effort, "Sampling ends early once the median is sure to ±1 %.")
        )
        return card

    def _with(self) -> Card:
        card = Card("Measured with")
        self.interpreter = label("", "small", wrap=True)
        self.change = QPushButton("Choose another Python")
        card.body.addWidget(self.interpreter)
        card.body.addWidget(self.change)
        return card

    def _others(self) -> Card:
        card = Card("Other machines")
        self.machines_said = label(NO_MACHINES, "small", wrap=True)
        self.take_in = QPushButton("Import result files")
        card.body.addWidget(self.machines_said)
        card.body.addWidget(self.take_in)
        self.setAcceptDrops(True)
        return card

    def _why(self) -> Card:
        card = Card()
        card.layout().setContentsMargins(8, 4, 8, 8)  # type: ignore[union-attr]
        row = QHBoxLayout()
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setAccessibleName("Details")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for title in ("Points of this run", "All runs", "Published results", "Machines"):
            self.tabs.addTab(title)
        self.delete = QPushButton("Delete run")
        self.delete.setProperty("flat", True)
        row.addWidget(self.tabs)
        row.addStretch(1)
        row.addWidget(self.delete)
        card.body.addLayout(row)
        self.tables = QStackedWidget()
        self.points = DataTable("Points of this run", POINT_COLUMNS)
        self.runs = DataTable("All runs", RUN_COLUMNS)
        self.published = DataTable("Published results", PUBLISHED_COLUMNS)
        self.machine_table = DataTable("Machines", MACHINE_COLUMNS)
        for table in (self.points, self.runs, self.published, self.machine_table):
            self.tables.addWidget(table)
        card.body.addWidget(self.tables, 1)
        return card

    def _connect(self) -> None:
        self.model.changed.connect(self._show)
        self.run_button.clicked.connect(self._on_run)
        self.empty.acted.connect(self._on_run)
        self.bench.chosen.connect(self.model.choose_bench)
        self.effort.chosen.connect(self._on_effort)
        self.change.clicked.connect(self._on_change_interpreter)
        self.tabs.currentChanged.connect(self._on_tab)
        self.runs.row_selected.connect(self._on_run_selected)
        self.delete.clicked.connect(self._on_delete)
        self.report.triggered.connect(self.open_report)
        self.take_in.clicked.connect(self._on_take_in)
        self.machines.found.connect(self._on_machines)
        self.frame.notice.acted.connect(self.model.undo_delete)
        self._context.commands.add(
            Command("bench.run", "Run benchmark", self._on_run_anywhere, "", "measure speed test")
        )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._has_looked:
            self._has_looked = True
            self.model.look()
            self.machines.look()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = _dropped(event)
        if files:
            event.acceptProposedAction()
            self.machines.take_in(files)

    @Slot()
    def _on_take_in(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, "Import result files", "", RESULT_FILES)
        if names:
            self.machines.take_in(tuple(map(Path, names)))

    @Slot(object)
    def _on_machines(self, found: object) -> None:
        if not isinstance(found, Found):
            return
        self.machine_table.set_rows(found.rows, NO_MACHINES)
        self.machines_said.setText(found.sentence or NO_MACHINES)
        if found.message is not None:
            self.model.say(found.message)
            self.tabs.setCurrentIndex(MACHINES)
        self._show(self.model.state)

    def leave(self) -> None:
        """End what runs; called when the window closes."""
        self.model.leave()

    @Slot(object)
    def _show(self, state: object) -> None:
        if not isinstance(state, BenchState):
            return
        self._show_controls(state)
        self._show_notice(state)
        is_empty = state.shown is None and not state.is_running
        self.top.setCurrentWidget(self.empty if is_empty else self.answer)
        # While it runs the tables would still tell of the run before.
        has_rows = bool(state.results) or bool(self.machine_table.shown_rows())
        self.why.setVisible(has_rows and not state.is_running)
        self.empty.button.setEnabled(state.can_run)
        self.answer.show_state(state)
        self.points.set_rows(point_rows(state), "No samples were taken.")
        with QSignalBlocker(self.runs.selectionModel()):
            self.runs.set_rows(run_rows(state))
        self.published.set_rows(state.published, NO_PUBLISHED)
        self.delete.setEnabled(state.shown is not None)
        self.report.setEnabled(bool(state.results))

    @Slot()
    def open_report(self) -> None:
        """Show the results as a report to save or print."""
        from hwstudio.gui.report.choices import bench_choices
        from hwstudio.gui.report.dialog import show_report

        state = self.model.state
        shown = state.shown
        beside = {shown.id: (*state.earlier, *state.published)} if shown is not None else {}
        show_report(bench_choices(shown, state.results, beside), self)

    def _show_controls(self, state: BenchState) -> None:
        self._show_button(state)
        self.bench.set_value(state.bench.id)
        self.bench.setEnabled(not state.is_running)
        self.purpose.setText(state.bench.purpose)
        self.effort.set_value("quick" if state.is_quick else "full")
        self.effort.setEnabled(not state.is_running)
        form = self._current_form(state)
        form.setEnabled(not state.is_running)
        form.show_values(state.values)
        around = state.surroundings
        if around is None:
            self.interpreter.setText("Looking for a Python that has torch.")
            return
        form.show_devices(around.devices, str(state.values.get("device", "auto")))
        if around.why_not or around.interpreter is None:
            self.interpreter.setText("No Python with torch is ready.")
        else:
            self.interpreter.setText(around.interpreter.title)
            self.interpreter.setToolTip(around.interpreter.path)

    def _show_button(self, state: BenchState) -> None:
        self.run_button.setText("Cancel" if state.is_running else "Run benchmark")
        self.run_button.setEnabled(state.can_run or state.phase is Phase.RUNNING)

    def _current_form(self, state: BenchState) -> ParameterForm:
        if self._form is None or self._form_of != state.bench.id:
            if self._form is not None:
                self.holder.removeWidget(self._form)
                self._form.deleteLater()
            self._form = ParameterForm(state.bench)
            self._form.given.connect(self.model.set_value)
            self._form_of = state.bench.id
            self.holder.addWidget(self._form)
        return self._form

    def _show_notice(self, state: BenchState) -> None:
        around = state.surroundings
        message = state.message
        if message is not None:
            self.frame.notice.say(message.kind, message.text, message.action)
        elif around is not None and around.why_not:
            self.frame.notice.say("warn", around.why_not)
        elif around is not None and around.note:
            self.frame.notice.say("warn", around.note)
        else:
            self.frame.notice.clear()

    @Slot()
    def _on_run(self) -> None:
        if self.model.state.is_running:
            self.model.cancel()
        else:
            self.tabs.setCurrentIndex(0)
            self.model.start()

    @Slot()
    def _on_run_anywhere(self) -> None:
        self._context.open_tab("bench")
        if not self.model.state.is_running:
            self._on_run()

    @Slot(str)
    def _on_effort(self, effort: str) -> None:
        self.model.set_quick(effort == "quick")

    @Slot()
    def _on_change_interpreter(self) -> None:
        self._context.open_settings()
        self.model.look()

    @Slot(int)
    def _on_tab(self, number: int) -> None:
        self.tables.setCurrentIndex(number)

    @Slot(object)
    def _on_run_selected(self, row: object) -> None:
        if isinstance(row, RunRow):
            self.model.select(row.result.id)

    @Slot()
    def _on_delete(self) -> None:
        shown = self.model.state.shown
        if shown is not None:
            self.model.delete(shown.id)


def _dropped(event: QDropEvent) -> tuple[Path, ...]:
    """Return the files that are dragged."""
    urls = event.mimeData().urls()
    return tuple(Path(url.toLocalFile()) for url in urls if url.isLocalFile())
