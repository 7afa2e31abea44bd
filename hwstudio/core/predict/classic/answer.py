"""How long a job of classic machine learning takes and what main memory it needs."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from hwstudio.core.base.units import gib, si
from hwstudio.core.model.classic_job import ClassicJob, Method
from hwstudio.core.model.prediction import Evidence, Prediction
from hwstudio.core.predict.classic.memory import Held, held, working_set
from hwstudio.core.predict.classic.rates import REFERENCE_SOURCE, UNKNOWN_PROCESSOR, Ground, rate
from hwstudio.core.predict.classic.work import operations
from hwstudio.core.predict.memory import Fit

NO_GPU = "Classic methods on a GPU (cuML) are not predicted: no measurements of them are known"
NO_POWER = "the power a processor draws for such work is not predicted"
# Python with numpy, scipy and scikit-learn loaded, one process: least, usual, most.
PYTHON_BYTES = (100e6, 140e6, 200e6)
ROOM = 0.9  # of the memory: the system keeps some
SIDE_BY_SIDE = 1.5  # processes side by side share memory and caches: at most so much slower
# What is allocated is rounded up, and what was freed is not always given back.
LOOSE_LOW, LOOSE_HIGH = 0.9, 1.35


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassicAnswer:
    """Time in seconds and memory in bytes with their ranges, and what the memory is made of."""

    job: ClassicJob
    device: str
    cores: int
    time: Prediction
    memory: Prediction
    items: tuple[Held, ...]
    verdict: Fit
    memory_bytes: int | None  # of the computer


def answer(job: ClassicJob, ground: Ground) -> ClassicAnswer:
    """Return what is said of a job on a processor.

    Raises:
        UserError: a number of the job is out of range.
    """
    job = job.checked()
    at_once = min(job.processes, ground.cores)
    items = _items(job, at_once)
    low, usual, high = (sum(getattr(i, name) for i in items) for name in ("low", "usual", "high"))
    memory = Prediction(
        median=usual,
        low=low,
        high=high,
        unit="B",
        evidence=Evidence.ESTIMATED,
        formula="table + what the library holds beside it + Python, by the arrays it makes",
        inputs={item.label: gib(item.usual) for item in items},
    )
    return ClassicAnswer(
        job=job,
        device=ground.name,
        cores=ground.cores,
        time=_time(job, ground, at_once),
        memory=memory,
        items=items,
        verdict=_verdict(memory, ground.memory_bytes),
        memory_bytes=ground.memory_bytes,
    )


def part_of(job: ClassicJob) -> ClassicJob:
    """Return one training of a search: all parts of the table but one."""
    if job.folds == 1:
        return job
    rows = max(1, round(job.rows * (job.folds - 1) / job.folds))
    return replace(job, rows=rows)


def _items(job: ClassicJob, at_once: int) -> tuple[Held, ...]:
    """Return the parts of the peak; every process of a search holds its part of the table."""
    table = held("table", job.data_bytes)
    if job.fits == 1:
        return (table, *_loose(working_set(job, at_once)), Held("Python", *PYTHON_BYTES))
    part = part_of(job)
    shared = held("table of each process", part.data_bytes)
    each = (shared, *_loose(working_set(part, 1)), Held("Python", *PYTHON_BYTES))
    many = [_times(item, at_once) for item in each]
    # Beside the workers stands the process that hands out the work.
    own = (Held("Python that leads", *PYTHON_BYTES),) if at_once > 1 else ()
    return (table, *many, *own)


def _times(item: Held, count: int) -> Held:
    label = f"{item.label} x {count}" if count > 1 else item.label
    return Held(label, item.low * count, item.usual * count, item.high * count)


def _loose(items: tuple[Held, ...]) -> tuple[Held, ...]:
    return tuple(
        Held(i.label, i.low * LOOSE_LOW, i.usual, i.high * LOOSE_HIGH) for i in items if i.high > 0
    )


def _verdict(memory: Prediction, total_bytes: int | None) -> Fit:
    if not total_bytes or memory.low is None or memory.high is None:
        return Fit.UNKNOWN
    if memory.high <= ROOM * total_bytes:
        return Fit.FITS
    return Fit.TIGHT if memory.low <= ROOM * total_bytes else Fit.NO


def _time(job: ClassicJob, ground: Ground, at_once: int) -> Prediction:
    last = operations(job)
    speed = rate(ground, job, at_once)
    low, usual, high = (last / each for each in (speed.high, speed.median, speed.low))
    if job.fits > 1:
        alone, each = rate(ground, job, 1), operations(part_of(job))
        rounds = math.ceil((job.fits - 1) / at_once)
        slower = SIDE_BY_SIDE if at_once > 1 else 1.0
        low += rounds * each / alone.high
        usual += rounds * each / alone.median * math.sqrt(slower)
        high += rounds * each / alone.low * slower
    seen = ground.evidence(job.method)
    inputs = {
        "operations of one training": si(last, "op"),
        "rate": f"{si(speed.median, 'op/s')} on {at_once} of {ground.cores} cores",
        "ground": ground.source if seen is Evidence.MEASURED_HERE else _reckoned(ground),
    }
    if job.fits > 1:
        inputs["trainings"] = f"{job.fits:,}, {at_once} at once"
    if job.method in (Method.LOGISTIC, Method.KMEANS):
        inputs["passes"] = f"{job.iterations:,} at most: it ends earlier once nothing changes"
    return Prediction(
        median=usual, low=low, high=high, unit="s", evidence=seen,
        formula="operations by the method's complexity / rate of the processor",
        inputs=inputs, bottleneck=_bottleneck(job),
    )  # fmt: skip


def _bottleneck(job: ClassicJob) -> str:
    """Return what most of the time goes into: passes over the table, or work on it."""
    return "memory bandwidth" if job.method is Method.LOGISTIC else "compute"


def _reckoned(ground: Ground) -> str:
    if ground.factor >= UNKNOWN_PROCESSOR:
        return f"{REFERENCE_SOURCE}; not scaled, as the clock of {ground.name} is not known"
    return f"{REFERENCE_SOURCE}; scaled by clock x {ground.clock_ratio:.2f}"
