"""What each budget tier buys today, what it needs of a room, and how long six known jobs take."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from hwstudio.core.guide.presets import Preset
from hwstudio.core.guide.rack import rack_units
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Workload
from hwstudio.core.optimize.slots import lanes_of
from hwstudio.core.optimize.solve import PlannedBuild
from hwstudio.core.predict.job import predict_job_time
from hwstudio.core.predict.memory import Fit, memory_on
from hwstudio.core.predict.predictor import Predictor
from hwstudio.core.project.guides.figures import Answering
from hwstudio.core.project.guides.read import Raw, made
from hwstudio.core.project.guides.taking import with_wishes
from hwstudio.core.project.jobs import Library, find_job
from hwstudio.core.project.state import ProjectState


@dataclass(frozen=True, slots=True)
class KnownJob:
    """A job many people know; ``job`` is its line, ``source`` says why so many passes."""

    id: str
    title: str
    words: str
    job: str
    source: str


@dataclass(frozen=True, slots=True)
class TierBuild:
    """The best build of a tier; ``planned`` None: nothing fits, ``why_not`` says why."""

    tier: Preset
    planned: PlannedBuild | None
    why_not: str = ""

    @property
    def rack_units(self) -> int | None:
        """The units of a rack chassis for its cards; None without a card."""
        if self.planned is None or not self.planned.build.card_count:
            return None
        return rack_units()


@dataclass(frozen=True, slots=True)
class ExpectedTime:
    """One job on one tier's build. ``time`` in seconds; refused where it does not fit."""

    bought: TierBuild
    job: KnownJob
    workload: Workload
    time: Prediction
    speed: Prediction


def known_jobs() -> tuple[KnownJob, ...]:
    """Return the six jobs."""
    return made("expected", lambda raw: tuple(_job(one) for one in raw["job"]))


def _job(raw: Raw) -> KnownJob:
    return KnownJob(raw["id"], raw["title"], raw["words"], raw["job"], raw["source"])


def tier_builds(
    planner: Answering,
    state: ProjectState,
    tiers: Iterable[Preset],
    told: Callable[[Preset], None] | None = None,
) -> tuple[TierBuild, ...]:
    """Return each tier's best build at the catalogue's prices; the plan's limits are left out.

    ``told`` hears each tier before it is solved.
    """
    fresh = ProjectState(mains=state.mains, tax_pct=state.tax_pct)
    found = []
    for tier in tiers:
        if told is not None:
            told(tier)
        solution = planner.answer(with_wishes(fresh, tier.wishes), keeps_parts=False).solution
        best = solution.builds[0] if solution.builds else None
        found.append(TierBuild(tier, best, solution.why_not))
    return tuple(found)


def expected_times(
    builds: Iterable[TierBuild], library: Library, predictor: Predictor
) -> tuple[ExpectedTime, ...]:
    """Return every known job's time on every build, tier by tier."""
    jobs = [(job, find_job(library, job.job)) for job in known_jobs()]
    return tuple(
        _expected(bought, bought.planned, job, workload, predictor)
        for bought in builds
        if bought.planned is not None
        for job, workload in jobs
    )


def _expected(
    bought: TierBuild,
    planned: PlannedBuild,
    job: KnownJob,
    workload: Workload,
    predictor: Predictor,
) -> ExpectedTime:
    build = planned.build
    gpu, count = _gpu_of(planned), max(1, build.card_count)
    speed = predictor.speed(workload, gpu, count=count, lanes_per_gpu=lanes_of(build))
    if gpu is not None and memory_on(workload, gpu, count).verdict is Fit.NO:
        words = "it does not fit the memory of these cards"
        speed = replace(speed, median=None, low=None, high=None, refused=words)
    return ExpectedTime(bought, job, workload, predict_job_time(workload, speed), speed)


def _gpu_of(planned: PlannedBuild) -> Gpu | None:
    card = planned.build.card
    if card is None or not planned.build.card_count:
        return None
    return replace(card.gpu, vram_bytes=card.vram_bytes)
