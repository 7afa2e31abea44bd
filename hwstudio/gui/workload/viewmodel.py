"""The Workload tab without its window: wishes in, one immutable state out, reckoned off-thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.model.ai_model import AiModel
from hwstudio.core.model.machine import Machine
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.fitted.calibrate import NO_PROBES, Probes, SheetDoubt
from hwstudio.core.predict.fitted.job import UNSTATED, Software
from hwstudio.core.predict.fitted.offsets import Observation
from hwstudio.core.predict.fitted.question import DeviceSheet
from hwstudio.core.predict.job_maker import JobWish, job_as, modes_of, stored_as, usual_wish
from hwstudio.core.predict.memory import Fit
from hwstudio.core.predict.module.answer import ai_model_of, as_asked
from hwstudio.core.predict.module.result import ModuleMemory
from hwstudio.core.predict.picture_size import LEAST_SIDE, picture_side
from hwstudio.core.predict.runs_on import runs
from hwstudio.core.predict.savings import Saving
from hwstudio.core.predict.tasks import TaskAnswer
from hwstudio.core.project.own_limits import NOTHING_TRIED, OwnLimits
from hwstudio.gui.kit.task import Task
from hwstudio.gui.workload.kept_wish import load_wish, save_wish
from hwstudio.gui.workload.past import Past
from hwstudio.gui.workload.reckon import Reckoner
from hwstudio.gui.workload.remembered import Remembered
from hwstudio.gui.workload.state import KINDS, Stock, Wish, WorkloadState

FIRST = {  # what most people have heard of
    "text": "llama-3.1-8b",
    "understand": "bert-base",
    "pictures": "timm-resnet50",
    "generate": "sd15-unet",
    "translate": "t5-base",
    "speech": "whisper-small",
    "more": "stylegan2-256-g",
}
FIRST_GPU = "gpu-geforce-rtx-4090"


class KeptSpeeds(Protocol):
    """Where the speeds the user told are kept."""

    def all(self) -> tuple[Observation, ...]:
        """Return them."""
        ...

    def add(self, seen: Observation) -> None:
        """Keep one more."""
        ...

    def clear(self) -> None:
        """Forget all."""
        ...

    def probes(self) -> Probes:
        """Return what benchmarks say of this machine's devices."""
        ...

    def limits(self) -> OwnLimits:
        """Return what was tried on this computer beside speeds."""
        ...

    def processor(self, machine: Machine) -> tuple[DeviceSheet, SheetDoubt] | None:
        """Return this computer's processor as a device; None = not recognised."""
        ...


