"""Right-size advice from recorded use: a smaller card, more memory, a faster one, or as it is.

The CPU's load says nothing about a training card, so it is not asked. Load only says that a
kernel ran; where power contradicts it, no smaller card is advised.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hwstudio.core.base.units import GIB, percent
from hwstudio.core.report.gpu_use import GpuUse

_SIZES_GIB = (4, 6, 8, 10, 11, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128, 141, 192, 288)
_RESERVE = 1.2  # memory advised over the most that was used


class Verdict(StrEnum):
    """What the use says about the size."""

    SMALLER = "smaller"
    LESS_MEMORY = "less memory"
    MORE_MEMORY = "more memory"
    FASTER = "faster"
    FITS = "fits"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeThresholds:
    """From where on something is advised. Shares 0..1; the user may set them."""

    least_recorded_h: float = 24.0
    least_busy_h: float = 2.0
    small_memory: float = 0.5  # the most memory ever used
    small_compute: float = 0.5  # load in all but 5 % of the busy time
    small_power: float = 0.6  # power in all but 5 % of the time; above this the load is real
    full_memory: float = 0.95  # memory used in all but 5 % of the time
    full_compute: float = 0.85  # mean load over the whole recorded time


@dataclass(frozen=True, slots=True)
class SizeAdvice:
    """The advice for one GPU; ``need_bytes`` is the memory it should have at least."""

    device: str
    name: str
    verdict: Verdict
    sentence: str
    need_bytes: float | None = None


def right_size(use: GpuUse, limits: SizeThresholds) -> SizeAdvice:
    """Return the advice for one GPU."""
    memory, compute = use.vram_most_share, use.busy_p95
    why = _too_little(use, limits)
    if why or memory is None or compute is None:
        text = why or "its memory or load was not measured"
        return SizeAdvice(use.device.id, use.name, Verdict.UNKNOWN, f"No advice: {text}.")
    verdict = _verdict(use, limits)
    need = _need(use)
    if need is not None and use.vram_total_bytes and verdict is not Verdict.MORE_MEMORY:
        need = min(need, use.vram_total_bytes)  # a card whose size fits is not too small
    uses = (
        f"Uses at most {percent(memory)} of its memory, and at most {percent(compute)} of its "
        f"compute in 95 % of the recorded time"
    )
    return SizeAdvice(
        use.device.id, use.name, verdict, f"{uses}: {_consider(verdict, use, need)}", need
    )


def _too_little(use: GpuUse, limits: SizeThresholds) -> str:
    if use.recorded_h < limits.least_recorded_h:
        return (
            f"only {use.recorded_h:.1f} h were recorded, {limits.least_recorded_h:.0f} h are needed"
        )
    if use.busy_h < limits.least_busy_h:
        return (
            f"it worked only {use.busy_h:.1f} h, {limits.least_busy_h:.0f} h are needed to judge; "
            "renting for such hours may be cheaper than any card"
        )
    return ""


def _verdict(use: GpuUse, limits: SizeThresholds) -> Verdict:
    most, p95 = use.vram_most_share or 0.0, use.vram_p95_share or 0.0
    is_small = most <= limits.small_memory
    power = use.power_p95_share
    is_light = (use.busy_p95 or 0.0) <= limits.small_compute
    is_confirmed = power is None or power <= limits.small_power
    if p95 >= limits.full_memory:
        return Verdict.MORE_MEMORY
    if (use.busy_mean or 0.0) >= limits.full_compute:
        return Verdict.FASTER
    if is_small and is_light and is_confirmed:
        return Verdict.SMALLER
    return Verdict.LESS_MEMORY if is_small else Verdict.FITS


def _need(use: GpuUse) -> float | None:
    if use.vram_total_bytes is None or use.vram_most_share is None:
        return None
    wanted = use.vram_total_bytes * use.vram_most_share * _RESERVE
    return next((float(n * GIB) for n in _SIZES_GIB if n * GIB >= wanted), wanted)


def _consider(verdict: Verdict, use: GpuUse, need: float | None) -> str:
    size = f"{need / GIB:,.0f} GiB" if need else "less memory"
    if verdict is Verdict.SMALLER:
        return f"a smaller card would do; consider one with {size} and about half the compute."
    if verdict is Verdict.LESS_MEMORY:
        return f"a card of the same speed with {size} would do."
    if verdict is Verdict.MORE_MEMORY:
        return "it is nearly always full; consider a card with more memory, or a smaller batch."
    if verdict is Verdict.FASTER:
        return "it works nearly all the time; a faster or a second card would shorten the work."
    share = use.power_p95_share
    if share is not None and (use.busy_p95 or 0) > 0.9 and share < 0.5:
        return (
            f"it is loaded but draws at most {percent(share)} of its power limit, so the kernels "
            "are small or wait; look at batch size and data loading before buying."
        )
    return "its size fits the work."


def fewer_cards(uses: Sequence[GpuUse], limits: SizeThresholds) -> str:
    """Return a sentence when the same work fits fewer cards of one kind, else ""."""
    loads = [use.busy_p95 for use in uses]
    if len(uses) < 2 or any(load is None for load in loads):
        return ""
    if any(_too_little(use, limits) and use.recorded_h < limits.least_recorded_h for use in uses):
        return ""
    if len({use.device.title for use in uses}) > 1:
        return ""
    total = sum(load for load in loads if load is not None)
    needed = max(1, math.ceil(total / 0.8))
    if needed >= len(uses):
        return ""
    return (
        f"In 95 % of the recorded time the {len(uses)} GPUs together did the work of at most "
        f"{total:.1f}: {needed} of them would carry it at 80 % load, if the jobs can share."
    )
