"""Says everything that can be said about a build, however it came about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from hwstudio.core.model.build import Build, total_of
from hwstudio.core.model.circumstance import Circumstances
from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.model.part import GpuCard
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Workload
from hwstudio.core.optimize.check import check_all
from hwstudio.core.optimize.slots import lanes_of
from hwstudio.core.optimize.solve import FurtherJob, PlannedBuild
from hwstudio.core.power.answer import power_answer
from hwstudio.core.predict.memory import Fit, MemoryPrediction, memory_on, predict_memory
from hwstudio.core.predict.power_limit import held_to
from hwstudio.core.predict.predictor import COUNTED, Predictor


@dataclass(frozen=True, slots=True)
class Job:
    """What a build is judged for: the work, the wall circuit, and who says how fast it is."""

    workload: Workload
    mains: str
    predictor: Predictor = COUNTED
    tax_pct: Decimal = Decimal(0)
    owned: tuple[str, ...] = ()
    also: tuple[Workload, ...] = ()
    around: Circumstances | None = None  # what the user said that no part tells


def judged(build: Build, job: Job) -> PlannedBuild:
    """Return a build, however it came about, with everything that can be said about it."""
    card, count = build.card, build.card_count
    power = power_answer(build, mains=job.mains, around=job.around)
    return PlannedBuild(
        build,
        total_of(build, tax_pct=job.tax_pct, owned=job.owned),
        power,
        check_all(build, job.mains, job.around, power=power),
        speed_of(job, job.workload, build),
        _memory(job.workload, card, max(1, count)),
        tuple(_further(job, other, build) for other in job.also),
    )


def speed_of(job: Job, workload: Workload, build: Build) -> Prediction:
    """Return how fast a build does some work, under its own power limit."""
    card, count = build.card, build.card_count
    gpu = card.gpu if card is not None and count else None
    return held_to(job.predictor, build.power_limit_w).speed(
        workload, gpu, count=max(1, count), lanes_per_gpu=lanes_of(build)
    )


def fit_of(workload: Workload, card: GpuCard | None, count: int) -> Fit:
    """Return whether some work fits the cards of a build, without advice where it does not."""
    return _memory(workload, card, max(1, count), is_advised=False).verdict


def _further(job: Job, workload: Workload, build: Build) -> FurtherJob:
    memory = _memory(workload, build.card, max(1, build.card_count))
    return FurtherJob(workload, memory, speed_of(job, workload, build))


def _memory(
    workload: Workload, card: GpuCard | None, count: int, *, is_advised: bool = True
) -> MemoryPrediction:
    if card is None:
        return predict_memory(workload, 0, count, is_advised=is_advised)
    gpu = replace(card.gpu, vram_bytes=card.vram_bytes)
    return memory_on(workload, gpu, count, is_advised=is_advised)


def worst_of(findings: Iterable[Finding]) -> str:
    """Return error, warn, unknown or ok."""
    found = {finding.severity for finding in findings}
    for severity, word in (
        (Severity.ERROR, "error"),
        (Severity.WARNING, "warn"),
        (Severity.UNKNOWN, "unknown"),
    ):
        if severity in found:
            return word
    return "ok"
