"""The settings of a job one by one, as fields show them and change them."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto

from hwstudio.core.model.recipe import Adapted, Cache, Optimiser
from hwstudio.core.predict.job_maker import JobWish, Sharing

USUAL_DRIVE_MB_S = 1000.0


class Part(Enum):
    """One setting."""

    SHARING = auto()
    OPTIMISER = auto()
    KEPT = auto()
    ATTENTION = auto()
    CACHE = auto()
    RANK = auto()
    ADAPTED = auto()
    ACCUMULATION = auto()
    RUNS = auto()
    SETUP = auto()
    FEED = auto()
    SAVE_EVERY = auto()
    SAVE_SPEED = auto()


def shown(job: JobWish, part: Part) -> str | float:
    """Return a setting as its field shows it: minutes, MB/s, a word ("" = as usual)."""
    recipe, around = job.recipe, job.around
    kept = {None: "", True: "on", False: "off"}[recipe.is_checkpointed]
    speed = around.save_bytes_per_s
    values: dict[Part, str | float] = {
        Part.SHARING: job.sharing.value,
        Part.OPTIMISER: recipe.optimiser.value,
        Part.KEPT: kept,
        Part.ATTENTION: "fused" if recipe.has_fused_attention else "plain",
        Part.CACHE: recipe.cache.value,
        Part.ACCUMULATION: recipe.accumulation,
        Part.RANK: recipe.adapter_rank,
        Part.ADAPTED: recipe.adapted.value,
        Part.RUNS: around.runs,
        Part.SETUP: around.setup_s / 60.0,
        Part.FEED: around.feed_per_s or 0.0,
        Part.SAVE_EVERY: (around.save_every_s or 0.0) / 60.0,
        Part.SAVE_SPEED: speed / 1e6 if speed else USUAL_DRIVE_MB_S,
    }
    return values[part]


def changed(job: JobWish, part: Part, value: object) -> JobWish:
    """Return the job with one setting as its field gives it."""
    if isinstance(value, str):
        return _chosen(job, part, value)
    number = float(value) if isinstance(value, (int, float)) else 0.0
    recipe, around = job.recipe, job.around
    if part is Part.ACCUMULATION:
        return replace(job, recipe=replace(recipe, accumulation=max(1, round(number))))
    if part is Part.RANK:
        return replace(job, recipe=replace(recipe, adapter_rank=max(1, round(number))))
    if part is Part.RUNS:
        around = replace(around, runs=max(1, round(number)))
    elif part is Part.SETUP:
        around = replace(around, setup_s=number * 60.0)
    elif part is Part.FEED:
        around = replace(around, feed_per_s=number or None)
    elif part is Part.SAVE_EVERY:
        speed = around.save_bytes_per_s or USUAL_DRIVE_MB_S * 1e6
        every = number * 60.0 or None
        around = replace(around, save_every_s=every, save_bytes_per_s=speed if every else None)
    elif part is Part.SAVE_SPEED:
        around = replace(around, save_bytes_per_s=number * 1e6)
    return replace(job, around=around)


def _chosen(job: JobWish, part: Part, value: str) -> JobWish:
    recipe = job.recipe
    if part is Part.SHARING:
        return replace(job, sharing=Sharing(value))
    if part is Part.OPTIMISER:
        recipe = replace(recipe, optimiser=Optimiser(value))
    elif part is Part.KEPT:
        recipe = replace(recipe, is_checkpointed={"on": True, "off": False}.get(value))
    elif part is Part.ATTENTION:
        recipe = replace(recipe, has_fused_attention=value != "plain")
    elif part is Part.CACHE:
        recipe = replace(recipe, cache=Cache(value))
    elif part is Part.ADAPTED:
        recipe = replace(recipe, adapted=Adapted(value))
    return replace(job, recipe=recipe)
