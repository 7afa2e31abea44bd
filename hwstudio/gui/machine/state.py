"""What the This PC tab shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hwstudio.core.assess.change import Parts
from hwstudio.core.assess.parts import FindCpu
from hwstudio.core.assess.readiness import Assessment
from hwstudio.core.assess.reference_job import ReferenceJobs
from hwstudio.core.assess.upgrade.situation import OwnFacts
from hwstudio.core.model.machine import Machine
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.predictor import COUNTED, Predictor


@dataclass(frozen=True, slots=True)
class Shelf:
    """What judging needs, read once: from the catalogue, and who says how fast a job is."""

    gpus: Sequence[Gpu]
    workloads: Sequence[Workload]
    parts: Parts
    jobs: ReferenceJobs
    find_cpu: FindCpu
    predictor: Predictor = COUNTED
    facts: Callable[[Machine], OwnFacts] | None = None  # what is known beside what was found


@dataclass(frozen=True, slots=True)
class Look:
    """One look at this machine: what was found, how it is judged, how long it took."""

    machine: Machine
    assessment: Assessment
    seconds: float


@dataclass(frozen=True, slots=True)
class Found:
    """One row of the parts list."""

    what: str
    value: str
    how: str
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class MachineState:
    """``look`` stays the last good one while a new one runs or after one failed."""

    goal: str
    weights: str = ""  # "chat=40,vision=10"; empty = as the goal has it
    is_busy: bool = False
    step: str = ""
    look: Look | None = None
    error: str = ""
