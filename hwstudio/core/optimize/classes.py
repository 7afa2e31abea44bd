"""Which GPUs in which number can do the job at all, and how fast: one speed per class."""

from __future__ import annotations

from hwstudio.core.model.part import Gpu
from hwstudio.core.optimize.limits import WIDE
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.space import GpuClass, Space
from hwstudio.core.predict.job import GPU_POWER_SHARE, JOULES_PER_KWH
from hwstudio.core.predict.memory import Fit, MemoryPrediction, predict_memory
from hwstudio.core.predict.speed import is_backed_by_measurements, predict_speed

LANE_MODES = (16, 8)  # narrower links starve several GPUs
REST_W = 100.0  # processor, drives, fans while GPUs work; only ranks classes, the answer is exact


def classes_of(space: Space) -> tuple[GpuClass, ...]:
    """Return every class that holds the job and has a predicted speed."""
    request = space.request
    out = []
    for cards in space.cards.values():
        gpu = cards[0].gpu
        if not is_trusted(request, gpu):
            continue
        for count in sorted(set(request.gpu_counts)):
            if holds(request, gpu, count).verdict is not Fit.FITS:
                continue
            for lanes in LANE_MODES if count > 1 else (WIDE,):
                if count > 1 and lanes > max(card.pcie_lanes or WIDE for card in cards):
                    continue
                speed = predict_speed(
                    request.workload,
                    gpu,
                    count=count,
                    lanes_per_gpu=lanes if count > 1 else None,
                )
                if speed.median:
                    out.append(GpuClass(gpu, count, lanes, speed))
    return tuple(out)


def is_trusted(request: Request, gpu: Gpu) -> bool:
    """A GPU without any measured relative is a guess, left out unless the user asked for it."""
    if request.allow_unknown or gpu.maker in request.gpu_makers:
        return True
    return is_backed_by_measurements(request.workload, gpu)


def holds(request: Request, gpu: Gpu, count: int) -> MemoryPrediction:
    """Return the memory prediction of the request's job on this many of a GPU."""
    return predict_memory(request.workload, gpu.vram_bytes, count)


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
