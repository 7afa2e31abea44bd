"""Puts a guide's wishes into a project; what the guide leaves open stays as the user has it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hwstudio.core.base.money import money
from hwstudio.core.base.units import GB, GIB, TERA
from hwstudio.core.guide.wishes import GuideWishes
from hwstudio.core.power.mains import read_mains
from hwstudio.core.project.state import ProjectState

LIMITS = ("min_vram_bytes", "max_power_w", "min_ram_bytes", "min_storage_bytes")
BEST = {"time": "the fastest", "cost": "the cheapest", "energy": "the least energy"}


def with_wishes(state: ProjectState, wishes: GuideWishes) -> ProjectState:
    """Return the project with the wishes in it."""
    changes: dict[str, Any] = {}
    if wishes.workload_id is not None:
        changes["workload_id"] = wishes.workload_id
    if wishes.budget is not None:
        changes |= {"budget": wishes.budget, "currency": "USD"}
    if wishes.objective is not None:
        changes["objective"] = wishes.objective
    if wishes.mains is not None:
        changes["mains"] = wishes.mains
    if wishes.gpu_count is not None:
        changes["gpu_count"] = wishes.gpu_count or None
    limits = {n: getattr(wishes, n) for n in LIMITS if getattr(wishes, n) is not None}
    return replace(state, limits=replace(state.limits, **limits), **changes)


def in_words(wishes: GuideWishes, titles: dict[str, str]) -> tuple[str, ...]:
    """Return the wishes as short lines; ``titles`` names workloads by id."""
    said = []
    if wishes.workload_id is not None:
        said.append(f"Job: {titles.get(wishes.workload_id, wishes.workload_id)}")
    if wishes.budget is not None:
        said.append(f"Budget: {money(wishes.budget, decimals=0)}")
    if wishes.objective is not None:
        said.append(f"Best means: {BEST[wishes.objective]}")
    if wishes.gpu_count:
        said.append(f"Graphics cards: {wishes.gpu_count}")
    if wishes.min_vram_bytes:
        said.append(f"Memory of each graphics card: {wishes.min_vram_bytes / GIB:g} GiB or more")
    if wishes.min_ram_bytes:
        said.append(f"System memory: {wishes.min_ram_bytes / GIB:g} GiB or more")
    if wishes.min_storage_bytes:
        said.append(f"Drive: {drive_words(wishes.min_storage_bytes)} or more")
    if wishes.max_power_w is not None:
        said.append(f"At the wall: {wishes.max_power_w:,.0f} W at most")
    if wishes.mains is not None:
        said.append(f"Wall circuit: {read_mains(wishes.mains).words}")
    return tuple(said)


def drive_words(size_bytes: float) -> str:
    """Return a drive's size as it is sold: 500 GB, 2 TB, 1.5 TB."""
    if size_bytes >= TERA:
        return f"{size_bytes / TERA:,.3g} TB"
    return f"{size_bytes / GB:,.0f} GB"
