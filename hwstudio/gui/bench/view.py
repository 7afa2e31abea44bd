"""The Benchmark tab: layout and wiring."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from hwstudio.core.model.result import Result
from hwstudio.core.project.expected_range import ExpectedRange, expected_ranges
from hwstudio.gui.bench.answer import AnswerCard
from hwstudio.gui.bench.check import CheckStep
from hwstudio.gui.bench.choices import Choices
from hwstudio.gui.bench.comparing import ComparingModel
from hwstudio.gui.bench.details import (
    COMPARISON,
    MACHINES,
    POINTS,
    RUNS,
    TESTS,
    TREND,
    Details,
)
from hwstudio.gui.bench.hosts_dialog import HostsDialog
from hwstudio.gui.bench.hosts_model import HostsModel
from hwstudio.gui.bench.kit_maker import KitMaker
from hwstudio.gui.bench.machines import NO_MACHINES, Found, MachinesModel
from hwstudio.gui.bench.plan import CHOSEN, start_text
from hwstudio.gui.bench.state import BenchState, Phase
from hwstudio.gui.bench.tables import RunRow
from hwstudio.gui.bench.trending import TrendModel
from hwstudio.gui.bench.viewmodel import BenchStock, BenchViewModel
from hwstudio.gui.environment.opening import open_environments
from hwstudio.gui.kit.card import EmptyState
from hwstudio.gui.kit.screen import Screen
from hwstudio.gui.shell.commands import Command
from hwstudio.gui.shell.context import Context

FIRST_TIME = (
    "See how fast this computer really is. The quick check runs eight tests one after the other: "
    "processor, memory, drive, training and answering. It takes two to five minutes, and says "
    "whether the numbers can be trusted. Leave the computer alone meanwhile."
)
FIRST_CHOSEN = (
    "Tick the tests you want on the left; each has its settings below the list. Each says what it "
    "measured, and whether the number can be trusted. Leave the computer alone meanwhile."
)
FIRST_BUTTON_PX = (220, 44)
READY_AFTER_MS = 800  # the tab has been painted by then
RESULT_FILES = "Result files (*.json);;All files (*)"


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
                expected=self._expected,
            ),
            self,
        )
        self.machines = MachinesModel(studio.history, self)
        self.comparing = ComparingModel(studio.history, self)
        self.trending = TrendModel(studio.history, self)
        self.kit = KitMaker(self)
        self.hosts = HostsModel(studio, self)
        self._has_looked = False
        self._shown: BenchState | None = None
        self._build()
        self._connect()
        self._show(self.model.state)

    def _chosen_interpreter(self) -> str:
        return self._context.studio.settings.interpreter

    def _expected(self, result: Result) -> Mapping[str, ExpectedRange]:
        studio = self._context.studio
        return expected_ranges(result, studio.catalog, studio.speed_model)

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self.frame = Screen(
            "Benchmark", "How fast is this computer, and can the number be trusted?"
        )
        outer.addWidget(self.frame)
        self.run_button = self.frame.set_primary("Run quick check")
        self.report = self.frame.add_more("Report…")
        self.several = self.frame.add_more("Several computers…")
        self.make_kit = self.frame.add_more("Make a run kit…")
        self.choices = Choices()
        self.frame.controls.addWidget(self.choices)
        self.frame.controls.addStretch(1)
        self.answer = AnswerCard()
        self.empty = EmptyState("bench", FIRST_TIME, "Run quick check")
        self.empty.button.setProperty("primary", True)
        self.empty.button.setMinimumSize(*FIRST_BUTTON_PX)
        # Not a stack: it would ask for the height of the page that is not shown.
        self.frame.answer.addWidget(self.answer, 1)
        self.frame.answer.addWidget(self.empty, 1)
        self.details = Details()
        self.frame.answer.addWidget(self.details, 1)
        self.setAcceptDrops(True)

    def _connect(self) -> None:
        model, choices, details = self.model, self.choices, self.details
        model.changed.connect(self._show)
        self.run_button.clicked.connect(self._on_run)
        self.empty.acted.connect(self._on_run)
        self.report.triggered.connect(self.open_report)
        self.answer.back.connect(model.show_check)
        choices.plan.chosen.connect(model.set_plan)
        choices.tests.ticked.connect(model.set_chosen)
        choices.tests.selected.connect(self._on_test_selected)
        choices.given.connect(model.set_value)
        choices.effort.chosen.connect(self._on_effort)
        choices.change.clicked.connect(self._on_change_interpreter)
        choices.take_in.clicked.connect(self._on_take_in)
        choices.give_out.clicked.connect(self._on_give_out)
        self._connect_others()
        details.tests.row_selected.connect(self._on_step_selected)
        details.runs.row_selected.connect(self._on_run_selected)
        details.runs.model_.checked.connect(self._on_run_ticked)
        details.again.clicked.connect(self._on_again)
        details.delete.clicked.connect(self._on_delete)
        details.tabs.currentChanged.connect(self._on_tab)
        self.comparing.found.connect(details.show_compared)
        self.trending.found.connect(details.trend.show_trends)
        self.machines.found.connect(self._on_machines)
        self.machines.said.connect(model.say)
        self.frame.notice.acted.connect(model.act)
        self._context.shared.place_wanted.connect(self._on_place_wanted)
        self._context.commands.add(
            Command("bench.run", "Run benchmark", self._on_run_anywhere, "", "measure speed test")
        )

    @Slot(str, str)
    def _on_place_wanted(self, tab: str, test: str) -> None:
        """Start a test that another tab waits for; tick one that a page of Learn links to.

        Ticks that a person set before stay; those nobody chose yet go.
        """
        if tab != "bench":
            return
        if self._context.shared.waiting_test is not None:
            self._take_test()
            return
        if self.model.state.plan != CHOSEN:
            for other in self.model.state.chosen:
                self.model.set_chosen(other, False)
        self.model.set_plan(CHOSEN)
        self.model.set_chosen(test, True)
        self.model.choose_bench(test)

    def _connect_others(self) -> None:
        """Connect what has to do with other computers."""
        choices = self.choices
        choices.kit.clicked.connect(self._on_make_kit)
        choices.several.clicked.connect(self.open_several)
        self.make_kit.triggered.connect(self._on_make_kit)
        self.several.triggered.connect(self.open_several)
        self.kit.said.connect(self.model.say)
        self.hosts.kept.connect(self._on_hosts_kept)
        add = self._context.commands.add
        add(
            Command(
                "bench.several", "Train over several computers", self.open_several, "",
                "cluster ssh hosts nodes network scaling",
            )
        )  # fmt: skip
        add(
            Command(
                "bench.kit", "Make a run kit", self._on_make_kit, "", "usb stick offline computers"
            )
        )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._has_looked:
            self._has_looked = True
            QTimer.singleShot(READY_AFTER_MS, self, self.answer.plots.get_ready)
            self.model.look()
            self.machines.look()
        self._take_test()

    def _take_test(self) -> None:
        """Run what another tab asked for; a first Python may still have to be found."""
        wanted, self._context.shared.waiting_test = self._context.shared.waiting_test, None
        if wanted is not None:
            self.model.run_one(*wanted)
            self._to_front()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = _dropped(event)
        if files:
            event.acceptProposedAction()
            self.machines.take_in(files)

    def leave(self) -> None:
        """End what runs; called when the window closes."""
        self.model.leave()
        self.hosts.leave()

    # --- what is shown -----------------------------------------------------------------------

    @Slot(object)
    def _show(self, state: object) -> None:
        if not isinstance(state, BenchState):
            return
        last, self._shown = self._shown, state
        if last is not None and state.is_running and replace(last, live=state.live) == state:
            self.answer.show_state(state)  # many times a second, and nothing else has changed
            return
        self.report.setEnabled(bool(state.results))
        is_check = state.is_check_shown and state.check is not None
        is_empty = state.shown is None and not is_check and not state.is_running
        words = start_text(state.plan, state.chosen)
        self.run_button.setText("Cancel" if state.is_running else words)
        self.run_button.setVisible(not is_empty)  # one primary button at a time
        self.run_button.setEnabled(state.can_run or state.phase is Phase.RUNNING)
        self.empty.show_text(FIRST_CHOSEN if state.plan == CHOSEN else FIRST_TIME)
        self.empty.button.setText(words)
        self.empty.button.setEnabled(state.can_run)
        self.choices.show_state(state)
        self._show_notice(state)
        self.empty.setVisible(is_empty)
        self.answer.setVisible(not is_empty)
        self.answer.show_state(state)
        self._share_room(is_check=is_check and not state.is_running)
        self.details.show_state(state)
        self.details.again.setEnabled(self.model.can_run_again())
        self.comparing.compare(state.compared)
        has_rows = bool(state.results or state.others or self.details.machines.shown_rows())
        is_row = state.check is not None and state.check.is_row
        self.details.setVisible(is_row if state.is_running else has_rows or is_check)

    def _share_room(self, *, is_check: bool) -> None:
        """Give the height to what is looked at: beside a long list there is no chart."""
        place = self.details.tabs.currentIndex()
        is_list = place in (RUNS, COMPARISON, TREND, MACHINES) and self.details.isVisible()
        if is_list and not self.model.state.is_running:
            self.answer.plots.hide()
        is_short = is_check or self.answer.plots.isHidden()
        rows = self.frame.answer
        rows.setStretchFactor(self.answer, 0 if is_short else 1)
        rows.setStretchFactor(self.details, 1)

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

    @Slot(object)
    def _on_machines(self, found: object) -> None:
        if not isinstance(found, Found):
            return
        self.details.machines.set_rows(found.rows, NO_MACHINES)
        self.choices.machines_said.setText(found.sentence or NO_MACHINES)
        if found.message is not None:
            self.model.read_again()
            self.model.say(found.message)
            if found.rows:
                self.details.tabs.setCurrentIndex(MACHINES)
        self._show(self.model.state)

    # --- what is done ------------------------------------------------------------------------

    @Slot()
    def open_report(self) -> None:
        """Show the results as a report to save or print."""
        from hwstudio.gui.report.choices import bench_choices
        from hwstudio.gui.report.dialog import show_report

        state = self.model.state
        shown = state.shown
        beside = {shown.id: (*state.earlier, *state.published)} if shown is not None else {}
        show_report(bench_choices(shown, state.results, beside), self)

    @Slot()
    def open_several(self) -> None:
        """Show the computers to train over until it is closed."""
        self._context.open_tab("bench")
        dialog = HostsDialog(self.hosts, self)
        dialog.exec()
        dialog.deleteLater()

    @Slot(object)
    def _on_hosts_kept(self, result: object) -> None:
        if isinstance(result, Result):
            self.model.read_again()
            self.model.select(result.id)

    @Slot()
    def _on_make_kit(self) -> None:
        self._context.open_tab("bench")
        name = QFileDialog.getExistingDirectory(self, "Where to put the run kit")
        if name:
            self.kit.make(Path(name), self.model.state.plan)

    @Slot()
    def _on_run(self) -> None:
        if self.model.state.is_running:
            self.model.cancel()
            return
        self.model.start()
        self._to_front()

    @Slot()
    def _on_again(self) -> None:
        self.model.run_again()
        self._to_front()

    def _to_front(self) -> None:
        check = self.model.state.check
        is_row = check is not None and check.is_row
        self.details.tabs.setCurrentIndex(TESTS if is_row else POINTS)

    @Slot()
    def _on_run_anywhere(self) -> None:
        self._context.open_tab("bench")
        if not self.model.state.is_running:
            self._on_run()

    @Slot(str)
    def _on_test_selected(self, bench_id: str) -> None:
        self.model.choose_bench(bench_id)

    @Slot(str)
    def _on_effort(self, effort: str) -> None:
        self.model.set_quick(effort == "quick")

    @Slot()
    def _on_change_interpreter(self) -> None:
        open_environments(self._context, self)
        self.model.look()

    @Slot(int)
    def _on_tab(self, place: int) -> None:
        self._shown = None  # the room is shared anew
        self._show(self.model.state)
        if place == TREND:
            self.trending.look()
        elif place == COMPARISON:
            self.comparing.compare(self.model.state.compared)

    @Slot(object)
    def _on_step_selected(self, step: object) -> None:
        if not isinstance(step, CheckStep) or step.result is None:
            return
        if not self.model.state.is_running:
            self.model.select(step.result.id)

    @Slot(object)
    def _on_run_selected(self, row: object) -> None:
        if isinstance(row, RunRow):
            self.model.select(row.result.id)

    @Slot(object, bool)
    def _on_run_ticked(self, row: object, is_ticked: bool) -> None:
        if isinstance(row, RunRow):
            self.model.set_compared(row.result.id, is_ticked)

    @Slot()
    def _on_delete(self) -> None:
        shown = self.model.state.shown
        if shown is not None:
            self.model.delete(shown.id)

    @Slot()
    def _on_take_in(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, "Import result files", "", RESULT_FILES)
        if names:
            self.machines.take_in(tuple(map(Path, names)))

    @Slot()
    def _on_give_out(self) -> None:
        usual = f"{platform.node() or 'this-computer'}-results.json"
        name, _ = QFileDialog.getSaveFileName(self, "Export my results", usual, RESULT_FILES)
        if name:
            self.machines.give_out(Path(name))


def _dropped(event: QDropEvent) -> tuple[Path, ...]:
    """Return the files that are dragged."""
    urls = event.mimeData().urls()
    return tuple(Path(url.toLocalFile()) for url in urls if url.isLocalFile())
