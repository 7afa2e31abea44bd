"""Which part brings most for its money: every row tried, or why nothing in it makes a difference.

What counts is the whole job on the whole build: the card's speed held back by the processor that
prepares the data and by the drive they come from, and the loading at the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from hwstudio.core.guide.priority import Ground, Rank, Step, ranked
from hwstudio.core.guide.storage_plan import link_bytes_per_s
from hwstudio.core.guide.supply import Feeding, Job, Loading, reached
from hwstudio.core.model.part import Cpu, GpuCard, Part, PartKind, Ram, Storage
from hwstudio.core.model.workload import Workload
from hwstudio.core.optimize.solve import PlannedBuild
from hwstudio.core.predict.job import saving_share
from hwstudio.core.predict.speed import is_backed_by_measurements
from hwstudio.core.project.answer import Alternative
from hwstudio.core.project.guides.feeding import feeding_of, job_fed
from hwstudio.core.project.guides.figures import Answering
from hwstudio.core.project.guides.ground import Case, grounds
from hwstudio.core.project.state import ProjectState

ROWS = (
    PartKind.GPU_CARD,
    PartKind.CPU,
    PartKind.MOTHERBOARD,
    PartKind.RAM,
    PartKind.STORAGE,
    PartKind.PSU,
    PartKind.COOLER,
    PartKind.CASE,
)
NOT_TRIED = (PartKind.PSU, PartKind.COOLER, PartKind.CASE)  # faster only by what they allow
NOTABLE = 0.005  # a share; less is far below what an estimate can tell


@dataclass(frozen=True, slots=True)
class _Now:
    """The build before anything is changed: its speed alone, what feeds it, and its whole job."""

    workload: Workload
    job: Job
    feeding: Feeding
    card_per_s: float

    def seconds(self, card_per_s: float, feeding: Feeding) -> float:
        """Return the whole job's seconds with other figures; loading at the link's ceiling."""
        around = self.workload.around
        per_s = reached(card_per_s, self.job, feeding).per_s
        steps_s = self.workload.job_units / per_s * (1.0 + saving_share(self.workload))
        link = feeding.link_bytes_per_s
        loading_s = self.workload.weight_bytes / link if link else 0.0
        return around.runs * (steps_s + around.setup_s + loading_s)


def which_part_next(
    planner: Answering,
    state: ProjectState,
    most: Decimal | None = None,
    told: Callable[[PartKind], None] | None = None,
    loading: Loading | None = None,
) -> tuple[Rank, ...]:
    """Rank the rows of the project's build by what another part in each would bring.

    Cards whose speed no measurement of a relative backs are left out, as the planner does;
    ``told`` hears each row before its parts are tried. ``loading``: what a core of the user's
    computer was measured to prepare; None = never measured, so the processor limits nothing.
    """
    rows = [kind for kind in ROWS if any(choice.kind == kind.value for choice in state.parts)]
    if not rows:
        return ()
    answer = planner.answer(state, keeps_parts=True)
    now = _now(answer.workload, answer.chosen, loading)
    found: dict[str, tuple[Step, ...]] = {}
    for kind in rows:
        if kind in NOT_TRIED:
            continue
        if told is not None:
            told(kind)
        alternatives = planner.alternatives(state, kind)
        found[kind.value] = tuple(_steps(alternatives.rows, answer.workload, now))
    free = _without_limit(planner, state)
    if free is not None and PartKind.PSU in rows and answer.chosen is not None:
        found |= _supplies(planner, state, answer.chosen, free)
    known: dict[str, Ground] = {}
    if answer.chosen is not None:
        case = Case(answer.workload, answer.chosen, job_fed(answer.workload, loading), free)
        known = {k.value: g for k, g in grounds(case).items() if k in rows}
    return ranked(found, most=most, grounds=known)


def _now(workload: Workload, chosen: PlannedBuild | None, loading: Loading | None) -> _Now | None:
    speed = chosen.prediction.median if chosen is not None else None
    if chosen is None or not speed:
        return None
    return _Now(workload, job_fed(workload, loading), feeding_of(chosen.build), speed)


def _steps(rows: tuple[Alternative, ...], workload: Workload, now: _Now | None) -> Iterator[Step]:
    for row in rows:
        part = row.part
        if row.is_current:
            continue
        if isinstance(part, GpuCard) and not is_backed_by_measurements(workload, part.gpu):
            continue
        yield Step(part.name, row.price_change, _gain(row, now), part.id, row.quantity)


def _gain(row: Alternative, now: _Now | None) -> float | None:
    """Return by what share the whole job gets faster with another part in a row."""
    if now is None or row.speed_change is None:
        return row.speed_change
    card_per_s = now.card_per_s * (1.0 + row.speed_change)
    before = now.seconds(now.card_per_s, now.feeding)
    change = before / now.seconds(card_per_s, _fed_by(row.part, row.quantity, now.feeding)) - 1.0
    return change if abs(change) >= NOTABLE else 0.0


def _fed_by(part: Part, quantity: int, feeding: Feeding) -> Feeding:
    """Return what feeds the cards once a part is changed."""
    if isinstance(part, Cpu):
        return replace(feeding, cores=part.cores)
    if isinstance(part, Ram):
        return replace(feeding, ram_bytes=part.capacity_bytes * quantity)
    if isinstance(part, Storage):
        return replace(feeding, link_bytes_per_s=link_bytes_per_s(part))
    return feeding


def _without_limit(planner: Answering, state: ProjectState) -> PlannedBuild | None:
    """Return the same build with its cards as delivered; None where no limit is set."""
    if state.power_limit_w is None:
        return None
    return planner.answer(replace(state, power_limit_w=None), keeps_parts=True).chosen


def _supplies(
    planner: Answering, state: ProjectState, now: PlannedBuild, free: PlannedBuild
) -> dict[str, tuple[Step, ...]]:
    """Return the supplies that carry the cards without their limit, with what that brings."""
    old, new = now.prediction.median, free.prediction.median
    change = new / old - 1.0 if old and new else None
    rows = planner.alternatives(replace(state, power_limit_w=None), PartKind.PSU).rows
    steps = tuple(
        Step(row.part.name, row.price_change, change, row.part.id, row.quantity)
        for row in rows
        if not row.is_current and row.verdict in ("ok", "unknown")
    )
    return {PartKind.PSU.value: steps}
