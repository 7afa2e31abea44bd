"""The smallest card a job surely fits: one rule for every face."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hwstudio.core.model.part import Gpu
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.chips import chips
from hwstudio.core.predict.memory import Fit, memory_on

Order = tuple[int, int, str]


def order_of(room_bytes: int, year: float | None, name: str) -> Order:
    """Return what cards are sorted by: the least memory, of several the newest, then the name."""
    return room_bytes, -round(year or 0), name


def smallest_of(gpus: Iterable[Gpu], fits: Callable[[Gpu], bool]) -> Gpu | None:
    """Return the first card in that order that fits; None = no card does.

    Cards with several GPUs are left out: which memory they have depends on how it is counted.
    """
    single = [gpu for gpu in gpus if chips(gpu)[1] == 1]
    ordered = sorted(single, key=lambda gpu: order_of(gpu.vram_bytes, gpu.release_year, gpu.name))
    return next((gpu for gpu in ordered if fits(gpu)), None)


def smallest_card(workload: Workload, gpus: Iterable[Gpu], count: int = 1) -> Gpu | None:
    """Return the smallest card that surely holds a job; None = no card does."""

    def fits(gpu: Gpu) -> bool:
        return memory_on(workload, gpu, count, is_advised=False).verdict is Fit.FITS

    return smallest_of(gpus, fits)
