"""Which GPUs in which number can do the job at all, and how fast: one speed per class."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from hwstudio.core.model.part import Gpu
from hwstudio.core.model.workload import Workload
from hwstudio.core.optimize.limits import WIDE
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.space import GpuClass, Space
from hwstudio.core.predict.chips import chips
from hwstudio.core.predict.job import GPU_POWER_SHARE, JOULES_PER_KWH
from hwstudio.core.predict.memory import Fit, MemoryPrediction, predict_memory
from hwstudio.core.predict.speed import is_backed_by_measurements

LANE_MODES = (16, 8)  # narrower links starve several GPUs
REST_W = 100.0  # processor, drives, fans while GPUs work; only ranks classes, the answer is exact


def classes_of(space: Space) -> tuple[GpuClass, ...]:
    """Return every class that holds the job and has a predicted speed."""
    request = space.request
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
            asked = lanes if count > 1 else None
            speed = request.predictor.speed(request.workload, gpu, count=count, lanes_per_gpu=asked)
            if speed.median:
                out.append(GpuClass(gpu, count, lanes, speed))
    return tuple(out)


def able(request: Request, gpus: Iterable[Gpu]) -> list[tuple[Gpu, int]]:
    """Return the GPUs and numbers that hold the job, their speeds worked out at once."""
    trusted = [gpu for gpu in gpus if is_trusted(request, gpu)]
    counts = sorted(set(request.gpu_counts))
    found = [
        (gpu, count)
        for gpu in trusted
        for count in counts
        if verdict_of(request, gpu, count) is Fit.FITS
    ]
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
    """Return the memory prediction of the request's job on this many of a GPU, remembered."""
    one, seen = chips(gpu, count)
    return _held(request.workload, one.vram_bytes, seen)


def verdict_of(request: Request, gpu: Gpu, count: int) -> Fit:
    """Return whether the job fits, without the search for a change that would make it fit."""
    one, seen = chips(gpu, count)
    return _verdict(request.workload, one.vram_bytes, seen)


@lru_cache(maxsize=512)
def _held(workload: Workload, vram_bytes: int, count: int) -> MemoryPrediction:
    return predict_memory(workload, vram_bytes, count)


@lru_cache(maxsize=4096)
def _verdict(workload: Workload, vram_bytes: int, count: int) -> Fit:
    return predict_memory(workload, vram_bytes, count, is_advised=False).verdict


def energy_kwh(gpu_class: GpuClass, request: Request) -> float:
    """Return the energy of the whole job, for ranking."""
    seconds = request.workload.job_units / gpu_class.per_second
    watts = gpu_class.gpu.tdp_w * gpu_class.count * GPU_POWER_SHARE + REST_W
    return seconds * watts / JOULES_PER_KWH


def merit(gpu_class: GpuClass, request: Request) -> float:
    """Return the number the objective makes as small as possible; cost is left to the search."""
    if request.objective is Objective.TIME:
        return -gpu_class.per_second
    if request.objective is Objective.ENERGY:
        return energy_kwh(gpu_class, request)
    return 0.0