class WorkloadViewModel(QObject):
    """``changed``: the answer is new. ``wish_changed``: the inputs are others (at once)."""

    changed = Signal()
    wish_changed = Signal()
    failed = Signal(str)
    busy_changed = Signal(bool)

    def __init__(
        self,
        stock: Stock,
        make: Callable[[], Reckoner],
        kept: KeptSpeeds,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._stock = stock
        self._make = make
        self._kept = kept
        self._reckoner: Reckoner | None = None
        self._is_probed_anew = False
        self._own = NOTHING_TRIED
        self.own_gpu_id = ""
        self._machine: Machine | None = None
        self._past = Past()
        self._before = Remembered()
        self._has_chosen_gpu = False
        self.wish = self._first_wish()
        self.state = WorkloadState(self.wish, self.wish.workload)
        self._task = Task(self)
        self._task.done.connect(self._on_done)
        self._task.failed.connect(self.failed)
        self._task.busy_changed.connect(self.busy_changed)

    def _first_wish(self) -> Wish:
        """Return what was asked last time, else what most people ask."""
        model = self._first_model()
        usual = Wish("text", model, usual_wish(model, modes_of(model)[0]), gpu_id=FIRST_GPU)
        if self._stock.kept_file is None:
            return usual
        try:
            kept = load_wish(self._stock.kept_file, self._stock.models)
        except HwstudioError as error:
            logger("workload").warning("%s", error.sentence)
            return usual
        if kept is None:
            return usual
        for each in kept.opened:
            self._before.take_opened(each)
        self._has_chosen_gpu = bool(kept.gpu_id)
        return Wish(
            kept.kind, kept.model, kept.job, kept.count, kept.software, kept.gpu_id or FIRST_GPU
        )

    def keep(self) -> None:
        """Write down what is asked, for the next time.

        Raises:
            HostError: it cannot be written.
        """
        wish = self.wish
        if self._stock.kept_file is None or self._before.exact_of(wish.model) is not None:
            return
        opened = self._before.lasting
        chosen = wish.gpu_id if self._has_chosen_gpu else ""
        save_wish(self._stock.kept_file, wish, chosen, opened)

    def _first_model(self, kind: str = "text") -> AiModel:
        found = self.models_of(kind)
        return next((model for model in found if model.id == FIRST[kind]), found[0])

    @property
    def is_busy(self) -> bool:
        """Say whether a newer answer is on its way."""
        return self._task.is_busy

    def models_of(self, kind: str) -> tuple[AiModel, ...]:
        """Return the models of a kind that something can be said about."""
        families = next(families for name, _, families in KINDS if name == kind)
        known = (*self._before.opened, *self._stock.models)
        return tuple(m for m in known if m.family in families and modes_of(m))

    def modes(self) -> tuple[Mode, ...]:
        """Return what can be done with the chosen model."""
        return modes_of(self.wish.model)

    # --- wishes ------------------------------------------------------------------------------

    @Slot()
    def begin(self) -> None:
        """Reckon for the first time."""
        self._reckon()

    @Slot(str)
    def choose_kind(self, kind: str) -> None:
        """Show another kind of model."""
        if kind == self.wish.kind or not self.models_of(kind):
            return
        last = self._before.last_of(kind)
        if last is None:
            self._take_model(kind, self._first_model(kind))
        else:
            self._set(
                replace(
                    self.wish, kind=kind, model=last.model, job=last.job, software=last.software,
                    exact=last.exact,
                )
            )  # fmt: skip

    @Slot(str)
    def choose_model(self, model_id: str) -> None:
        """Ask about another model of the library."""
        found = next((m for m in self.models_of(self.wish.kind) if m.id == model_id), None)
        if found is not None and found != self.wish.model:
            self._take_model(self.wish.kind, found)

    def take_own_model(self, model: AiModel) -> str:
        """Ask about a model of the user's; return why not, or nothing."""
        if not modes_of(model):
            return (
                f"{model.name} says too little of itself: its layers and its width are needed. "
                "Choose its config.json."
            )
        self._before.take_opened(model)
        job = usual_wish(model, Mode.INFERENCE) if stored_as(model) else None  # GGUF is for running
        self._take_model(_kind_of(model), model, job)
        return ""

    def take_task(self, answer: TaskAnswer) -> None:
        """Ask about a usual task, with its first model that can be asked about."""
        model = answer.opens
        if model is None:
            return
        job = usual_wish(model, answer.task.mode)
        self._take_model(_kind_of(model), model, job)

    def take_module(self, found: ModuleMemory) -> str:
        """Ask about a module of the user's, with the step that was reckoned; return why not."""
        model = ai_model_of(found)
        mode = Mode.INFERENCE if found.question.is_inference else Mode.TRAIN
        if mode not in modes_of(model):
            return self.take_own_model(model)
        self._before.take_opened(model, found)
        self._take_model(_kind_of(model), model, as_asked(found, usual_wish(model, mode)))
        return ""

    def _take_model(self, kind: str, model: AiModel, job: JobWish | None = None) -> None:
        modes = modes_of(model)
        mode = self.wish.job.mode if self.wish.job.mode in modes else modes[0]
        job = job or self._before.job_for(self.wish, model, mode)
        exact = self._before.exact_of(model)
        self._set(replace(self.wish, kind=kind, model=model, job=job, software=None, exact=exact))

    @Slot(str)
    def choose_mode(self, mode: str) -> None:
        """Do something else with the model."""
        job = self._before.job_for(self.wish, self.wish.model, Mode(mode))
        self._set(replace(self.wish, job=job, software=None))

    @Slot(str)
    def choose_precision(self, precision: str) -> None:
        """Hold the weights otherwise; software that does not run them so is chosen no longer."""
        used = self.wish.software
        if used is not None and not runs(precision, used.framework):
            used = None
        job = replace(self.wish.job, precision=precision)
        self._set(replace(self.wish, job=job, software=used))

    @Slot(float)
    def set_batch(self, value: float) -> None:
        """Work on so many samples at once, per GPU.

        One answer and many are measured with other software.
        """
        batch, wish = max(1, round(value)), self.wish
        is_other = wish.workload.writes_text and (batch == 1) != (wish.job.batch == 1)
        used = None if is_other else wish.software
        self._set(replace(wish, job=replace(wish.job, batch=batch), software=used))

    @Slot(float)
    def set_tokens(self, value: float) -> None:
        """Say how long a text is."""
        self._set_job(replace(self.wish.job, sequence_tokens=max(1, round(value))))

    @Slot(float)
    def set_steps(self, value: float) -> None:
        """Say how many steps a picture takes."""
        self._set_job(replace(self.wish.job, steps=max(1, round(value))))

    @Slot(float)
    def set_image_px(self, value: float) -> None:
        """Say how large a picture is, in steps of 8 pixels a side as networks like it."""
        side = max(LEAST_SIDE, 8 * round(value / 8))
        usual = picture_side(self.wish.model) or 0
        is_usual = abs(side - usual) < 8
        self._set_job(replace(self.wish.job, image_px=0 if is_usual else side))
        self.wish_changed.emit()  # the field shows the step that was taken

    @Slot(float)
    def set_samples(self, value: float) -> None:
        """Say how much there is to do."""
        self._set_job(replace(self.wish.job, samples=value))

    @Slot(float)
    def set_epochs(self, value: float) -> None:
        """Say how often the data is gone through."""
        self._set_job(replace(self.wish.job, epochs=value))

    @Slot(float)
    def set_count(self, value: float) -> None:
        """Say how many GPUs work together."""
        self._set(replace(self.wish, count=max(1, round(value))))

    @Slot(str)
    def choose_software(self, key: str) -> None:
        """Say with which framework; an empty key = not stated."""
        found = [s for s in self.state.software if software_key(s) == key]
        self._set(replace(self.wish, software=found[0] if found else UNSTATED))

    def choose_hardware(self, gpu_id: str) -> None:
        """Let the answer above the table be about another GPU; nothing is reckoned anew."""
        if gpu_id and gpu_id != self.wish.gpu_id:
            self._has_chosen_gpu = True
            self._set(replace(self.wish, gpu_id=gpu_id))

    def look_at(self, *, offers: bool, savings: bool, ways: bool) -> None:
        """Reckon what the page in sight shows, and nothing that no page shows."""
        wish = replace(self.wish, has_offers=offers, has_savings=savings, has_ways=ways)
        if offers or savings or ways:
            self._set(wish)
        else:
            self.wish = wish

    def take_offers(self, offers: tuple[Offer, ...]) -> None:
        """Take refreshed prices of rentable machines."""
        self._stock = replace(self._stock, offers=offers)
        if self._reckoner is not None:
            self._reckoner.stock = self._stock
            self._reckon()

    def take_saving(self, saving: Saving) -> None:
        """Run the job as a technique says; what changes the mode is chosen on the left."""
        self._set(replace(self.wish, job=job_as(self.wish.model, self.wish.job, saving.workload)))

    @Slot()
    def take_advice(self) -> None:
        """Set the job as the advice above the table says."""
        made, told, asked = self.state.advised, self.state.wish, self.wish
        is_of_now = (told.model, told.job, told.count) == (asked.model, asked.job, asked.count)
        if made is not None and is_of_now and told.gpu_id == asked.gpu_id:
            self._set(replace(self.wish, job=job_as(self.wish.model, self.wish.job, made)))

    def tell_measured(self, units_per_s: float, measured_at: str) -> bool:
        """Let the answers rest on a speed the user saw; False = it cannot be compared.

        Raises:
            HostError: it cannot be kept.
        """
        reckoner = self._reckoner
        seen = reckoner.observation(self.wish, units_per_s, measured_at) if reckoner else None
        if reckoner is None or seen is None:
            return False
        self._kept.add(seen)
        reckoner.take_in(self._kept.all())
        self._reckon()
        return True

    def forget_measured(self) -> None:
        """Forget every speed the user told.

        Raises:
            HostError: the file cannot be written.
        """
        self._kept.clear()
        if self._reckoner is not None:
            self._reckoner.take_in(())
        self._reckon()

    @property
    def probes(self) -> Probes:
        """Return what the answers shown rest on."""
        return self._reckoner.offsets.probes if self._reckoner is not None else NO_PROBES

    @Slot()
    def look_again(self) -> None:
        """Read what was measured of this machine again, and answer anew."""
        self._is_probed_anew = True
        self._reckon()

    @Slot(object)
    def set_machine(self, machine: object) -> None:
        """Take what was found about this computer: its GPU leads until another is chosen."""
        if not isinstance(machine, Machine):
            return
        is_new, self._machine = machine != self._machine, machine
        found = next((gpu.gpu_id for gpu in machine.gpus if gpu.gpu_id), "")
        if found and found != self.own_gpu_id:
            self.own_gpu_id = found
            if not self._has_chosen_gpu:
                self._show(replace(self.wish, gpu_id=found))
            elif self._reckoner is not None:
                self._reckon()
        elif is_new and self._reckoner is not None:
            self._reckon()

    @Slot(object)
    def set_job(self, job: object) -> None:
        """Run the job otherwise: optimiser, sharing, saving and so on."""
        if isinstance(job, JobWish):
            self._set_job(job)

    def _set_job(self, job: JobWish) -> None:
        if job != self.wish.job:
            self._set(replace(self.wish, job=job))

    def _set(self, wish: Wish) -> None:
        if wish != self.wish:
            self._past.note(self.wish, wish)
            self._show(wish)

    def _show(self, wish: Wish) -> None:
        self._before.take_wish(self.wish)
        self.wish = wish
        self.wish_changed.emit()
        self._reckon()

    @property
    def can_undo(self) -> bool:
        """Say whether there is a change to take back."""
        return self._past.can_undo

    @property
    def can_redo(self) -> bool:
        """Say whether a change was taken back."""
        return self._past.can_redo

    @Slot()
    def undo(self) -> None:
        """Take the last change back."""
        if self._past.can_undo:
            self._show(self._past.back(self.wish))

    @Slot()
    def redo(self) -> None:
        """Make the change taken back again."""
        if self._past.can_redo:
            self._show(self._past.forth(self.wish))

    # --- the answer --------------------------------------------------------------------------

    def _reckon(self) -> None:
        wish, own = self.wish, self.own_gpu_id
        self._task.start(lambda: self._reckoned(wish, own))

    def _reckoned(self, wish: Wish, own: str) -> WorkloadState:
        """Runs in the pool. The fitted model is read once, there."""
        if self._reckoner is None:
            self._reckoner = self._make()
            self._reckoner.stock = self._stock  # prices may have been refreshed meanwhile
            self._own = self._kept.limits()
        elif self._is_probed_anew:
            self._is_probed_anew = False
            self._reckoner.take_probes(self._kept.probes())
            self._own = self._kept.limits()
        if self._machine is not None:
            self._reckoner.take_processor(self._kept.processor(self._machine))
        return replace(self._reckoner.state(wish, own), own=self._own)

    @Slot(object)
    def _on_done(self, state: object) -> None:
        if isinstance(state, WorkloadState):
            self.state = state
            self.changed.emit()


def _kind_of(model: AiModel) -> str:
    return next((name for name, _, families in KINDS if model.family in families), "text")


def software_key(software: Software) -> str:
    """Return a name for a choice."""
    return f"{software.framework}|{software.source}"


def fits(state: WorkloadState) -> tuple[int, int]:
    """Return how many GPUs the job fits and how many there are."""
    return sum(row.memory.verdict is Fit.FITS for row in state.rows), len(state.rows)
