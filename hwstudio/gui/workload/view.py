"""The Workload tab: the job on the left, the answer on the right, where else it runs below."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction, QHideEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
)

from hwstudio.core.base import clock
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.base.units import GIB
from hwstudio.core.model.machine import Machine
from hwstudio.core.predict.chips import chips
from hwstudio.core.probe.machine import detect_machine
from hwstudio.core.project.jobs import job_text
from hwstudio.core.project.own_limits import LARGEST_BATCH, LOADING, network_of
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.icon import IconButton
from hwstudio.gui.kit.screen import Screen
from hwstudio.gui.kit.task import Task
from hwstudio.gui.shell.context import Context
from hwstudio.gui.workload.answer_card import AnswerCard
from hwstudio.gui.workload.below import Below
from hwstudio.gui.workload.calibrate_run import CalibrateRunner
from hwstudio.gui.workload.controls import WorkloadControls
from hwstudio.gui.workload.kept import OwnMeasurements, newest
from hwstudio.gui.workload.reckon import Reckoner, name_of
from hwstudio.gui.workload.state import Stock
from hwstudio.gui.workload.viewmodel import WorkloadViewModel

FILTER = "Model files (config.json *.safetensors *.gguf *.onnx *.py);;All files (*)"
PYTHON_FILTER = "Python files (*.py)"


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
            studio.home.workload_wish_file,
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
        self._detect = Task(self)
        self._detect.done.connect(self._on_detected)
        self._build()
        self._connect()
        self._on_wish()
        self.model.set_machine(context.shared.machine)

    def _build(self) -> None:
        self.inputs = WorkloadControls()
        card = Card()
        card.body.addWidget(self.inputs)
        self.controls.addWidget(card)
        self.controls.addStretch(1)
        muted = self._context.theme.tokens.muted
        self.undo, self.redo = IconButton("undo", "Undo", muted), IconButton("redo", "Redo", muted)
        self.head.addWidget(self.undo)
        self.head.addWidget(self.redo)
        self.plan = self.set_primary("Plan a computer for it")
        self.plan.setToolTip("Open Configure with this job: the best computer within a budget")
        self.plan_too = self.add_more("Let the planned computer do this job too")
        self.menu.addSeparator()
        self.describe = self.add_more("Describe a language model…")
        self.measured = self.add_more("I measured this job…")
        self.forget = self.add_more("Forget what I measured")
        self.forget.setEnabled(False)
        self.calibrate = self.add_more("Calibrate on this machine…")
        self.shown = AnswerCard()
        self.answer.addWidget(self.shown)
        self.below = Below(self.model, lambda: self._context.studio.check_points)
        self.answer.addWidget(self.below, 1)

    def _connect(self) -> None:
        model, inputs = self.model, self.inputs
        model.changed.connect(self._on_changed)
        self._context.shared.prices_changed.connect(self._on_prices)
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
        inputs.pixels.changed.connect(model.set_image_px)
        inputs.hardware.chosen.connect(model.choose_hardware)
        inputs.samples.changed.connect(model.set_samples)
        inputs.epochs.changed.connect(model.set_epochs)
        inputs.count.changed.connect(model.set_count)
        inputs.requests.changed.connect(model.set_batch)
        inputs.more.changed.connect(model.set_job)
        inputs.more.rejected.connect(self._on_failed)
        inputs.open_wanted.connect(self._on_open)
        inputs.tasks_wanted.connect(self._on_tasks)
        self._connect_steps()
        self.plan.clicked.connect(self._on_plan)
        self.plan_too.triggered.connect(self._on_plan_too)
        self.describe.triggered.connect(self._on_describe)
        inputs.classic_wanted.connect(self._on_classic)
        self.measured.triggered.connect(self._on_measured)
        self.forget.triggered.connect(self._on_forget)
        self.calibrate.triggered.connect(self._on_calibrate)
        self.shown.attempt.clicked.connect(self._on_attempt)
        self.shown.do_it.clicked.connect(model.take_advice)
        inputs.more.supply_wanted.connect(self._on_measure_supply)
        self.runner.ended.connect(self.model.look_again)
        self.runner.ended.connect(self._context.shared.speeds_changed)
        for field in (
            inputs.batch, inputs.requests, inputs.tokens, inputs.steps, inputs.pixels,
            inputs.samples, inputs.epochs, inputs.count,
        ):  # fmt: skip
            field.rejected.connect(self._on_failed)
        self._context.shared.machine_changed.connect(model.set_machine)
        self._context.shared.place_wanted.connect(self._on_place_wanted)

    def _connect_steps(self) -> None:
        model = self.model
        for button, words, keys, slot in (
            (self.undo, "Undo", ("Ctrl+Z",), model.undo),
            (self.redo, "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), model.redo),
        ):
            button.clicked.connect(slot)
            action = QAction(words, self)
            action.setShortcuts([QKeySequence(each) for each in keys])
            action.triggered.connect(slot)
            self.addAction(action)
        self._context.theme.changed.connect(self._recolour_steps)

    @Slot()
    def _recolour_steps(self) -> None:
        for button in (self.undo, self.redo):
            button.recolour(self._context.theme.tokens.muted)

    @Slot(str, str)
    def _on_place_wanted(self, tab: str, place: str) -> None:
        if tab == "workload":
            self.below.show_place(place)

    @Slot()
    def _on_plan(self) -> None:
        self._want_job(is_further=False)

    @Slot()
    def _on_plan_too(self) -> None:
        self._want_job(is_further=True)

    @Slot()
    def _on_attempt(self) -> None:
        """Let Benchmark look for the largest batch of this model on this computer."""
        network = network_of(self.model.wish.model)
        self._want_test(LARGEST_BATCH, {"networks": [network]})

    @Slot()
    def _on_measure_supply(self) -> None:
        self._want_test(LOADING, {})

    def _want_test(self, bench_id: str, values: Mapping[str, Any]) -> None:
        self._context.shared.want_test(bench_id, values)
        self._context.open_tab("bench")

    def _want_job(self, *, is_further: bool) -> None:
        """Hand the job to Configure; a model of the user's own file cannot be found again there."""
        wish = self.model.wish
        known = {model.id for model in self._context.studio.catalog.ai_models()}
        if wish.model.id not in known:
            self._on_failed(
                "Only models of the library can be planned for: a project keeps the model's name, "
                "not its file. Choose the library's model that is nearest to yours."
            )
            return
        self._context.shared.want_job(job_text(wish.model, wish.job), is_further=is_further)
        self._context.open_tab("configure")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._has_begun:
            self._has_begun = True
            self.model.begin()
            if self._context.shared.machine is None:  # nobody opened This PC yet
                match = self._context.studio.catalog.match_gpu
                self._detect.start(lambda: detect_machine(match))
        else:
            self.model.look_again()  # a benchmark may have run meanwhile

    @Slot(object)
    def _on_detected(self, machine: object) -> None:
        if self._context.shared.machine is None and isinstance(machine, Machine):
            self._context.shared.set_machine(machine)

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep what is asked; a closing window hides its pages first."""
        try:
            self.model.keep()
        except HwstudioError as error:
            logger("workload").warning("%s", error.sentence)
        super().hideEvent(event)

    def leave(self) -> None:
        """End what runs; called when the window closes."""
        self.runner.leave()

    # --- showing -----------------------------------------------------------------------------

    @Slot()
    def _on_wish(self) -> None:
        self.inputs.show_wish(self.model)
        self._show_steps()

    def _show_steps(self) -> None:
        self.undo.setEnabled(self.model.can_undo)
        self.redo.setEnabled(self.model.can_redo)

    @Slot(bool)
    def _on_busy(self, is_busy: bool) -> None:
        self.shown.sentence.setEnabled(not is_busy)  # the old answer stays, marked as being renewed

    @Slot()
    def _on_prices(self) -> None:
        self.model.take_offers(self._context.studio.catalog.offers())

    @Slot()
    def _on_changed(self) -> None:
        self.notice.clear()
        state = self.model.state
        self.inputs.show_software(self.model)
        self.inputs.show_hardware(self.model)
        self.shown.show_state(state)
        wish = state.wish
        self.inputs.more.show_supply(state.own.feed, is_of_pictures=wish.kind == "pictures")
        self.below.show_state(state)
        self.forget.setEnabled(state.measured > 0)

    # --- what a person does ------------------------------------------------------------------

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self.notice.say("warn", sentence)

    @Slot()
    def _on_describe(self) -> None:
        from hwstudio.gui.workload.describe_dialog import DescribeDialog

        dialog = DescribeDialog(self)
        if dialog.exec():
            self.model.take_own_model(dialog.model)
        elif dialog.wants_file:
            self._choose(PYTHON_FILTER)

    @Slot()
    def _on_classic(self) -> None:
        from hwstudio.core.project.classic_ground import CLASSIC_ML
        from hwstudio.gui.workload.classic_dialog import ClassicDialog

        catalog = self._context.studio.catalog
        own = self.kept.classic_ground(self._context.shared.machine)
        dialog = ClassicDialog(own, catalog.cpus(), self)
        dialog.exec()
        if dialog.wants_test:
            self._want_test(CLASSIC_ML, {})
        dialog.deleteLater()

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
            return
        self._context.shared.speeds_changed.emit()

    @Slot()
    def _on_forget(self) -> None:
        try:
            self.model.forget_measured()
        except HwstudioError as error:
            self._on_failed(error.sentence)
            return
        self._context.shared.speeds_changed.emit()

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
        self._context.shared.speeds_changed.emit()

    @Slot()
    def _on_open(self) -> None:
        self._choose(FILTER)

    def _choose(self, kinds: str) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Open a model file", "", kinds)
        if name:
            self.open_file(Path(name))

    @Slot()
    def _on_tasks(self) -> None:
        from hwstudio.core.predict.tasks import task_answers
        from hwstudio.gui.workload.tasks_dialog import TasksDialog

        catalog = self._context.studio.catalog
        models = {model.id: model for model in catalog.known_models()}
        dialog = TasksDialog(lambda: task_answers(models, catalog.gpus()), self)
        if dialog.exec() and dialog.chosen is not None:
            if dialog.chosen.is_classic:
                self._on_classic()
            else:
                self.model.take_task(dialog.chosen)

    def _open_python(self, file: Path) -> None:
        """Ask what goes into the model of a Python file, and let a worker reckon it."""
        from hwstudio.gui.workload.module_dialog import USUAL_VRAM_GB, ModuleDialog

        studio = self._context.studio
        chosen = self.model.state.chosen
        vram_gb = USUAL_VRAM_GB if chosen is None else chips(chosen.gpu)[0].vram_bytes / GIB
        dialog = ModuleDialog(
            file, studio.home.run_dir, studio.settings.interpreter, self, vram_gb=vram_gb
        )
        if dialog.exec() and dialog.found is not None:
            why = self.model.take_module(dialog.found)
            if why:
                self._on_failed(why)

    def open_file(self, file: Path) -> None:
        """Ask about the model in a file; a bad file says why in place."""
        from hwstudio.core.project.model_file import PYTHON, open_model

        if file.suffix.lower() == PYTHON:
            self._open_python(file)
            return
        try:
            found = open_model(file)
        except HwstudioError as error:
            self._on_failed(error.sentence)
            return
        why = self.model.take_own_model(found)
        if why:
            self._on_failed(why)
