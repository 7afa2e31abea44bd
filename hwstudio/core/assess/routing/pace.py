"""How long the work takes on a GPU: predicted, or as counted on the GPU the user named."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.assess.routing.ground import Ground
from hwstudio.core.base.units import gib
from hwstudio.core.cloud.routing.job import Task
from hwstudio.core.cloud.routing.option import Hours
from hwstudio.core.cost.options import ratio_band
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.prediction import Evidence, Prediction
from hwstudio.core.predict.memory import Fit, memory_on

SAME_MEMORY = 0.93  # sources count a 24 GB card as anything from 22.5 GiB up
_COUNTED = Hours(0.95, 1.0, 1.05)  # hours on the same GPU again


@dataclass(frozen=True, slots=True)
class Pace:
    """Hours of uninterrupted work on one shape, or why they are not known."""

    hours: Hours | None
    why_not: str = ""
    evidence: str = ""


def pace_on(ground: Ground, task: Task, gpu: Gpu, count: int, lanes: int | None = None) -> Pace:
    """Return the hours of the work on ``count`` of a GPU; memory is checked first."""
    short = _too_small(ground, task, gpu, count)
    if short:
        return Pace(None, short)
    named = ground.task_gpu
    if task.hours is not None and named is not None and (named.id, task.count) == (gpu.id, count):
        hours = (task.hours * factor for factor in (_COUNTED.low, 1.0, _COUNTED.high))
        return Pace(Hours(*hours), evidence="the hours you gave")
    if not ground.is_known_kind:
        return Pace(None, f"how fast this work runs on a {gpu.name} is not known: name a kind of work")  # fmt: skip # noqa: E501
    speed = ground.shapes.predictor.speed(
        ground.shapes.workload, gpu, count=count, lanes_per_gpu=lanes
    )
    return _pace(ground, task, speed)


def _pace(ground: Ground, task: Task, speed: Prediction) -> Pace:
    if not (speed.median and speed.low and speed.high):
        return Pace(None, _lower(speed.refused or "its speed is not known"))
    if task.hours is None:
        units = ground.shapes.workload.job_units if task.units is None else task.units
        hours = Hours(*(units / rate / 3600 for rate in (speed.high, speed.median, speed.low)))
        return Pace(hours, evidence=speed.evidence.value)
    if ground.task_gpu is None:
        return Pace(None, "the GPU of your hours is not known")
    own = ground.shapes.predictor.speed(ground.shapes.workload, ground.task_gpu, count=task.count)
    ratio = ratio_band(speed, own)
    if ratio is None:
        return Pace(None, _lower(own.refused or "the speed of your GPU is not known"))
    hours = Hours(task.hours / ratio.high, task.hours / ratio.typical, task.hours / ratio.low)
    worst = max((speed.evidence, own.evidence), key=list(Evidence).index)
    return Pace(hours, evidence=worst.value)


def _too_small(ground: Ground, task: Task, gpu: Gpu, count: int) -> str:
    need = task.memory_bytes
    if need is not None:
        if gpu.vram_bytes < SAME_MEMORY * need:
            return f"it has {gib(gpu.vram_bytes)} of GPU memory, the job needs {gib(need)}"
        return ""
    if not ground.is_known_kind:
        return ""
    fit = memory_on(ground.shapes.workload, gpu, count, is_advised=False)
    is_tight = fit.verdict is Fit.TIGHT and fit.need_bytes is not None
    is_short = is_tight and (fit.need_bytes or 0) > fit.vram_bytes
    if (fit.verdict is Fit.NO or is_short) and fit.need_bytes:
        return f"the job needs about {gib(fit.need_bytes)} on each GPU, it has {gib(fit.vram_bytes)}"  # fmt: skip # noqa: E501
    return ""


def _lower(sentence: str) -> str:
    text = sentence.rstrip(".")
    return text if text[:2].isupper() else text[:1].lower() + text[1:]
