"""Works the answers out, in a thread of the pool: facts are read once, then kept."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from functools import cached_property

from hwstudio.core.assess.own_machine import OwnMachine, own_build, own_machine, with_own
from hwstudio.core.assess.own_or_rent import Shapes
from hwstudio.core.assess.routing.replay import Replay, replay, replayed
from hwstudio.core.assess.routing.route import route
from hwstudio.core.base import clock
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.cloud.routing.job import Job, Task
from hwstudio.core.cloud.routing.option import Route
from hwstudio.core.cloud.routing.presets import PRESETS
from hwstudio.core.model.build import Build
from hwstudio.core.model.machine import Machine
from hwstudio.core.optimize.slots import lanes_of
from hwstudio.core.predict.predictor import Predictor
from hwstudio.core.probe.machine import detect_machine
from hwstudio.core.project.recorded_jobs import recorded_jobs
from hwstudio.core.project.routing_ground import RoutingFacts
from hwstudio.core.studio import Studio
from hwstudio.gui.cloud.routing.state import BUILD, MACHINE, PresetRow


@dataclass(frozen=True, slots=True)
class Ask:
    """One question: the job, and what "at home" means."""

    job: Job
    own_key: str  # build | machine | a GPU's id
    build: Build | None
    machine: Machine | None


class Reckoner:
    """Holds what was read; calls may come from several threads of the pool."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._lock = threading.Lock()
        self._shapes: dict[str, Shapes] = {}
        self._predictor: Predictor | None = None

    @cached_property
    def facts(self) -> RoutingFacts:
        """The catalogue's tables."""
        return RoutingFacts(self._studio.catalog, clock.today())

    @cached_property
    def _found(self) -> Machine:
        """This computer, where the window has not looked at it yet."""
        return detect_machine(self._studio.catalog.match_gpu)

    def route(self, ask: Ask) -> Route:
        """Return the ways of a job.

        Raises:
            UserError: a name in the job is not known.
        """
        with self._lock:
            return self._route(ask.job, ask)

    def _route(self, job: Job, ask: Ask) -> Route:
        tariff = self._studio.settings.electricity_per_kwh
        own = self._own(ask, job)
        shapes = self._shapes_of(job.task.workload_id)
        return route(self.facts.ground(job, own, shapes, tariff), job)

    def presets(self, ask: Ask) -> tuple[PresetRow, ...]:
        """Return the typical jobs, each with its choice on the same own machine."""
        with self._lock:
            return tuple(
                self._preset(preset.id, preset.words, preset.job, ask) for preset in PRESETS
            )

    def _preset(self, preset_id: str, words: str, job: Job, ask: Ask) -> PresetRow:
        try:
            return PresetRow(preset_id, job.name, words, self._route(at_home(job, ask.job), ask))
        except HwstudioError as error:
            return PresetRow(preset_id, job.name, words, None, error.sentence)

    def replay(self, ask: Ask) -> Replay:
        """Return the recorded runs under each way; of an unknown kind they count as the job's.

        Raises:
            HostError: the runs cannot be read.
        """
        with self._lock:
            studio = self._studio
            if not studio.home.history_file.exists():
                return replay(())
            jobs = recorded_jobs(studio.home, studio.history, time.time())
            tariff = studio.settings.electricity_per_kwh
            done = []
            for one in jobs:
                kind = one.workload_id or ask.job.task.workload_id
                plain = Job(task=Task(workload_id=kind), local=ask.job.local)
                own = self._own(replace(ask, own_key=MACHINE), plain)
                ground = self.facts.ground(plain, own, self._shapes_of(kind), tariff)
                done.append(replayed(one, ground))
            return replay(done)

    def _shapes_of(self, workload_id: str) -> Shapes:
        predictor = self._studio.predictors.now()
        if predictor is not self._predictor:
            self._predictor, self._shapes = predictor, {}
        if workload_id not in self._shapes:
            self._shapes[workload_id] = self.facts.shapes(workload_id, predictor)
        return self._shapes[workload_id]

    def _own(self, ask: Ask, job: Job) -> OwnMachine:
        catalog = self._studio.catalog
        if ask.own_key == BUILD and ask.build is not None:
            made = own_build(ask.build, lanes_per_gpu=lanes_of(ask.build))
        elif ask.own_key in (MACHINE, BUILD):
            machine = ask.machine or self._found
            made = own_machine(machine, catalog.gpus(), catalog.cards())
        else:
            local = replace(job.local, device=ask.own_key)
            made = self.facts.own(replace(job, local=local), None)
        return with_own(made, None, job.local.power_w)


def at_home(job: Job, mine: Job) -> Job:
    """Return a typical job with the user's own machine, link, and wishes about free services."""
    data = replace(
        job.data,
        upload_mbit_s=mine.data.upload_mbit_s,
        download_mbit_s=mine.data.download_mbit_s,
    )
    local = replace(mine.local, queue_hours=job.local.queue_hours)
    rules = replace(job.rules, may_be_free=mine.rules.may_be_free)
    return replace(job, data=data, local=local, rules=rules)
