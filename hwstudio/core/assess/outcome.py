"""What became of each reference job: does it run, how fast, what holds it back, what it earns."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from hwstudio.core.assess.attribution import shapley
from hwstudio.core.assess.limits import Cause, Limits
from hwstudio.core.assess.outcome_words import held_back_words, time_words, where_words
from hwstudio.core.assess.reference_job import JobGroup, ReferenceJob
from hwstudio.core.assess.split_time import split_limits
from hwstudio.core.assess.way import Site, Way, best_way, gpu_ways, least_need, processor_ways
from hwstudio.core.model.prediction import Prediction


class Runs(StrEnum):
    """Does a job run on this machine?"""

    YES = "yes"
    JUST = "just"  # its need may be more than there is
    SLOW = "too slow"  # it runs, but not in a time anybody waits
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPoints:
    """What a job earns, 0 to 1: counted, at the low and at the high end."""

    job: ReferenceJob
    gpu: Way | None
    processor: Way | None
    counted: float
    low: float
    high: float

    @property
    def chosen(self) -> Way | None:
        """Return the way that is taken."""
        if self.gpu is None or self.processor is None:
            return self.gpu or self.processor
        alone, with_gpu = self.processor.points(self.job)[1], self.gpu.points(self.job)[1]
        if alone == with_gpu == 0:  # what at least runs, if nobody would wait for it
            return (
                self.gpu if _is_open(self.gpu) or not _is_open(self.processor) else self.processor
            )
        return self.processor if alone > with_gpu else self.gpu


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOutcome:
    """A job for people. Times in seconds of one unit or the whole job, as the yardstick has it."""

    id: str
    title: str
    group: str
    runs: Runs
    where: str  # "2 x GeForce RTX 4090", "the processor", ""
    speed: Prediction | None  # of the GPUs alone, as every other screen says it
    count: int  # of GPUs it runs on
    words: str  # how fast, with its range
    seconds: float | None
    seconds_low: float | None
    seconds_high: float | None
    need_bytes: int | None  # on each GPU
    points: float  # 0 to 1
    low: float
    high: float
    held_back: str
    lost: dict[Cause, float]  # adds up to 1 - points
    yardstick: str
    source: str
    said: str = ""  # how the lead sentence names it; "" = not there
    is_for_gpu: bool = True


def _is_open(way: Way) -> bool:
    """Say whether a job runs that way, however slowly."""
    return all(way.limits[1].gates.values()) and way.limits[1].unit_s() < math.inf


def job_points(job: ReferenceJob, site: Site) -> JobPoints:
    """Return what a job earns on its best way."""
    on_gpu = [(way, way.points(job)) for way in gpu_ways(job, site)]
    alone = [(way, way.points(job)) for way in processor_ways(job, site)]
    ends = [each for _, each in (*on_gpu, *alone)] or [(0.0, 0.0, 0.0)]
    return JobPoints(
        job=job,
        gpu=best_way(on_gpu),
        processor=best_way(alone),
        low=max(low for low, _, _ in ends),
        counted=max(middle for _, middle, _ in ends),
        high=max(high for _, _, high in ends),
    )


def outcome_of(points: JobPoints, group: JobGroup, site: Site) -> JobOutcome:
    """Return the whole answer for one job."""
    job, way = points.job, points.chosen
    seconds = _seconds(job, way)
    runs = _runs(points, way)
    lost = lost_of(points, site)
    memory = points.gpu.memory if points.gpu else None
    return JobOutcome(
        id=job.id,
        title=job.title,
        group=group.id,
        runs=runs,
        where=where_words(way) if runs is not Runs.NO else "",
        speed=way.speed if way else None,
        count=way.count if way and way.group else 0,
        words=time_words(job, way, seconds) if runs is not Runs.NO else "",
        seconds=seconds[1],
        seconds_low=seconds[0],
        seconds_high=seconds[2],
        need_bytes=memory.need_bytes if memory else least_need(job),
        points=points.counted,
        low=points.low,
        high=points.high,
        held_back=held_back_words(
            points.gpu or way,
            job,
            lost,
            site,
            alone=way is not None and way.is_processor and runs is not Runs.NO,
        ),
        lost=lost,
        yardstick=job.yardstick.words,
        source=(job.data.source if job.data else job.workload.source if job.workload else ""),
        said=job.said,
        is_for_gpu=job.workload is not None,
    )


def _seconds(job: ReferenceJob, way: Way | None) -> tuple[float | None, float | None, float | None]:
    """Return fastest, expected and slowest time; as the predictor says where a GPU alone counts."""
    if way is None:
        return None, None, None
    units = [limits.unit_s() for limits in way.limits]
    if not all(0 < each < math.inf for each in units):
        return None, None, None
    if way.speed is not None and way.speed.median and way.speed.low and way.speed.high:
        feeds = [max((0.0, *limits.feeds_s.values())) for limits in way.limits]
        told = (way.speed.low, way.speed.median, way.speed.high)
        units = [max(1 / each, feed) for each, feed in zip(told, feeds, strict=True)]
    slow, middle, fast = (job.seconds(each) for each in units)
    return fast, middle, slow


def _runs(points: JobPoints, way: Way | None) -> Runs:
    if way is None:
        return Runs.NO
    if _is_blind(way):
        return Runs.UNKNOWN
    if not _is_open(way):
        return Runs.NO
    if points.counted == 0:
        return Runs.SLOW
    return Runs.JUST if any(gate < 1 for gate in way.limits[1].gates.values()) else Runs.YES


def _is_blind(way: Way) -> bool:
    """Say whether what is not known of the GPU decides."""
    low, _, high = way.limits
    if way.is_processor or way.software:
        return False
    no_memory = way.group is not None and way.group.vram_bytes is None
    nobody_asked = way.group is None and high.gates.get(Cause.VRAM, 0.0) > 0
    no_speed = low.gates.get(Cause.COMPUTE, 1.0) == 0 and high.gates.get(Cause.VRAM, 0.0) > 0
    return no_memory or nobody_asked or no_speed


def lost_of(points: JobPoints, site: Site) -> dict[Cause, float]:
    """Return what the job loses to each cause; adds up to ``1 - points``."""
    job, alone = points.job, points.processor
    processor = alone.limits[1] if alone else None
    if job.workload is None or points.gpu is None:
        limits = processor or Limits()
        return shapley(sorted(limits.causes), lambda removed: limits.points(job, removed))
    gpu = split_limits(points.gpu, job.workload, site.speeds)
    causes = set(gpu.causes)
    if processor is not None:
        causes |= processor.causes - {Cause.PROCESSOR}
    floor = points.counted

    def reached(removed: frozenset[Cause]) -> float:
        # A faster processor is no way out of a job for a GPU: it is not counted as one.
        best = gpu.points(job, removed)
        if processor is not None:
            best = max(best, processor.points(job, removed - {Cause.PROCESSOR}))
        return max(best, floor) if removed else floor

    return shapley(sorted(causes), reached)
