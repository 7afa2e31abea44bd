"""The ways several GPUs can share one job: what each keeps, and how large a model could be."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hwstudio.core.model.part import Gpu
from hwstudio.core.model.recipe import Recipe, Shard
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.memory import Fit, MemoryPrediction, memory_on
from hwstudio.core.predict.scaling import link_of

MOST_SCALE = 4096.0
_NEAR = 1.02


@dataclass(frozen=True, slots=True)
class Way:
    """One way. ``most_params``: of a model of the same kind that surely fits; None = none does."""

    words: str
    adds: str  # what more GPUs bring
    workload: Workload
    memory: MemoryPrediction
    most_params: float | None


def ways_of(workload: Workload, gpu: Gpu, count: int) -> tuple[Way, ...]:
    """Return every way ``count`` cards can share a job, the simplest first."""
    found = []
    for words, adds, recipe in _recipes(workload, count):
        job = replace(workload, recipe=recipe)
        memory = memory_on(job, gpu, count, is_advised=False)
        most = None if memory.need_bytes is None else _largest(job, gpu, count)
        found.append(Way(words, adds, job, memory, most))
    return tuple(found)


def link_words(gpu: Gpu, count: int) -> str:
    """Return what carries data between the GPUs, with its usable rate."""
    link = link_of(gpu, count, None)
    if link.bytes_per_s is None:
        return "not known"
    return f"{link.words}, about {link.bytes_per_s / 1e9:,.0f} GB/s"


def _recipes(workload: Workload, count: int) -> list[tuple[str, str, Recipe]]:
    plain = replace(workload.recipe, shard=Shard.NONE, tensor_split=1, pipeline_split=1)
    split = "room and speed"
    tensor = ("Each layer split (tensor parallel)", split, replace(plain, tensor_split=count))
    if workload.mode in (Mode.INFERENCE, Mode.GENERATE):
        if not workload.writes_text:
            return [("A full copy on each", "speed, no room", plain)]
        dealt = ("Layers dealt out, one after another", "room, no speed for one answer", plain)
        return [dealt, tensor]
    spread = "room and speed"
    ways = [
        ("A full copy on each (DDP)", "speed, no room", plain),
        ("Optimiser spread (ZeRO-1)", spread, replace(plain, shard=Shard.OPTIMISER)),
        ("Gradients spread too (ZeRO-2)", spread, replace(plain, shard=Shard.GRADIENTS)),
        ("Everything spread (ZeRO-3, FSDP)", spread, replace(plain, shard=Shard.ALL)),
    ]
    if workload.group == "language":
        filled = replace(plain, pipeline_split=count, accumulation=max(count, plain.accumulation))
        ways += [tensor, ("Layers dealt out (pipeline)", split, filled)]
    return list(ways)


def _largest(workload: Workload, gpu: Gpu, count: int) -> float | None:
    """Return the parameters of the largest model of this shape that surely fits, by halving."""

    def fits(scale: float) -> bool:
        found = memory_on(scaled(workload, scale), gpu, count, is_advised=False)
        return found.verdict is Fit.FITS

    low, high = 1e-4, 1.0
    if not fits(low):
        return None
    while high < MOST_SCALE and fits(high):
        low, high = high, high * 2
    while high / low > _NEAR:
        middle = (low * high) ** 0.5
        low, high = (middle, high) if fits(middle) else (low, middle)
    return workload.params_total * low


def scaled(workload: Workload, scale: float) -> Workload:
    """Return the job with a model so many times as large: deeper and wider in equal parts."""
    wide = scale ** (1 / 3)

    def times(value: int | None, factor: float) -> int | None:
        return None if value is None else max(1, round(value * factor))

    layers = times(workload.layers, wide)
    return replace(
        workload,
        params_total=max(1, round(workload.params_total * scale)),
        params_active=max(1, round(workload.params_active * scale)),
        weight_bytes=max(1, round(workload.weight_bytes * scale)),
        layers=layers and max(layers, workload.recipe.pipeline_split),
        hidden=times(workload.hidden, wide),
        intermediate=times(workload.intermediate, wide),
        activations_per_sample=workload.activations_per_sample * wide**2,
        score_elements=0.0,
    )
