"""Which GPUs in which number can do the job at all, and how fast: one speed per class."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from hwstudio.core.model.part import Gpu
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Workload
from hwstudio.core.optimize.limits import WIDE
from hwstudio.core.optimize.memory import LISTS_KEPT, remember
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.space import GpuClass, Space
from hwstudio.core.predict.chips import chips
from hwstudio.core.predict.job import JOULES_PER_KWH
from hwstudio.core.predict.memory import Fit, MemoryPrediction, predict_memory
from hwstudio.core.predict.power import predicted_power
from hwstudio.core.predict.speed import is_backed_by_measurements

LANE_MODES = (16, 8)  # narrower links starve several GPUs
ROUNDING = 1e-9  # a deadline in hours turned into a speed is not exact in binary
PSU_EFFICIENCY = 0.90  # of an 80 PLUS Gold unit at half load
REST_W = 100.0  # processor, drives, fans while GPUs work; only ranks classes, the answer is exact


def classes_of(space: Space, kept: dict[Any, Any]) -> tuple[GpuClass, ...]:
    """Return every class that holds the job and has a predicted speed.

    ``kept``: where the speeds are remembered for requests that let other cards in.
    """
    request = space.request
    speeds = _speeds(request, kept)
    gpus = [cards[0].gpu for cards in space.cards.values()]
    widest = {
        cards[0].gpu.id: max(card.pcie_lanes or WIDE for card in cards)
        for cards in space.cards.values()
    }
    out = []
    for gpu, count in able(request, gpus):
        for lanes in LANE_MODES if count > 1 else (WIDE,):
            if count > 1 and lanes > widest[gpu.id]:
                continue
            speed = speeds.get((gpu.id, count, lanes))
            if speed is None:
                asked = lanes if count > 1 else None
                speed = request.predictor.speed(
                    request.workload, gpu, count=count, lanes_per_gpu=asked
                )
                speeds[gpu.id, count, lanes] = speed
            if speed.median and is_fast_enough(speed, request):
                out.append(GpuClass(gpu, count, lanes, speed))
    return tuple(out)


def _speeds(request: Request, kept: dict[Any, Any]) -> dict[tuple[str, int, int], Prediction]:
    key = ("speeds", request.workload, request.predictor)
    found: dict[tuple[str, int, int], Prediction] | None = kept.get(key)
    if found is None:
        found = {}
        remember(kept, key, found, LISTS_KEPT)
    return found


def is_fast_enough(speed: Prediction, request: Request) -> bool:
    """Return whether the median speed reaches what is asked, but for rounding in the question."""
    return (speed.median or 0.0) >= request.min_per_second * (1 - ROUNDING)


def able(request: Request, gpus: Iterable[Gpu]) -> list[tuple[Gpu, int]]:
    """Return the GPUs and numbers that hold the job, their speeds worked out at once."""
    trusted = [gpu for gpu in gpus if is_trusted(request, gpu)]
    counts = sorted(set(request.gpu_counts))
    found = [(gpu, count) for gpu in trusted for count in counts if holds_all(request, gpu, count)]
    for count in counts:
        of_count = [gpu for gpu, number in found if number == count]
        request.predictor.prepare(request.workload, of_count, count)
    return found


def is_trusted(request: Request, gpu: Gpu) -> bool:
    """A GPU without any measured relative is a guess, left out unless the user asked for it."""
    if request.allow_unknown or gpu.maker in request.gpu_makers:
        return True
    return is_backed_by_measurements(request.workload, gpu)


def holds(request: Request, gpu: Gpu, count: int) -> MemoryPrediction:
    """Return the memory prediction of the request's job on this many of a GPU."""
    return _held_by(request.workload, gpu, count)


def holds_all(request: Request, gpu: Gpu, count: int) -> bool:
    """Return whether the job and every further job surely fit."""
    one, seen = chips(gpu, count)
    jobs = (request.workload, *request.also)
    return all(_verdict(job, one.vram_bytes, seen) is Fit.FITS for job in jobs)


def needs_most(request: Request, gpu: Gpu, count: int) -> tuple[Workload, MemoryPrediction]:
    """Return the job that speaks most against these GPUs; the request's own where all fit."""
    jobs = (request.workload, *request.also)
    found = [(job, _held_by(job, gpu, count)) for job in jobs]
    worst = [pair for pair in found if pair[1].verdict is not Fit.FITS]
    return max(worst or found[:1], key=lambda pair: pair[1].need_bytes or 0)


def _held_by(job: Workload, gpu: Gpu, count: int) -> MemoryPrediction:
    one, seen = chips(gpu, count)
    return _held(job, one.vram_bytes, seen)


# A slider asks the same jobs of the same memory sizes again and again.
@lru_cache(maxsize=512)
def _held(job: Workload, vram_bytes: int, count: int) -> MemoryPrediction:
    return predict_memory(job, vram_bytes, count)


@lru_cache(maxsize=4096)
def _verdict(job: Workload, vram_bytes: int, count: int) -> Fit:
    """Return whether a job fits, without the search for a change that would make it fit."""
    return predict_memory(job, vram_bytes, count, is_advised=False).verdict


def load_w(gpu_class: GpuClass, request: Request) -> float:
    """Return the average draw of the parts while the job runs: GPUs as predicted, and the rest."""
    gpu, count = gpu_class.gpu, gpu_class.count
    watts = predicted_power(request.predictor, request.workload, gpu, count).median
    return (gpu.tdp_w * count if watts is None else watts) + REST_W


def wall_w(gpu_class: GpuClass, request: Request) -> float:
    """Return the average draw at the wall while the job runs."""
    return load_w(gpu_class, request) / PSU_EFFICIENCY


def energy_kwh(gpu_class: GpuClass, request: Request) -> float:
    """Return the energy of the whole job, for ranking: the least is the most work per watt."""
    seconds = request.workload.job_units / gpu_class.per_second
    return seconds * load_w(gpu_class, request) / JOULES_PER_KWH


def merit(gpu_class: GpuClass, request: Request) -> float:
    """Return the number the objective makes as small as possible; costs are left to the search."""
    if request.objective is Objective.TIME:
        return -gpu_class.per_second
    if request.objective is Objective.ENERGY:
        return energy_kwh(gpu_class, request)
    return 0.0
