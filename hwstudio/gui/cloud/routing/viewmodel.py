"""The page without its window: a job in, one immutable state out, work in the background."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.assess.routing.replay import Replay
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.cloud.routing.job import Job, Task
from hwstudio.core.cloud.routing.job_file import toml_of_job
from hwstudio.core.cloud.routing.option import Route
from hwstudio.core.cloud.routing.presets import PRESETS
from hwstudio.core.model.build import Build
from hwstudio.core.model.machine import Machine
from hwstudio.core.studio import Studio
from hwstudio.gui.cloud.routing.kept import load_job, save_job
from hwstudio.gui.cloud.routing.reckon import Ask, Reckoner, at_home
from hwstudio.gui.cloud.routing.state import BUILD, MACHINE, RoutingState
from hwstudio.gui.kit.task import Task as Background

FIRST_GPU = "gpu-geforce-rtx-4090"
FIRST_HOURS_GPU = "gpu-geforce-rtx-3070"


class RoutingViewModel(QObject):
    """Holds the job; ``changed`` carries the new RoutingState, ``refused`` a sentence."""

    changed = Signal(object)
    refused = Signal(str)

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._reckoner = Reckoner(studio)
        self._build: Build | None = None
        self._machine: Machine | None = None
        self._has_chosen_own = False
        self._workloads = {one.id: one for one in studio.catalog.workloads()}
        self.state = self._first()
        self._ways = self._task(self._on_route, self._on_problem)
        self._typical = self._task(self._on_presets, self.refused.emit)
        self._recorded = self._task(self._on_replay, self.refused.emit)

    def _task(self, done: Any, failed: Any) -> Background:
        made = Background(self)
        made.done.connect(done)
        made.failed.connect(failed)
        return made

    def _first(self) -> RoutingState:
        job = load_job(self._studio.home) or self._usual_job()
        key = job.local.device or MACHINE
        self._has_chosen_own = bool(job.local.device)
        gpus = sorted((gpu.name, gpu.id) for gpu in self._studio.catalog.gpus())
        state = RoutingState(
            job=job,
            own_key=key,
            own_choices=(),
            gpus=tuple((gpu_id, name) for name, gpu_id in gpus),
            units_word="",
            usual_units=None,
        )
        return self._dressed(state)

    def _usual_job(self) -> Job:
        goal = self._studio.settings.goal
        first = goal if goal in self._workloads else next(iter(self._workloads))
        return Job(task=Task(workload_id=first))

    def _dressed(self, state: RoutingState) -> RoutingState:
        """Return the state with the choices and words that follow from its job."""
        workload = self._workloads.get(state.job.task.workload_id)
        choices = []
        if self._build is not None and self._build.card is not None:
            choices.append((BUILD, f"Your build ({self._build.card.gpu.name})"))
        choices.append((MACHINE, "This PC"))
        return replace(
            state,
            own_choices=(*choices, *state.gpus),
            units_word=workload.unit if workload else "",
            usual_units=workload.job_units if workload else None,
        )

    # --- what is asked ----------------------------------------------------------------------

    def start(self) -> None:
        """Work everything out for the first time."""
        self._ask()
        self.refresh_more()

    @Slot()
    def refresh(self) -> None:
        """Answer again, with what was measured meanwhile."""
        self._ask()
        self.refresh_more()

    @Slot()
    def refresh_more(self) -> None:
        """Work out the typical and the recorded jobs."""
        ask = self._question()
        self._typical.start(partial(self._reckoner.presets, ask))
        self._recorded.start(partial(self._reckoner.replay, ask))

    @Slot(object)
    def set_build(self, build: object) -> None:
        """Take the build of the Configure tab; it leads until the user chooses otherwise."""
        is_built = isinstance(build, Build) and build.card is not None
        self._build = build if isinstance(build, Build) and is_built else None
        self._follow()

    @Slot(object)
    def set_machine(self, machine: object) -> None:
        """Take what was found about this computer."""
        self._machine = machine if isinstance(machine, Machine) else None
        self._follow()

    def _follow(self) -> None:
        key = self.state.own_key
        if not self._has_chosen_own:
            key = BUILD if self._build is not None else MACHINE
        elif key == BUILD and self._build is None:
            key = MACHINE
        self.state = self._dressed(replace(self.state, own_key=key))
        self._ask()
        self.refresh_more()

    @Slot(str)
    def choose_own(self, key: str) -> None:
        """Choose what "at home" means."""
        self._has_chosen_own = True
        device = "" if key in (BUILD, MACHINE) else key
        job = replace(self.state.job, local=replace(self.state.job.local, device=device))
        self._take(replace(self.state, job=job, own_key=key))
        self.refresh_more()

    @Slot(str)
    def choose_preset(self, preset_id: str) -> None:
        """Begin with a typical job; the own machine and the link stay."""
        found = next((one for one in PRESETS if one.id == preset_id), None)
        if found is None:
            self._take(replace(self.state, preset_id=""))
            return
        job = at_home(found.job, self.state.job)
        task = job.task
        if task.device:
            task = replace(task, device=self._reckoner.facts.gpu(task.device).id)
        job = replace(job, task=task, reserved=self.state.job.reserved)
        self._take(replace(self.state, job=job, preset_id=preset_id))

    @Slot(object)
    def set_job(self, job: object) -> None:
        """Take the job as typed."""
        if isinstance(job, Job) and job != self.state.job:
            has_other_use = job.task.workload_id != self.state.job.task.workload_id
            has_other_use |= job.data != self.state.job.data or job.local != self.state.job.local
            has_other_use |= job.rules.may_be_free != self.state.job.rules.may_be_free
            self._take(replace(self.state, job=job, preset_id=""))
            if has_other_use:
                self.refresh_more()

    def _take(self, state: RoutingState) -> None:
        self.state = self._dressed(state)
        try:
            save_job(self._studio.home, state.job)
        except HwstudioError as error:
            self.refused.emit(error.sentence)
        self._ask()

    def job_text(self) -> str:
        """Return the job as a file for the command line."""
        return toml_of_job(self.state.job)

    # --- answers ----------------------------------------------------------------------------

    def _question(self) -> Ask:
        return Ask(self.state.job, self.state.own_key, self._build, self._machine)

    def _ask(self) -> None:
        self._show(is_busy=True)
        self._ways.start(partial(self._reckoner.route, self._question()))

    def _show(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self.changed.emit(self.state)

    @Slot(object)
    def _on_route(self, found: object) -> None:
        if isinstance(found, Route):
            places = self._reckoner.facts.places
            self._show(route=found, problem="", is_busy=False, places=places)

    @Slot(str)
    def _on_problem(self, sentence: str) -> None:
        self._show(route=None, problem=sentence, is_busy=False)

    @Slot(object)
    def _on_presets(self, rows: object) -> None:
        if isinstance(rows, tuple):
            self._show(presets=rows)

    @Slot(object)
    def _on_replay(self, found: object) -> None:
        if isinstance(found, Replay):
            self._show(replay=found)
