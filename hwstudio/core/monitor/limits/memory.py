"""Memory that runs out: the computer's, and each GPU's."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from hwstudio.core.base.units import gib, percent, rate
from hwstudio.core.monitor.limits.card import Card
from hwstudio.core.monitor.limits.evidence import Limit, Verdict
from hwstudio.core.monitor.limits.recent import Recent
from hwstudio.core.monitor.limits.thresholds import AT

_LESS = "Close programs, use a smaller batch or fewer loader workers, or add memory."


def swapping(recent: Recent) -> Iterator[Verdict]:
    """Yield when pages move between memory and drive: swap changes while memory is short."""
    total, left = recent.mean("memory.total_bytes"), recent.mean("memory.available_bytes")
    moved = _moved_per_s(recent, "memory.swap_used_bytes")
    stall = recent.mean("memory.stall_share")
    is_short = not total or left is None or left < AT["swap_left"] * total
    is_moving = moved >= AT["swap_rate"] and is_short
    is_stalled = stall is not None and stall >= AT["memory_stall"]
    if not (is_moving or is_stalled):
        return
    what = f"{rate(moved)} move in and out" if is_moving else "programs stand still for memory"
    waited = (
        f", {percent(stall)} of the time a program waits for it" if is_stalled and stall else ""
    )
    yield Verdict(
        "warn",
        Limit.SWAPPING,
        "memory",
        f"The computer swaps: {what}{waited if is_moving else ''}. Everything gets slow.",
        _LESS,
        (
            *recent.evidence(
                "memory.available_bytes",
                "Memory left",
                "bytes",
                "",
                AT["swap_left"] * total if total else None,
            ),
            *recent.evidence(
                "memory.swap_used_bytes", "Swap in use", "bytes", f"changes by {rate(moved)}"
            ),
            *recent.evidence(
                "memory.stall_share", "Waiting for memory", "share", "of the time", "memory_stall"
            ),
        ),
    )


def _moved_per_s(recent: Recent, sensor: str) -> float:
    """Return how fast a number went up and down during "now"."""
    values = recent.known(sensor, recent.now)
    if len(values) < 2:
        values = recent.known(sensor)
    passed_s = (len(values) - 1) * recent.interval_s
    if passed_s <= 0:
        return 0.0
    return sum(abs(b - a) for a, b in pairwise(values)) / passed_s


def nearly_full(recent: Recent) -> Iterator[Verdict]:
    """Yield when hardly any memory is left. What the system calls available counts."""
    total = recent.mean("memory.total_bytes")
    # The latest third decides: memory that runs out does so within seconds.
    latest = range(recent.now + (recent.count - recent.now) * 2 // 3, recent.count)
    available = recent.mean("memory.available_bytes", latest)
    if not total or available is None:
        return
    limit = min(AT["memory_left"] * total, AT["memory_left_bytes"])
    if available < limit:
        yield Verdict(
            "warn",
            Limit.MEMORY_NEARLY_FULL,
            "memory",
            f"Memory is nearly full: {gib(available)} of {gib(total)} left. A little more and "
            "the computer slows down or ends a program.",
            _LESS,
            recent.evidence(
                "memory.available_bytes",
                "Memory left",
                "bytes",
                f"{gib(limit)} is too little",
                limit,
                latest,
            ),
        )


def vram_growing(recent: Recent) -> Iterator[Verdict]:
    """Yield GPUs whose memory is nearly full and still moves: the next batch may not fit."""
    for card in recent.cards:
        if _is_filling(recent, card):
            yield _vram(recent, card, "warn", "A little more and the job ends: out of memory.")


def vram_steady(recent: Recent) -> Iterator[Verdict]:
    """Yield GPUs whose memory is nearly full and rests there: many programs reserve it ahead."""
    for card in recent.cards:
        share = card.vram_share
        if share is not None and share >= AT["vram_full"] and not _is_filling(recent, card):
            yield _vram(recent, card, "info", "It does not grow: programs often reserve it ahead.")


def _is_filling(recent: Recent, card: Card) -> bool:
    total = card.vram_total
    used = recent.some(f"{card.id}.vram_used_bytes")
    if not total or not used or max(used) < AT["vram_heading"] * total:
        return False
    step = AT["vram_change"] * total
    rises = sum(b - a > step for a, b in pairwise(used))
    climbed = used[-1] - used[0]
    if max(used) < AT["vram_full"] * total:  # followed only while it climbs steadily
        soon = used[-1] + climbed * (AT["window_s"] / AT["now_s"]) >= total
        return soon and rises >= max(AT["vram_changes"], len(used) / 2)
    slow = climbed >= 2 * step  # creeps up in many small steps, each below what counts alone
    return rises >= AT["vram_changes"] or (slow and used[len(used) // 2] - used[0] >= step / 2)


def _vram(recent: Recent, card: Card, kind: str, end: str) -> Verdict:
    sensor = f"{card.id}.vram_used_bytes"
    total = card.vram_total or 0.0
    used = max(recent.known(sensor, recent.now) or [0.0])
    name = "The GPU's memory" if card.name == "The GPU" else f"The memory of {card.name}"
    return Verdict(
        kind,
        Limit.VRAM_NEARLY_FULL,
        card.id,
        f"{name} is nearly full: {gib(used)} of {gib(total)}. {end}",
        "Use a smaller batch, shorter sequences, or a smaller number format.",
        recent.evidence(
            sensor, "GPU memory in use", "bytes", f"of {gib(total)}", AT["vram_full"] * total
        ),
    )
