"""The Workload tab: the job on the left, the answer on the right, where else it runs below."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QStackedWidget,
    QTabBar,
    QWidget,
)

from hwstudio.core.base import clock
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.units import gib, significant
from hwstudio.core.predict.memory import Fit
from hwstudio.gui.kit.card import BigNumber, Card, Sentence
from hwstudio.gui.kit.screen import Screen
from hwstudio.gui.kit.steady_label import SteadyLabel
from hwstudio.gui.kit.table import DataTable
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.tip import prediction_tip, rows_tip
from hwstudio.gui.shell.context import Context
from hwstudio.gui.workload.calibrate_run import CalibrateRunner
from hwstudio.gui.workload.controls import WorkloadControls
from hwstudio.gui.workload.kept import OwnMeasurements, newest
from hwstudio.gui.workload.memory_bar import MemoryBar
from hwstudio.gui.workload.reckon import Reckoner, cost_words, name_of, time_words
from hwstudio.gui.workload.state import HardwareRow, Stock, WorkloadState
from hwstudio.gui.workload.tables import (
    ERROR_COLUMNS,
    HARDWARE_COLUMNS,
    RENT_COLUMNS,
    told_errors,
)
from hwstudio.gui.workload.viewmodel import WorkloadViewModel, fits

_RENT, _ERRORS = 1, 2
FILTER = "Model files (config.json *.safetensors *.gguf);;All files (*)"
READING = "Reading the measurements…"
NOWHERE = "It fits none of them. See the advice above."
ERRORS_WORDS = (
    "Before the estimates were shipped, they were tested on published measurements they had never "
    "seen. This is how far off they were; the ranges shown come from here."
)


class WorkloadView(Screen):
    """What a job needs and where it runs."""

    def __init__(self, context: Context) -> None:
        super().__init__("Workload", "Does it fit, how long does it take, and on which hardware?")
        self._context = context
        studio = context.studio
        catalog, settings = studio.catalog, studio.settings
        stock = Stock(
            catalog.ai_models(),
            catalog.gpus(),
            catalog.cards(),
            catalog.offers(),
            settings.electricity_per_kwh,
            settings.currency,
            settings.electricity_source,
        )
        self.kept = kept = OwnMeasurements(studio)
        self.model = WorkloadViewModel(
            stock,
            lambda: Reckoner(stock, studio.speed_model, kept.readable(), kept.probes()),
            kept,
            self,
        )
        self.runner = CalibrateRunner(kept.measure, self)
        self._has_begun = False
        self._build()
        self._connect()
        self.inputs.show_wish(self.model)
        self.model.set_machine(context.shared.machine)

    def _build(self) -> None:
        self.inputs = WorkloadControls()
        card = Card()
        card.body.addWidget(self.inputs)
        self.controls.addWidget(card)
        self.controls.addStretch(1)
        self.describe = self.add_more("Describe a language model…")
        self.measured = self.add_more("I measured this job…")
        self.forget = self.add_more("Forget what I measured")
        self.forget.setEnabled(False)
        self.calibrate = self.add_more("Calibrate on this machine…")
        self.answer.addWidget(self._answer_card())
        self.answer.addWidget(self._below(), 1)

    def _answer_card(self) -> QWidget:
        card = Card()
        self.sentence = Sentence(READING)
        self.advice = SteadyLabel("", "muted")
        self.advice.hide()
        card.body.addWidget(self.sentence)
        card.body.addWidget(self.advice)
        row = QHBoxLayout()
        row.setSpacing(24)
        self.memory = BigNumber("Memory, each GPU", role="medium")
        self.time = BigNumber("Whole job", role="medium")
        self.power = BigNumber("GPU power", role="medium")
        self.energy = BigNumber("Electricity", role="medium")
        for number in (self.memory, self.time, self.power, self.energy):
            row.addWidget(number, 1, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(row)
        self.bar = MemoryBar()
        card.body.addWidget(self.bar)
        self.limit = SteadyLabel("", "small", wrap=False)
        self.near = SteadyLabel("", "small", wrap=False)
        card.body.addWidget(self.limit)
        card.body.addWidget(self.near)
        return card

    def _below(self) -> QWidget:
        card = Card()
        row = QHBoxLayout()
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setAccessibleName("Below the answer")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for words in ("Where it runs", "What it costs to rent", "How far off estimates were"):
            self.tabs.addTab(words)
        self.only_fitting = QCheckBox("Only what it fits")
        self.count = label("", "small")
        row.addWidget(self.tabs)
        row.addStretch(1)
        row.addWidget(self.count)
        row.addWidget(self.only_fitting)
        card.body.addLayout(row)
        self.table = DataTable("Where it runs", HARDWARE_COLUMNS)
        self.table.sortByColumn(4, Qt.SortOrder.AscendingOrder)
        self.errors = DataTable("How far off estimates were", ERROR_COLUMNS)
        self.stack = QStackedWidget()
        self.rent = DataTable("What it costs to rent", RENT_COLUMNS)
        self.rent.sortByColumn(5, Qt.SortOrder.AscendingOrder)
        for table in (self.table, self.rent, self.errors):
            self.stack.addWidget(table)
        self.errors_note = label(ERRORS_WORDS, "small", wrap=True)
        self.errors_note.hide()
        card.body.addWidget(self.errors_note)
        card.body.addWidget(self.stack, 1)
        return card

    def _connect(self) -> None:
        model, inputs = self.model, self.inputs
        model.changed.connect(self._on_changed)
        model.wish_changed.connect(self._on_wish)
        model.failed.connect(self._on_failed)
        model.busy_changed.connect(self._on_busy)
        inputs.kind.chosen.connect(model.choose_kind)
        inputs.model.chosen.connect(model.choose_model)
        inputs.mode.chosen.connect(model.choose_mode)
        inputs.precision.chosen.connect(model.choose_precision)
        inputs.software.chosen.connect(model.choose_software)
        inputs.batch.changed.connect(model.set_batch)
        inputs.tokens.changed.connect(model.set_tokens)
        inputs.steps.changed.connect(model.set_steps)
        inputs.samples.changed.connect(model.set_samples)
        inputs.epochs.changed.connect(model.set_epochs)
        inputs.count.changed.connect(model.set_count)
        inputs.open_wanted.connect(self._on_open)
        self.describe.triggered.connect(self._on_describe)
        self.measured.triggered.connect(self._on_measured)
        self.forget.triggered.connect(self._on_forget)
        self.calibrate.triggered.connect(self._on_calibrate)
        self.runner.ended.connect(self.model.look_again)
        for field in (
            inputs.batch, inputs.tokens, inputs.steps, inputs.samples, inputs.epochs, inputs.count,
        ):  # fmt: skip
            field.rejected.connect(self._on_failed)
        self.table.row_selected.connect(self._on_row)
        self.tabs.currentChanged.connect(self._on_tab)
        self.only_fitting.toggled.connect(self._on_filter)
        self._context.shared.machine_changed.connect(model.set_machine)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._has_begun:
            self._has_begun = True
            self.model.begin()
        else:
            self.model.look_again()  # a benchmark may have run meanwhile

    def leave(self) -> None:
        """End what runs; called when the window closes."""
        self.runner.leave()

    # --- showing -----------------------------------------------------------------------------

    @Slot()
    def _on_wish(self) -> None:
        self.inputs.show_wish(self.model)

    @Slot(bool)
    def _on_busy(self, is_busy: bool) -> None:
        self.sentence.setEnabled(not is_busy)  # the old answer stays, marked as being renewed

    @Slot()
    def _on_changed(self) -> None:
        self.notice.clear()
        state = self.model.state
        self.inputs.show_software(self.model)
        self.sentence.setText(state.sentence)
        self.advice.setText(state.advice)
        self.advice.setVisible(bool(state.advice))
        self._show_chosen(state)
        self._show_rows()
        self.errors.set_rows(told_errors(state.errors), "No tests are known.")
        self.forget.setEnabled(state.measured > 0)
        good, all_of_them = fits(state)
        self.count.setText(f"fits {good} of {all_of_them}")

    def _show_chosen(self, state: WorkloadState) -> None:
        row = state.chosen
        self.bar.show_need(row.memory if row else None)
        inputs = row.speed.inputs if row and row.memory.verdict is not Fit.NO else {}
        near, limit = (inputs.get(word, "") for word in ("nearest measurements", "limit"))
        for shown, words in ((self.limit, limit), (self.near, near and f"Nearest: {near}")):
            shown.setText(f"{words}." if words else "")
            shown.setVisible(bool(words))
        if row is None:
            for number in (self.memory, self.time, self.power, self.energy):
                number.show_value("–")
            return
        need = row.memory
        if need.need_bytes is None:
            self.memory.show_value("–", note=need.refused)
        else:
            value, _, unit = gib(need.need_bytes).rpartition(" ")
            note = f"{gib(need.low or 0)} to {gib(need.high or 0)}, of {gib(need.vram_bytes)}"
            self.memory.show_value(value, unit, note, memory_tip(row))
        self._show_time(row)

    def _show_time(self, row: HardwareRow) -> None:
        is_told = row.time.median is not None and row.memory.verdict is not Fit.NO
        if not is_told:
            why = "it does not fit" if row.memory.verdict is Fit.NO else row.speed.refused
            for number in (self.time, self.energy):
                number.show_value("–", note=why)
            self.power.show_value("–")
            return
        words = time_words(row.time)
        speed = f"{significant(row.speed.median or 0, 2)} {row.speed.unit}, {row.badge}"
        self.time.show_value(words, "", speed, prediction_tip(row.time))
        low, high = (significant(v or 0, 2) for v in (row.power.low, row.power.high))
        watts = f"{row.power.median or 0:,.0f}"
        self.power.show_value(watts, "W", f"{low} to {high} W", prediction_tip(row.power))
        energy = significant(row.energy.median or 0, 2)
        note = f"{energy} kWh at the wall"
        self.energy.show_value(cost_words(row.cost), "", note, prediction_tip(row.cost))

    def _show_rows(self) -> None:
        rows, rent = self.model.state.rows, self.model.state.rent
        if self.only_fitting.isChecked():
            rows = tuple(row for row in rows if row.memory.verdict is Fit.FITS)
            rent = tuple(row for row in rent if row.memory.verdict is Fit.FITS)
        nowhere = NOWHERE if self.model.state.rows else READING
        self.table.set_rows(rows, nowhere)
        self._mark_chosen()
        self.rent.set_rows(rent, NOWHERE if self.model.state.rent else READING)

    def _mark_chosen(self) -> None:
        """Let the table's row be the hardware the answer is about."""
        chosen = self.model.state.chosen
        rows = self.table.shown_rows()
        place = next((n for n, row in enumerate(rows) if chosen and row.gpu == chosen.gpu), None)
        if place is not None and self.table.currentIndex().row() != place:
            with QSignalBlocker(self.table):
                self.table.selectRow(place)

    # --- what a person does ------------------------------------------------------------------

    @Slot(object)
    def _on_row(self, row: object) -> None:
        if isinstance(row, HardwareRow):
            self.model.choose_hardware(row.gpu.id)

    @Slot(int)
    def _on_tab(self, number: int) -> None:
        self.stack.setCurrentIndex(number)
        self.errors_note.setVisible(number == _ERRORS)
        self.only_fitting.setVisible(number != _ERRORS)
        self.count.setVisible(number == 0)
        if number == _RENT:
            self.model.look_at_offers()

    @Slot(bool)
    def _on_filter(self, _is_wanted: bool) -> None:
        self._show_rows()

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self.notice.say("warn", sentence)

    @Slot()
    def _on_describe(self) -> None:
        from hwstudio.gui.workload.describe_dialog import DescribeDialog

        dialog = DescribeDialog(self)
        if dialog.exec():
            self.model.take_own_model(dialog.model)

    @Slot()
    def _on_measured(self) -> None:
        from hwstudio.gui.workload.measured_dialog import MeasuredDialog

        state = self.model.state
        if state.chosen is None or state.chosen.speed.median is None:
            self._on_failed("There is no estimate for this job that a measurement could mend.")
            return
        hardware = name_of(state.chosen)
        dialog = MeasuredDialog(
            state.workload.title, hardware, state.chosen.speed, self.kept.score_words(), self
        )
        if dialog.exec():
            self.tell_measured(dialog.value)

    def tell_measured(self, units_per_s: float) -> None:
        """Take in a speed the user saw; what cannot be kept or compared is said in place."""
        try:
            is_taken = self.model.tell_measured(units_per_s, clock.iso_now())
        except HwstudioError as error:
            self._on_failed(error.sentence)
            return
        if not is_taken:
            self._on_failed("For this kind of job a measured speed cannot be compared yet.")

    @Slot()
    def _on_forget(self) -> None:
        try:
            self.model.forget_measured()
        except HwstudioError as error:
            self._on_failed(error.sentence)

    @Slot()
    def _on_calibrate(self) -> None:
        from hwstudio.gui.workload.calibrate_dialog import CalibrateDialog

        dialog = CalibrateDialog(
            self.runner, newest(self.model.probes), self._forget_calibration, self
        )
        dialog.exec()
        dialog.deleteLater()

    def _forget_calibration(self) -> None:
        try:
            self.kept.forget_probes()
        except HwstudioError as error:
            self._on_failed(error.sentence)
            return
        self.model.look_again()

    @Slot()
    def _on_open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Open a model file", "", FILTER)
        if name:
            self.open_file(Path(name))

    def open_file(self, file: Path) -> None:
        """Ask about the model in a file; a bad file says why in place."""
        from hwstudio.core.project.model_file import open_model

        try:
            found = open_model(file)
        except HwstudioError as error:
            self._on_failed(error.sentence)
            return
        why = self.model.take_own_model(found)
        if why:
            self._on_failed(why)


def memory_tip(row: HardwareRow) -> str:
    """Return what the need is made of."""
    items = [(item.label, gib(item.bytes)) for item in row.memory.items]
    return rows_tip(items, f"Needed on each GPU, {row.memory.layout}:")
