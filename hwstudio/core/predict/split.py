"""How several GPUs hold one job: what each of them keeps of every item.

Data-parallel copies share out optimiser, gradients and weights by ZeRO stage (Rajbhandari et al.
2020); a tensor split halves matrices but not what lies between them (Korthikanti et al. 2022: 10
of 34 bytes of a block); a pipeline's first stage keeps a batch for every stage behind it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from hwstudio.core.model.recipe import Shard
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.held import Item, Part

UNSPLIT_SHARE = 10.0 / 34.0
_SHARED_FROM = {  # the stage from which copies share a part out
    Part.STATES: (Shard.OPTIMISER, Shard.GRADIENTS, Shard.ALL),
    Part.GRADIENTS: (Shard.GRADIENTS, Shard.ALL),
    Part.WEIGHTS: (Shard.ALL,),
}


class Layout(StrEnum):
    """How several GPUs hold one model."""

    SINGLE = "on one GPU"
    COPIED = "a full copy on every GPU"
    OPTIMISER = "optimiser spread over the GPUs"
    GRADIENTS = "optimiser and gradients spread over the GPUs"
    SHARDED = "weights and optimiser spread over the GPUs"
    SPLIT = "layers spread over the GPUs"
    TENSOR = "every layer split over the GPUs"
    MIXED = "split in several ways over the GPUs"


@dataclass(frozen=True, slots=True)
class Plan:
    """``copies`` x ``tensor`` x ``pipeline`` devices."""

    copies: int = 1
    tensor: int = 1
    pipeline: int = 1
    shard: Shard = Shard.NONE
    in_flight: int = 1  # batches a pipeline works on at once

    @property
    def layout(self) -> Layout:
        """Return it in words."""
        is_sharded = self.copies > 1 and self.shard is not Shard.NONE
        ways = (is_sharded or self.copies > 1) + (self.tensor > 1) + (self.pipeline > 1)
        if ways == 0:
            return Layout.SINGLE
        if ways > 1:
            return Layout.MIXED
        if self.tensor > 1 or self.pipeline > 1:
            return Layout.TENSOR if self.tensor > 1 else Layout.SPLIT
        return _OF_SHARD[self.shard]


_OF_SHARD = {
    Shard.NONE: Layout.COPIED,
    Shard.OPTIMISER: Layout.OPTIMISER,
    Shard.GRADIENTS: Layout.GRADIENTS,
    Shard.ALL: Layout.SHARDED,
}


def why_not(workload: Workload, count: int) -> str:
    """Return why the recipe's split cannot be made with ``count`` devices, or nothing."""
    tensor, pipeline = workload.recipe.tensor_split, workload.recipe.pipeline_split
    heads, layers = workload.heads or 0, workload.layers or 0
    if count % (tensor * pipeline):
        return f"{count} GPUs cannot be shared into groups of {tensor * pipeline}"
    if (tensor > 1 or pipeline > 1) and workload.group != "language":
        return f"{workload.model_name} is not split within a layer or by layers"
    if tensor > 1 and (not heads or heads % tensor):
        return f"{heads or 'unknown'} attention heads cannot be split over {tensor} GPUs"
    if pipeline > 1 and layers < pipeline:
        return f"{layers or 'unknown'} layers cannot be dealt out to {pipeline} GPUs"
    return ""


def plans_of(workload: Workload, count: int) -> tuple[Plan, ...]:
    """Return the ways to hold the job that the recipe allows, the simplest first."""
    recipe = workload.recipe
    tensor, pipeline = recipe.tensor_split, recipe.pipeline_split
    copies = max(1, count // (tensor * pipeline))
    is_training = workload.mode not in (Mode.INFERENCE, Mode.GENERATE)
    if not is_training:
        if workload.writes_text and tensor == pipeline == 1 and count > 1:
            return (Plan(pipeline=count),)
        return (Plan(copies, tensor, pipeline),)
    plan = Plan(copies, tensor, pipeline, in_flight=min(pipeline, recipe.accumulation))
    if copies == 1:
        return (plan,)
    if recipe.shard is not Shard.AUTO:
        return (replace(plan, shard=recipe.shard),)
    return (plan, replace(plan, shard=Shard.ALL))


def spread(workload: Workload, items: tuple[Item, ...], plan: Plan) -> tuple[Item, ...]:
    """Return the items of one device; weights that are shared out need room to gather layers."""
    layer = workload.weight_bytes / max(1, workload.layers or 1)
    return shared_out(items, plan, layer_bytes=layer, kv_heads=workload.kv_heads or 1)


def shared_out(
    items: tuple[Item, ...], plan: Plan, *, layer_bytes: float, kv_heads: float
) -> tuple[Item, ...]:
    """Return the items of one device of a plan.

    Args:
        layer_bytes: of one layer's weights.
        kv_heads: what a split within layers cuts keys and values into at most.
    """
    out = tuple(replace(i, bytes=i.bytes * _share(i.part, plan, kv_heads)) for i in items)
    if plan.copies == 1 or plan.shard is not Shard.ALL:
        return out
    return (*out, Item("gathered layers", 2 * layer_bytes / plan.tensor, Part.LIVE))


def _share(part: Part, plan: Plan, kv_heads: float) -> float:
    if part is Part.CACHE:
        return 1.0 / plan.pipeline / min(plan.tensor, kv_heads)
    if part is Part.KEPT:
        within = UNSPLIT_SHARE + (1 - UNSPLIT_SHARE) / plan.tensor
        return within * plan.in_flight / plan.pipeline
    if part is Part.LIVE:
        return 1.0 / plan.tensor
    copies = plan.copies if plan.shard in _SHARED_FROM.get(part, ()) else 1
    return 1.0 / plan.tensor / plan.pipeline / copies
