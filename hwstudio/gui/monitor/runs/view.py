"""The Runs page: the list on the left, the chosen run or an opened training log on the right."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QMessageBox,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QWidget,
)

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.history.runs import Runs
from hwstudio.core.model.run import Run
from hwstudio.core.monitor.runs.money import Tariff
from hwstudio.core.monitor.runs.paid import PaidPrices
from hwstudio.core.monitor.runs.predicted import document_of
from hwstudio.core.monitor.runs.words import NEEDS_RECORDER
from hwstudio.core.probe.live import ProcessUse
from hwstudio.gui.kit.card import Card, EmptyState
from hwstudio.gui.kit.text import label
from hwstudio.gui.monitor.runs.curves_card import open_menu
from hwstudio.gui.monitor.runs.detail import CURVES, RunDetail
from hwstudio.gui.monitor.runs.run_dialog import EditDialog, StartDialog
from hwstudio.gui.monitor.runs.run_list import RunList
from hwstudio.gui.monitor.runs.teaching import Teaching
from hwstudio.gui.monitor.runs.viewmodel import RunsSources, RunsViewModel
from hwstudio.gui.monitor.services import MonitorServices

_PURPOSE = (
    "Mark a training run and see what it used: energy, cost, GPU time and memory, beside what was "
    "predicted. A run ends by hand or with its process."
)
_FIRST, _DETAIL = 0, 1


class RunsPage(QWidget):
    """Layout and wiring."""

    def __init__(self, services: MonitorServices) -> None:
        super().__init__()
        self._services = services
        studio = services.context.studio
        self.teaching = Teaching(studio, self)
        sources = RunsSources(
            store=Runs(studio.history),
            readings=studio.home.monitor_file,
            tariff=self._tariff,
            paid=PaidPrices(studio.home.paid_prices_file).of,
            recorder=services.recorder,
            taught=self.teaching.taught,
        )
        self.model = RunsViewModel(sources, self)
        self.ask: Callable[[str], bool] = self._ask
        self.setAcceptDrops(True)
        self._build()
        self._connect()

    def _tariff(self) -> Tariff | None:
        settings = self._services.context.studio.settings
        try:
            price = Decimal(str(settings.electricity_per_kwh))
            return Tariff(price, settings.currency, settings.electricity_source)
        except HwstudioError:
            return None

    # --- layout ------------------------------------------------------------------------------

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self._runs_card())
        self.right = QStackedWidget()
        self.first = EmptyState("clock", _PURPOSE, "Start a run")
        self.first.button.setProperty("primary", True)
        self.detail = RunDetail()
        holder = Card()
        holder.body.addWidget(self.first)
        self.right.addWidget(holder)
        self.right.addWidget(self.detail)
        split.addWidget(self.right)
        split.setSizes([272, 900])
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 1)
        row.addWidget(split)

    def _runs_card(self) -> Card:
        card = Card("Runs")
        card.layout().setContentsMargins(12, 12, 12, 12)  # type: ignore[union-attr]
        self.start = QPushButton("Start a run")
        self.start.setProperty("primary", True)
        card.head.addWidget(self.start)
        self.list = RunList()
        card.body.addWidget(self.list, 1)
        self.hint = label("", "small", wrap=True)
        card.body.addWidget(self.hint)
        self._free = QWidget()  # takes the room of the list while there is none
        card.body.addWidget(self._free, 1)
        grid = QGridLayout()
        grid.setSpacing(6)
        self.end = QPushButton("End now")
        self.edit = QPushButton("Name and end…")
        self.log = QPushButton("Training log…")
        self.delete = QPushButton("Delete…")
        self.open_log = QPushButton("Open a training log…")
        self.edit.setToolTip("Another name, a note, and whether it finished or failed")
        self.open_log.setToolTip("Look at the curves of any training, without a run")
        self.log.setToolTip("Say where the training log of this run is")
        for number, button in enumerate((self.end, self.edit, self.log, self.delete)):
            grid.addWidget(button, number // 2, number % 2)
        grid.addWidget(self.open_log, 2, 0, 1, 2)
        card.body.addLayout(grid)
        return card

    # --- wiring ------------------------------------------------------------------------------

    def _connect(self) -> None:
        model, detail = self.model, self.detail
        model.changed.connect(self._on_changed)
        model.picture_changed.connect(self._on_picture)
        model.failed.connect(self._services.say_problem)
        self.start.clicked.connect(self._on_start)
        self.first.acted.connect(self._on_start)
        self.end.clicked.connect(self._on_end)
        self.edit.clicked.connect(self._on_edit)
        self.delete.clicked.connect(self._on_delete)
        self.log.clicked.connect(self._on_attach_log)
        self.open_log.clicked.connect(self._on_open_log)
        self.list.chosen.connect(model.select)
        detail.window_wanted.connect(model.set_window)
        detail.whole_wanted.connect(model.show_whole)
        detail.close_log_wanted.connect(self._on_close_log)
        detail.predict_wanted.connect(self._on_predict)
        detail.unpredict_wanted.connect(self._on_unpredict)
        detail.teach_wanted.connect(self._on_teach)
        detail.forget_wanted.connect(self._on_forget)
        self.teaching.changed.connect(self._on_taught)
        self.teaching.failed.connect(self._services.say_problem)
        self._services.context.shared.speeds_changed.connect(self._on_speeds)
        detail.charts.said.connect(self._services.context.status)
        detail.charts.refused.connect(self._services.say_problem)
        detail.curves.said.connect(self._services.context.status)
        detail.curves.refused.connect(self._services.say_problem)
        detail.curves.open_wanted.connect(self._on_log_wanted)

    @property
    def _run(self) -> Run | None:
        row = self.model.state.row
        return row.run if row is not None else None

    # --- showing -----------------------------------------------------------------------------

    @Slot()
    def _on_changed(self) -> None:
        state, run = self.model.state, self._run
        self.list.show_rows(state.rows, state.selected)
        self.list.setVisible(bool(state.rows))
        self._free.setVisible(not state.rows)
        self.hint.setText(self._hint())
        self.hint.setVisible(bool(self.hint.text()))
        self.end.setEnabled(run is not None and run.is_open)
        for button in (self.edit, self.delete, self.log):
            button.setEnabled(run is not None)
        for button in (self.end, self.edit, self.delete, self.log):
            button.setVisible(bool(state.rows))
        is_first = run is None and state.log is None
        self.start.setVisible(bool(state.rows) or not is_first)  # one button to begin
        self.right.setCurrentIndex(_FIRST if is_first else _DETAIL)
        if is_first:
            self.first.show_text(_PURPOSE if not state.rows else "Choose a run on the left.")
            self.first.button.setVisible(not state.rows)
            return
        self.detail.show_state(state)
        path = state.log or (Path(run.log_path) if run is not None and run.log_path else None)
        self.detail.curves.open(path)

    def _hint(self) -> str:
        state = self.model.state
        if not state.rows:
            return "No runs yet." if state.is_recording else f"No runs yet. {NEEDS_RECORDER}."
        if not state.is_recording and any(row.run.is_open for row in state.rows):
            return f"A run goes on, but nothing is recorded. {NEEDS_RECORDER}."
        return ""

    @Slot()
    def _on_picture(self) -> None:
        self.detail.show_picture(self.model.state, self.model.picture)

    # --- what a person does ------------------------------------------------------------------

    @Slot()
    def _on_start(self) -> None:
        sample = self._services.sampler.sample
        gpus = tuple(d for d in sample.devices if d.kind == "gpu") if sample is not None else ()
        log = str(self.model.state.log or "")
        sampler = self._services.sampler
        wanted, sampler.wants_processes = sampler.wants_processes, True
        dialog = StartDialog(self._processes, gpus, log, self)
        is_wanted = bool(dialog.exec())
        sampler.wants_processes = wanted
        if is_wanted and self.model.start(dialog.wish()):
            self._services.context.status("The run began")

    def _processes(self) -> tuple[ProcessUse, ...]:
        table = self._services.sampler.processes.value
        return table.processes if table is not None else ()

    @Slot()
    def _on_end(self) -> None:
        if self._run is not None:
            self.model.end(self._run.id)
            self._services.context.status("The run has ended")

    @Slot()
    def _on_edit(self) -> None:
        run = self._run
        if run is None:
            return
        dialog = EditDialog(run, self)
        if dialog.exec():
            told = (dialog.name.text(), dialog.note.toPlainText(), dialog.ending.value)
            self.model.describe(run.id, *told)

    @Slot()
    def _on_delete(self) -> None:
        run = self._run
        if run is None:
            return
        question = (
            f"Delete the run “{run.title}”? What was recorded meanwhile stays in the history."
        )
        if self.model.state.taught is not None:
            question += (
                " What it taught the estimates stays too: forget that first if it was wrong."
            )
        if self.ask(question):
            self.model.delete(run.id)
            self._services.context.status("The run is deleted")

    def _ask(self, question: str) -> bool:
        answer = QMessageBox.question(self, "Delete a run", question)
        return answer is QMessageBox.StandardButton.Yes

    @Slot()
    def _on_predict(self) -> None:
        from hwstudio.gui.monitor.runs.predict_dialog import PredictDialog

        run = self._run
        if run is None:
            return
        sample = self._services.sampler.sample
        gpus = [d for d in sample.devices if d.kind == "gpu"] if sample is not None else []
        used = [d for d in gpus if not run.devices or d.id in run.devices]
        name = used[0].title if used else ""
        studio = self._services.context.studio
        count = max(1, len(used))
        predictors = studio.predictors
        dialog = PredictDialog(
            studio.catalog, predictors.now, name, count, self, model=lambda: studio.speed_model
        )
        if dialog.exec():
            predicted = dialog.predicted()
            self.model.attach_prediction(run.id, document_of(predicted))
            self.teaching.note(predicted)

    @Slot()
    def _on_unpredict(self) -> None:
        if self._run is not None:
            self.model.attach_prediction(self._run.id, {})

    # --- teaching the estimates --------------------------------------------------------------

    @Slot()
    def _on_teach(self) -> None:
        from hwstudio.gui.monitor.runs.teach_dialog import TeachDialog

        row = self.model.state.row
        if row is None or row.facts is None or row.facts.span.end_s != row.run.ended_s:
            self._services.context.status("What this run took is still being summed up")
            return
        dialog = TeachDialog(row.facts, self)
        if dialog.exec() and dialog.reached is not None:
            self.teaching.teach(row.run, dialog.reached)
        dialog.deleteLater()

    @Slot()
    def _on_forget(self) -> None:
        if self._run is not None:
            self.teaching.forget(self._run)

    @Slot(str)
    def _on_taught(self, words: str) -> None:
        """Tell every tab that estimates are others now."""
        self.model.reload()
        self._services.context.status(words)
        self._services.context.shared.speeds_changed.emit()

    @Slot()
    def _on_speeds(self) -> None:
        """Speeds may have been forgotten elsewhere: what this run taught then counts no more."""
        if self.isVisible():
            self.model.reload()

    # --- training logs -----------------------------------------------------------------------

    @Slot()
    def _on_open_log(self) -> None:
        self._pop_up(self.open_log, self._choose_to_look)

    @Slot()
    def _on_attach_log(self) -> None:
        self._pop_up(self.log, self._choose_to_attach)

    def _pop_up(self, button: QPushButton, choose: Callable[[str], None]) -> None:
        menu = open_menu(self)
        for action, kind in zip(menu.actions(), ("folder", "file"), strict=True):
            action.triggered.connect(_Bound(choose, kind))
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    @Slot(str)
    def _on_log_wanted(self, kind: str) -> None:
        """Choose a log for the run that is shown, or to look at."""
        if self._run is not None:
            self._choose_to_attach(kind)
        else:
            self._choose_to_look(kind)

    def _choose_to_look(self, kind: str) -> None:
        path = self._chosen(kind)
        if path:
            self.look_at_log(Path(path))

    def _choose_to_attach(self, kind: str) -> None:
        path, run = self._chosen(kind), self._run
        if path and run is not None:
            self.model.attach_log(run.id, path)
            self.detail.tabs.setCurrentIndex(CURVES)

    def _chosen(self, kind: str) -> str:
        if kind == "folder":
            return QFileDialog.getExistingDirectory(self, "Folder with a training log")
        return QFileDialog.getOpenFileName(self, "Training log")[0]

    @Slot()
    def _on_close_log(self) -> None:
        self.model.open_log(None)

    def look_at_log(self, path: Path) -> None:
        """Show the curves of a log without a run."""
        self.model.open_log(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped(event)
        if path is not None:
            event.acceptProposedAction()
            self.look_at_log(path)

    # --- life --------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.show()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.model.hide()

    def leave(self) -> None:
        """Stop watching; the window calls this when it closes."""
        self.model.hide()
        self.detail.curves.model.hide()


class _Bound:
    """Calls with what was fixed when the menu was made."""

    def __init__(self, call: Callable[[str], None], kind: str) -> None:
        self._call, self._kind = call, kind

    def __call__(self, _checked: bool = False) -> None:
        self._call(self._kind)


def _dropped(event: QDropEvent) -> Path | None:
    """Return the one file or folder of this computer that is dropped."""
    urls = event.mimeData().urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None
